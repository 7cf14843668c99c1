import type { Runbook } from '../model/runbook.ts';
import { violations } from '../read/schema.ts';
import { diagnostic } from '../read/diagnostics.ts';
import type { Diagnostic } from '../read/diagnostics.ts';
import type { AutomationDocument, DocumentStep } from './compiled.ts';
import { LIMITS } from './limits.ts';

/**
 * What Systems Manager would find wrong with a document: AWS's published schema dates from 2020 and refuses current
 * documents, so the schema is ours. Besides it: unique names, handlers, references, defaults and limits.
 */
export function checkDocument(
  runbook: Runbook,
  document: AutomationDocument,
): readonly Diagnostic[] {
  const steps = flatten(document.mainSteps);
  const problems = [
    ...violations(document, 'automation-document').map(
      (text) => `The document is invalid: ${text}.`,
    ),
    ...nameProblems(steps),
    ...steps.flatMap((step) => handlerProblems(step)),
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

function nameProblems(steps: readonly DocumentStep[]): readonly string[] {
  const names = steps.map(({ name }) => name);
  const twice = new Set(names.filter((name, index) => names.indexOf(name) !== index));
  const problems = [...twice].map((name) => `Two steps are named ${name}.`);
  if (steps.length <= LIMITS.documentSteps) return problems;
  return [
    ...problems,
    `The document has ${steps.length} steps, ${LIMITS.documentSteps} are allowed.`,
  ];
}

function handlerProblems(step: DocumentStep): readonly string[] {
  const { Handler: handler, Script: script } = inputsOf(step);
  if (typeof handler !== 'string' || typeof script !== 'string') return [];
  if (script.includes(`def ${handler}(`)) return [];
  return [`Step ${step.name} calls ${handler}, which its script does not define.`];
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
