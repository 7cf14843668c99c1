import { isWorse } from '../../templates/admin/functions/model/impact.ts';
import { table } from '../cli/print.ts';
import type { BulkEnd } from './bulk.ts';
import { whoCalls } from './connect.ts';
import { planSwitch } from './controls.ts';
import type { ControlState, SwitchPlan } from './controls.ts';
import { countOpenFindings } from './open-findings.ts';
import type { OpenFindings } from './open-findings.ts';
import type { OperatePorts } from './ports.ts';
import { changeRow } from './rows.ts';
import { count } from './summary.ts';

export interface SwitchOptions {
  readonly chosen: readonly ControlState[];
  /** Automatic or not. */
  readonly to: boolean;
  /** Count the open findings of what would be switched on. */
  readonly isCounted: boolean;
  /** Do it; otherwise only say what would happen. */
  readonly isYes: boolean;
}

/** Findings that are read for a count. */
const MOST_COUNTED = 5000;

/** Says what switching controls would do, and does it. Throws `AwsProblem`, and `Interrupted` on Ctrl-C. */
export async function switchControls(
  ports: OperatePorts,
  { chosen, to, isCounted, isYes }: SwitchOptions,
): Promise<BulkEnd> {
  const { connection, display, signal } = ports;
  const plan = planSwitch(chosen, to);
  const ids = plan.changes.map(({ id }) => id);
  const open =
    to && isCounted && ids.length > 0
      ? await countOpenFindings(connection, ids, {
          atMost: MOST_COUNTED,
          signal,
          note: display.note,
          onProgress: (read) => display.live(`Counted ${read} open findings.`),
        })
      : undefined;
  display.live('');
  display.result(planText(plan, to, open));
  if (plan.changes.length === 0) return plan.refused.length > 0 ? 'problems' : 'done';
  if (!isYes) {
    display.note('Nothing was changed: this was a dry run. Repeat it with --yes to do it.');
    return 'done';
  }
  const isWritten = await write(ports, plan.changes, to);
  return isWritten && plan.refused.length === 0 ? 'done' : 'problems';
}

async function write(
  { connection, display }: OperatePorts,
  changes: readonly ControlState[],
  to: boolean,
): Promise<boolean> {
  const { arn } = await whoCalls(connection);
  const overtaken: string[] = [];
  for (const { id } of changes) {
    const result = await changeRow(connection, {
      control: id,
      attribute: 'automatedRemediationEnabled',
      to,
      from: !to,
      changedBy: arn,
    });
    if (result === 'changed-since') overtaken.push(id);
    else display.live(`Switched ${id}.`);
  }
  display.live('');
  const done = changes.length - overtaken.length;
  display.note(`${count(done, 'control')} switched ${to ? 'on' : 'off'}.`);
  if (overtaken.length > 0)
    display.note(
      `Somebody else changed the rows ${overtaken.join(', ')} meanwhile, so they are as they were left. Look again: asr controls list.`,
    );
  return overtaken.length === 0;
}

/** What would happen, for people. Pure. */
function planText(plan: SwitchPlan, to: boolean, open: OpenFindings | undefined): string {
  const { changes, already, refused } = plan;
  const word = to ? 'on' : 'off';
  const lines = [`To switch ${word}: ${count(changes.length, 'control')}.`];
  if (changes.length > 0) lines.push('', table(changeTable(changes, to, open)));
  if (to && changes.length > 0) lines.push('', ...consequences(changes, open));
  if (already.length > 0)
    lines.push(
      `${word === 'on' ? 'On' : 'Off'} already: ${already.map(({ id }) => id).join(', ')}.`,
    );
  for (const { id, problem } of refused) lines.push(`Not switched: ${id}. ${problem ?? ''}`);
  return lines.join('\n');
}

function changeTable(
  changes: readonly ControlState[],
  to: boolean,
  open: OpenFindings | undefined,
): readonly (readonly string[])[] {
  const columns = (one: ControlState): readonly string[] => [
    one.id,
    ...(to ? [openText(one.id, open)] : []),
    one.impactText,
    one.undo,
  ];
  return [['CONTROL', ...(to ? ['OPEN FINDINGS'] : []), 'IMPACT', 'UNDO'], ...changes.map(columns)];
}

function openText(id: string, open: OpenFindings | undefined): string {
  if (open === undefined) return 'not counted';
  const found = open.byControl.get(id) ?? 0;
  return open.isPartial ? `${found} or more` : String(found);
}

function consequences(
  changes: readonly ControlState[],
  open: OpenFindings | undefined,
): readonly string[] {
  const total = [...(open?.byControl.values() ?? [])].reduce((sum, one) => sum + one, 0);
  // What automatic remediation consents to by itself (decide/rules-policy.ts).
  const approvals = changes.filter(({ impact }) => isWorse(impact, 'access-loss'));
  const held = changes.filter(({ paused }) => paused);
  return [
    ...(open === undefined
      ? []
      : [
          `${total}${open.isPartial ? ' or more' : ''} open findings are fixed as Security Hub checks them again, which is mostly within 24 hours.`,
        ]),
    ...(approvals.length === 0
      ? []
      : [
          `Unless its row says approval: never, each of these waits for the approval of a named person: ${approvals.map(({ id }) => id).join(', ')}.`,
        ]),
    ...(held.length === 0
      ? []
      : [`Paused, so nothing happens until that ends: ${held.map(({ id }) => id).join(', ')}.`]),
  ];
}
