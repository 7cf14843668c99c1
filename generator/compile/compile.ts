import { Buffer } from 'node:buffer';
import { stringify } from 'yaml';
import { allSteps } from '../model/runbook.ts';
import type { PythonSource, Runbook } from '../model/runbook.ts';
import type { Kinds } from '../model/kinds/kinds.ts';
import { diagnostic, hasErrors } from '../read/diagnostics.ts';
import type { Diagnostic, Position } from '../read/diagnostics.ts';
import type { Sources } from '../read/read-sources.ts';
import { checkDocument } from './check-document.ts';
import { checkFunctions, checkPurity, checkPythonLint, checkPythonSyntax } from './check-python.ts';
import { checkReferencesOf } from './check-references.ts';
import { checkSteps } from './check-steps.ts';
import { checkAcross, checkUnit } from './check-unit.ts';
import type { CompiledRunbook } from './compiled.ts';
import { buildDocument } from './document.ts';
import { LIMITS } from './limits.ts';
import { derivePermissions } from './permissions.ts';
import { splitPython } from './python-blocks.ts';
import { lintPython } from './ruff.ts';
import type { PythonProblem } from './ruff.ts';
import { writeResultScript, writeScript } from './script.ts';

export interface CompileResult {
  readonly compiled: readonly CompiledRunbook[];
  readonly problems: readonly Diagnostic[];
}

export interface CompileOptions {
  /** Also lint the Python: a third of the time, so a build leaves it to the check. @default true */
  readonly lint?: boolean;
}

/** Compiles every unit. All problems are collected; a unit with errors is not among the compiled ones. */
export async function compileAll(
  sources: Sources,
  solutionId: string,
  { lint = true }: CompileOptions = {},
): Promise<CompileResult> {
  const context: CompileContext = { ...sources, lint };
  const problems: Diagnostic[] = [
    ...checkAcross(sources.runbooks),
    ...sources.shared.flatMap((source) => checkPythonSource(source, context)),
  ];
  const compiled: CompiledRunbook[] = [];
  for (const runbook of sources.runbooks) {
    const result = await compileRunbook(runbook, context, solutionId);
    problems.push(...result.problems);
    if (result.compiled !== undefined) compiled.push(result.compiled);
  }
  return { compiled, problems };
}

interface CompileContext {
  readonly kinds: Kinds;
  readonly shared: readonly PythonSource[];
  readonly standards: Sources['standards'];
  readonly stackParameters: ReadonlySet<string>;
  readonly lint?: boolean;
}

/** Compiles one unit: checks it, writes its script, derives its permissions, builds its document. */
export async function compileRunbook(
  runbook: Runbook,
  context: CompileContext,
  solutionId: string,
): Promise<{ readonly compiled?: CompiledRunbook; readonly problems: readonly Diagnostic[] }> {
  const before = [
    ...checkUnit(runbook, { ...context, prefix: solutionId }),
    ...checkReferencesOf(runbook),
    ...(await checkSteps(runbook)),
    ...pythonProblems(runbook, context),
  ];
  const permissions = hasErrors(before)
    ? undefined
    : await derivePermissions(runbook, context.kinds, solutionId);
  const problems = [...before, ...(permissions?.problems ?? [])];
  if (permissions === undefined || hasErrors(problems)) return { problems };
  const roleStem = `${solutionId}-${runbook.name}`;
  const written = writeScript(runbook, context.shared, roleStem, solutionId);
  const script = written.text;
  const document = buildDocument({
    runbook,
    script,
    resultScript: writeResultScript(runbook),
    roleStem,
    permissions: permissions.proof.map(({ action, resources }) => ({ action, resources })),
  });
  const reads = allSteps(runbook).flatMap((step) =>
    step.type === 'read' || step.type === 'wait' ? [`${step.service}:${step.operation}`] : [],
  );
  const compiled: CompiledRunbook = {
    runbook,
    documentName: `ASR-${runbook.name}`,
    roleStem,
    document,
    stackDefaults: Object.fromEntries(
      runbook.parameters.filter((parameter) => parameter.fromStack).map(({ name }) => [name, name]),
    ),
    script,
    statements: permissions.statements,
    proof: permissions.proof,
    supportingRoles: permissions.supportingRoles,
    reads: [...new Set(reads)].toSorted(),
  };
  const ofScript = [
    ...braceProblems(runbook, script),
    ...(context.lint === false ? [] : lintProblems(runbook, script, written.generated)),
  ];
  const ofDocument = ofScript.length > 0 ? [] : checkDocument(runbook, document);
  return {
    compiled,
    problems: [...problems, ...ofScript, ...ofDocument, ...sizeProblems(runbook, compiled)],
  };
}

function pythonProblems(runbook: Runbook, context: CompileContext): readonly Diagnostic[] {
  const own = runbook.python === undefined ? [] : checkPythonSource(runbook.python, context);
  return own.some(({ code }) => code === 'python-syntax')
    ? own
    : [...checkFunctions(runbook, context.shared), ...own];
}

function checkPythonSource(
  source: PythonSource,
  { shared, lint }: CompileContext,
): readonly Diagnostic[] {
  const syntax = checkPythonSyntax(source);
  if (syntax.length > 0) return syntax;
  return [...checkPurity(source), ...(lint === false ? [] : checkPythonLint(source, shared))];
}

function braceProblems(runbook: Runbook, script: string): readonly Diagnostic[] {
  if (!script.includes('{{')) return [];
  return [
    diagnostic(
      startOf(runbook),
      'brace-injection',
      `The script of ${runbook.name} holds two opening braces.`,
      'Put a space between them in the Python of the unit.',
    ),
  ];
}

/** The unit's own Python was linted with its file, and the helpers are ours: what is left is what was generated. */
function lintProblems(runbook: Runbook, script: string, generated: string): readonly Diagnostic[] {
  const known = new Set(splitPython(script).flatMap(({ names }) => names));
  const isKnown = ({ code, message }: PythonProblem): boolean =>
    code === 'F821' && known.has(/`(\w+)`/u.exec(message)?.[1] ?? '');
  return lintPython(generated)
    .filter((found) => !isKnown(found))
    .map((found) =>
      diagnostic(
        startOf(runbook),
        'python-lint',
        `The script of ${runbook.name}: ${found.code} ${found.message}.`,
        'Mend the Python of the unit.',
      ),
    );
}

function startOf({ source }: Runbook): Position {
  return { file: source.file, line: 1, column: 1 };
}

function sizeProblems(runbook: Runbook, compiled: CompiledRunbook): readonly Diagnostic[] {
  const bytes = Buffer.byteLength(stringify(compiled.document, { lineWidth: 0 }));
  if (bytes <= LIMITS.documentBytes) return [];
  return [
    diagnostic(
      startOf(runbook),
      'over-limit',
      `The document has ${bytes} bytes, ${LIMITS.documentBytes} are allowed.`,
      'Shorten the Python, or split the unit.',
    ),
  ];
}
