import { createRequire } from 'node:module';
import { actionFacts, actionsForOperation, isReadOnly } from '../data/iam.ts';
import {
  findOperation,
  findService,
  shapeMembers,
  suggest,
  suggestOperation,
  suggestService,
} from '../data/operations.ts';
import type { MemberFacts, OperationFacts } from '../data/operations.ts';
import { allSteps, undoSteps } from '../model/runbook.ts';
import type { AwsStep, Runbook, Step } from '../model/runbook.ts';
import type { Value } from '../model/reference.ts';
import type { Diagnostic } from '../read/diagnostics.ts';
import type { Path } from '../read/source.ts';
import { SCRIPT_SECONDS, isLongWait } from './waits.ts';

const jmespath = createRequire(import.meta.url)('jmespath') as {
  compile(expression: string): unknown;
};

/** Steps must call operations that exist, with members that exist, in a phase that may hold them. */
export async function checkSteps(runbook: Runbook): Promise<readonly Diagnostic[]> {
  const problems: Diagnostic[] = [];
  for (const step of allSteps(runbook)) {
    problems.push(...phaseProblems(runbook, step), ...expressionProblems(runbook, step));
    if (step.type === 'compute') continue;
    const facts = operationOf(runbook, step, problems);
    if (facts === undefined) continue;
    problems.push(
      ...memberProblems(runbook, step, facts),
      ...errorCodeProblems(runbook, step, facts),
    );
    if (step.type !== 'call') problems.push(...(await readProblems(runbook, step, facts)));
  }
  return [...problems, ...waitProblems(runbook)];
}

function operationOf(
  runbook: Runbook,
  step: AwsStep,
  problems: Diagnostic[],
): OperationFacts | undefined {
  const where: Path = [...step.path, step.type];
  const service = findService(step.service);
  if (service === undefined) {
    const near = suggestService(step.service);
    problems.push(
      runbook.source.report(
        where,
        'unknown-service',
        `${step.service} is not a service.`,
        near === undefined
          ? 'Use the boto3 name of the service.'
          : `Did you mean ${near}:${step.operation}?`,
      ),
    );
    return undefined;
  }
  const facts = findOperation(step.service, step.operation);
  if (facts === undefined) {
    const near = suggestOperation(step.service, step.operation);
    problems.push(
      runbook.source.report(
        where,
        'unknown-operation',
        `${step.service}:${step.operation} is not an operation of ${service.fullName}.`,
        near === undefined
          ? 'See the API reference of the service.'
          : `Did you mean ${step.service}:${near}?`,
      ),
    );
  }
  return facts;
}

function phaseProblems(runbook: Runbook, step: Step): readonly Diagnostic[] {
  const [phase] = step.path;
  if (step.type === 'read' && phase !== 'before')
    return [
      runbook.source.reportKey(
        [...step.path, 'read'],
        'read-in-change',
        `A read can't stand in ${String(phase)}.`,
        'Move it to before.',
      ),
    ];
  if ((step.type === 'call' || step.type === 'wait') && phase === 'before')
    return [
      runbook.source.reportKey(
        [...step.path, step.type],
        'write-in-preview',
        `A ${step.type} can't stand in before.`,
        step.type === 'call' ? 'Move it to change, or use read.' : 'Move it to change.',
      ),
    ];
  if ('keep' in step && step.keep.length > 0 && phase !== 'before')
    return [
      runbook.source.reportKey(
        [...step.path, 'keep'],
        'read-in-change',
        `Only before keeps values.`,
        'Use `as`.',
      ),
    ];
  return [];
}

async function readProblems(
  runbook: Runbook,
  step: AwsStep,
  facts: OperationFacts,
): Promise<readonly Diagnostic[]> {
  const where: Path = [...step.path, step.type];
  const problems: Diagnostic[] = [];
  for (const action of (await actionsForOperation(step.service, step.operation)) ?? []) {
    const known = await actionFacts(action);
    if (known !== undefined && !isReadOnly(known))
      problems.push(
        runbook.source.report(
          where,
          'write-in-preview',
          `${step.service}:${step.operation} changes something (IAM access level ${known.access}).`,
          'Use call, in change or undo.',
        ),
      );
  }
  if (facts.unpagedToken && facts.pageToken === undefined && step.type === 'read')
    problems.push(
      runbook.source.report(
        where,
        'unpaged-read',
        `${step.service}:${step.operation} answers page by page, and boto3 has no paginator for it.`,
        'Read with an operation that has one.',
      ),
    );
  return problems;
}

