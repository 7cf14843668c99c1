import { readCalls } from '../../templates/admin/functions/model/calls.ts';
import type { Calls } from '../../templates/admin/functions/model/calls.ts';
import { differencesOf } from '../../templates/admin/functions/model/difference.ts';

const LONGEST_LINE = 500;

/** Lines for the calls that a document tells as JSON; none when it tells none. Pure; never throws. */
export function callLines(json: string | undefined): readonly string[] {
  if (json === undefined || json === '') return [];
  const calls = readCalls(json);
  // Longer than what is kept, so it ends in the middle.
  return calls === undefined ? [shortened(json)] : linesOfCalls(calls);
}

/** One line for each call, `ec2:RevokeSecurityGroupIngress {...}`; below it what was there, as far as Undo's calls tell. Pure. */
export function linesOfCalls(calls: Calls): readonly string[] {
  if (calls.undo.length === 0)
    return calls.change.map((one) => shortened(`${one.call} ${JSON.stringify(one.with)}`));
  return differencesOf(calls).flatMap(({ call, given, members }) => [
    shortened(`${call} ${JSON.stringify(given)}`),
    ...members.flatMap(({ name, now, after }) => [
      ...(now === undefined ? [] : [shortened(`  - ${name}: ${JSON.stringify(now)}`)]),
      ...(after === undefined ? [] : [shortened(`  + ${name}: ${JSON.stringify(after)}`)]),
    ]),
  ]);
}

function shortened(line: string): string {
  return line.length <= LONGEST_LINE ? line : `${line.slice(0, LONGEST_LINE)}...`;
}
