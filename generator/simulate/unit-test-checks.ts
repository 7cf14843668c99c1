import { isSame } from './json.ts';
import type { Json, JsonObject } from './json.ts';
import { fill } from './test-values.ts';
import type { Change, Ran } from './result.ts';
import type { Mode, Observed, Outcome, PlannedCall, Situation } from './unit-test-types.ts';

type Problems = readonly string[];
type Values = ReadonlyMap<string, Json>;

/** Preview says what it would do, and does nothing. */
export function checkPreview(
  { preview }: Situation,
  ran: Ran,
  before: Observed,
  after: Observed,
): Problems {
  const planned = ran.result.changes;
  const wanted = preview.calls ?? [];
  const plannedAsWanted =
    planned.length === wanted.length &&
    wanted.every((call, index) => isPlanned(call, planned[index]));
  return [
    ...checkOutcome('Preview', ran, preview.outcome),
    ...ran.writes.map((name) => `Preview tried ${name}, which is not a read`),
    ...(plannedAsWanted
      ? []
      : [`Preview would make the calls ${JSON.stringify(planned)}, not ${JSON.stringify(wanted)}`]),
    ...checkObserved('Preview', before, after),
  ];
}

/** Remediate does what Preview said and nothing else, and the resource is as expected. */
export function checkRemediate(
  { remediate }: Situation,
  ran: Ran,
  preview: Ran,
  before: Observed,
  after: Observed,
  values: Values,
): Problems {
  const announced = new Set(preview.result.changes.map((change) => change.call));
  const { outcome = 'changed', expect, says = '' } = remediate;
  const { note, error } = ran.result;
  return [
    ...checkOutcome('Remediate', ran, outcome),
    ...ran.writes
      .filter((name) => !announced.has(name))
      .map((name) => `Remediate made ${name}, which Preview did not announce`),
    ...(note.includes(says) || error.includes(says)
      ? []
      : [`Remediate says ${JSON.stringify(error || note)}, not ${says}`]),
    // A failed run may have got part of the way.
    ...(outcome === 'failed' && expect === undefined
      ? []
      : checkObserved('Remediate', { ...before, ...filled(expect, values) }, after)),
  ];
}

/** Remediating once more finds nothing to do. */
export function checkAgain(
  { again = {} }: Situation,
  ran: Ran,
  before: Observed,
  after: Observed,
): Problems {
  const { outcome = 'compliant', writes = [] } = again;
  return [
    ...checkOutcome('Remediate', ran, outcome).map(second),
    ...ran.writes
      .filter((name) => !writes.includes(name))
      .map((name) => second(`Remediate made ${name}`)),
    ...checkObserved('Remediate', before, after).map(second),
  ];
}

/** Undo leaves a resource alone that somebody changed since. */
export function checkRefusal(ran: Ran, before: Observed, after: Observed): Problems {
  const { error } = ran.result;
  const problems = [
    ...checkOutcome('Undo', ran, 'failed'),
    ...(error.startsWith('changed-since: ') ? [] : [`Undo says ${JSON.stringify(error)}`]),
    ...ran.writes.map((name) => `Undo made ${name}`),
    ...checkObserved('Undo', before, after),
  ];
  return problems.map((problem) => `of a resource that was changed since: ${problem}`);
}

/** Undo brings back what was there before, with the calls that Preview announced. */
export function checkUndo(
  { undo = {} }: Situation,
  mode: Mode,
  ran: Ran,
  preview: Ran,
  before: Observed,
  after: Observed,
  values: Values,
): Problems {
  const { outcome = 'undone', except } = undo;
  const announced = preview.result.undo;
  const made = ran.result.changes;
  return [
    ...checkOutcome(mode, ran, outcome),
    ...(areAnnounced(made, announced)
      ? []
      : [
          `${mode} made the calls ${JSON.stringify(made)}, Preview announced ${JSON.stringify(announced)}`,
        ]),
    ...checkObserved(mode, { ...before, ...filled(except, values) }, after),
  ];
}

function second(problem: string): string {
  return `the second time: ${problem}`;
}

function isPlanned(
  wanted: PlannedCall,
  planned: { readonly call: string; readonly with: JsonObject } | undefined,
): boolean {
  if (typeof wanted === 'string') return planned?.call === wanted;
  return planned !== undefined && wanted.call === planned.call && isSame(wanted.with, planned.with);
}

/** In the same order; calls may be missing that turned out to be unnecessary. What only the change will tell is left open. */
function areAnnounced(made: readonly Change[], announced: readonly Change[]): boolean {
  let next = 0;
  return made.every((call) => {
    next = announced.findIndex((one, at) => at >= next && isAnnounced(call, one)) + 1;
    return next > 0;
  });
}

function isAnnounced(made: Change, announced: Change): boolean {
  const names = new Set([...Object.keys(made.with), ...Object.keys(announced.with)]);
  return (
    made.call === announced.call &&
    [...names].every((name) => {
      const planned = announced.with[name] ?? null;
      const isOpen = JSON.stringify(planned).includes('known after the call');
      return isOpen || isSame(planned, made.with[name] ?? null);
    })
  );
}

function checkOutcome(mode: Mode, { result, execution }: Ran, wanted: Outcome): Problems {
  const reason = result.error === '' ? '' : ` (${result.error})`;
  const status = result.outcome === 'failed' ? 'Failed' : 'Success';
  return [
    ...(result.outcome === wanted
      ? []
      : [`${mode} ended as ${result.outcome}${reason}, not as ${wanted}`]),
    ...(execution.status === status
      ? []
      : [
          `${mode} says ${result.outcome}, but its execution is ${execution.status}: ${execution.failure ?? 'no failure'}`,
        ]),
  ];
}

function checkObserved(mode: Mode, wanted: Observed, found: Observed): Problems {
  return Object.entries(wanted)
    .filter(([name, value]) => !isSame(value, found[name] ?? null))
    .map(
      ([name, value]) =>
        `after ${mode} the observed ${name} is ${JSON.stringify(found[name] ?? null)}, not ${JSON.stringify(value)}`,
    );
}

function filled(template: JsonObject | undefined, values: Values): Observed {
  return Object.fromEntries(
    Object.entries(template ?? {}).map(([name, value]) => [name, fill(value, values)]),
  );
}
