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

const MEMBERS = [
  'owner',
  'reason',
  'expiresAt',
  'controls',
  'accounts',
  'regions',
  'resources',
] as const;

function isSame(before: Exception | string, wanted: Exception): boolean {
  return (
    typeof before !== 'string' &&
    MEMBERS.every((name) => valueOf(before, name) === valueOf(wanted, name))
  );
}

function valueOf(exception: Exception, name: (typeof MEMBERS)[number]): string {
  const value = exception[name];
  return value === undefined ? '' : typeof value === 'string' ? value : value.join(', ');
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
  return MEMBERS.flatMap((name) => {
    const value = valueOf(exception, name);
    return value === '' ? [] : [`    ${name}: ${value}`];
  });
}

function differences(before: Exception | string, wanted: Exception): readonly string[] {
  if (typeof before === 'string') return [`    ${before}`, ...members(wanted)];
  return MEMBERS.flatMap((name) => {
    const [from, to] = [valueOf(before, name), valueOf(wanted, name)];
    return from === to
      ? []
      : [`    ${name}: ${from === '' ? 'any' : from} -> ${to === '' ? 'any' : to}`];
  });
}
