import type { Call, Calls } from './calls.ts';
import { objectOf } from './json.ts';

/** A member of a call: a path such as `DistributionConfig.DefaultRootObject`. */
export interface Member {
  readonly name: string;
  /** Absent where nothing is there now, or nothing is known of it. */
  readonly now?: unknown;
  /** Absent where the change takes it away. */
  readonly after?: unknown;
}

/** What a call changes, as far as Undo's calls tell what is there now. */
export interface Difference {
  readonly call: string;
  /** Whether the call takes something away. */
  readonly removes: boolean;
  /** Request members that stay the same, such as the resource's name. */
  readonly given: Readonly<Record<string, unknown>>;
  readonly members: readonly Member[];
}

const TAKES_AWAY =
  /^(?:Delete|Remove|Revoke|Detach|Disassociate|Disable|Deregister|Terminate|Unsubscribe|Cancel|Untag)/u;

/**
 * Each call of the change beside the call that restores: Undo makes the same call with the values of now, or, where
 * something is taken away, one that brings it back. A call without a counterpart is all that is known. Pure.
 */
export function differencesOf({ change, undo }: Calls): readonly Difference[] {
  const rest = [...undo];
  const take = (made: Call, fits: (one: Call) => boolean): Call | undefined => {
    const scores = rest.map((one) => (fits(one) ? likeness(made, one) : 0));
    const best = Math.max(0, ...scores);
    return best === 0 ? undefined : rest.splice(scores.indexOf(best), 1)[0];
  };
  // What is set to another value looks for the same call before a removal may take it.
  const sameCalls = change.map((made) =>
    isRemoval(made) ? undefined : take(made, ({ call }) => call === made.call),
  );
  return change.map((made, at) => {
    const same = sameCalls[at];
    if (same !== undefined) return changed(made, same);
    if (!isRemoval(made)) return added(made);
    const service = made.call.split(':', 1)[0];
    return removed(
      made,
      take(made, (one) => !isRemoval(one) && one.call.startsWith(`${service}:`)),
    );
  });
}

/** Whether a call such as `ec2:RevokeSecurityGroupIngress` takes something away, by the first word of its operation. */
function isRemoval({ call }: Call): boolean {
  return TAKES_AWAY.test(call.slice(call.indexOf(':') + 1));
}

function changed({ call, with: after }: Call, { with: now }: Call): Difference {
  const same = Object.entries(after).filter(([name, value]) => isSame(value, now[name]));
  const given = Object.fromEntries(same);
  return { call, removes: false, given, members: compare(now, after, '') };
}

function added({ call, with: after }: Call): Difference {
  const members = Object.entries(after).map(([name, value]) => ({ name, after: value }));
  return { call, removes: false, given: {}, members };
}

/** What only the restoring call says is what will be gone: a policy's text, for example. */
function removed({ call, with: given }: Call, restoring?: Call): Difference {
  const members = Object.entries(restoring?.with ?? {})
    .filter(([name, value]) => !(name in given) && !isEmpty(value))
    .map(([name, now]) => ({ name, now }));
  return { call, removes: true, given, members };
}

function compare(now: unknown, after: unknown, name: string): readonly Member[] {
  if (isSame(now, after)) return [];
  if (Array.isArray(now) && Array.isArray(after))
    return [{ name, now: only(now, after), after: only(after, now) }];
  const [left, right] = [membersOf(now), membersOf(after)];
  if (left === undefined || right === undefined)
    return [{ name, ...(isKnown(now) ? { now } : {}), ...(after === undefined ? {} : { after }) }];
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].flatMap((key) =>
    compare(left[key], right[key], name === '' ? key : `${name}.${key}`),
  );
}

/** A preview writes text in place of what only the answer of a call will tell. */
function isKnown(value: unknown): boolean {
  return (
    value !== undefined && !(typeof value === 'string' && value.endsWith(', known after the call)'))
  );
}

/** Members of an object, or of the object that a text is the JSON of, as with policies. */
function membersOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof value !== 'string')
    return Object.keys(objectOf(value)).length > 0 ? objectOf(value) : undefined;
  if (!value.startsWith('{')) return undefined;
  try {
    return objectOf(JSON.parse(value));
  } catch {
    return undefined;
  }
}

/** Items of one list that another one has not. */
function only(list: readonly unknown[], other: readonly unknown[]): readonly unknown[] {
  return list.filter((item) => !other.some((one) => isSame(one, item)));
}

function likeness(one: Call, other: Call): number {
  const { with: members } = other;
  return Object.entries(one.with).filter(([name, value]) => isSame(value, members[name])).length;
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
