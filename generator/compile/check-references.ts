import { allSteps, undoSteps } from '../model/runbook.ts';
import type { Check, Runbook, Step } from '../model/runbook.ts';
import { suggest } from '../data/operations.ts';
import type { Diagnostic } from '../read/diagnostics.ts';
import {
  BUILT_IN,
  allReferences,
  checkReferences,
  stepReferences,
  valueReferences,
} from './scope.ts';
import type { PhaseName, PlacedReference } from './scope.ts';

/** References must name something that exists where they stand, and what is kept must be read. */
export function checkReferencesOf(runbook: Runbook): readonly Diagnostic[] {
  return [
    ...phaseProblems(runbook, runbook.before, 'before'),
    ...phaseProblems(runbook, runbook.change, 'change'),
    ...phaseProblems(runbook, undoSteps(runbook), 'undo'),
    ...problemsOf(
      runbook,
      checkReferences(runbook.compliant),
      names(runbook, keptNames(runbook), []),
    ),
    ...problemsOf(
      runbook,
      valueReferences(runbook.note, ['note']),
      names(runbook, keptNames(runbook), answers(runbook.change)),
    ),
    ...problemsOf(
      runbook,
      runbook.preview === undefined ? [] : valueReferences(runbook.preview, ['preview']),
      names(runbook, keptNames(runbook), []),
    ),
    ...(runbook.impact.type === 'depends'
      ? problemsOf(runbook, checkReferences(runbook.impact.when), {
          ...names(runbook, [], []),
          fields: [],
        })
      : []),
    ...unknownUnchanged(runbook),
    ...unusedNames(runbook),
  ];
}

interface Names {
  readonly builtIn: readonly string[];
  readonly constants: readonly string[];
  readonly fields: readonly string[];
  readonly parameters: readonly string[];
  readonly roles: readonly string[];
  readonly kept: readonly string[];
  readonly answers: readonly string[];
  readonly item: boolean;
}

function names(
  runbook: Runbook,
  kept: readonly string[],
  answerNames: readonly string[],
  step?: Step,
): Names {
  return {
    builtIn: BUILT_IN,
    constants: Object.keys(runbook.controls[0]?.constants ?? {}),
    fields: fieldsFor(runbook, step?.when),
    parameters: runbook.parameters.map((parameter) => parameter.name),
    roles: runbook.roles.map((role) => role.name),
    kept,
    answers: answerNames,
    item: step?.each !== undefined,
  };
}

/** Fields of all kinds; under `when: { kind: x }` those of that kind. */
function fieldsFor(runbook: Runbook, when: Check | undefined): readonly string[] {
  const line = when?.find((one) => one.left === 'kind' && one.expected.type === 'is');
  const wanted =
    line?.expected.type === 'is' && line.expected.value.type === 'literal'
      ? line.expected.value.value
      : undefined;
  const kinds = runbook.resources.filter((kind) => wanted === undefined || kind.name === wanted);
  const lists = kinds.map((kind) => [
    ...kind.fields.keys(),
    ...(kind.whole === undefined ? [] : [kind.whole]),
  ]);
  return (lists[0] ?? []).filter((field) => lists.every((list) => list.includes(field)));
}

function phaseProblems(
  runbook: Runbook,
  steps: readonly Step[],
  at: PhaseName,
): readonly Diagnostic[] {
  const problems: Diagnostic[] = [];
  const kept: string[] = at === 'before' ? [] : [...keptNames(runbook)];
  const known: string[] = at === 'undo' ? [...answers(runbook.change)] : [];
  for (const step of steps) {
    problems.push(...problemsOf(runbook, stepReferences(step), names(runbook, kept, known, step)));
    if ('keep' in step && at === 'before') kept.push(...step.keep.map((keep) => keep.name));
    if (step.as !== undefined) known.push(step.as);
  }
  return problems;
}

