import type { Parameter } from '@aws-sdk/client-cloudformation';
import { AwsProblem } from './aws-problem.ts';
import { compareTemplates } from './compare-templates.ts';
import type { FilledTemplate } from './compare-templates.ts';
import { describeChanges } from './describe-change-set.ts';
import { DeployError, throwIfInterrupted } from './deploy-error.ts';
import { explainFailure, failureLines } from './explain-failure.ts';
import type { ParameterValue } from './parameters.ts';
import type { Ports } from './ports.ts';
import type { BuiltTemplate } from './read-build.ts';
import type { ChangeSet, DeployedStack } from './stack-records.ts';
import { diffParameters } from './stack-diff.ts';
import type { StackDiff } from './stack-diff.ts';
import type { TemplateSource } from './template-source.ts';

const LOOK_EVERY = 2000;
const DELETE_TRIES = 5;

/** A change set that waits to be executed or discarded. */
export interface ChangePlan {
  readonly id: string;
  readonly stackId: string;
  /** The change set made the stack, which is empty until it is executed and must go when it isn't. */
  readonly isNewStack: boolean;
}

/** Starts a change set; nothing of it has an effect until it is executed. */
export async function startPlan(
  { stacks, now }: Ports,
  request: {
    readonly name: string;
    readonly stack: DeployedStack | undefined;
    readonly build: BuiltTemplate;
    readonly source: TemplateSource;
    readonly values: readonly ParameterValue[];
  },
): Promise<ChangePlan> {
  const { name, stack, build, source, values } = request;
  const isUpdate = stack !== undefined && stack.status !== 'REVIEW_IN_PROGRESS';
  const changeSet = `asr-${build.version.replaceAll(/[^A-Za-z0-9]+/gu, '-')}-${now().getTime().toString(36)}`;
  const { id, stackId } = await stacks.createChangeSet({
    StackName: name,
    ChangeSetName: changeSet,
    ClientToken: changeSet,
    ChangeSetType: isUpdate ? 'UPDATE' : 'CREATE',
    Description: `asr deploy ${build.kind}, version ${build.version}`,
    Parameters: values.flatMap((value) => toParameter(value)),
    ...source,
    ...(makesNamedRoles(build) ? { Capabilities: ['CAPABILITY_NAMED_IAM'] } : {}),
  });
  return { id, stackId, isNewStack: stack === undefined };
}

/** Defaults are left to CloudFormation; kept values are not sent again. */
function toParameter({ name, value, origin }: ParameterValue): readonly Parameter[] {
  switch (origin) {
    case 'given':
      return [{ ParameterKey: name, ParameterValue: value }];
    case 'kept':
      return [{ ParameterKey: name, UsePreviousValue: true }];
    case 'default':
      return [];
  }
}

/** Only these need an acknowledgement [CloudFormation User Guide, "Acknowledging IAM resources in CloudFormation templates"]. */
function makesNamedRoles({ template }: BuiltTemplate): boolean {
  return Object.values(template.Resources).some(({ Type: type }) => type.startsWith('AWS::IAM::'));
}

/** Waits for a change set. Undefined when it has no changes. Throws `DeployError` with the reasons when it failed. */
export async function awaitPlan(
  ports: Ports,
  plan: ChangePlan,
  build: BuiltTemplate,
): Promise<ChangeSet | undefined> {
  const { stacks, display, sleep, signal } = ports;
  for (;;) {
    throwIfInterrupted(signal);
    const made = await stacks.changeSet(plan.id);
    if (made === undefined) {
      display.live('CloudFormation works out what would change...');
      await sleep(LOOK_EVERY, signal);
      continue;
    }
    display.live('');
    if (made.isUsable) return made;
    if (isEmpty(made.reason)) return undefined;
    const lines = failureLines(await stacks.validationFailures(plan.id), build.template);
    const { reason } = made;
    const hint = explainFailure({ logicalId: '', type: '', reason }, build.template);
    throw new DeployError(
      [
        `CloudFormation refuses the change set: ${reason}`,
        ...lines,
        ...(hint === undefined || lines.length > 0 ? [] : [hint]),
      ].join('\n'),
    );
  }
}

/** CloudFormation says it in two ways, both as the reason of a change set that failed. */
function isEmpty(reason: string): boolean {
  return (
    reason.includes("didn't contain changes") || reason.includes('No updates are to be performed')
  );
}

/**
 * Deletes a change set, and the stack that it made while that is still empty: somebody else may have filled it meanwhile.
 * Says so when that fails, and never throws.
 */
export async function discardPlan(ports: Ports, plan: ChangePlan): Promise<void> {
  const { stacks, display, now } = ports;
  try {
    await deleteChangeSet(ports, plan.id);
    if (plan.isNewStack && (await isEmptyStack(ports, plan)))
      await stacks.deleteStack(plan.stackId, `asr-discard-${now().getTime().toString(36)}`);
  } catch (error) {
    display.note(
      `What was prepared could not be removed: ${error instanceof Error ? error.message : String(error)}\nIt has no effect and costs nothing; delete ${plan.isNewStack ? plan.stackId : plan.id} when you can.`,
    );
  }
}

async function isEmptyStack({ stacks }: Ports, { stackId }: ChangePlan): Promise<boolean> {
  return (await stacks.describe(stackId))?.status === 'REVIEW_IN_PROGRESS';
}

/** CloudFormation doesn't delete a change set that it still works on, which is so after an early Ctrl-C. */
async function deleteChangeSet({ stacks, sleep }: Ports, id: string): Promise<void> {
  // Ctrl-C was pressed already and must not end this.
  const { signal } = new AbortController();
  for (let tries = 1; ; tries += 1) {
    try {
      await stacks.deleteChangeSet(id);
      return;
    } catch (error) {
      if (!(error instanceof AwsProblem) || error.kind !== 'other' || tries === DELETE_TRIES)
        throw error;
      await sleep(LOOK_EVERY, signal);
    }
  }
}

/** What CloudFormation will do, with what roles and policies would allow from the templates themselves. */
export function diffOfPlan(
  { changes }: ChangeSet,
  before: FilledTemplate | undefined,
  after: FilledTemplate,
  /** The stack's values now; empty for a new stack. */
  deployed: ReadonlyMap<string, string>,
): StackDiff {
  const compared = new Map(compareTemplates(before, after).map((one) => [one.id, one]));
  const resources = describeChanges(changes).map((one) => {
    const { permissions, properties } = compared.get(one.id) ?? {};
    return {
      ...one,
      properties: one.properties.length > 0 ? one.properties : (properties ?? []),
      ...(permissions === undefined ? {} : { permissions }),
    };
  });
  return { resources, parameters: diffParameters(deployed, after.parameters) };
}
