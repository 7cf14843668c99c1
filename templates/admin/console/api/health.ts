import { isOpenBreaker } from '../../functions/decide/breaker.ts';
import { parsePolicy } from '../../functions/model/policy.ts';
import type { Policy } from '../../functions/model/policy.ts';
import { isRefusal } from '../../functions/model/refusal.ts';
import type { Refusal } from '../../functions/model/refusal.ts';
import type { Health, Said } from '../contract.ts';
import { historyQuery } from './attempts.ts';
import type { Context } from './context.ts';
import { EVERY } from './controls.ts';

/** Members, and attempts that wait, that are counted. */
const MOST_COUNTED = 1000;
/** Attempts in which gaps are looked for. */
const MOST_READ = 2000;
/** Limits that are shown. */
const MOST_LIMITS = 10;
/** What an attempt finds where a stack is missing or another one's. */
const GAPS: ReadonlySet<string> = new Set([
  'member-missing',
  'foreign-member',
  'role-missing',
  'document-missing',
  'document-foreign',
]);

/** How the installation is, for people who look after it. Throws as `Scope` does. */
export async function showHealth(context: Context): Promise<Health> {
  const { scope, controls, now } = context;
  const ids = Object.keys(controls);
  const [rows, breakers, queues, members, waiting, settings, exceptions, latest] =
    await Promise.all([
      scope.rows(),
      scope.breakers(ids),
      scope.queues(),
      scope.members(MOST_COUNTED),
      scope.waiting(MOST_COUNTED),
      scope.settings(),
      scope.exceptions(),
      latestAttempts(context),
    ]);
  const defaults = rows.get(EVERY);
  const policies = new Map(
    ids.map((id) => [id, parsePolicy({ control: rows.get(id), defaults })] as const),
  );
  const read = [...policies].flatMap(([id, one]) => (isRefusal(one) ? [] : [[id, one] as const]));
  const unread = [...policies.values()].filter(isRefusal);
  const openBreakers = [...breakers].flatMap(([control, breaker]) =>
    breaker.openUntil !== undefined && isOpenBreaker(breaker, now)
      ? [{ control, until: breaker.openUntil }]
      : [],
  );
  const dead = queues.find(({ name }) => name === 'dead-letters')?.waiting ?? 0;
  const refused = [settings, exceptions].filter((one): one is Refusal => 'status' in one);
  return {
    paused: defaults?.['paused'] === true,
    controls: ids.length,
    gaps: latest.filter(({ outcome }) => GAPS.has(outcome)),
    limits: await limitsOf(context, new Map(read), latest),
    openBreakers,
    queues,
    members,
    automaticControls: read.filter(([, one]) => one.automatedRemediationEnabled).length,
    awaitingApproval: waiting.approvals,
    held: waiting.held,
    warnings: [
      ...(dead > 0 ? [deadLetters(dead)] : []),
      ...refused.map(said),
      ...new Map(unread.map((one) => [one.message, said(one)])).values(),
      ...(members >= MOST_COUNTED ? [manyMembers()] : []),
    ],
  };
}

function said({ reason, message }: Refusal): Said {
  return { reason, message, values: { details: message } };
}

function deadLetters(count: number): Said {
  const message = `${count} messages lie in the dead-letter queue. Look at their attribute reason.`;
  return { reason: 'dead-letters', message, values: { count } };
}

function manyMembers(): Said {
  const message = `There are ${MOST_COUNTED} members or more.`;
  return { reason: 'many-members', message, values: { count: MOST_COUNTED } };
}

type Latest = Health['gaps'][number];

/** How the latest attempt of the last days ended in each account and Region. */
async function latestAttempts(context: Context): Promise<readonly Latest[]> {
  const latest = new Map<string, Latest>();
  let read = 0;
  for await (const one of context.scope.attempts(historyQuery(context, []))) {
    read += 1;
    if (read > MOST_READ) break;
    const { account, region, outcome } = one;
    const place = `${account} ${region}`;
    if (outcome !== undefined && !latest.has(place))
      latest.set(place, { account, region, outcome });
  }
  return [...latest.values()];
}

/** What began in this hour, of each control and in each account where something was tried lately. */
async function limitsOf(
  { scope, now }: Context,
  policies: ReadonlyMap<string, Policy>,
  latest: readonly Latest[],
): Promise<Health['limits']> {
  const accounts = [...new Set(latest.map(({ account }) => account))];
  const [ofControls, inAccounts] = await Promise.all([
    scope.starts('control', [...policies.keys()], now),
    scope.starts('account', accounts, now),
  ]);
  // The limit of an account may differ by control: the lowest one is reached first.
  const lowest = Math.min(...[...policies.values()].map(({ accountPerHour }) => accountPerHour));
  return [
    ...[...ofControls].map(([id, starts]) => ({
      of: 'control' as const,
      id,
      starts,
      limit: policies.get(id)?.perHour ?? 0,
    })),
    ...[...inAccounts].map(([id, starts]) => ({
      of: 'account' as const,
      id,
      starts,
      limit: lowest,
    })),
  ]
    .filter(({ starts, limit }) => starts > 0 && Number.isFinite(limit))
    .toSorted((one, other) => other.starts / other.limit - one.starts / one.limit)
    .slice(0, MOST_LIMITS);
}
