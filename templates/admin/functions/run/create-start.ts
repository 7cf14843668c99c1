import type { ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import type { SSMClient } from '@aws-sdk/client-ssm';
import type { STSClient } from '@aws-sdk/client-sts';
import type { Decision, Facts } from '../decide/types.ts';
import type { Attempt } from '../model/attempt.ts';
import type { Catalog } from '../model/catalog.ts';
import { defined } from '../model/finding-parts.ts';
import { acceptControlParameters } from '../model/parameters.ts';
import { isRefusal } from '../model/refusal.ts';
import type { Store } from '../store/store.ts';
import { parseAttemptKey } from './attempt-key.ts';
import { countRunning, findAutomation, startAutomation } from './automation.ts';
import { Busy, rethrow } from './aws-errors.ts';
import { readControlValues } from './control-values.ts';
import { decideAgain } from './decide-again.ts';
import type { Environment } from './environment.ts';
import { isOwnExecution } from './execution.ts';
import { readInstallation } from './installation.ts';
import { readDocument } from './member-document.ts';
import { enterMember, isResult } from './member.ts';
import type { Member } from './member.ts';
import { readSettings } from './read-settings.ts';
import { isStackNamed, readTags, stackOf } from './resource-tags.ts';
import { isChange, without } from './run.ts';
import type { Ended, Result, Running } from './run.ts';

export interface StartOptions extends Environment {
  readonly catalog: Catalog;
  /** Version of this administrator stack, such as `v1.4.0`. */
  readonly version: string;
  readonly store: Store;
  readonly ssm: SSMClient;
  readonly sts: STSClient;
  /**
   * Automations of ours in one account and Region at which the next one waits: users' own share the quota of 100
   * (AWS General Reference, Systems Manager quotas).
   * @default 25
   */
  readonly atMostRunning?: number;
  readonly now: () => Date;
}

/** What the state machine hands to `start`. */
export interface StartInput {
  /** The execution's input. */
  readonly key: unknown;
  /** ARN of the execution. */
  readonly execution: string;
  /** How often this start was tried before. */
  readonly retries: number;
}

/** Seconds until the first look: most remediations end within them. */
const FIRST_WAIT = 10;
const AT_MOST_RUNNING = 25;

/**
 * The function that starts a claimed attempt in the resource's account and Region, unless something speaks against it
 * by now. Answers the result when it starts nothing; throws `Busy` when trying again later helps, and an error when
 * the input isn't a key.
 */
export function createStart(
  options: StartOptions,
): (input: StartInput) => Promise<Running | Ended> {
  return async ({ key: raw, execution, retries }) => {
    const key = parseAttemptKey(raw);
    const attempt = await options.store.readAttempt(key, key.id).catch(rethrow);
    if (attempt?.status !== 'claimed')
      return ended(notClaimed('it is over, waits for an approval, or never was'));
    if (!isOwnExecution(execution, attempt))
      return ended(notClaimed('another execution works on it'));
    const member = await enterMember(options.sts, {
      partition: attempt.partition,
      solutionId: options.solutionId,
      account: attempt.account,
      region: attempt.region,
      attempt: attempt.id,
    });
    if (isResult(member)) return ended(member);
    if (retries > 0) {
      const id = await findAutomation(member.ssm, attempt, options.solutionId).catch(rethrow);
      if (id !== undefined) return running(options, id, undefined);
    }
    return startNow(options, attempt, member);
  };
}

async function startNow(
  options: StartOptions,
  attempt: Attempt,
  member: Member,
): Promise<Running | Ended> {
  const { store, solutionId, atMostRunning = AT_MOST_RUNNING } = options;
  const [rows, settings, remembered, installation, document, facts, parameters, count] =
    await Promise.all([
      store.readRows(attempt.control).catch(rethrow),
      readSettings(options.ssm, solutionId).catch(rethrow),
      store
        .readRemembered(attempt, options.now(), defined('undo', attempt.undoes?.id))
        .catch(rethrow),
      readInstallation(member.ssm, options, attempt),
      readDocument(member.ssm, attempt),
      ownershipOf(member.tagging, attempt),
      parametersOf(options, attempt, member),
      countRunning(member.ssm, atMostRunning),
    ]);
  if (isChange(attempt) && !isRefusal(remembered)) {
    const { lease } = remembered;
    const isOwn = lease?.attempt === attempt.id && new Date(lease.expiresAt) > options.now();
    if (!isOwn) return ended(notClaimed("it doesn't hold the resource"));
  }
  if (isResult(installation)) return ended(installation);
  if (isResult(document)) return ended(document);
  if (isResult(parameters)) return ended(parameters);
  const { stack } = facts;
  const decision = decideAgain({
    environment: options,
    catalog: options.catalog,
    attempt,
    rows,
    settings,
    remembered,
    facts,
    parameters: parameters.values,
    now: options.now(),
  });
  const owner = stack.known && stack.value !== '' ? { stack: stack.value } : {};
  if (!isAllowed(decision, attempt)) return ended({ ...refused(decision, attempt), ...owner });
  if (count >= atMostRunning)
    throw new Busy(`${count} automations run in the account and Region already.`);
  const started = await startAutomation(member.ssm, {
    attempt,
    solutionId,
    namespace: installation.namespace,
    version: document.version,
    parameters: parameters.values,
  });
  return isResult(started)
    ? ended({ ...started, ...owner })
    : running(options, started.id, owner.stack);
}

/** Findings may leave out the tags of AWS, so only a finding that names the stack saves the look at the resource. */
async function ownershipOf(
  tagging: ResourceGroupsTaggingAPIClient,
  { tags, resource }: Attempt,
): Promise<Pick<Facts, 'tags' | 'stack'>> {
  const told = tags === undefined ? undefined : ({ known: true, value: tags } as const);
  if (told !== undefined && isStackNamed(told.value)) return { tags: told, stack: stackOf(told) };
  const read = await readTags(tagging, resource);
  return { tags: read.known ? read : (told ?? read), stack: stackOf(read) };
}

/** The values that the document gets; what the finding doesn't carry is read from Security Hub in its account. */
async function parametersOf(
  { catalog }: StartOptions,
  attempt: Attempt,
  { securityHub }: Member,
): Promise<{ readonly values: Attempt['parameters'] } | Result> {
  if (Object.keys(attempt.parametersToRead).length === 0) return { values: attempt.parameters };
  const accepted = acceptControlParameters(
    attempt,
    catalog.remediations[attempt.remediation] ?? { parameters: [] },
    await readControlValues(securityHub, attempt.control),
  );
  if (!isRefusal(accepted)) return { values: accepted.parameters };
  const { reason, message } = accepted;
  return without(reason === 'parameters-unknown' ? reason : 'refused', message);
}

/** The preview for an approver changes nothing, so it may be made although the change needs an approval. */
function isAllowed({ verdict }: Decision, { phase }: Attempt): boolean {
  return verdict === 'allow' || (verdict === 'needs-approval' && phase === 'approval-preview');
}

function refused(decision: Decision, { control }: Attempt): Result {
  const advice =
    decision.verdict === 'needs-approval'
      ? ` This was only known after it was claimed without one: set approval to always in the row of ${control}, so that a named person is asked first.`
      : '';
  return { ...without('refused', `${decision.message}${advice}`), decision };
}

function notClaimed(why: string): Result {
  return without('refused', `The attempt isn't claimed: ${why}.`);
}

function ended(result: Result): Ended {
  return { status: 'ended', ...result };
}

function running({ now }: StartOptions, automation: string, stack: string | undefined): Running {
  const at = now().toISOString();
  return {
    status: 'running',
    automation,
    ...defined('stack', stack),
    startedAt: at,
    lookedAt: at,
    pending: 0,
    wait: FIRST_WAIT,
  };
}
