import type { Unread } from './read.ts';

/** `unknown` says that nobody could look, which is no reason to be calm. */
export const LEVELS = ['problem', 'unknown', 'warn', 'ok'] as const;
export type Level = (typeof LEVELS)[number];

/** One thing that was found out, with what to do about it. All texts are sentences. */
export interface Judgement {
  readonly level: Level;
  readonly what: string;
  /** Why it matters; empty when all is well. */
  readonly why: string;
  /** What to do; empty when there is nothing to do. */
  readonly do: string;
  /** Accounts, or accounts with a Region, such as `111122223333 eu-west-1`; empty when it is about no place. */
  readonly where: readonly string[];
}

export function ok(what: string): Judgement {
  return { level: 'ok', what, why: '', do: '', where: [] };
}

/** That all is well in so many of something; nothing where nothing was seen, which others tell. */
export function okIn(number: number, what: string): readonly Judgement[] {
  return number > 0 ? [ok(what)] : [];
}

interface Told {
  readonly what: string;
  readonly why: string;
  readonly do: string;
  readonly where?: readonly string[];
}

export function warn({ where = [], ...told }: Told): Judgement {
  return { level: 'warn', ...told, where };
}

export function problem({ where = [], ...told }: Told): Judgement {
  return { level: 'problem', ...told, where };
}

/**
 * What could not be read, and which permission is missing. AWS names the place in its message; said without it, the same
 * refusal in many places is one.
 */
export function unread(
  what: string,
  { why, permission }: Unread,
  where: readonly string[] = [],
): Judgement {
  const [place, ...others] = where;
  const [account = '', region = ''] = others.length === 0 ? (place ?? '').split(' ') : [];
  return {
    level: 'unknown',
    what: `${what} is not known.`,
    why: hide(hide(why, account, '<account>'), region, '<Region>'),
    do:
      permission === undefined
        ? 'Remove the cause and look again.'
        : `Allow ${permission} to whoever runs this, or use another --profile or --role.`,
    where,
  };
}

function hide(text: string, part: string, name: string): string {
  return part === '' ? text : text.replaceAll(part, name);
}

/** The same thing in several places, said once; the order of the first mention stays. */
export function merge(judgements: readonly Judgement[]): readonly Judgement[] {
  const merged = new Map<string, { readonly first: Judgement; readonly where: Set<string> }>();
  for (const one of judgements) {
    const key = JSON.stringify([one.level, one.what, one.why, one.do]);
    const same = merged.get(key) ?? { first: one, where: new Set<string>() };
    merged.set(key, same);
    for (const place of one.where) same.where.add(place);
  }
  return [...merged.values()].map(({ first, where }) => ({ ...first, where: [...where] }));
}

const SHOWN = 5;

/** The first few of a list, and how many more there are. */
export function few(all: readonly string[], shown: number = SHOWN): string {
  const rest = all.length - shown;
  return rest > 0 ? `${all.slice(0, shown).join(', ')} and ${rest} more` : all.join(', ');
}

/** `1 account`, `2 accounts`. */
export function count(number: number, singular: string, plural = `${singular}s`): string {
  return `${number} ${number === 1 ? singular : plural}`;
}
