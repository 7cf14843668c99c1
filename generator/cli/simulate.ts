import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { parseFinding } from '../../templates/admin/functions/model/finding.ts';
import { isRefusal } from '../../templates/admin/functions/model/refusal.ts';
import type { CompiledRunbook } from '../compile/compiled.ts';
import { adminCatalog } from '../emit/admin-catalog.ts';
import { explainFinding } from '../model/explain.ts';
import type { Explanation } from '../model/explain.ts';
import { linesOfCalls } from '../operate/call-text.ts';
import { probe } from '../simulate/emulator.ts';
import type { Execution, StepRecord } from '../simulate/execution.ts';
import { defaultStateFile, loadState, saveState } from '../simulate/finding-run.ts';
import { checkPermissions } from '../simulate/permission-check.ts';
import { readResult } from '../simulate/result.ts';
import type { RunResult } from '../simulate/result.ts';
import { runDocument } from '../simulate/run-document.ts';
import type { CommandContext } from './context.ts';
import { CommandError, EXIT } from './exit-codes.ts';
import { projectWith, withSources } from './own-sources.ts';
import type { SourcesOptions } from './own-sources.ts';
import { requireProject } from './project.ts';
import { readFindings } from './read-json.ts';

interface SimulateOptions extends SourcesOptions {
  readonly finding: string;
  readonly endpoint: string;
  readonly mode: keyof typeof MODES;
  readonly state: string;
  readonly namespace: string;
  readonly parameter: readonly string[];
  readonly json?: true;
}

const MODES = {
  preview: 'Preview',
  remediate: 'Remediate',
  undo: 'Undo',
  'force-undo': 'ForceUndo',
} as const;

/** `asr simulate`: runs the emitted document of a finding against an endpoint, step by step. */
export function addSimulate(program: Command, { printer, project, exit }: CommandContext): void {
  withSources(program.command('simulate'))
    .description(
      'run the Automation document for a finding against any AWS endpoint, for example a local moto server',
    )
    .requiredOption(
      '--finding <file>',
      'a finding (ASFF or OCSF) or an event that holds one, as JSON; - for standard input',
    )
    .requiredOption(
      '--endpoint <url>',
      'where AWS calls go, for example http://localhost:5000',
      parseEndpoint,
    )
    .addOption(
      new Option('--mode <mode>', 'what to do').choices(Object.keys(MODES)).default('preview'),
    )
    .option(
      '--state <file>',
      'where the before-state of the last change is kept for undo',
      defaultStateFile,
    )
    .option('--namespace <name>', 'Namespace of the member stacks', 'local')
    .option(
      '--parameter <name=value>',
      'a parameter of the document, repeatable; lists with commas',
      collect,
      [],
    )
    .option('--json', 'print JSON')
    .action(async (options: SimulateOptions) => {
      const { scripts: reason } = probe();
      if (reason !== undefined)
        throw new CommandError(`The simulation runs scripts with python3 and boto3: ${reason}.`);
      const findings = readFindings(options.finding);
      const [finding, second] = findings;
      if (second !== undefined)
        throw new CommandError(
          `The event holds ${findings.length} findings: simulate one at a time.`,
        );
      const { sources, compiled } = await requireProject(projectWith(project, options));
      const explanation = explainFinding(finding, {
        catalog: adminCatalog({ compiled, standards: sources.standards }),
        namespace: options.namespace,
        now: new Date(),
      });
      const given = parseParameters(options.parameter);
      const unit = compiled.find(({ runbook }) => runbook.name === explanation.remediation);
      if (unit === undefined || explanation.finding === null)
        throw new CommandError(explanation.because);
      const missing =
        explanation.parameters === null
          ? unit.runbook.parameters.filter(
              (parameter) =>
                parameter.default === undefined &&
                !parameter.optional &&
                !(parameter.name in given),
            )
          : [];
      if (
        explanation.parameters === null &&
        (missing.length > 0 || Object.keys(given).length === 0)
      )
        throw new CommandError(explanation.because);
      const run = await runOnce(
        unit,
        explanation,
        baseParameters(explanation, finding, unit, options, given),
        options,
        (step) => {
          if (options.json !== true) printer.result(describeStep(step));
        },
      );
      if (run.execution.status === 'Failed' || run.denied.length > 0) exit(EXIT.problems);
      printer.result(options.json === true ? JSON.stringify(run, undefined, 2) : summary(run));
    });
}

interface SimulatedRun {
  readonly document: string;
  readonly mode: string;
  readonly result: RunResult | null;
  readonly denied: readonly string[];
  readonly execution: Execution;
}

