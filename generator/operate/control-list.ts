import { isTrue } from '../../templates/admin/functions/decide/rule.ts';
import { readBreakers } from './breakers.ts';
import { versionNote } from './connect.ts';
import { controlStates } from './controls.ts';
import type { ControlState } from './controls.ts';
import type { OperatePorts } from './ports.ts';
import { EVERY_CONTROL, readAllRows } from './rows.ts';
import type { Catalogs } from './select.ts';
import { minute } from './attempt-text.ts';

/** The controls with a remediation as they are switched now. */
export interface Controls {
  readonly states: readonly ControlState[];
  /** The row `*` pauses everything. */
  readonly isAllPaused: boolean;
}

/** Reads rows and breakers; notes when the installed version is another one. Throws `AwsProblem`. */
export async function readControls(
  { connection, display, now }: OperatePorts,
  { controls }: Pick<Catalogs, 'controls'>,
  version: string,
): Promise<Controls> {
  const note = await versionNote(connection, version);
  if (note !== undefined) display.note(note);
  const rows = await readAllRows(connection);
  const ids = controls.controls.flatMap(({ securityControlId, remediation }) =>
    remediation === null ? [] : [securityControlId],
  );
  const breakers = await readBreakers(connection, ids);
  return {
    states: controlStates(controls, rows, breakers, now()),
    isAllPaused: isTrue(rows.get(EVERY_CONTROL)?.['paused']),
  };
}

/** Rows of a table, heading first. Pure. */
export function controlTable(states: readonly ControlState[]): readonly (readonly string[])[] {
  return [
    ['CONTROL', 'STATE', 'IMPACT', 'UNDO', 'REMEDIATION', 'TITLE'],
    ...states.map((one) => [
      one.id,
      stateText(one),
      one.impact,
      one.undo === 'yes' ? 'yes' : 'no',
      one.remediation,
      one.title,
    ]),
  ];
}

/** How a control is switched, in a few words. Pure. */
function stateText({
  automatic,
  paused,
  problem,
  breakerOpenUntil,
}: Pick<ControlState, 'automatic' | 'paused' | 'problem' | 'breakerOpenUntil'>): string {
  if (problem !== undefined) return 'not understood';
  const word = automatic ? 'automatic' : 'off';
  return [
    word,
    ...(paused ? ['paused'] : []),
    ...(breakerOpenUntil === undefined ? [] : [`stopped until ${minute(breakerOpenUntil)}`]),
  ].join(', ');
}