function memberProblems(
  runbook: Runbook,
  step: AwsStep,
  facts: OperationFacts,
): readonly Diagnostic[] {
  const given = new Set(step.with.entries.map(([name]) => name));
  const missing = facts.required.filter((name) => !given.has(name));
  return [
    ...missing.map((name) =>
      runbook.source.report(
        [...step.path, step.type],
        'missing-member',
        `${step.service}:${step.operation} needs ${name}.`,
        `Add ${name} to with.`,
      ),
    ),
    ...structureProblems(runbook, step, step.with, facts.members, [...step.path, 'with']),
  ];
}

function structureProblems(
  runbook: Runbook,
  step: AwsStep,
  value: Value,
  members: Readonly<Record<string, MemberFacts>>,
  path: Path,
): readonly Diagnostic[] {
  if (value.type !== 'map') return [];
  return value.entries.flatMap(([name, inner]) => {
    const facts = members[name];
    if (facts !== undefined) return valueProblems(runbook, step, inner, facts, [...path, name]);
    const near = suggest(name, Object.keys(members));
    return [
      runbook.source.reportKey(
        [...path, name],
        'unknown-member',
        `${step.service}:${step.operation} has no input member ${name}${path.length > 3 ? ' here' : ''}.`,
        near === undefined
          ? `It has: ${Object.keys(members).slice(0, 12).join(', ')}.`
          : `Did you mean ${near}?`,
      ),
    ];
  });
}

/** Literals must fit the member's type; what references hold is known at run time only. */
function valueProblems(
  runbook: Runbook,
  step: AwsStep,
  value: Value,
  facts: MemberFacts,
  path: Path,
): readonly Diagnostic[] {
  const shape = facts.shape === undefined ? undefined : shapeMembers(step.service, facts.shape);
  const wrong = (is: string): readonly Diagnostic[] => [
    runbook.source.report(
      path,
      'wrong-type',
      `${String(path.at(-1))} of ${step.service}:${step.operation} is ${article(facts.type)}, not ${is}.`,
      'See the API reference of the operation.',
    ),
  ];
  switch (value.type) {
    case 'reference':
      return [];
    case 'text':
      return facts.type === 'string' ? [] : wrong('text');
    case 'literal': {
      const type = typeof value.value;
      if (type === 'string')
        return ['string', 'blob', 'timestamp'].includes(facts.type) ? [] : wrong('text');
      if (type === 'boolean') return facts.type === 'boolean' ? [] : wrong('true or false');
      if (type === 'number')
        return ['integer', 'long', 'float', 'double'].includes(facts.type) ? [] : wrong('a number');
      return wrong('empty');
    }
    case 'list': {
      const element = shape?.element;
      if (facts.type !== 'list') return wrong('a list');
      return element === undefined
        ? []
        : value.items.flatMap((item, index) =>
            valueProblems(runbook, step, item, element, [...path, index]),
          );
    }
    case 'map':
      if (isUnquoted(value)) return [];
      if (facts.type === 'structure')
        return shape === undefined
          ? []
          : [
              ...missingInside(runbook, step, value, shape.required, path),
              ...structureProblems(runbook, step, value, shape.members, path),
            ];
      return facts.type === 'map' || facts.type === 'document' ? [] : wrong('a map');
  }
}

/** A reference without quotes, which is reported as such. */
function isUnquoted({ entries: [first, second] }: Extract<Value, { type: 'map' }>): boolean {
  return second === undefined && first?.[1].type === 'literal' && first[1].value === null;
}

