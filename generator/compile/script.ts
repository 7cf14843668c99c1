import { readFileSync } from 'node:fs';
import { arnPattern, valuePattern } from '../model/kinds/kinds.ts';
import { allSteps, undoSteps } from '../model/runbook.ts';
import type { Parameter, PythonSource, Runbook } from '../model/runbook.ts';
import { importLines, namesIn, selectBlocks, splitPython } from './python-blocks.ts';
import type { PythonBlock } from './python-blocks.ts';
import { checkExpression, literal, valueExpression } from './python-text.ts';
import { allReferences, scopeOf, stepReferences } from './scope.ts';
import { beforeLines, changeLines, undoLines } from './script-steps.ts';
import { longWaits } from './waits.ts';

const RUNTIME = splitPython(readPython('runtime.py'));
const FLOW = splitPython(readPython('flow.py'));

/** Names that the generated part of a script can define; a unit's own functions have others. */
export const scriptNames: ReadonlySet<string> = new Set([
  ...[...RUNTIME, ...FLOW].flatMap(({ names }) => names),
  ...['read_before', 'is_compliant', 'make_change', 'take_back', 'say', 'typed'],
  ...['KINDS', 'CONSTANTS', 'OWN_ROLE', 'ROLES', 'CAN_UNDO', 'VERIFY_SECONDS', 'KEPT'],
]);

function readPython(name: string): string {
  return readFileSync(new URL(`./python/${name}`, import.meta.url), 'utf8');
}

/**
 * Writes the unit's Python script, not yet formatted: the helpers it uses, its own pure functions, one function per
 * phase, and the flow that Mode steers.
 */
export function writeScript(
  runbook: Runbook,
  shared: readonly PythonSource[],
  roleStem: string,
  prefix: string,
): string {
  const entry = longWaits(runbook).length > 0 ? 'main_in_loop' : 'main';
  const body = [
    constants(runbook, roleStem, prefix),
    define(
      'read_before(values)',
      'Read what the control looks at and what undo needs; change nothing.',
      beforeLines(runbook),
    ),
    define('is_compliant(values, before)', "Decide as the control's own check does.", [
      `return ${checkExpression(runbook.compliant, scopeOf(runbook, 'before'))}`,
    ]),
    define(
      'make_change(values, before, run)',
      'Change what violates the control, and nothing else.',
      changeLines(runbook),
    ),
    define(
      'take_back(values, before, run)',
      'Restore what was there before the change.',
      undoSteps(runbook).length > 0
        ? undoLines(runbook)
        : [
            `raise Stop("no-undo", ${literal(runbook.undo.type === 'none' ? runbook.undo.reason : '')})`,
          ],
    ),
    define(
      'say(values, before, run)',
      'What the finding and its reader are told.',
      sayLines(runbook),
    ),
    define('typed(payload)', "The document's parameters, typed.", typedLines(runbook)),
    ...flowOf(entry),
  ].join('\n\n\n');
  return withHelpers(body, ownBlocks(runbook, shared));
}

/** The script of the step after a loop, not yet formatted: it unpacks the answer, or what is known without one. */
export function writeResultScript(runbook: Runbook): string {
  const body = [outcomeConstants(runbook), ...flowOf('main_after_loop', ['state_of', 'report'])];
  return withHelpers(body.join('\n\n\n'), []);
}

/** Functions of flow.py: one entry point, which becomes `main`, and the others or some of them. */
function flowOf(entry: string, wanted?: readonly string[]): readonly string[] {
  const isWanted = (name: string): boolean =>
    name === entry || (name.startsWith('main') ? false : (wanted?.includes(name) ?? true));
  return FLOW.filter((block) => block.type === 'code' && block.names.some(isWanted)).map((block) =>
    block.text.replace(`def ${entry}(`, 'def main('),
  );
}

function withHelpers(body: string, own: readonly PythonBlock[]): string {
  const needed = selectBlocks(
    [...RUNTIME, ...FLOW.filter((block) => block.type === 'import')],
    namesIn([body, ...own.map((block) => block.text)].join('\n')),
  );
  const code = [...needed, ...own]
    .filter((block) => block.type === 'code')
    .map((block) => block.text);
  const all = [...code, body].join('\n\n\n');
  return `${importLines(
    [...needed, ...own].filter((block) => block.type === 'import'),
    all,
  ).join('\n')}\n\n\n${all}\n`;
}

/** Functions of the unit and of `_shared` that its steps call, with what these need. */
function ownBlocks(runbook: Runbook, shared: readonly PythonSource[]): readonly PythonBlock[] {
  const sources = [...shared, ...(runbook.python === undefined ? [] : [runbook.python])];
  const called = allSteps(runbook).flatMap((step) =>
    step.type === 'compute' ? [step.function] : [],
  );
  return selectBlocks(
    sources.flatMap((source) => splitPython(source.text)),
    called,
  );
}

