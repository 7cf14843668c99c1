import { createHash } from 'node:crypto';
import { decide } from '../../functions/decide/decide.ts';
import type { Decision, Facts } from '../../functions/decide/types.ts';
import { newAttempt } from '../../functions/ingest/new-attempt.ts';
import type { Attempt, Outcome } from '../../functions/model/attempt.ts';
import type { Catalog } from '../../functions/model/catalog.ts';
import { parseFinding } from '../../functions/model/finding.ts';
import type { Finding } from '../../functions/model/finding.ts';
import { parsePolicy } from '../../functions/model/policy.ts';
import type { Policy } from '../../functions/model/policy.ts';
import { isRefusal } from '../../functions/model/refusal.ts';
import type { Request } from '../../functions/model/request.ts';
import { resolve } from '../../functions/model/resolve.ts';
import type { Resolved } from '../../functions/model/resolve.ts';
import { SAMPLE_SETTINGS } from './sample.ts';
import { sampleCalls, sampleChanges } from './simulate-end.ts';

const HOUR = 3_600_000;
/** Hours between two sample attempts: 140 of them fill a month. */
const APART = 5;

/** How sample attempts ended, over and over. */
const ENDS: readonly (readonly [Outcome, string])[] = [
  ['changed', 'Fixed and verified.'],
  ['changed', 'Fixed and verified.'],
  ['changed', 'Fixed and verified.'],
  ['compliant', 'Nothing was to be done.'],
  ['changed', 'Fixed and verified.'],
  ['failed', 'The step that changes the resource failed. Nothing else was changed.'],
  ['changed', 'Fixed and verified.'],
  ['mitigated', 'Done as far as it can be. The note on the finding says what is left.'],
  ['member-missing', 'The member stack is not in this account and Region.'],
  ['not-verified', 'Changed, but the resource does not pass yet.'],
];

/** Attempts of the last month about these findings, as the orchestrator would have recorded them; the latest one waits for approval. */
export function sampleHistory(
  findings: readonly unknown[],
  catalog: Catalog,
  now: Date,
): readonly Attempt[] {
  const policy = parsePolicy({
    control: { automatedRemediationEnabled: true },
    defaults: undefined,
  });
  if (isRefusal(policy)) throw new Error(policy.message);
  return findings.flatMap((raw, n) => {
    const finding = parseFinding(raw);
    const resolved = resolve(finding, SAMPLE_SETTINGS, policy, catalog);
    if (isRefusal(finding) || isRefusal(resolved)) return [];
    const claimedAt = new Date(now.getTime() - (n + 0.5) * APART * HOUR);
    const isAutomatic = n % 3 === 0;
    const request: Request = {
      id: `sample-${n}`,
      origin: isAutomatic ? 'automatic' : 'console',
      mode: n % 9 === 4 ? 'Preview' : 'Remediate',
      actor: isAutomatic ? 'Security Hub' : 'administrator@example.com',
      force: false,
      ticket: false,
    };
    const rows = n === 0 ? { ...policy, approval: 'always' as const } : policy;
    const begun = newAttempt({
      id: createHash('sha256').update(`sample ${n}`).digest('hex').slice(0, 32),
      request,
      finding,
      resolved,
      policy,
      decision: decided({ request, finding, resolved, policy: rows, catalog }, claimedAt),
      phase: n === 0 ? 'approval-preview' : 'run',
      facts: LATER,
      undoable: undefined,
      now: claimedAt,
    });
    return [n === 0 ? waiting(begun) : ended(begun, n)];
  });
}

const LATER: Facts = {
  isMember: { known: true, value: true },
  unitPath: { known: false, why: 'later' },
  tags: { known: false, why: 'later' },
  stack: { known: false, why: 'later' },
};

interface Asked {
  readonly request: Request;
  readonly finding: Finding;
  readonly resolved: Resolved;
  readonly policy: Policy;
  readonly catalog: Catalog;
}

/** What was decided when nothing was remembered yet. */
function decided(asked: Asked, now: Date): Decision {
  return decide({
    ...asked,
    now,
    environment: { partition: 'aws', adminAccount: '012345678901' },
    settings: SAMPLE_SETTINGS,
    facts: LATER,
    remembered: {
      lease: undefined,
      target: undefined,
      hold: undefined,
      awaiting: undefined,
      undoable: undefined,
      counts: { control: 0, account: 0 },
      breaker: undefined,
      exceptions: [],
    },
    stage: 'claim',
  });
}

function ended(attempt: Attempt, n: number): Attempt {
  const [outcome, message] = ENDS[n % ENDS.length] ?? ['changed', 'Fixed and verified.'];
  const isPreview = attempt.mode === 'Preview';
  const isChanged = !isPreview && (outcome === 'changed' || outcome === 'not-verified');
  return {
    ...attempt,
    status: 'ended',
    outcome: isPreview ? 'would-change' : outcome,
    message: isPreview ? 'Would change the resource.' : message,
    endedAt: new Date(Date.parse(attempt.claimedAt) + (40 + (n % 7) * 15) * 1000).toISOString(),
    automation: '11111111-2222-4333-8444-555566667777',
    ...(isPreview ? { preview: sampleCalls(attempt) } : {}),
    ...(isChanged ? { changes: sampleChanges(attempt), state: ['c2FtcGxl'] } : {}),
  };
}

function waiting(attempt: Attempt): Attempt {
  const until = Date.parse(attempt.claimedAt) + attempt.policy.approvalHours * HOUR;
  return {
    ...attempt,
    status: 'awaiting-approval',
    actor: 'account-operator@example.com',
    approvalExpiresAt: new Date(until).toISOString(),
    preview: sampleCalls(attempt),
  };
}