async function runOnce(
  unit: CompiledRunbook,
  explanation: Explanation,
  parameters: Readonly<Record<string, readonly string[]>>,
  options: SimulateOptions,
  onStep: (step: StepRecord) => void,
): Promise<SimulatedRun> {
  const findingId = explanation.finding ?? '';
  const isUndo = options.mode === 'undo' || options.mode === 'force-undo';
  const kept = isUndo ? await loadKept(options.state, findingId, unit) : undefined;
  const account = explanation.account ?? '';
  const region = explanation.region ?? '';
  const partition = (parameters['AutomationAssumeRole']?.[0] ?? '').split(':')[1] ?? 'aws';
  const all = {
    ...parameters,
    ...kept?.parameters,
    Mode: [MODES[options.mode]],
    ...(kept === undefined ? {} : { State: kept.state }),
  };
  const execution = await runDocument(unit.document, {
    parameters: all,
    endpoint: options.endpoint,
    region,
    account,
    partition,
    sleep: 'skip',
    onStep,
  });
  const result = resultOf(execution);
  if (result !== null)
    await saveState(options.state, findingId, {
      document: unit.documentName,
      parameters,
      outcome: result.outcome,
      changes: options.mode === 'remediate' ? result.changes.map(({ call }) => call) : [],
      state: result.state,
    });
  const { denied } = await checkPermissions(execution.calls, unit.statements, {
    account,
    region,
    partition,
    namespace: options.namespace,
    resourceArn: parameters['ResourceArn']?.[0] ?? '',
  });
  return { document: unit.documentName, mode: MODES[options.mode], result, denied, execution };
}

async function loadKept(file: string, findingId: string, unit: CompiledRunbook) {
  const kept = await loadState(file, findingId).catch((error: unknown) => {
    throw new CommandError(error instanceof Error ? error.message : String(error));
  });
  if (kept === undefined)
    throw new CommandError(`${file} holds no change for this finding: nothing to undo.`);
  if (kept.document !== unit.documentName)
    throw new CommandError(
      `The last change for this finding was made by ${kept.document}, not by ${unit.documentName}.`,
    );
  return kept;
}

function resultOf(execution: Execution): RunResult | null {
  try {
    return readResult(execution);
  } catch {
    // The document ended before its result: the execution says why.
    return null;
  }
}

function baseParameters(
  explanation: Explanation,
  finding: unknown,
  unit: CompiledRunbook,
  options: SimulateOptions,
  given: Readonly<Record<string, readonly string[]>>,
): Readonly<Record<string, readonly string[]>> {
  const parsed = parseFinding(finding);
  const resource = isRefusal(parsed) ? '' : (parsed.resources[0]?.id ?? '');
  const role = `arn:${resource.split(':')[1] || 'aws'}:iam::${explanation.account ?? ''}:role/${unit.roleStem}-${options.namespace}`;
  const base = explanation.parameters ?? {
    AutomationAssumeRole: [role],
    ControlId: [explanation.securityControlId ?? ''],
    AccountId: [explanation.account ?? ''],
    ResourceArn: [resource],
  };
  return { ...base, ...given };
}

function describeStep(step: StepRecord): string {
  const outputs = Object.entries(step.outputs)
    .filter(([name]) => name !== 'Payload')
    .map(([name, value]) => `    ${name}: ${JSON.stringify(value).slice(0, 200)}`);
  return [
    `${step.status === 'Success' ? 'ok  ' : 'FAIL'} ${step.name} (${step.action}, ${Math.round(step.durationMs)} ms)`,
    ...(step.error === undefined ? [] : [`    ${step.error}`]),
    ...outputs,
  ].join('\n');
}

function summary(run: SimulatedRun): string {
  const calls = run.execution.calls.map(
    (call) =>
      `  ${call.service}:${call.operation} ${JSON.stringify(call.parameters)}${call.errorCode === undefined ? '' : ` -> ${call.errorCode}`}`,
  );
  const { changes = [], undo = [] } = run.result ?? {};
  const changeLines = linesOfCalls({ change: changes, undo }).map((line) => `  ${line}`);
  return [
    `AWS calls (${run.execution.calls.length})`,
    ...calls,
    run.mode === 'Preview' ? 'It would change' : 'It changed',
    ...(changes.length > 0 ? changeLines : ['  nothing']),
    run.denied.length === 0
      ? "Every call is allowed by the role's policy."
      : `Denied by the role's policy:\n  ${run.denied.join('\n  ')}`,
    `Outcome: ${run.result?.outcome ?? 'none'}${run.result?.note ? `. ${run.result.note}` : ''}`,
    ...(run.execution.failure === undefined ? [] : [`Failed: ${run.execution.failure}`]),
  ].join('\n');
}

function parseParameters(all: readonly string[]): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    all.map((text) => {
      const at = text.indexOf('=');
      if (at < 1) throw new CommandError(`--parameter ${text}: write name=value.`, EXIT.usage);
      return [text.slice(0, at), text.slice(at + 1).split(',')] as const;
    }),
  );
}

function parseEndpoint(text: string): string {
  try {
    const { protocol } = new URL(text);
    if (protocol === 'http:' || protocol === 'https:') return text.replace(/\/$/u, '');
  } catch {
    // Not a URL: the message below says what one looks like.
  }
  throw new InvalidArgumentError('Give a URL such as http://localhost:5000.');
}

function collect(value: string, previous: readonly string[]): readonly string[] {
  return [...previous, value];
}
