const MINUTE = 60_000;
const DAY_MINUTES = 24 * 60;
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;

/** A time of the week in which changes may be made, by the clocks of its time zone. */
export interface Window {
  /** Weekdays on which it opens, 0 for Sunday. */
  readonly days: ReadonlySet<number>;
  /** Minutes after midnight. */
  readonly start: number;
  /** Minutes after midnight, up to 1440; before `start` when the window ends on the next day. */
  readonly end: number;
  /** IANA name. */
  readonly zone: string;
}

const WINDOW =
  /^(?:(?<days>[A-Za-z]{3}(?:[-,][A-Za-z]{3})*) +)?(?<start>\d{2}:\d{2})-(?<end>\d{2}:\d{2}) +(?<zone>[A-Za-z0-9_+\-/]{1,64})$/u;

/**
 * Reads a change window such as `Mon-Fri 09:00-17:00 Europe/Berlin; Sat,Sun 22:00-04:00 UTC`. Without days it opens
 * every day; one that ends before it starts ends on the next day. Undefined when it isn't understood; empty text gives
 * no window.
 */
export function parseWindows(text: string): readonly Window[] | undefined {
  if (text.trim() === '') return [];
  const windows = text.split(';').map((part) => parseWindow(part.trim()));
  const known = windows.filter((one) => one !== undefined);
  return known.length === windows.length ? known : undefined;
}

function parseWindow(text: string): Window | undefined {
  const parts = WINDOW.exec(text)?.groups;
  const days = parseDays(parts?.['days'] ?? 'Mon-Sun');
  const start = parseTime(parts?.['start']);
  const end = parseTime(parts?.['end']);
  const zone = parts?.['zone'];
  if (days === undefined || start === undefined || end === undefined || zone === undefined)
    return undefined;
  return start === end || start === DAY_MINUTES || !isZone(zone)
    ? undefined
    : { days, start, end, zone };
}

function parseDays(text: string): ReadonlySet<number> | undefined {
  const days = new Set<number>();
  for (const part of text.split(',')) {
    const [first = -1, last = first, ...more] = part
      .split('-')
      .map((name) => DAYS.findIndex((one) => one === name));
    if (first < 0 || last < 0 || more.length > 0) return undefined;
    for (let day = first; ; day = (day + 1) % 7) {
      days.add(day);
      if (day === last) break;
    }
  }
  return days;
}

function parseTime(text: string | undefined): number | undefined {
  const [hours, minutes] = (text ?? '').split(':').map(Number);
  if (hours === undefined || minutes === undefined || minutes > 59) return undefined;
  const time = hours * 60 + minutes;
  return time <= DAY_MINUTES ? time : undefined;
}

function isZone(zone: string): boolean {
  try {
    return formatter(zone) !== undefined;
  } catch {
    return false;
  }
}

/** Whether any of the windows is open. */
export function isOpen(windows: readonly Window[], now: Date): boolean {
  const minute = floorMinute(now);
  return windows.some((one) => isOpenAt(one, minute));
}

/** When the first of the windows opens that are all closed now; to the minute. Throws when none ever does. */
export function nextOpening(windows: readonly Window[], now: Date): Date {
  const minute = floorMinute(now);
  const times = windows.map((one) => openingAfter(one, minute));
  if (times.length === 0) throw new Error('There is no change window.');
  return new Date(Math.min(...times) * MINUTE);
}

function floorMinute(date: Date): number {
  const minute = Math.floor(date.getTime() / MINUTE);
  if (!Number.isSafeInteger(minute)) throw new Error('This is no time.');
  return minute;
}

function isOpenAt({ days, start, end, zone }: Window, minute: number): boolean {
  const local = minute + offsetAt(zone, minute);
  const time = modulo(local, DAY_MINUTES);
  const day = weekday(local);
  if (start < end) return days.has(day) && time >= start && time < end;
  return (days.has(day) && time >= start) || (days.has(modulo(day - 1, 7)) && time < end);
}

/**
 * Minutes since 1970. Goes on to the next opening by the clock, but stops where the clocks are changed on the way, and
 * looks again from there: the window may be open then, or its opening comes earlier or later.
 */
function openingAfter(window: Window, minute: number): number {
  let at = minute;
  // A week has seven openings at most, and no zone changes its clocks as often.
  for (let round = 0; round < 20; round += 1) {
    if (isOpenAt(window, at)) return at;
    const opening = at + untilOpening(window, at);
    at = firstChange(window.zone, at, opening) ?? opening;
  }
  throw new Error('The change window never opens.');
}

/** Minutes until the clock shows the window's start on one of its days, if nobody changes the clock. */
function untilOpening({ days, start, zone }: Window, minute: number): number {
  const local = minute + offsetAt(zone, minute);
  const time = modulo(local, DAY_MINUTES);
  for (let ahead = 0; ahead <= 7; ahead += 1) {
    const wait = ahead * DAY_MINUTES + start - time;
    if (wait > 0 && days.has(modulo(weekday(local) + ahead, 7))) return wait;
  }
  throw new Error('The change window has no day.');
}

/** First minute with another offset than at `from`, if there is one up to `to`. */
function firstChange(zone: string, from: number, to: number): number | undefined {
  const offset = offsetAt(zone, from);
  if (offsetAt(zone, to) === offset) return undefined;
  let same = from;
  let other = to;
  while (other - same > 1) {
    const middle = Math.floor((same + other) / 2);
    if (offsetAt(zone, middle) === offset) same = middle;
    else other = middle;
  }
  return other;
}

function weekday(localMinute: number): number {
  // 1 January 1970 was a Thursday.
  return modulo(Math.floor(localMinute / DAY_MINUTES) + 4, 7);
}

function modulo(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** Throws on a zone that doesn't exist. */
function formatter(zone: string): Intl.DateTimeFormat {
  const known =
    formatters.get(zone) ??
    new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
    });
  formatters.set(zone, known);
  return known;
}

/** Minutes by which the zone's clocks are ahead of UTC. */
function offsetAt(zone: string, minute: number): number {
  const parts = new Map(
    formatter(zone)
      .formatToParts(new Date(minute * MINUTE))
      .map(({ type, value }) => [type, Number(value)]),
  );
  const read = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? Number.NaN;
  const local = Date.UTC(
    read('year'),
    read('month') - 1,
    read('day'),
    read('hour'),
    read('minute'),
  );
  return local / MINUTE - minute;
}
