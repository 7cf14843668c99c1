import { decide } from '../../../templates/admin/functions/decide/decide.ts';
import type {
  DecideInput,
  Looked,
  Remembered,
} from '../../../templates/admin/functions/decide/types.ts';
import type { CatalogRemediation } from '../../../templates/admin/functions/model/catalog.ts';
import { parseFinding } from '../../../templates/admin/functions/model/finding.ts';
import type { Finding } from '../../../templates/admin/functions/model/finding.ts';
import { parsePolicy } from '../../../templates/admin/functions/model/policy.ts';
import type { Policy } from '../../../templates/admin/functions/model/policy.ts';
import { isRefusal } from '../../../templates/admin/functions/model/refusal.ts';
import type { Refusal } from '../../../templates/admin/functions/model/refusal.ts';
import type { Request } from '../../../templates/admin/functions/model/request.ts';
import { resolve } from '../../../templates/admin/functions/model/resolve.ts';
import type { Resolved } from '../../../templates/admin/functions/model/resolve.ts';
import { ADMIN, catalog, finding, settings } from './fixtures.ts';

/** A Wednesday. */
export const NOW = new Date('2024-05-01T12:20:00Z');
export const minutes = (count: number): string =>
  new Date(NOW.getTime() + count * 60_000).toISOString();

export const UPDATED = '2024-05-01T12:00:00.000Z';

export function asff(
  changes: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  return finding({ UpdatedAt: UPDATED, ...changes });
}

export function known<T extends object>(value: T | Refusal): T {
  if (isRefusal(value)) throw new Error(`${value.reason}: ${value.message}`);
  return value;
}

export function remediation(name: string): CatalogRemediation {
  const found = catalog.remediations[name];
  if (found === undefined) throw new Error(`${name} is missing.`);
  return found;
}

export const parsed: Finding = known(parseFinding(asff()));

export function policy(changes: Partial<Policy> = {}): Policy {
  const built = known(
    parsePolicy({
      control: { controlId: 'EC2.2', automatedRemediationEnabled: true },
      defaults: undefined,
    }),
  );
  return { ...built, ...changes };
}

export const resolved: Resolved = known(resolve(parsed, settings, policy(), catalog));

export function request(changes: Partial<Request> = {}): Request {
  return {
    id: 'request-1',
    origin: 'automatic',
    mode: 'Remediate',
    actor: 'Security Hub',
    force: false,
    ticket: false,
    ...changes,
  };
}

export const NOTHING: Remembered = {
  lease: undefined,
  target: undefined,
  hold: undefined,
  awaiting: undefined,
  undoable: undefined,
  counts: { control: 0, account: 0 },
  breaker: undefined,
  exceptions: [],
};

export function remembered(changes: Partial<Remembered>): Remembered {
  return { ...NOTHING, ...changes };
}

export const of = <T>(value: T): Looked<T> => ({ known: true, value });
export const unreadable = { known: false, why: 'unreadable' } as const;
export const later = { known: false, why: 'later' } as const;

/** An automatic remediation of a default security group that all rules allow. */
export function input(changes: Partial<DecideInput> = {}): DecideInput {
  return {
    now: NOW,
    environment: { partition: 'aws', adminAccount: ADMIN },
    request: request(),
    finding: parsed,
    settings,
    catalog,
    resolved,
    policy: policy(),
    facts: {
      isMember: of(true),
      unitPath: of(['ou-ab12-11111111', 'r-ab12']),
      tags: of({ team: 'blue' }),
      stack: of(''),
    },
    remembered: NOTHING,
    stage: 'claim',
    ...changes,
  };
}

/** `allow`, or the verdict with its reason. */
export function outcome(changes: Partial<DecideInput>): string {
  const { verdict, reason } = decide(input(changes));
  return verdict === 'allow' ? verdict : `${verdict} ${reason}`;
}

/** What a case changes in an allowed input, and its outcome. */
export type Case = readonly [string, Partial<DecideInput>, string];

export const click = { request: request({ origin: 'custom-action' }) };
export const preview = { request: request({ origin: 'console', mode: 'Preview' }) };
export const undo = { request: request({ origin: 'command', mode: 'Undo' }) };
export const undoable = { id: 'attempt-1', state: ['x'] };

export function approve(actor: string, approver?: string): Partial<DecideInput> {
  const named = approver === undefined ? {} : { approver };
  return {
    request: request({ origin: 'approval' }),
    attempt: { id: 'attempt-1', actor, ...named },
  };
}
