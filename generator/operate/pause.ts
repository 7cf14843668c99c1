import { isTrue } from '../../templates/admin/functions/decide/rule.ts';
import { isSameControl } from '../../templates/admin/functions/model/same-control.ts';
import { suggest } from '../data/operations.ts';
import { DeployError } from '../deploy/deploy-error.ts';
import type { BulkEnd } from './bulk.ts';
import { whoCalls } from './connect.ts';
import type { OperatePorts } from './ports.ts';
import { count } from './summary.ts';
import { changeRow, EVERY_CONTROL, readAllRows } from './rows.ts';
import type { ConfigurationRows } from './rows.ts';

/**
 * The kill switch, at once and without a question: nothing is changed from now on, whoever asks. What is under way ends.
 * Throws `DeployError`.
 */
export async function pauseControls(
  ports: OperatePorts,
  given: readonly string[],
): Promise<BulkEnd> {
  const { connection, display } = ports;
  const controls = given.length === 0 ? [EVERY_CONTROL] : await knownRows(ports, given);
  // The name is for people; a kill switch must not depend on it.
  const { arn } = await whoCalls(connection).catch(() => ({ arn: 'unknown' }));
  await writePause(ports, controls, { to: true, changedBy: arn });
  display.result(
    given.length === 0
      ? 'Everything is paused. What is under way ends; nothing else is changed, whoever asks.'
      : `Paused: ${controls.join(', ')}. What is under way ends.`,
  );
  display.note(
    `End it with asr controls resume${given.length === 0 ? '' : ` ${controls.join(' ')}`} --yes.`,
  );
  return 'done';
}

/** Ends a pause, or says what that would do. Throws `DeployError`. */
export async function resumeControls(
  ports: OperatePorts,
  given: readonly string[],
  isYes: boolean,
): Promise<BulkEnd> {
  const { connection, display } = ports;
  const rows = await readAllRows(connection);
  const controls = given.length === 0 ? [EVERY_CONTROL] : given.map((one) => knownRow(rows, one));
  const paused = controls.filter((one) => isPaused(rows, one));
  const others = [...rows.keys()].filter((one) => isPaused(rows, one) && !paused.includes(one));
  const remaining = otherPauses(others);
  if (paused.length === 0) {
    display.result(['That is not paused.', ...remaining].join(' '));
    return 'done';
  }
  const automatic = [...rows].filter(
    ([id, row]) =>
      isTrue(row['automatedRemediationEnabled']) &&
      (paused.includes(EVERY_CONTROL) || paused.includes(id)) &&
      !others.includes(id) &&
      !others.includes(EVERY_CONTROL),
  );
  const what = paused.includes(EVERY_CONTROL) ? 'everything' : paused.join(', ');
  display.result(
    [
      `To end the pause of ${what}. ${count(automatic.length, 'automatic control goes', 'automatic controls go')} on.`,
      ...remaining,
    ].join('\n'),
  );
  if (!isYes) {
    display.note('Nothing was changed: this was a dry run. Repeat it with --yes to do it.');
    return 'done';
  }
  const { arn } = await whoCalls(connection);
  await writePause(ports, paused, { to: false, changedBy: arn });
  display.note('Done.');
  return 'done';
}

function otherPauses(others: readonly string[]): readonly string[] {
  if (others.includes(EVERY_CONTROL))
    return ['The row * pauses everything all the same: asr controls resume ends that.'];
  return others.length === 0 ? [] : [`Still paused by their own rows: ${others.join(', ')}.`];
}

function isPaused(rows: ConfigurationRows, control: string): boolean {
  return isTrue(rows.get(control)?.['paused']);
}

async function writePause(
  { connection }: OperatePorts,
  controls: readonly string[],
  { to, changedBy }: { readonly to: boolean; readonly changedBy: string },
): Promise<void> {
  for (const control of controls) {
    const result = await changeRow(connection, { control, attribute: 'paused', to, changedBy });
    if (result === 'changed-since')
      throw new DeployError(
        `The row ${control} of the configuration table is gone. Update the administrator stack, which adds it, or pause everything.`,
      );
  }
}

/** The rows that are meant, so that a misspelled control can't pass for a paused one. */
async function knownRows(
  { connection }: OperatePorts,
  given: readonly string[],
): Promise<readonly string[]> {
  const rows = await readAllRows(connection);
  return given.map((one) => knownRow(rows, one));
}

function knownRow(rows: ConfigurationRows, given: string): string {
  const found = [...rows.keys()].find((one) => isSameControl(one, given));
  if (found !== undefined) return found;
  const near = suggest(given, rows.keys());
  throw new DeployError(
    `The configuration table has no row ${given}. ${near === undefined ? 'See asr controls list.' : `Did you mean ${near}?`}`,
    { isUsage: true },
  );
}
