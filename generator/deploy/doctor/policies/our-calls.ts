import type { EvaluationInput } from './evaluation.ts';
import type { Need } from './needs.ts';
import type { Call } from './statement.ts';

/** A call of one of our roles, and what it is needed for. */
export interface OurCall extends Call {
  readonly need: Need;
}

/** Services with one endpoint for all Regions; requests to them carry its Region (IAM User Guide, "aws:RequestedRegion"). */
const GLOBAL_SERVICES = ['cloudfront', 'iam', 'organizations', 'route53'];

/** Keys that a call under a role that Systems Manager or the orchestrator assumed doesn't have. */
const ABSENT: ReadonlySet<string> = new Set([
  'aws:calledvia',
  'aws:calledviafirst',
  'aws:calledvialast',
  'aws:multifactorauthage',
  'aws:multifactorauthpresent',
  'aws:principalservicename',
  'aws:username',
]);

/** What a need looks like to policies in one account: one call for each Region, or one for a global service. */
export function callsOf(
  need: Need,
  { account, namespace }: EvaluationInput['accounts'][number],
  { partition, organization, regions }: EvaluationInput,
): readonly OurCall[] {
  const fill = (text: string): string =>
    text
      .replaceAll(`\${AWS::Partition}`, partition)
      .replaceAll(`\${AWS::AccountId}`, account)
      .replaceAll(`\${Namespace}`, namespace ?? '*');
  const [service = ''] = need.action.split(':');
  const isGlobal = GLOBAL_SERVICES.includes(service);
  // Only for the commercial partition is it documented which Region that is.
  const inRegions = isGlobal ? [partition === 'aws' ? 'us-east-1' : undefined] : regions;
  return inRegions.map((region) => ({
    need,
    action: need.action,
    scope: fill(need.scope),
    absent: ABSENT,
    values: new Map([
      ['aws:principalaccount', account],
      ['aws:principalarn', `arn:${partition}:iam::${account}:role/${fill(need.role)}`],
      ['aws:principalisawsservice', 'false'],
      ['aws:principalorgid', organization],
      ['aws:principaltype', 'AssumedRole'],
      ['aws:securetransport', 'true'],
      ['aws:viaawsservice', 'false'],
      ...(region === undefined ? [] : [['aws:requestedregion', region] as const]),
    ]),
  }));
}
