import { acceptsValue } from '../model/kinds/kinds.ts';
import { IMPACTS, allSteps } from '../model/runbook.ts';
import type { ImpactWord, Runbook } from '../model/runbook.ts';
import type { Standards } from '../model/standard.ts';
import { suggest } from '../data/operations.ts';
import { diagnostic } from '../read/diagnostics.ts';
import type { Diagnostic } from '../read/diagnostics.ts';
import { unquotedReference } from '../read/source.ts';
import type { Path } from '../read/source.ts';
import { LIMITS } from './limits.ts';

export interface UnitContext {
  readonly standards: Standards;
  /** Parameters of the member stack. */
  readonly stackParameters: ReadonlySet<string>;
  readonly prefix: string;
}

/** What a unit says about itself: controls, names, parameters, impact, partition. */
export function checkUnit(runbook: Runbook, context: UnitContext): readonly Diagnostic[] {
  return [
    ...controlProblems(runbook, context.standards),
    ...nameProblems(runbook, context.prefix),
    ...impactProblems(runbook),
    ...parameterProblems(runbook, context),
    ...takenNames(runbook),
    ...textProblems(runbook),
    ...unquotedProblems(runbook),
  ];
}

/** Two units that claim one control, or two things that would get one role name. */
export function checkAcross(runbooks: readonly Runbook[]): readonly Diagnostic[] {
  const claims = new Map<string, Runbook>();
  const roleNames = new Map<string, string>(
    runbooks.map((runbook) => [runbook.name, runbook.source.file]),
  );
  const problems: Diagnostic[] = [];
  for (const runbook of runbooks) {
    for (const control of runbook.controls) {
      const other = claims.get(control.id);
      if (other !== undefined)
        problems.push(
          runbook.source.report(
            control.path,
            'duplicate-claim',
            `${control.id} is already remediated by ${other.source.file}.`,
            'Remove it from one of the units.',
          ),
        );
      claims.set(control.id, runbook);
    }
    for (const role of runbook.roles) {
      const other = roleNames.get(role.name);
      if (other !== undefined)
        problems.push(
          runbook.source.reportKey(
            role.path,
            'duplicate-unit',
            `The role name ${role.name} is taken by ${other}.`,
            'Rename the role.',
          ),
        );
      roleNames.set(role.name, runbook.source.file);
    }
  }
  return problems;
}

function controlProblems(runbook: Runbook, standards: Standards): readonly Diagnostic[] {
  const wanted = Object.keys(runbook.controls[0]?.constants ?? {})
    .toSorted()
    .join(', ');
  return runbook.controls.flatMap((control) => {
    const at = runbook.source;
    if (!standards.controls.has(control.id)) {
      const near = suggest(control.id, standards.controls.keys());
      return [
        {
          ...at.report(
            control.path,
            'unknown-control',
            `${control.id} is not a security control.`,
            near === undefined ? 'See standards/sc.yaml.' : `Did you mean ${near}?`,
          ),
          ...positionOf(runbook, control.path),
        },
      ];
    }
    const names = Object.keys(control.constants).toSorted().join(', ');
    return names === wanted
      ? []
      : [
          {
            ...at.report(
              control.path,
              'constant-mismatch',
              `${control.id} defines ${names || 'no constants'}, the first control defines ${wanted || 'none'}.`,
              'Define the same names for every control.',
            ),
            ...positionOf(runbook, control.path),
          },
        ];
  });
}

/** In the list form the control is a value, in the map form a key. */
function positionOf(runbook: Runbook, path: Path) {
  return typeof path.at(-1) === 'number' ? runbook.source.at(path) : runbook.source.atKey(path);
}

function nameProblems(runbook: Runbook, prefix: string): readonly Diagnostic[] {
  const room = LIMITS.roleName - LIMITS.namespace - prefix.length - 2;
  const tooLong = (name: string): string =>
    `The role ${prefix}-${name}-<Namespace> has up to ${prefix.length + name.length + 2 + LIMITS.namespace} characters, ${LIMITS.roleName} are allowed.`;
  const own =
    runbook.name.length > room
      ? [
          runbook.source.report(
            [],
            'name-too-long',
            tooLong(runbook.name),
            `Use at most ${room} characters.`,
          ),
        ]
      : [];
  return [
    ...own,
    ...runbook.roles
      .filter((role) => role.name.length > room)
      .map((role) =>
        runbook.source.reportKey(
          role.path,
          'name-too-long',
          tooLong(role.name),
          `Use at most ${room} characters.`,
        ),
      ),
  ];
}

