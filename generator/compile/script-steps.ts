import { findOperation } from '../data/operations.ts';
import { undoSteps } from '../model/runbook.ts';
import type { AwsStep, CallStep, ReadStep, Runbook, Step, WaitStep } from '../model/runbook.ts';
import {
  checkExpression,
  literal,
  membersExpression,
  tuple,
  valueExpression,
} from './python-text.ts';
import type { Scope } from './python-text.ts';
import { answersName, keepValue, scopeOf, stepReferences } from './scope.ts';
import type { PhaseName } from './scope.ts';
import { everySeconds, isLongWait, longWaits } from './waits.ts';

/** Lines of the function that reads: what is kept starts as absent. */
export function beforeLines(runbook: Runbook): readonly string[] {
  const kept = runbook.before.flatMap((step) =>
    'keep' in step ? step.keep.map((keep) => keep.name) : [],
  );
  return [
    `before = ${literal(Object.fromEntries(kept.map((name) => [name, null])))}`,
    ...(runbook.before.some((step) => step.as !== undefined) ? ['got = {}'] : []),
    ...runbook.before.flatMap((step) => stepLines(runbook, step, 'before')),
    'return before',
  ];
}

/** Lines of the function that changes. */
export function changeLines(runbook: Runbook): readonly string[] {
  return runbook.change.flatMap((step) => stepLines(runbook, step, 'change'));
}

/** Lines of the function that restores. */
export function undoLines(runbook: Runbook): readonly string[] {
  return undoSteps(runbook).flatMap((step) => stepLines(runbook, step, 'undo'));
}

function stepLines(runbook: Runbook, step: Step, at: PhaseName): readonly string[] {
  const scope = scopeOf(runbook, at);
  let lines = plainLines(runbook, step, at, scope);
  if (step.each !== undefined)
    lines = [
      ...(at === 'before' && 'keep' in step
        ? step.keep.map((keep) => `before[${literal(keep.name)}] = []`)
        : []),
      `for item in ${valueExpression(step.each, scope)} or []:`,
      ...indent(lines),
    ];
  if (step.when !== undefined)
    lines = [`if ${checkExpression(step.when, scope)}:`, ...indent(lines)];
  return lines;
}

function plainLines(runbook: Runbook, step: Step, at: PhaseName, scope: Scope): readonly string[] {
  switch (step.type) {
    case 'read':
      return [...bound(step, at, readExpression(step, scope)), ...keepLines(step, scope)];
    case 'compute': {
      const keywords = step.with.entries.map(
        ([name, value]) => `${name}=${valueExpression(value, scope)}`,
      );
      // In a preview the answers of calls are not known yet.
      const waits = at === 'change' && keywords.length > 0 && readsAnswers(runbook, step);
      const called = waits
        ? `planned(${[step.function, ...keywords].join(', ')})`
        : `${step.function}(${keywords.join(', ')})`;
      return [...bound(step, at, called), ...keepLines(step, scope)];
    }
    case 'call': {
      const made = callExpression(runbook, step, scope);
      return [step.as === undefined ? made : `${answersName(at)}[${literal(step.as)}] = ${made}`];
    }
    case 'wait':
      return [waitExpression(runbook, step, scope)];
  }
}

function readsAnswers(runbook: Runbook, step: Step): boolean {
  const answers = new Set(runbook.change.flatMap(({ as }) => (as === undefined ? [] : [as])));
  return stepReferences(step).some(({ reference }) => answers.has(reference.path[0] ?? ''));
}

function bound(step: Step, at: PhaseName, expression: string): readonly string[] {
  const name = step.as === undefined ? undefined : `${answersName(at)}[${literal(step.as)}]`;
  const keeps = 'keep' in step && step.keep.length > 0;
  if (name === undefined) return [keeps ? `found = ${expression}` : expression];
  return keeps ? [`found = ${name} = ${expression}`] : [`${name} = ${expression}`];
}

function keepLines(step: Extract<Step, { keep: unknown }>, scope: Scope): readonly string[] {
  return step.keep.map((keep) => {
    const found =
      keep.jmespath === '@' ? 'found' : `search(${valueExpression(keepValue(keep), scope)}, found)`;
    const name = `before[${literal(keep.name)}]`;
    return step.each === undefined ? `${name} = ${found}` : `${name}.append(${found})`;
  });
}

function readExpression(step: ReadStep, scope: Scope): string {
  const options = [
    ...(step.absent.length > 0 ? [`absent=${tuple(step.absent)}`] : []),
    ...pages(step),
  ];
  return `read(${[operationName(step), membersExpression(step.with, scope), ...options].join(', ')})`;
}

function callExpression(runbook: Runbook, step: CallStep, scope: Scope): string {
  const hide = [...step.hide, ...(findOperation(step.service, step.operation)?.sensitive ?? [])];
  const hidden = step.with.entries.flatMap(([name]) => (hide.includes(name) ? [name] : []));
  const options = [
    ...(step.ok.length > 0 ? [`ok=${tuple(step.ok)}`] : []),
    ...(step.retry.length > 0 ? [`retry=${tuple(step.retry)}`] : []),
    ...(hidden.length > 0 ? [`hide=${tuple(hidden)}`] : []),
  ];
  // A document that comes back after a long wait must not repeat what it did before the wait.
  const name = longWaits(runbook).length > 0 ? 'once' : 'call';
  return `${name}(${[...operationArguments(step), membersExpression(step.with, scope), ...options].join(', ')})`;
}

function waitExpression(runbook: Runbook, step: WaitStep, scope: Scope): string {
  const conditions = [step.until, step.fail].map(
    (check) => `lambda answer: ${checkExpression(check, scope)}`,
  );
  const times = [String(step.withinSeconds), String(everySeconds(runbook, step))];
  const name = isLongWait(step) ? 'wait_long' : 'wait';
  return `${name}(${[...operationArguments(step), membersExpression(step.with, scope), ...conditions, ...times, ...pages(step)].join(', ')})`;
}

function operationArguments(step: AwsStep): readonly string[] {
  return ['run', operationName(step)];
}

function operationName(step: AwsStep): string {
  return literal(`${step.service}:${step.operation}`);
}

function pages(step: AwsStep): readonly string[] {
  const facts = findOperation(step.service, step.operation);
  if (facts?.pages === true) return ['pages=True'];
  return facts?.pageToken === undefined ? [] : [`pages=${literal(facts.pageToken)}`];
}

function indent(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `    ${line}`);
}
