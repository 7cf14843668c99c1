import { AwsProblem, awsProblem } from '../aws-problem.ts';
import { DeployError } from '../deploy-error.ts';

/** Another operation is at work on the stack set: wait for it, then try again. */
export class StackSetBusy extends Error {
  override readonly name = 'StackSetBusy';
}

/** How StackSets says that it knows nobody who may do this; there is no error code of its own for it. */
const NOT_ADMINISTRATOR = /management account or delegated admin/iu;
const NO_TRUSTED_ACCESS = /organizations? access|trusted access/iu;

/** What to do when StackSets has no trusted access to the organization. */
export const ENABLE_TRUSTED_ACCESS =
  'Trusted access for StackSets is not enabled in the organization. In the management account, run aws cloudformation activate-organizations-access, or open CloudFormation > StackSets in the console and choose Enable trusted access; then run this again.';

/** What to do when the account may not roll out to the organization. */
export function notAdministrator(account: string | undefined): string {
  const who = account === undefined ? 'This account' : `The account ${account}`;
  return `${who} is neither the management account of the organization nor a delegated administrator of StackSets. Sign in to one that is, or have it registered from the management account: aws organizations register-delegated-administrator --service-principal member.org.stacksets.cloudformation.amazonaws.com --account-id ${account ?? '<this account>'}`;
}

/**
 * Turns an error of StackSets into a sentence and what to do about it. Gives a `StackSetBusy` when waiting is all that is needed.
 * @param doing what was tried, to stand at the front: `Making the stack set (cloudformation:CreateStackSet)`
 */
export function stackSetProblem(error: unknown, doing: string): Error {
  if (!(error instanceof Error)) return awsProblem(error, doing);
  if (error instanceof DeployError) return error;
  switch (error.name) {
    case 'OperationInProgressException':
    case 'StaleRequestException':
      return new StackSetBusy(error.message);
    case 'LimitExceededException':
      return new AwsProblem(
        `${doing} failed: ${error.message} A quota of StackSets is used up. Ask for more in Service Quotas (AWS CloudFormation), or delete what is not needed.`,
        'other',
        error,
      );
    default:
      if (NOT_ADMINISTRATOR.test(error.message))
        return new AwsProblem(`${doing} failed. ${notAdministrator(undefined)}`, 'denied', error);
      if (NO_TRUSTED_ACCESS.test(error.message))
        return new AwsProblem(`${doing} failed. ${ENABLE_TRUSTED_ACCESS}`, 'other', error);
      return awsProblem(error, doing);
  }
}