/** From here on people must be told who notices. */
const NOTICEABLE: ImpactWord = 'access-loss';

function impactProblems(runbook: Runbook): readonly Diagnostic[] {
  const words =
    runbook.impact.type === 'fixed'
      ? [runbook.impact.word]
      : [runbook.impact.then, runbook.impact.else];
  const isNoticeable = words.some((word) => IMPACTS.indexOf(word) >= IMPACTS.indexOf(NOTICEABLE));
  if (!isNoticeable || runbook.warning !== undefined) return [];
  return [
    runbook.source.report(
      ['impact'],
      'missing-warning',
      `The impact is ${words.join(' or ')}, and nothing says who can notice.`,
      'Add warning: with one sentence.',
    ),
  ];
}

/** Names that every document has, and those of its script's payload. */
const RESERVED: ReadonlySet<string> = new Set([
  'AutomationAssumeRole',
  'Mode',
  'ControlId',
  'AccountId',
  'ResourceArn',
  'State',
  'Resume',
  'Partition',
  'ExecutingAccount',
  'ExecutingRegion',
]);

/** Roots of references that every unit has. */
const BUILT_IN: ReadonlySet<string> = new Set([
  'account',
  'region',
  'partition',
  'kind',
  'control',
  'now',
  'before',
  'roles',
  'item',
]);

/** Parameters and results share their names with the resource's fields, the document and what is built in. */
function takenNames(runbook: Runbook): readonly Diagnostic[] {
  const fields = new Set(
    runbook.resources.flatMap((kind) => [...kind.fields.keys(), kind.whole ?? '']),
  );
  const parameters = new Set(runbook.parameters.map((parameter) => parameter.name));
  const taken = (name: string): string | undefined => {
    if (BUILT_IN.has(name)) return 'built in';
    if (fields.has(name)) return "a field of the unit's resource";
    return RESERVED.has(name) ? 'a name of every document' : undefined;
  };
  const named = [
    ...runbook.parameters.map(({ name, path }) => ({ name, at: runbook.source.atKey(path) })),
    ...allSteps(runbook).flatMap(({ as, path }) =>
      as === undefined
        ? []
        : [{ name: as, at: runbook.source.at([...path, 'as']), isResult: true }],
    ),
  ];
  return named.flatMap((one) => {
    const isParameter = 'isResult' in one && parameters.has(one.name);
    const by = taken(one.name) ?? (isParameter ? 'a parameter' : undefined);
    return by === undefined
      ? []
      : [diagnostic(one.at, 'taken-name', `${one.name} is already ${by}.`, 'Choose another name.')];
  });
}

function parameterProblems(
  runbook: Runbook,
  { standards, stackParameters }: UnitContext,
): readonly Diagnostic[] {
  const { source } = runbook;
  const resources = new Set(runbook.supportingResources.map((resource) => resource.name));
  const ofStack = runbook.supportingResources
    .filter((resource) => !stackParameters.has(resource.when))
    .map((resource) =>
      source.report(
        [...resource.path, 'when'],
        'stack-parameter',
        `The member stack has no parameter ${resource.when}.`,
        stackParameterFix(resource.when, stackParameters),
      ),
    );
  const own = runbook.parameters.flatMap((parameter): readonly Diagnostic[] => {
    const problems: Diagnostic[] = [];
    if (
      parameter.default !== undefined &&
      !isEmptyAllowed(parameter.optional, parameter.default) &&
      !acceptsValue(parameter.kind, parameter.default)
    )
      problems.push(
        source.report(
          [...parameter.path, 'default'],
          'bad-default',
          `${String(parameter.default)} is not ${parameter.kind.describes}.`,
          `Kind ${parameter.kind.name} accepts for example ${JSON.stringify(parameter.kind.accepts[0])}.`,
        ),
      );
    if (
      parameter.fromStack &&
      !stackParameters.has(parameter.name) &&
      !resources.has(parameter.name)
    )
      problems.push(
        source.reportKey(
          parameter.path,
          'stack-parameter',
          `The member stack has neither a parameter nor a resource ${parameter.name}.`,
          stackParameterFix(parameter.name, stackParameters),
        ),
      );
    problems.push(...findingProblems(runbook, parameter, standards));
    return problems;
  });
  return [...ofStack, ...own];
}

