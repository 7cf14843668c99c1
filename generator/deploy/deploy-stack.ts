import type { FilledTemplate } from './compare-templates.ts';
import { awaitPlan, diffOfPlan, discardPlan, startPlan } from './change-plan.ts';
import type { ChangePlan } from './change-plan.ts';
import { AwsProblem } from './aws-problem.ts';
import { DeployError, Interrupted, throwIfInterrupted } from './deploy-error.ts';
import { failureLines } from './explain-failure.ts';
import { brokenRules, mergeParameters } from './parameters.ts';
import type { ParameterValue } from './parameters.ts';
import type { Outcome, Ports } from './ports.ts';
import type { BuiltTemplate } from './read-build.ts';
import { renderDiff } from './render-diff.ts';
import { settleStack } from './settle-stack.ts';
import { placeOf } from './stack-records.ts';
import type { DeployedStack } from './stack-records.ts';
import type { StackDiff } from './stack-diff.ts';
import { afterFailure } from './stack-state.ts';
import { templateSource } from './template-source.ts';
import { confirm } from './terminal.ts';
import { watchStack } from './watch-stack.ts';
import type { Watched } from './watch-stack.ts';

export interface DeployRequest {
  readonly build: BuiltTemplate;
  readonly name: string;
  readonly region: string;
  /** What people gave, checked. */
  readonly given: ReadonlyMap<string, string>;
  /** Where a template lies that is too large for a request; asked for when it is needed. */
  readonly bucket: string | undefined;
  /** Folder in the bucket, the one of asr publish. */
  readonly prefix: string;
  /** Nobody is asked. */
  readonly isYes: boolean;
}

/**
 * Creates or updates one stack: shows what would change, asks, and follows it to its end. Until the answer is yes, all
 * that it makes in the account is a change set, which is removed again. Throws `DeployError` with what to do.
 */
export async function deployStack(request: DeployRequest, ports: Ports): Promise<Outcome> {
  const { build, name, isYes } = request;
  const { display, prompter } = ports;
  if (!isYes && !prompter.isInteractive)
    throw new DeployError(
      'There is no terminal to ask on. Look with asr diff, then deploy with --yes.',
      { isUsage: true },
    );
  try {
    const settled = await settleStack(ports, { name, kind: build.kind, isYes });
    if (settled.type === 'declined') return decline(ports);
    const { stack } = settled;
    const existing = stack?.status === 'REVIEW_IN_PROGRESS' ? undefined : stack;
    const values = valuesOf(request, existing);
    const before = existing === undefined ? undefined : await deployedTemplate(ports, existing);
    const source = await templateSource(build, request, ports);
    throwIfInterrupted(ports.signal);
    const plan = await startPlan(ports, { name, stack, build, source, values });
    const total = await agree(request, ports, { plan, before, existing, values });
    if (typeof total !== 'number') return total;
    const after = await execute(ports, plan);
    const watched = await follow(request, ports, { stackId: plan.stackId, after, total });
    if (watched === 'interrupted') return watched;
    return await report(request, ports, plan.stackId, watched);
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    display.note('Interrupted. Nothing was deployed.');
    return 'interrupted';
  }
}

function decline({ display }: Ports): Outcome {
  display.note('Nothing was changed.');
  return 'declined';
}

/** Throws when values are missing, don't fit the new template, or break its rules. */
function valuesOf(
  { build, given, region }: DeployRequest,
  existing: DeployedStack | undefined,
): readonly ParameterValue[] {
  const { values, problems } = mergeParameters(build.template, given, existing?.parameters);
  const all = problems.length > 0 ? problems : brokenRules(build.template, values, region);
  if (all.length > 0) throw new DeployError(all.join('\n'));
  return values;
}

/** Only for showing what roles gain and lose, so a deployment goes on without it. */
async function deployedTemplate(
  { stacks, display }: Ports,
  { id, parameters }: DeployedStack,
): Promise<FilledTemplate | undefined> {
  try {
    return { template: await stacks.template(id), parameters };
  } catch (error) {
    if (!(error instanceof AwsProblem) || error.kind !== 'denied') throw error;
    display.note(
      `${error.message}\nWithout it, what roles are allowed now is not known; all that they will be allowed is shown as gained.`,
    );
    return undefined;
  }
}

