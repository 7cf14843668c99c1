import type { Breaker, Exception } from '../../functions/decide/types.ts';
import type { Attempt } from '../../functions/model/attempt.ts';
import type { Catalog } from '../../functions/model/catalog.ts';
import type { Row } from '../../functions/model/policy.ts';
import type { ShownControl } from '../api/backend.ts';
import { sampleHistory } from './sample-history.ts';
import { SAMPLE_ACCOUNTS, sampleFindings } from './sample.ts';

const DAY = 86_400_000;
/** The control whose fixes keep failing. */
const FAILING = 'S3.8';

/** What a world begins with. */
export interface Samples {
  readonly findings: readonly Readonly<Record<string, unknown>>[];
  readonly attempts: readonly Attempt[];
  readonly members: readonly string[];
  /** One for each control, as the stack makes them. */
  readonly rows: readonly Row[];
  readonly exceptions: readonly Exception[];
  readonly breakers: Readonly<Record<string, Breaker>>;
}

/** Something for every page. The same each time, but for the times, which follow `now`. */
export function sampleWorld(
  catalog: Catalog,
  controls: Readonly<Record<string, ShownControl>>,
  { findings, history }: { readonly findings: number; readonly history: number },
  now: Date,
): Samples {
  const all = sampleFindings(catalog, findings + history, now);
  return {
    findings: all.slice(0, findings),
    // The past is about other resources, but for the attempt that waits.
    attempts: sampleHistory([...all.slice(0, 1), ...all.slice(findings)], catalog, now),
    members: SAMPLE_ACCOUNTS,
    rows: Object.keys(controls).map((controlId) => ({
      controlId,
      automatedRemediationEnabled: controlId === 'S3.5',
      // So that there is something to approve.
      ...(controlId === 'RDS.2' ? { approval: 'always' } : {}),
    })),
    exceptions: [
      {
        id: 'sample-1',
        owner: 'administrator@example.com',
        reason: 'The databases of this account are deleted and made anew every night.',
        expiresAt: new Date(now.getTime() + 60 * DAY).toISOString(),
        controls: ['RDS.8'],
        accounts: [SAMPLE_ACCOUNTS[1]],
      },
    ],
    breakers: Object.hasOwn(controls, FAILING)
      ? { [FAILING]: { failures: [], openUntil: new Date(now.getTime() + DAY / 2).toISOString() } }
      : {},
  };
}
