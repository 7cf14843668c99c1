import { readFileSync } from 'node:fs';
import { PLACES, scriptPattern, valuePattern } from '../model/kinds/kinds.ts';
import { allSteps } from '../model/runbook.ts';
import type { Parameter, PythonSource, Runbook } from '../model/runbook.ts';
import { keptForUndo } from './kept.ts';
import { importLines, namesIn, selectBlocks, splitPython } from './python-blocks.ts';
import type { PythonBlock } from './python-blocks.ts';
import { checkExpression, literal, valueExpression } from './python-text.ts';
import { allReferences, scopeOf } from './scope.ts';
import { beforeLines, changeLines, undoLines } from './script-steps.ts';
import { formatEmitted } from './ruff.ts';
import { longWaits } from './waits.ts';

/** What scripts share, as they carry it. */
const makeHelpers = (): {
  readonly runtime: readonly PythonBlock[];
  readonly flow: readonly PythonBlock[];
} => ({
  runtime: splitPython(formatEmitted(readPython('runtime.py'))),
  flow: splitPython(formatEmitted(readPython('flow.py'))),
});
let helpers: ReturnType<typeof makeHelpers> | undefined;

/** Formatting starts ruff, so it waits until a script is written. */
function helperBlocks(): ReturnType<typeof makeHelpers> {
  helpers ??= makeHelpers();
  return helpers;
}

/** Names that the generated part of a script can define; a unit's own functions have others. */
export const scriptNames: ReadonlySet<string> = new Set([
  ...['runtime.py', 'flow.py']
    .flatMap((file) => splitPython(readPython(file)))
    .flatMap(({ names }) => names),
  ...['read_before', 'is_compliant', 'make_change', 'take_back', 'say', 'typed'],
  ...['PLACES', 'KINDS', 'CONSTANTS', 'OWN_ROLE', 'ROLES', 'VERIFY_SECONDS', 'KEPT'],
]);

function readPython(name: string): string {
  return readFileSync(new URL(`./python/${name}`, import.meta.url), 'utf8');
}

/** A script in its parts: what is the same in many scripts, and what only this one has. */
export interface WrittenScript {
  readonly text: string;
  /** The functions of its phases, without helpers and without the unit's own Python. */
  readonly generated: string;
}

/**
 * Writes the unit's Python script: the helpers it uses, the flow that Mode steers, the unit's own pure functions, and one
 * function per phase. Throws a SyntaxError when the unit's Python can't be parsed.
 */
export function writeScript(
  runbook: Runbook,
  shared: readonly PythonSource[],
  roleStem: string,
  prefix: string,
): WrittenScript {
  const entry = longWaits(runbook).length > 0 ? 'main_in_loop' : 'main';
  const generated = formatEmitted(
    [
      constants(runbook, roleStem, prefix),
      define('read_before(values)', beforeLines(runbook)),
      define('is_compliant(values, before)', [
        `return ${checkExpression(runbook.compliant, scopeOf(runbook, 'before'))}`,
      ]),
      define('make_change(values, before, run)', changeLines(runbook)),
      define('take_back(values, before, run)', takeBackLines(runbook)),
      define('say(values, before, run)', sayLines(runbook)),
      define('typed(payload)', typedLines(runbook)),
    ].join('\n\n\n'),
  ).trimEnd();
  const text = assemble(flowOf(entry), ownBlocks(runbook, shared), generated);
  return { text, generated };
}

function takeBackLines(runbook: Runbook): readonly string[] {
  return runbook.undo.type === 'steps'
    ? undoLines(runbook)
    : [`raise Stop("no-undo", ${literal(runbook.undo.reason)})`];
}

/** The script of the step after a loop: it unpacks the answer, or what is known without one. */
export function writeResultScript(runbook: Runbook): string {
  const generated = formatEmitted(outcomeConstants(runbook)).trimEnd();
  return assemble(flowOf('main_after_loop', ['state_of', 'report']), [], generated);
}

/** Functions of flow.py: one entry point, which becomes `main`, and the others or some of them. */
function flowOf(entry: string, wanted?: readonly string[]): readonly string[] {
  const isWanted = (name: string): boolean =>
    name === entry || (name.startsWith('main') ? false : (wanted?.includes(name) ?? true));
  return helperBlocks()
    .flow.filter((block) => block.type === 'code' && block.names.some(isWanted))
    .map((block) => block.text.replace(`def ${entry}(`, 'def main('));
}

/**
 * Everything is formatted already. What nearly all scripts have stands together, so that a template can hold it once:
 * imports and helpers of the flow, the flow. A script's further imports come before, all else that it has after that.
 */
function assemble(flow: readonly string[], own: readonly PythonBlock[], generated: string): string {
  const { runtime, flow: flowBlocks } = helperBlocks();
  const blocks = [...runtime, ...flowBlocks.filter(isImport)];
  const common = commonBlocks();
  const ownCode = [...own.filter(isCode).map(({ text }) => text), generated];
  const needed = selectBlocks(blocks, namesIn([...flow, ...ownCode].join('\n')));
  const first = [...common.filter(isCode).map(({ text }) => text), ...flow];
  const then = needed.filter((block) => isCode(block) && !common.includes(block));
  const rest = [...then.map(({ text }) => text), ...ownCode];
  const imports = importLines(common.filter(isImport), first.join('\n'));
  const more = importLines([...needed, ...own].filter(isImport), rest.join('\n'));
  const lines = [...more.filter((line) => !imports.includes(line)), ...imports];
  return `${lines.join('\n')}\n\n\n${[...first, ...rest].join('\n\n\n')}\n`;
}

/** What every script begins with: the helpers of the flow, and those that nearly all phases use. */
function commonBlocks(): readonly PythonBlock[] {
  const { runtime, flow } = helperBlocks();
  const always = ['read', 'call', 'search', 'text', 'parts'];
  const ofFlow = flowOf('main').flatMap((text) => namesIn(text));
  return selectBlocks([...runtime, ...flow.filter(isImport)], [...always, ...ofFlow]);
}

function isImport({ type }: PythonBlock): boolean {
  return type === 'import';
}

function isCode({ type }: PythonBlock): boolean {
  return type === 'code';
}

/** Functions of the unit and of `_shared` that its steps call, with what these need. */
function ownBlocks(runbook: Runbook, shared: readonly PythonSource[]): readonly PythonBlock[] {
  const sources = [...shared, ...(runbook.python === undefined ? [] : [runbook.python])];
  const called = allSteps(runbook).flatMap((step) =>
    step.type === 'compute' ? [step.function] : [],
  );
  return selectBlocks(
    sources.flatMap((source) => splitPython(formatEmitted(source.text))),
    called,
  );
}

function constants(runbook: Runbook, roleStem: string, prefix: string): string {
  const kinds = Object.fromEntries(
    runbook.resources.map((kind) => [kind.name, scriptPattern(kind)]),
  );
  const lines = [`PLACES = ${literal(PLACES)}`, `KINDS = ${literal(kinds)}`];
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
  return `KEPT = ${literal(runbook.undo.type === 'steps' ? keptForUndo(runbook) : null)}`;
}

function define(signature: string, lines: readonly string[]): string {
  return [`def ${signature}:`, ...lines.map((line) => `    ${line}`)].join('\n');
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
