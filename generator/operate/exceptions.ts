import type { Exception } from '../../templates/admin/functions/decide/types.ts';
import { DeployError } from '../deploy/deploy-error.ts';
import { confirm } from '../deploy/terminal.ts';
import { minute } from './attempt-text.ts';
import type { BulkEnd } from './bulk.ts';
import { planExceptions, planText } from './exceptions-plan.ts';
import type { ExceptionChange } from './exceptions-plan.ts';
import { deleteException, putException, readStoredExceptions } from './exceptions-store.ts';
import type { StoredException, Written } from './exceptions-store.ts';
import type { OperatePorts } from './ports.ts';
import { count } from './summary.ts';

export interface ApplyOptions {
  readonly wanted: readonly Exception[];
  /** Remove what the file doesn't have. */
  readonly isPruned: boolean;
  readonly isYes: boolean;
}

/** Makes the state table say what a file says, after showing the differences and asking. Throws `DeployError`. */
export async function applyExceptions(
  ports: OperatePorts,
  { wanted, isPruned, isYes }: ApplyOptions,
): Promise<BulkEnd> {
  const { connection, display, prompter, signal, now } = ports;
  const plan = planExceptions(wanted, await readStoredExceptions(connection), isPruned);
  display.result(planText(plan, now()));
  if (plan.changes.length === 0) return 'done';
  if (!isYes && !prompter.isInteractive)
    throw new DeployError('Nothing was changed: there is nobody to ask. Say --yes to apply it.');
  const question = `Apply ${count(plan.changes.length, 'change')}?`;
  if (!(await confirm(question, { prompter, isYes, signal }))) {
    display.note('Nothing was changed.');
    return 'problems';
  }
  const overtaken: string[] = [];
  for (const change of plan.changes)
    if ((await write(ports, change)) === 'changed-since') overtaken.push(idOf(change));
  display.note(`${count(plan.changes.length - overtaken.length, 'change')} applied.`);
  if (overtaken.length === 0) return 'done';
  display.note(
    `Somebody else changed ${overtaken.join(', ')} meanwhile, so they are as they were left. Apply the file again.`,
  );
  return 'problems';
}

async function write({ connection }: OperatePorts, change: ExceptionChange): Promise<Written> {
  switch (change.type) {
    case 'add':
      return putException(connection, change.exception, undefined);
    case 'change':
      return putException(connection, change.exception, change.before);
    case 'remove':
      return deleteException(connection, change.before);
  }
}

function idOf(change: ExceptionChange): string {
  return change.type === 'add' ? change.exception.id : change.before.id;
}

/** Rows of a table, heading first; those that end first come first. Pure. */
export function exceptionTable(
  stored: readonly StoredException[],
  now: Date,
): readonly (readonly string[])[] {
  const sound = stored.flatMap(({ read }) => (typeof read === 'string' ? [] : [read]));
  return [
    ['EXCEPTION', 'UNTIL', 'OWNER', 'CONTROLS', 'ACCOUNTS', 'REGIONS', 'RESOURCES', 'REASON'],
    ...sound
      .toSorted((a, b) => (a.expiresAt < b.expiresAt ? -1 : 1))
      .map((one) => [
        one.id,
        Date.parse(one.expiresAt) <= now.getTime() ? 'ended' : minute(one.expiresAt),
        one.owner,
        listText(one.controls),
        listText(one.accounts),
        listText(one.regions),
        listText(one.resources),
        one.reason,
      ]),
  ];
}

function listText(list: readonly string[] | undefined): string {
  const [first, ...others] = list ?? [];
  if (first === undefined) return 'any';
  return others.length === 0 ? first : `${first} and ${others.length} more`;
}