function problemsOf(
  runbook: Runbook,
  placed: readonly PlacedReference[],
  known: Names,
): readonly Diagnostic[] {
  return placed.flatMap(({ reference, path, inKey }) => {
    const problem = problemWith(reference.path, known);
    if (problem === undefined) return [];
    const position = inKey
      ? runbook.source.atKey(path)
      : runbook.source.within(path, reference.offset);
    const near = suggest(problem.wrong, problem.among);
    const fix =
      near === undefined
        ? `Known here: ${problem.among.join(', ') || 'nothing'}.`
        : `Did you mean ${problem.prefix}${near}?`;
    return [
      {
        ...runbook.source.report(
          path,
          'unknown-reference',
          `${reference.text} refers to nothing.`,
          fix,
        ),
        ...position,
      },
    ];
  });
}

interface ReferenceProblem {
  readonly wrong: string;
  readonly among: readonly string[];
  readonly prefix: string;
}

function problemWith(
  [root = '', second]: readonly string[],
  known: Names,
): ReferenceProblem | undefined {
  const among = (
    wrong: string,
    list: readonly string[],
    prefix = '',
  ): ReferenceProblem | undefined =>
    list.includes(wrong) ? undefined : { wrong, among: list, prefix };
  if (root === 'before') return among(second ?? '', known.kept, 'before.');
  if (root === 'roles') return among(second ?? '', known.roles, 'roles.');
  if (root === 'control' && second !== undefined) return among(second, known.constants, 'control.');
  const roots = [
    ...known.builtIn,
    ...known.fields,
    ...known.parameters,
    ...known.answers,
    ...(known.item ? ['item'] : []),
  ];
  return among(root, roots);
}

function keptNames(runbook: Runbook): readonly string[] {
  return runbook.before.flatMap((step) =>
    'keep' in step ? step.keep.map((keep) => keep.name) : [],
  );
}

function answers(steps: readonly Step[]): readonly string[] {
  return steps.flatMap((step) => (step.as === undefined ? [] : [step.as]));
}

function unknownUnchanged(runbook: Runbook): readonly Diagnostic[] {
  const kept = keptNames(runbook);
  return unchangedOf(runbook).flatMap((name, index) => {
    if (kept.includes(name)) return [];
    const near = suggest(name, kept);
    return [
      runbook.source.report(
        ['unchanged', index],
        'unknown-reference',
        `before keeps no ${name}.`,
        near === undefined ? `It keeps ${kept.join(', ') || 'nothing'}.` : `Did you mean ${near}?`,
      ),
    ];
  });
}

function unchangedOf({ unchanged }: Runbook): readonly string[] {
  return unchanged?.type === 'names' ? unchanged.names : [];
}

function unusedNames(runbook: Runbook): readonly Diagnostic[] {
  const { source } = runbook;
  const roots = new Set(allReferences(runbook).map(({ reference }) => reference.path[0] ?? ''));
  const seconds = (root: string): ReadonlySet<string> =>
    new Set(
      allReferences(runbook).flatMap(({ reference }) =>
        reference.path[0] === root ? [reference.path[1] ?? ''] : [],
      ),
    );
  const read = new Set([...seconds('before'), ...unchangedOf(runbook)]);
  const passed = seconds('roles');
  return [
    ...allSteps(runbook).flatMap((step) =>
      'keep' in step
        ? step.keep
            .filter((keep) => !read.has(keep.name))
            .map((keep) =>
              source.reportKey(
                [...step.path, 'keep', keep.name],
                'unused-name',
                `Nothing reads {before.${keep.name}}.`,
                'Use it or remove it.',
              ),
            )
        : [],
    ),
    ...allSteps(runbook).flatMap((step) =>
      step.as === undefined || roots.has(step.as)
        ? []
        : [
            source.report(
              [...step.path, 'as'],
              'unused-name',
              `Nothing reads {${step.as}}.`,
              'Use it or remove it.',
            ),
          ],
    ),
    ...runbook.parameters
      .filter((parameter) => !roots.has(parameter.name))
      .map((parameter) =>
        source.reportKey(
          parameter.path,
          'unused-parameter',
          `Nothing reads {${parameter.name}}.`,
          'Use it or remove it.',
        ),
      ),
    ...runbook.roles
      .filter((role) => !passed.has(role.name))
      .map((role) =>
        source.reportKey(
          role.path,
          'unused-role',
          `Nothing passes {roles.${role.name}} to a service.`,
          'Use it or remove it.',
        ),
      ),
  ];
}
