import { toItem } from './marshal.ts';
import type { Held } from './store.ts';

/**
 * The condition of a write to a held item: it still is as it was read; undefined: there was none. Each write counts in
 * `times` or adds a finding to `also`, and each item that is made anew has another `since`. `or-gone`: it may also be
 * gone.
 */
export function whileUnchanged(held: Held | undefined, orGone?: 'or-gone') {
  if (held === undefined) return { ConditionExpression: ABSENT };
  const { since, times, also } = held;
  const findings = also === undefined ? 'attribute_not_exists(#also)' : 'size(#also) = :also';
  const same = `#since = :since AND #times = :times AND ${findings}`;
  return {
    ConditionExpression: orGone === undefined ? same : `${ABSENT} OR (${same})`,
    ExpressionAttributeNames: { '#since': 'since', '#times': 'times', '#also': 'also' },
    ExpressionAttributeValues: toItem({
      ':since': since,
      ':times': times,
      ':also': also?.length,
    }),
  };
}

const ABSENT = 'attribute_not_exists(pk)';
