/** Milliseconds of the first wait; each later one is twice as long. */
const FIRST_WAIT = 2000;
const LONGEST_WAIT = 16_000;

/** Milliseconds before try `tried + 1`: back-off of which half is chance, and never less than `least`. */
export function backOff(tried: number, least: number, random: () => number): number {
  const longest = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (tried - 1));
  return Math.max(least, 0) + Math.round(longest * (0.5 + random() / 2));
}

/**
 * Milliseconds that the header `Retry-After` asks for: a number of seconds or a date (RFC 9110, 10.2.3).
 * Undefined when there is none that can be read.
 */
export function retryAfter(header: string | null, now: Date): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}$/u.test(text)) return Number(text) * 1000;
  // Only the date of RFC 9110: Date.parse would take much else.
  if (!/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/u.test(text))
    return undefined;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now.getTime());
}
