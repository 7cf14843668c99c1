import { compareTemplates } from './compare-templates.ts';
import { brokenRules, mergeParameters } from './parameters.ts';
import type { BuiltTemplate } from './read-build.ts';
import { refuseForeign } from './settle-stack.ts';
import type { StackClient } from './stack-client.ts';
import type { DeployedStack } from './stack-records.ts';
import { diffParameters } from './stack-diff.ts';
import type { StackDiff } from './stack-diff.ts';
import { stateOf } from './stack-state.ts';

export interface DiffRequest {
  readonly build: BuiltTemplate;
  readonly name: string;
  readonly region: string;
  /** What people gave, checked. */
  readonly given: ReadonlyMap<string, string>;
}

export interface ComparedStack {
  /** Undefined when nothing is deployed under the name. */
  readonly stack: DeployedStack | undefined;
  readonly diff: StackDiff;
  /** What a deployment would refuse as it is now, in sentences. */
  readonly problems: readonly string[];
}

/**
 * Compares a build with what is deployed. Only reads, and makes no change set; so it can't say which changes need a
 * replacement. Throws `DeployError`.
 */
export async function diffStack(
  { build, name, region, given }: DiffRequest,
  stacks: StackClient,
): Promise<ComparedStack> {
  const found = await stacks.describe(name);
  const state = stateOf(found?.status);
  const stack = state === 'new' || state === 'review' ? undefined : found;
  if (stack !== undefined) await refuseForeign(stacks, stack, build.kind);
  const { values, problems } = mergeParameters(build.template, given, stack?.parameters);
  const parameters = new Map(values.map(({ name: parameter, value }) => [parameter, value]));
  const before =
    stack === undefined
      ? undefined
      : { template: await stacks.template(stack.id), parameters: stack.parameters };
  return {
    stack,
    diff: {
      resources: compareTemplates(before, { template: build.template, parameters }),
      parameters: diffParameters(stack?.parameters ?? new Map<string, string>(), parameters),
    },
    problems: problems.length > 0 ? problems : brokenRules(build.template, values, region),
  };
}
