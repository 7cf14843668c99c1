import { createHash } from 'node:crypto';
import { newAttempt } from '../../functions/ingest/new-attempt.ts';
import type { Attempt, Outcome } from '../../functions/model/attempt.ts';
import type { Catalog } from '../../functions/model/catalog.ts';
import { parseFinding } from '../../functions/model/finding.ts';
import { parsePolicy } from '../../functions/model/policy.ts';
import { isRefusal } from '../../functions/model/refusal.ts';
import { resolve } from '../../functions/model/resolve.ts';
import { SAMPLE_SETTINGS } from './sample.ts';

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
  ['changed', 'Fixed and verified.'],
  ['not-verified', 'Changed, but the resource does not pass yet.'],
];

/** Attempts of the last month about these findings, as the orchestrator would have recorded them; the latest one waits for approval. */
export function sampleHistory(
  findings: readonly unknown[],
  catalog: Catalog,
  now: Date,
): readonly Attempt[] {
  const policy = parsePolicy({ control: undefined, defaults: undefined });
  if (isRefusal(policy)) throw new Error(policy.message);
  return findings.flatMap((raw, n) => {
    const finding = parseFinding(raw);
    const resolved = resolve(finding, SAMPLE_SETTINGS, policy, catalog);
    if (isRefusal(finding) || isRefusal(resolved)) return [];
    const claimedAt = new Date(now.getTime() - (n + 0.5) * APART * HOUR);
    const isAutomatic = n % 3 === 0;
    const begun = newAttempt({
      id: createHash('sha256').update(`sample ${n}`).digest('hex').slice(0, 32),
      request: {
        id: `sample-${n}`,
        origin: isAutomatic ? 'automatic' : 'console',
        mode: n % 9 === 4 ? 'Preview' : 'Remediate',
        actor: isAutomatic ? 'Security Hub' : 'administrator@example.com',
        force: false,
        ticket: false,
      },
      finding,
      resolved,
      policy,
      decision: {
        verdict: 'allow',
        reason: 'allowed',
        message: 'All rules allow it.',
        trace: [],
      },
      phase: n === 0 ? 'approval-preview' : 'run',
      facts: { tags: { known: false, why: 'later' }, unitPath: { known: false, why: 'later' } },
      undoable: undefined,
      now: claimedAt,
    });
    return [n === 0 ? waiting(begun) : ended(begun, n)];
  });
}

function ended(attempt: Attempt, n: number): Attempt {
  const [outcome, message] = ENDS[n % ENDS.length] ?? ['changed', 'Fixed and verified.'];
  const isPreview = attempt.mode === 'Preview';
  const isChanged = !isPreview && (outcome === 'changed' || outcome === 'not-verified');
  const calls = JSON.stringify([
    { call: 'sample:ChangeResource', with: { Resource: attempt.resource } },
  ]);
  return {
    ...attempt,
    status: 'ended',
    outcome: isPreview ? 'would-change' : outcome,
    message: isPreview ? 'Would change the resource.' : message,
    endedAt: new Date(Date.parse(attempt.claimedAt) + (40 + (n % 7) * 15) * 1000).toISOString(),
    automation: '11111111-2222-4333-8444-555566667777',
    ...(isPreview ? { preview: calls } : {}),
    ...(isChanged ? { changes: calls, state: ['c2FtcGxl'] } : {}),
  };
}

function waiting(attempt: Attempt): Attempt {
  const until = Date.parse(attempt.claimedAt) + attempt.policy.approvalHours * HOUR;
  return {
    ...attempt,
    status: 'awaiting-approval',
    actor: 'account-operator@example.com',
    approvalExpiresAt: new Date(until).toISOString(),
    preview: JSON.stringify([
      { call: 'sample:ChangeResource', with: { Resource: attempt.resource } },
    ]),
  };
}
