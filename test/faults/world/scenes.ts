import { catalog, finding, MEMBER } from '../../templates/admin/fixtures.ts';
import type { HubFinding } from './hub.ts';
import { createWorld } from './world.ts';
import type { World, WorldOptions } from './world.ts';

/** A Wednesday; the finding's check was an hour before. */
export const START = new Date('2026-05-06T12:20:00.000Z');
/** Texts of a finding may name what nobody should read in a log. */
export const TITLE = 'a-title-that-belongs-in-no-log';
const CHECKED = '2026-05-06T11:20:00.000Z';

/** A default security group that lets traffic in, as EC2.2 found it. */
export const OPEN_GROUP: HubFinding = {
  format: 'asff',
  raw: finding({ UpdatedAt: CHECKED, Title: TITLE }),
};

/** The same finding after another check of Security Hub, with its workflow status as it is. */
export function checkedAgain({ hub, clock }: World, compliance: 'FAILED' | 'PASSED'): HubFinding {
  const now = hub.raw(OPEN_GROUP);
  const Compliance = { Status: compliance, SecurityControlId: 'EC2.2' };
  // A check that passes resolves the finding (Security Hub User Guide, "Setting the workflow status of findings").
  const Workflow = compliance === 'PASSED' ? { Status: 'RESOLVED' } : now['Workflow'];
  return {
    format: 'asff',
    raw: { ...now, UpdatedAt: clock.now().toISOString(), Compliance, Workflow },
  };
}

/** A world in which EC2.2 and EC2.18 are remediated as findings come; `row` adds to the rows of both. */
export function createScene(
  row: Readonly<Record<string, unknown>> = {},
  changes: Partial<WorldOptions> = {},
): World {
  return createWorld({
    start: START,
    catalog,
    standards: ['SC', 'CIS120'],
    members: [MEMBER],
    rows: ['EC2.2', 'EC2.18'].map((controlId) => ({
      controlId,
      automatedRemediationEnabled: true,
      ...row,
    })),
    ...changes,
  });
}

/** So many hours after the start. */
export function hours(count: number): Date {
  return new Date(START.getTime() + count * 3_600_000);
}