function missingInside(
  runbook: Runbook,
  step: AwsStep,
  value: Extract<Value, { type: 'map' }>,
  required: readonly string[],
  path: Path,
): readonly Diagnostic[] {
  const given = new Set(value.entries.map(([name]) => name));
  const owner = path.findLast((part) => typeof part === 'string') ?? '';
  return required
    .filter((name) => !given.has(name))
    .map((name) =>
      runbook.source.report(
        path,
        'missing-member',
        `${owner} of ${step.service}:${step.operation} needs ${name}.`,
        `Add ${name}.`,
      ),
    );
}

function article(type: string): string {
  return /^[aeiou]/u.test(type) ? `an ${type}` : `a ${type}`;
}

/** Models don't list every code, so only a near miss is an error. */
function errorCodeProblems(
  runbook: Runbook,
  step: AwsStep,
  facts: OperationFacts,
): readonly Diagnostic[] {
  const groups =
    step.type === 'read'
      ? { absent: step.absent }
      : step.type === 'call'
        ? { ok: step.ok, retry: step.retry }
        : {};
  return Object.entries(groups).flatMap(([key, codes]) =>
    codes.flatMap((code, index) => {
      const near = facts.errors.includes(code) ? undefined : suggest(code, facts.errors);
      return near === undefined
        ? []
        : [
            runbook.source.report(
              [...step.path, key, index],
              'unknown-error-code',
              `${step.service}:${step.operation} has no error ${code}.`,
              `Did you mean ${near}?`,
            ),
          ];
    }),
  );
}

function expressionProblems(runbook: Runbook, step: Step): readonly Diagnostic[] {
  const keeps =
    'keep' in step
      ? step.keep.map((keep) => ({
          expression: keep.jmespath,
          path: [...step.path, 'keep', keep.name] as Path,
          inKey: false,
        }))
      : [];
  const lines =
    step.type === 'wait'
      ? [...step.until, ...step.fail].map((line) => ({
          expression: line.left,
          path: line.path,
          inKey: true,
        }))
      : [];
  return [...keeps, ...lines].flatMap(({ expression, path, inKey }) => {
    const problem = jmespathProblem(expression.replaceAll(/\{[A-Za-z_][\w.]*\}/gu, 'x'));
    const report = inKey
      ? runbook.source.reportKey.bind(runbook.source)
      : runbook.source.report.bind(runbook.source);
    if (problem !== undefined)
      return [
        report(
          path,
          'bad-jmespath',
          `${expression} is not JMESPath: ${problem}.`,
          'See jmespath.org.',
        ),
      ];
    const outputs =
      step.type === 'compute' ? undefined : findOperation(step.service, step.operation)?.outputs;
    const root = /^[A-Za-z_]\w*(?![\w(])/u.exec(expression)?.[0];
    if (outputs === undefined || root === undefined || outputs.includes(root)) return [];
    const near = suggest(root, outputs);
    return [
      report(
        path,
        'unknown-member',
        `The answer has no member ${root}.`,
        near === undefined ? `It has: ${outputs.join(', ')}.` : `Did you mean ${near}?`,
      ),
    ];
  });
}

function jmespathProblem(expression: string): string | undefined {
  try {
    jmespath.compile(expression);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.replace(/\.$/u, '') : String(error);
  }
}

/** All that one script run may wait for must fit before Systems Manager ends it. */
function waitProblems(runbook: Runbook): readonly Diagnostic[] {
  return [runbook.change, undoSteps(runbook)].flatMap((steps) => {
    const short = steps.filter((step) => step.type === 'wait').filter((step) => !isLongWait(step));
    const verify =
      steps === runbook.change && runbook.verify.type === 'again'
        ? runbook.verify.withinSeconds
        : 0;
    const total = short.reduce((sum, step) => sum + step.withinSeconds, verify);
    const last = short.at(-1);
    if (total <= SCRIPT_SECONDS || (last === undefined && verify === 0)) return [];
    const path: Path = last === undefined ? ['verify', 'within'] : [...last.path, 'within'];
    return [
      runbook.source.report(
        path,
        'wait-too-long',
        `The waits of one script run add up to ${total} seconds, more than ${SCRIPT_SECONDS}.`,
        'Shorten them, or give one more than nine minutes: it becomes a loop of the document.',
      ),
    ];
  });
}
