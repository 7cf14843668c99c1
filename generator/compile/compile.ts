import { Buffer } from 'node:buffer';
import { stringify } from 'yaml';
import { allSteps } from '../model/runbook.ts';
import type { PythonSource, Runbook } from '../model/runbook.ts';
import type { Kinds } from '../model/kinds/kinds.ts';
import { diagnostic, hasErrors } from '../read/diagnostics.ts';
import type { Diagnostic } from '../read/diagnostics.ts';
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
import { formatPython, lintPython } from './ruff.ts';
import { writeResultScript, writeScript } from './script.ts';

export interface CompileResult {
  readonly compiled: readonly CompiledRunbook[];
  readonly problems: readonly Diagnostic[];
}

/** Compiles every unit. All problems are collected; a unit with errors is not among the compiled ones. */
export async function compileAll(sources: Sources, solutionId: string): Promise<CompileResult> {
  const problems: Diagnostic[] = [
    ...checkAcross(sources.runbooks),
    ...sources.shared.flatMap((source) => checkPythonSource(source, sources.shared)),
  ];
  const compiled: CompiledRunbook[] = [];
  for (const runbook of sources.runbooks) {
    const result = await compileRunbook(runbook, sources, solutionId);
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
    ...pythonProblems(runbook, context.shared),
  ];
  const permissions = hasErrors(before)
    ? undefined
    : await derivePermissions(runbook, context.kinds, solutionId);
  const problems = [...before, ...(permissions?.problems ?? [])];
  if (permissions === undefined || hasErrors(problems)) return { problems };
  const roleStem = `${solutionId}-${runbook.name}`;
  const script = formatScript(runbook, writeScript(runbook, context.shared, roleStem, solutionId));
  if (typeof script !== 'string') return { problems: [...problems, script] };
  const document = buildDocument({
    runbook,
    script,
    resultScript: formatPython(writeResultScript(runbook)),
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
  const ofScript = scriptProblems(runbook, script);
  const ofDocument = ofScript.length > 0 ? [] : checkDocument(runbook, document);
  return {
    compiled,
    problems: [...problems, ...ofScript, ...ofDocument, ...sizeProblems(runbook, compiled)],
  };
}

function pythonProblems(runbook: Runbook, shared: readonly PythonSource[]): readonly Diagnostic[] {
  const own = runbook.python === undefined ? [] : checkPythonSource(runbook.python, shared);
  return own.some(({ code }) => code === 'python-syntax')
    ? own
    : [...checkFunctions(runbook, shared), ...own];
}

function checkPythonSource(
  source: PythonSource,
  shared: readonly PythonSource[] = [],
): readonly Diagnostic[] {
  const syntax = checkPythonSyntax(source);
  return syntax.length > 0 ? syntax : [...checkPurity(source), ...checkPythonLint(source, shared)];
}

function formatScript(runbook: Runbook, script: string): string | Diagnostic {
  try {
    return formatPython(script);
  } catch (error) {
    return diagnostic(
      { file: runbook.python?.file ?? runbook.source.file, line: 1, column: 1 },
      'python-syntax',
      `The script of ${runbook.name} can't be parsed: ${error instanceof Error ? error.message : String(error)}.`,
      'Mend the Python of the unit.',
    );
  }
}

function scriptProblems(runbook: Runbook, script: string): readonly Diagnostic[] {
  const start = { file: runbook.source.file, line: 1, column: 1 };
  const braces = script.includes('{{')
    ? [
        diagnostic(
          start,
          'brace-injection',
          `The script of ${runbook.name} holds two opening braces.`,
          'Put a space between them in the Python of the unit.',
        ),
      ]
    : [];
  return [
    ...braces,
    ...lintPython(script).map((found) =>
      diagnostic(
        start,
        'python-lint',
        `The script of ${runbook.name}, line ${found.line}: ${found.code} ${found.message}.`,
        'Mend the Python of the unit.',
      ),
    ),
  ];
}

function sizeProblems(runbook: Runbook, compiled: CompiledRunbook): readonly Diagnostic[] {
  const bytes = Buffer.byteLength(stringify(compiled.document, { lineWidth: 0 }));
  if (bytes <= LIMITS.documentBytes) return [];
  return [
    diagnostic(
      { file: runbook.source.file, line: 1, column: 1 },
      'over-limit',
      `The document has ${bytes} bytes, ${LIMITS.documentBytes} are allowed.`,
      'Shorten the Python, or split the unit.',
    ),
  ];
}
