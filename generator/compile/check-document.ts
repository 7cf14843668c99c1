import type { Runbook } from '../model/runbook.ts';
import { diagnostic } from '../read/diagnostics.ts';
import type { Diagnostic } from '../read/diagnostics.ts';
import type { AutomationDocument, DocumentStep } from './compiled.ts';
import { LIMITS } from './limits.ts';

/** Actions that our documents use, with the inputs each needs (user guide, "Systems Manager Automation actions reference"). */
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  'aws:executeScript': ['Runtime', 'Handler', 'Script'],
  'aws:branch': ['Choices'],
  'aws:loop': ['Steps', 'LoopCondition', 'MaxIterations'],
  'aws:sleep': ['Duration'],
  'aws:updateVariable': ['Name', 'Value'],
};

/**
 * What Systems Manager would find wrong with a document: AWS's published schema dates from 2020 and refuses current
 * documents, so this is ours. Checks actions, inputs, names, targets, references and limits.
 */
export function checkDocument(
  runbook: Runbook,
  document: AutomationDocument,
): readonly Diagnostic[] {
  const steps = flatten(document.mainSteps);
  const problems = [
    ...nameProblems(document, steps),
    ...steps.flatMap((step) => inputProblems(step)),
    ...targetProblems(document.mainSteps),
    ...referenceProblems(document, steps),
    ...parameterProblems(document),
  ];
  return problems.map((what) =>
    diagnostic(
      { file: runbook.source.file, line: 1, column: 1 },
      'document-invalid',
      what,
      'This is a defect of the compiler or a name in the unit that Systems Manager refuses.',
    ),
  );
}

function flatten(steps: readonly DocumentStep[]): readonly DocumentStep[] {
  return steps.flatMap((step) => {
    const inner = inputsOf(step)['Steps'];
    return Array.isArray(inner) ? [step, ...flatten(inner as readonly DocumentStep[])] : [step];
  });
}

function inputsOf(step: DocumentStep): Readonly<Record<string, unknown>> {
  return (step['inputs'] ?? {}) as Readonly<Record<string, unknown>>;
}

function nameProblems(
  document: AutomationDocument,
  steps: readonly DocumentStep[],
): readonly string[] {
  const seen = new Set<string>();
  const problems = steps.flatMap(({ name }) => {
    const found = [];
    if (!/^[A-Za-z0-9_]{3,128}$/u.test(name)) found.push(`${name} is not a step name.`);
    if (seen.has(name)) found.push(`Two steps are named ${name}.`);
    seen.add(name);
    return found;
  });
  if (steps.length > LIMITS.documentSteps)
    problems.push(`The document has ${steps.length} steps, ${LIMITS.documentSteps} are allowed.`);
  const wrong = Object.keys(document.parameters).filter(
    (name) => !/^[A-Za-z][A-Za-z0-9_]{0,127}$/u.test(name),
  );
  return [...problems, ...wrong.map((name) => `${name} is not a parameter name.`)];
}

function inputProblems(step: DocumentStep): readonly string[] {
  const needed = ACTIONS[step.action];
  if (needed === undefined) return [`${step.action} is not an action that documents of ours use.`];
  const inputs = inputsOf(step);
  const missing = needed
    .filter((name) => !(name in inputs))
    .map((name) => `Step ${step.name} lacks the input ${name}.`);
  const { Handler: handler, Script: script } = inputs;
  if (
    typeof handler === 'string' &&
    typeof script === 'string' &&
    !script.includes(`def ${handler}(`)
  )
    missing.push(`Step ${step.name} calls ${handler}, which its script does not define.`);
  return missing;
}

/** Branch targets exist, and every step can be reached. */
function targetProblems(steps: readonly DocumentStep[]): readonly string[] {
  const names = new Set(steps.map((step) => step.name));
  const reached = new Set<string>([steps[0]?.name ?? '']);
  const problems: string[] = [];
  for (const [index, step] of steps.entries()) {
    const choices = (inputsOf(step)['Choices'] ?? []) as readonly { readonly NextStep?: string }[];
    const targets = choices.map((choice) => choice.NextStep ?? '');
    problems.push(
      ...targets
        .filter((target) => !names.has(target))
        .map((target) => `Step ${step.name} goes to ${target}, which does not exist.`),
    );
    for (const target of targets) reached.add(target);
    const next = steps[index + 1]?.name;
    if (step['isEnd'] !== true && next !== undefined) reached.add(next);
  }
  return [
    ...problems,
    ...steps
      .filter((step) => !reached.has(step.name))
      .map((step) => `Step ${step.name} is never reached.`),
  ];
}

const REFERENCE = /\{\{\s*([^{}\s]+)\s*\}\}/gu;
const GLOBALS = new Set(['global:ACCOUNT_ID', 'global:REGION', 'global:AWS_PARTITION']);

/** Every `{{ reference }}` names a parameter, variable, step output or global; descriptions and scripts have none. */
function referenceProblems(
  document: AutomationDocument,
  steps: readonly DocumentStep[],
): readonly string[] {
  const outputs = steps.flatMap((step) =>
    ((step['outputs'] ?? []) as readonly { readonly Name: string }[]).map(
      (output) => `${step.name}.${output.Name}`,
    ),
  );
  const known = new Set([
    ...Object.keys(document.parameters),
    ...Object.keys(document.variables ?? {}).map((name) => `variable:${name}`),
    ...outputs,
    ...GLOBALS,
  ]);
  const scripts = steps
    .map((step) => inputsOf(step)['Script'])
    .filter((script) => typeof script === 'string' && script.includes('{{'));
  const used = [
    ...JSON.stringify([document.assumeRole, document.mainSteps]).matchAll(REFERENCE),
  ].map((match) => match[1] ?? '');
  return [
    ...[...new Set(used)]
      .filter((name) => !known.has(name))
      .map((name) => `{{ ${name} }} refers to nothing.`),
    ...document.outputs
      .filter((name) => !known.has(name))
      .map((name) => `The output ${name} refers to nothing.`),
    ...(scripts.length > 0 || document.description.includes('{{')
      ? ['A script or the description holds two opening braces.']
      : []),
  ];
}

function parameterProblems(document: AutomationDocument): readonly string[] {
  return Object.entries(document.parameters).flatMap(([name, parameter]) => {
    const { allowedPattern, default: fallback, allowedValues } = parameter;
    if (
      typeof fallback === 'string' &&
      allowedPattern !== undefined &&
      !new RegExp(allowedPattern, 'u').test(fallback)
    )
      return [`The default of ${name} does not fit its own pattern.`];
    if (
      typeof fallback === 'string' &&
      allowedValues !== undefined &&
      !allowedValues.includes(fallback)
    )
      return [`The default of ${name} is not among its values.`];
    return [];
  });
}