function constants(runbook: Runbook, roleStem: string, prefix: string): string {
  const kinds = Object.fromEntries(
    runbook.resources.map((kind) => [kind.name, arnPattern(kind, 'python')]),
  );
  const lines = [`KINDS = ${literal(kinds)}`];
  if (hasConstants(runbook))
    lines.push(
      `CONSTANTS = ${literal(Object.fromEntries(runbook.controls.map((control) => [control.id, control.constants])))}`,
    );
  if (runbook.roles.length > 0)
    lines.push(
      `OWN_ROLE = ${literal(`/${roleStem}-`)}`,
      `ROLES = ${literal(Object.fromEntries(runbook.roles.map((role) => [role.name, `/${prefix}-${role.name}-`])))}`,
    );
  lines.push(
    `VERIFY_SECONDS = ${runbook.verify.type === 'again' ? String(runbook.verify.withinSeconds) : 'None'}`,
    outcomeConstants(runbook),
  );
  return lines.join('\n');
}

function outcomeConstants(runbook: Runbook): string {
  return `CAN_UNDO = ${literal(runbook.undo.type === 'steps')}\nKEPT = ${literal(keptForUndo(runbook))}`;
}

/** What undo reads of `before` and of the results of `change`: only that goes into the state. */
function keptForUndo(runbook: Runbook): {
  readonly before: readonly string[];
  readonly done: readonly string[];
} {
  const answers = new Set(
    runbook.change.flatMap((step) => (step.as === undefined ? [] : [step.as])),
  );
  const paths = undoSteps(runbook)
    .flatMap(stepReferences)
    .map(({ reference }) => reference.path);
  const names = (found: readonly (string | undefined)[]): readonly string[] =>
    [...new Set(found.filter((name) => name !== undefined))].toSorted();
  return {
    before: names(paths.map(([root, name]) => (root === 'before' ? name : undefined))),
    done: names(paths.map(([root]) => (answers.has(root ?? '') ? root : undefined))),
  };
}

function define(signature: string, doc: string, lines: readonly string[]): string {
  return [`def ${signature}:`, `    """${doc}"""`, ...lines.map((line) => `    ${line}`)].join(
    '\n',
  );
}

function sayLines(runbook: Runbook): readonly string[] {
  const scope = scopeOf(runbook, 'change');
  const note = `return ${valueExpression(runbook.note, scope)}`;
  if (runbook.preview === undefined) return ['if run["mode"] == "Preview":', '    return ""', note];
  return [
    'if run["mode"] == "Preview":',
    `    return ${valueExpression(runbook.preview, scope)}`,
    note,
  ];
}

function typedLines(runbook: Runbook): readonly string[] {
  const lines = ['values = parts(payload, KINDS)', 'values["control"] = payload["ControlId"]'];
  const whole = runbook.resources.flatMap((kind) => (kind.whole === undefined ? [] : [kind.whole]));
  for (const name of new Set(whole))
    lines.push(`values[${literal(name)}] = payload["ResourceArn"]`);
  if (allReferences(runbook).some(({ reference }) => reference.path[0] === 'now'))
    lines.push('values["now"] = datetime.now(timezone.utc).isoformat()');
  if (hasConstants(runbook)) lines.push('values["constants"] = CONSTANTS[payload["ControlId"]]');
  if (runbook.roles.length > 0)
    lines.push(
      'base, namespace = payload["AutomationAssumeRole"].rsplit(OWN_ROLE, 1)',
      'values["roles"] = {name: base + stem + namespace for name, stem in ROLES.items()}',
    );
  for (const parameter of runbook.parameters)
    lines.push(`values[${literal(parameter.name)}] = ${typedParameter(parameter)}`);
  return [...lines, 'return values'];
}

function typedParameter(parameter: Parameter): string {
  const { name, kind } = parameter;
  const given = `payload[${literal(name)}]`;
  const bounds = `${kind.min ?? -999_999_999}, ${kind.max ?? 999_999_999}`;
  switch (kind.type) {
    case 'string':
      if (parameter.optional) return `${given} or None`;
      return parameter.fromStack ? `needed(${given}, ${literal(parameter.missing ?? '')})` : given;
    case 'boolean':
      return parameter.optional ? `${given} == "true" if ${given} else None` : `${given} == "true"`;
    case 'integer':
      return `whole(${literal(name)}, ${given}, ${bounds})${orNone(parameter, given)}`;
    case 'list':
      return `listed(${literal(name)}, ${given}, ${literal(valuePattern(kind))})${orNone(parameter, given)}`;
    case 'integer-list':
      return `[whole(${literal(name)}, item, ${bounds}) for item in ${given}]${orNone(parameter, given)}`;
  }
}

function orNone(parameter: Parameter, given: string): string {
  return parameter.optional ? ` if ${given} else None` : '';
}

function hasConstants(runbook: Runbook): boolean {
  return runbook.controls.some((control) => Object.keys(control.constants).length > 0);
}
