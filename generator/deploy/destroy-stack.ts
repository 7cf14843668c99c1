import { staysBehind } from './compare-templates.ts';
import { DeployError, Interrupted } from './deploy-error.ts';
import type { Outcome, Ports } from './ports.ts';
import { deletionGoesOn, refuseForeign } from './settle-stack.ts';
import type { DeployedResource } from './stack-client.ts';
import type { DeployedStack } from './stack-records.ts';
import type { StackKind } from './stack-kind.ts';
import { afterFailure, stateOf } from './stack-state.ts';
import { confirm } from './terminal.ts';
import { waitUntilIdle, watchStack } from './watch-stack.ts';

export interface DestroyRequest {
  readonly kind: StackKind;
  readonly name: string;
  /** Nobody is asked. */
  readonly isYes: boolean;
}

/** Deletes one stack after naming what stays in the account. Throws `DeployError` with what to do. */
export async function destroyStack(request: DestroyRequest, ports: Ports): Promise<Outcome> {
  const { name, isYes } = request;
  const { display, prompter, stacks, now, signal } = ports;
  if (!isYes && !prompter.isInteractive)
    throw new DeployError(
      'There is no terminal to ask on. Say --yes to delete without a question.',
      {
        isUsage: true,
      },
    );
  const asks = { prompter, isYes, signal };
  try {
    let stack = await find(request, ports);
    if (stack !== undefined && stateOf(stack.status) === 'busy') {
      display.note(`Something is going on with ${name} already: ${stack.status}.`);
      if (!(await confirm('Wait until it is over?', asks))) return decline(ports);
      await waitUntilIdle(ports, stack.id);
      stack = await find(request, ports);
    }
    if (stack === undefined) {
      display.note(`There is no stack ${name} in this account and Region. Nothing to do.`);
      return 'nothing';
    }
    const isEmpty = stateOf(stack.status) === 'review';
    const resources = isEmpty ? [] : await stacks.resources(stack.id);
    const kept = isEmpty ? [] : await keptOf(ports, stack, resources);
    display.note(announcement(stack, resources.length - kept.length, kept));
    if (!(await confirm(`Delete ${name}?`, asks))) return decline(ports);
    const after = await stacks.lastEvent(stack.id);
    await stacks.deleteStack(stack.id, `asr-destroy-${now().getTime().toString(36)}`);
    const { status, progress } = await watchStack(ports, {
      stackId: stack.id,
      after,
      total: resources.length,
    }).catch(deletionGoesOn(ports, name));
    if (status === 'DELETE_COMPLETE') {
      display.note(`${name} is deleted.`);
      return 'done';
    }
    const reasons = progress.failures.map(
      ({ logicalId, type, reason }) => `  ${logicalId}  ${type}: ${reason}`,
    );
    display.note([`${name} was not deleted.`, ...reasons, afterFailure(name, status)].join('\n'));
    return 'failed';
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    display.note('Interrupted.');
    return 'interrupted';
  }
}

function decline({ display }: Ports): Outcome {
  display.note('Nothing was changed.');
  return 'declined';
}

/** The stack, when it is one that may be deleted. */
async function find(
  { kind, name }: DestroyRequest,
  { stacks }: Ports,
): Promise<DeployedStack | undefined> {
  const stack = await stacks.describe(name);
  if (stack === undefined) return undefined;
  await refuseForeign(stacks, stack, kind);
  if (stack.isProtected)
    throw new DeployError(
      `${name} is protected from deletion. Turn that off first: aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name ${name}`,
    );
  switch (stateOf(stack.status)) {
    case 'new':
      return undefined;
    case 'unknown':
      throw new DeployError(
        `${name} has the status ${stack.status}, which this version doesn't know, so nothing is done. Look at it in the CloudFormation console.`,
      );
    case 'review':
    case 'ready':
    case 'busy':
    case 'delete-first':
    case 'delete-again':
    case 'repair':
      return stack;
  }
}

/** Resources that the deployed template tells CloudFormation to leave in the account. */
async function keptOf(
  { stacks }: Ports,
  stack: DeployedStack,
  resources: readonly DeployedResource[],
): Promise<readonly DeployedResource[]> {
  const template = await stacks.template(stack.id);
  return resources.filter(({ logicalId }) => {
    const resource = template.Resources[logicalId];
    return resource !== undefined && staysBehind(resource);
  });
}

function announcement(
  { name, account, region }: DeployedStack,
  deleted: number,
  kept: readonly DeployedResource[],
): string {
  const lines = [
    `${name} in account ${account}, Region ${region}: ${deleted} resources are deleted.`,
    'What remediations have changed stays changed.',
  ];
  if (kept.length === 0) return lines.join('\n');
  const hints = [...new Set(kept.flatMap(({ type }) => HINTS[type] ?? []))];
  return [
    ...lines,
    '',
    'These stay in the account on purpose:',
    ...kept.map(({ logicalId, type, physicalId }) => `  ${logicalId}  ${type}  ${physicalId}`),
    ...hints,
  ].join('\n');
}

/** What people should know of a kind of resource that stays. */
const HINTS: Readonly<Record<string, string>> = {
  'AWS::DynamoDB::Table':
    'Tables keep their rows; a later deployment makes new ones. They are protected from deletion until you turn that off.',
  'AWS::Logs::LogGroup':
    'The log group keeps its name: deploy again with --parameter ReuseOrchestratorLogGroup=yes, or delete it first.',
  'AWS::IAM::Role':
    'Remediated resources may use these roles. Their names stay taken: with the same Namespace, deploy again with --parameter ReuseServiceRoles=yes while all of them are there, or delete them first when nothing uses them.',
  'AWS::S3::Bucket': 'The buckets keep their objects, which are billed until you delete them.',
};
