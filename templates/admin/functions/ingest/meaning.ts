import { screen } from '../decide/decide.ts';
import type { Decision } from '../decide/types.ts';
import type { Attempt, Target } from '../model/attempt.ts';
import type { Finding } from '../model/finding.ts';
import { parsePolicy } from '../model/policy.ts';
import type { Policy } from '../model/policy.ts';
import { isRefusal } from '../model/refusal.ts';
import type { Refusal } from '../model/refusal.ts';
import type { Request } from '../model/request.ts';
import { resolve, resolveControl } from '../model/resolve.ts';
import type { Resolved } from '../model/resolve.ts';
import type { Settings } from '../model/settings.ts';
import type { Held } from '../store/store.ts';
import type { Work } from './options.ts';

/** One request about one finding. */
export interface Case {
  readonly request: Request;
  readonly finding: Finding;
  /** It was held until now. */
  readonly held?: Held;
  /** It approves this attempt, which waits; the request's actor is who approved. */
  readonly approval?: Attempt;
}

/** What a finding means by the settings and the control's row. */
export interface Meaning {
  readonly settings: Settings | Refusal;
  readonly policy: Policy | Refusal;
  readonly resolved: Resolved | Refusal;
}

/** A meaning in which nothing is refused. */
export interface Sound extends Meaning {
  readonly settings: Settings;
  readonly policy: Policy;
  readonly resolved: Resolved;
}

/** Reads the settings and the control's row, once for each batch. Throws `Busy` when AWS is. */
export async function meaningOf(work: Work, finding: Finding): Promise<Meaning> {
  const settings = await work.batch.settings();
  const control = resolveControl(finding, settings, work.catalog);
  const policy = isRefusal(control) ? control : parsePolicy(await work.batch.rows(control.id));
  return { settings, policy, resolved: resolve(finding, settings, policy, work.catalog) };
}

export function soundOf({ settings, policy, resolved }: Meaning): Sound | undefined {
  return isRefusal(settings) || isRefusal(policy) || isRefusal(resolved)
    ? undefined
    : { settings, policy, resolved };
}

/** Decides by what the finding, the settings and the row say, before anything else is read. */
export function screenCase(work: Work, one: Case, meaning: Meaning): Decision {
  return screen({ ...commonInput(work, one, meaning, work.now()), ...attemptOf(one) });
}

/** The members of the decision's input that are the same at both looks. */
export function commonInput(
  { partition, adminAccount, catalog }: Work,
  { request, finding }: Case,
  meaning: Meaning,
  now: Date,
) {
  return {
    now,
    environment: { partition, adminAccount },
    request,
    finding,
    catalog,
    stage: 'claim',
    ...meaning,
  } as const;
}

/** The attempt that is approved, and by whom. */
export function attemptOf({ approval, request }: Case) {
  return approval === undefined
    ? {}
    : { attempt: { id: approval.id, actor: approval.actor, approver: request.actor } };
}

export function targetOf({ finding }: Case, { resource }: Resolved): Target {
  return { account: finding.account, region: finding.region, resource };
}
