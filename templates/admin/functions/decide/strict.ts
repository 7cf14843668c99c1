/** Milliseconds of an ISO 8601 time. Throws when it is none: an unreadable time must not look like a past one. */
export function timeOf(iso: string): number {
  const time = typeof iso === 'string' ? Date.parse(iso) : Number.NaN;
  if (Number.isNaN(time)) throw new Error('A remembered time is no time.');
  return time;
}

/** Whether the time lies in the future. Throws when it is no time. */
export function isAfter(iso: string, now: Date): boolean {
  return timeOf(iso) > nowOf(now);
}

/** Throws when the date is invalid. */
export function nowOf(now: Date): number {
  const time = now.getTime();
  if (Number.isNaN(time)) throw new Error('The current time is no time.');
  return time;
}

/** Throws when it is no object: what is unreadable must not look like something empty. */
export function mapOf<T extends object>(value: T): T {
  const raw: unknown = value;
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw))
    throw new Error('Something remembered is not what it must be.');
  return value;
}

/** A count that is none must not look like a small one. */
export function whole(value: number): number {
  if (!Number.isSafeInteger(value) || value < 0) throw new Error('A count is no count.');
  return value;
}
