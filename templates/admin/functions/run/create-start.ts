import { createHash } from 'node:crypto';
import type { SSMClient } from '@aws-sdk/client-ssm';
import type { STSClient } from '@aws-sdk/client-sts';
import type { Catalog } from '../model/catalog.ts';
import type { Environment } from './environment.ts';
import { parseFinding } from '../model/finding.ts';
import type { Finding } from '../model/finding.ts';
import { rethrow } from './member.ts';
import { plan, wrongState } from './plan.ts';
import type { Mode, Plan } from './plan.ts';
import { isRefusal, refuse } from '../model/refusal.ts';
import type { Refusal } from '../model/refusal.ts';
import { subjectOf } from './run.ts';
import type { Refused, Running, StartInput } from './run.ts';
import { readSettings } from '../model/settings.ts';
import { startInMember } from './start-in-member.ts';

interface StartOptions extends Environment {
  readonly catalog: Catalog;
  readonly ssm: SSMClient;
  readonly sts: STSClient;
  readonly now: () => Date;
}

/** Seconds until the first look: most remediations end within them. */
const FIRST_WAIT = 10;

/**
 * The function that checks a finding and starts its remediation in the finding's account and Region. Answers why when
 * it starts nothing; throws `Busy` when trying again later helps.
 */
export function createStart(
  options: StartOptions,
): (input: StartInput) => Promise<Running | Refused> {
  return async (input) => {
    const mode = modeOf(input.action, options);
    if (mode === undefined)
      return refuse('unknown-action', 'The event names no custom action of this solution.');
    const finding = parseFinding(input.finding);
    if (isRefusal(finding)) return finding;
    if (finding.partition !== options.partition)
      return refuse('mismatch', 'The finding belongs to another partition.');
    const subject = subjectOf(finding);
    const made = wrongState(finding) ?? (await planWithSettings(options, finding, mode));
    if (isRefusal(made)) return { ...made, subject, mode };
    const token = clientToken(input);
    const automation = await startInMember(options, { finding, plan: made, mode, token });
    const { securityControlId, standard, remediation, document, resource } = made;
    if (isRefusal(automation)) return { ...automation, subject, mode, securityControlId };
    return {
      status: 'running',
      subject,
      mode,
      standard,
      securityControlId,
      remediation,
      document,
      resource,
      automation: automation.id,
      startedAt: options.now().toISOString(),
      wait: FIRST_WAIT,
    };
  };
}

async function planWithSettings(
  options: StartOptions,
  finding: Finding,
  mode: Mode,
): Promise<Plan | Refusal> {
  const settings = await readSettings(options.ssm, options.solutionId).catch(rethrow);
  return isRefusal(settings) ? settings : plan(finding, mode, settings, options.catalog);
}

const ACTIONS: ReadonlyMap<string, Mode> = new Map([
  ['ASRRemediation', 'Remediate'],
  ['ASRPreview', 'Preview'],
]);

function modeOf(
  action: unknown,
  { partition, region, adminAccount }: Environment,
): Mode | undefined {
  const own = `arn:${partition}:securityhub:${region}:${adminAccount}:action/custom/`;
  return typeof action === 'string' && action.startsWith(own)
    ? ACTIONS.get(action.slice(own.length))
    : undefined;
}

/** The same for every try of one attempt, so that Systems Manager starts it once (SSM API, StartAutomationExecution). */
function clientToken({ execution, index }: StartInput): string {
  const hex = createHash('sha256').update(`${execution}#${index}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
