import type { Exception } from '../../templates/admin/functions/decide/types.ts';
import type { StoredException } from './exceptions-store.ts';

/** One difference between a file of exceptions and the state table. */
export type ExceptionChange =
  | { readonly type: 'add'; readonly exception: Exception }
  | {
      readonly type: 'change';
      readonly exception: Exception;
      readonly before: StoredException;
    }
  | { readonly type: 'remove'; readonly before: StoredException };

export interface ExceptionsPlan {
  readonly changes: readonly ExceptionChange[];
  /** Only in the table, and kept. */
  readonly kept: readonly StoredException[];
}

/** What makes the table say what the file says. Only `isPruned` removes what the file doesn't have. Pure. */
export function planExceptions(
  wanted: readonly Exception[],
  stored: readonly StoredException[],
  isPruned: boolean,
): ExceptionsPlan {
  const there = new Map(stored.map((one) => [one.id, one] as const));
  const changes = wanted.flatMap((exception): readonly ExceptionChange[] => {
    const before = there.get(exception.id);
    if (before === undefined) return [{ type: 'add', exception }];
    return isSame(before.read, exception) ? [] : [{ type: 'change', exception, before }];
  });
  const ids = new Set(wanted.map(({ id }) => id));
  const others = stored.filter(({ id }) => !ids.has(id));
  return {
    changes: [
      ...changes,
      ...(isPruned ? others.map((before) => ({ type: 'remove', before }) as const) : []),
    ],
    kept: isPruned ? [] : others,
  };
}

/** What an exception says besides its id, as texts. Which members there are, and their order, is up to `parseException`. */
function membersOf(exception: Exception): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(exception).flatMap(([name, value]) =>
      name === 'id' || value === undefined
        ? []
        : [[name, typeof value === 'string' ? value : value.join(', ')] as const],
    ),
  );
}

function isSame(before: Exception | string, wanted: Exception): boolean {
  return typeof before !== 'string' && differences(before, wanted).length === 0;
}

/** Lines for people: `+` is added, `~` changed, `-` removed. Pure. */
export function planText({ changes, kept }: ExceptionsPlan, now: Date): string {
  const lines = changes.flatMap((change): readonly string[] => {
    switch (change.type) {
      case 'add':
        return [`+ ${change.exception.id}`, ...members(change.exception)];
      case 'change':
        return [`~ ${change.exception.id}`, ...differences(change.before.read, change.exception)];
      case 'remove':
        return [
          `- ${change.before.id}`,
          ...(typeof change.before.read === 'string'
            ? [`    ${change.before.read}`]
            : members(change.before.read)),
        ];
    }
  });
  const ended = kept.filter(
    ({ read }) => typeof read !== 'string' && Date.parse(read.expiresAt) <= now.getTime(),
  );
  return [
    ...(lines.length === 0 ? ['The table says what the file says.'] : lines),
    ...(kept.length === 0
      ? []
      : [
          `Only in the table, and kept: ${kept.map(({ id }) => id).join(', ')} (${ended.length} of them ended). --prune removes them.`,
        ]),
  ].join('\n');
}

function members(exception: Exception): readonly string[] {
  return [...membersOf(exception)].map(([name, value]) => `    ${name}: ${value}`);
}

function differences(before: Exception | string, wanted: Exception): readonly string[] {
  if (typeof before === 'string') return [`    ${before}`, ...members(wanted)];
  const [old, own] = [membersOf(before), membersOf(wanted)];
  return [...new Set([...old.keys(), ...own.keys()])].flatMap((name) => {
    const [from = 'any', to = 'any'] = [old.get(name), own.get(name)];
    return from === to ? [] : [`    ${name}: ${from} -> ${to}`];
  });
}