function stackParameterFix(wrong: string, known: ReadonlySet<string>): string {
  const near = suggest(wrong, known);
  return near === undefined
    ? `Known parameters: ${[...known].toSorted().join(', ') || 'none'}.`
    : `Did you mean ${near}?`;
}

function findingProblems(
  runbook: Runbook,
  parameter: Runbook['parameters'][number],
  standards: Standards,
): readonly Diagnostic[] {
  const named = [...parameter.finding];
  const claimed = runbook.controls.map((control) => control.id);
  return named.flatMap(([control, name]) => {
    const path: Path =
      control === '*' ? [...parameter.path, 'finding'] : [...parameter.path, 'finding', control];
    if (control !== '*' && !claimed.includes(control))
      return [
        runbook.source.reportKey(
          path,
          'unknown-control',
          `The unit doesn't remediate ${control}.`,
          `It remediates ${claimed.join(', ')}.`,
        ),
      ];
    const controls = control === '*' ? claimed : [control];
    const known = controls.flatMap((id) => standards.controls.get(id)?.parameters ?? []);
    if (known.includes(name)) return [];
    const near = suggest(name, known);
    return [
      runbook.source.report(
        path,
        'finding-parameter',
        `No control of the unit has a parameter ${name}.`,
        near === undefined ? `Known: ${known.join(', ') || 'none'}.` : `Did you mean ${near}?`,
      ),
    ];
  });
}

function isEmptyAllowed(optional: boolean, value: string | readonly string[]): boolean {
  return optional && value.length === 0;
}

/** Literal partitions, and double braces that Systems Manager would read as its own variables. */
function textProblems(runbook: Runbook): readonly Diagnostic[] {
  return [...texts(runbook.source.value, [])].flatMap(({ text, path }) => {
    const problems: Diagnostic[] = [];
    const literal = /arn:aws(?:-cn|-us-gov)?:|amazonaws\.com\.cn/u.exec(text);
    if (literal !== null)
      problems.push({
        ...runbook.source.report(
          path,
          'partition-literal',
          `${literal[0]} names one partition.`,
          'Write arn:{partition}:.',
        ),
        ...runbook.source.within(path, literal.index),
      });
    if (text.includes('{{'))
      problems.push(
        runbook.source.report(
          path,
          'brace-injection',
          'Two opening braces stand together.',
          'Put a space between them.',
        ),
      );
    return problems;
  });
}

/** References without quotes, where the schema takes any value: in `with` and on the right of checks. */
function unquotedProblems(runbook: Runbook): readonly Diagnostic[] {
  const { before, change, undo, compliant, impact } = runbook.source.value as Record<
    string,
    unknown
  >;
  return Object.entries({ before, change, undo, compliant, impact }).flatMap(([key, value]) => [
    ...unquotedIn(runbook, value, [key]),
  ]);
}

function* unquotedIn(runbook: Runbook, value: unknown, path: Path): Generator<Diagnostic> {
  const reference = unquotedReference(value);
  if (reference !== undefined)
    yield runbook.source.report(
      path,
      'unquoted-reference',
      `${reference} is a map here, not a reference.`,
      `Quote it: "${reference}".`,
    );
  else if (Array.isArray(value))
    for (const [index, item] of value.entries()) yield* unquotedIn(runbook, item, [...path, index]);
  else if (value !== null && typeof value === 'object')
    for (const [key, item] of Object.entries(value))
      yield* unquotedIn(runbook, item, [...path, key]);
}

function* texts(
  value: unknown,
  path: Path,
): Generator<{ readonly text: string; readonly path: Path }> {
  if (typeof value === 'string') yield { text: value, path };
  else if (Array.isArray(value))
    for (const [index, item] of value.entries()) yield* texts(item, [...path, index]);
  else if (value !== null && typeof value === 'object')
    for (const [key, item] of Object.entries(value)) yield* texts(item, [...path, key]);
}