/** Shows the plan and asks. Gives the number of changes, or the outcome when the plan is not to be executed. */
async function agree(
  request: DeployRequest,
  ports: Ports,
  facts: {
    readonly plan: ChangePlan;
    readonly before: FilledTemplate | undefined;
    readonly existing: DeployedStack | undefined;
    readonly values: readonly ParameterValue[];
  },
): Promise<number | Outcome> {
  const { build, name, isYes } = request;
  const { plan, before, existing, values } = facts;
  const { display, prompter, signal } = ports;
  let isAgreed = false;
  try {
    const changeSet = await awaitPlan(ports, plan, build);
    if (changeSet === undefined) {
      display.note(`${name} is as the build wants it. Nothing to do.`);
      return 'nothing';
    }
    const parameters = new Map(values.map(({ name: parameter, value }) => [parameter, value]));
    const diff = diffOfPlan(
      changeSet,
      before,
      { template: build.template, parameters },
      existing?.parameters ?? new Map<string, string>(),
    );
    const { account, region } = placeOf(plan.stackId);
    const place = `account ${account}, Region ${region}`;
    display.note(
      `${existing === undefined ? 'New stack' : 'Update of'} ${name} in ${place}, version ${build.version}\n\n${planText(diff)}\n`,
    );
    isAgreed = await confirm(`Deploy this to ${place}?`, { prompter, isYes, signal });
    return isAgreed ? diff.resources.length : decline(ports);
  } finally {
    if (!isAgreed) await discardPlan(ports, plan);
  }
}

/** CloudFormation also makes change sets that touch no resource, for new outputs for example. */
function planText(diff: StackDiff): string {
  return diff.resources.length + diff.parameters.length === 0
    ? 'No resource and no parameter changes; something else of the template does, such as outputs or descriptions.'
    : renderDiff(diff);
}

/** Begins the deployment and gives the id of the last event before it. A plan that is refused is removed again. */
async function execute(ports: Ports, plan: ChangePlan): Promise<string | undefined> {
  const { stacks, now } = ports;
  try {
    const after = await stacks.lastEvent(plan.stackId);
    await stacks.execute(plan.id, `asr-deploy-${now().getTime().toString(36)}`);
    return after;
  } catch (error) {
    if (!(error instanceof AwsProblem)) throw error;
    if (error.kind === 'transient')
      throw new DeployError(
        `${error.message}\nWhether CloudFormation has begun is not known. Run the same command again: it shows, and waits if so.`,
      );
    await discardPlan(ports, plan);
    if (!isOutdated(error)) throw error;
    throw new DeployError(
      `What was shown can't be done any more: ${error.message}\nThe change set is gone, or the stack was changed in the meantime. Run the same command again: it waits if something goes on, and shows what would change now.`,
    );
  }
}

/** Somebody deleted the change set, or executed another one, which makes it obsolete [API ExecuteChangeSet, Errors]. */
function isOutdated({ cause }: AwsProblem): boolean {
  return (
    cause instanceof Error &&
    /^(?:ChangeSetNotFound|InvalidChangeSetStatus)(?:Exception)?$/u.test(cause.name)
  );
}

/** Watches the running deployment. When that ends early, says that the deployment doesn't. */
async function follow(
  { name }: DeployRequest,
  ports: Ports,
  what: { readonly stackId: string; readonly after: string | undefined; readonly total: number },
): Promise<Watched | 'interrupted'> {
  const goesOn = `CloudFormation goes on with ${name} by itself. Run the same command again to wait for it; to stop an update: aws cloudformation cancel-update-stack --stack-name ${name}`;
  try {
    return await watchStack(ports, what);
  } catch (error) {
    if (error instanceof Interrupted) {
      ports.display.note(`Interrupted. ${goesOn}`);
      return 'interrupted';
    }
    if (error instanceof AwsProblem) throw new DeployError(`${error.message}\n${goesOn}`);
    throw error;
  }
}

async function report(
  { build, name }: DeployRequest,
  { stacks, display }: Ports,
  stackId: string,
  { status, progress }: Watched,
): Promise<Outcome> {
  if (status === 'CREATE_COMPLETE' || status === 'UPDATE_COMPLETE') {
    display.note(`${name} is deployed (${status}).`);
    const { outputs = [] } = (await stacks.describe(stackId)) ?? {};
    const width = Math.max(...outputs.map((output) => output.name.length));
    if (outputs.length > 0)
      display.result(
        outputs.map((output) => `${output.name.padEnd(width)}  ${output.value}`).join('\n'),
      );
    return 'done';
  }
  const reasons = failureLines(progress.failures, build.template);
  const why =
    reasons.length > 0
      ? reasons
      : [`  ${progress.stackReason ?? 'CloudFormation gave no reason.'}`];
  display.note(
    [`${name} was not deployed, because of`, ...why, afterFailure(name, status)].join('\n'),
  );
  return 'failed';
}
