import type { Template } from '../../emit/types.ts';
import { explainFailure } from '../explain-failure.ts';

/**
 * What to do about a stack that failed, for the reasons that have a known way out; undefined for others. StackSets hands on
 * the words of many services, so only their most stable ones are looked for.
 */
export function explainResult(
  reason: string,
  detail: string,
  template: Template,
): string | undefined {
  if (detail === 'SKIPPED_SUSPENDED_ACCOUNT' || /account .*(?:suspended|closed)/iu.test(reason))
    return 'The account is closed or suspended. Leave it out with --exclude, or have it reinstated by AWS Support.';
  if (
    /AWSCloudFormationStackSet(?:Execution|Administration)Role|should have .* role/iu.test(reason)
  )
    return 'The account lacks the role that StackSets works with, or the role does not trust the administrator account (CloudFormation User Guide, "Grant self-managed permissions").';
  if (/security token .* invalid|region .*(?:disabled|not enabled|opt)/iu.test(reason))
    return 'The Region is probably not enabled in this account, or not in the account that the stack set belongs to. Enable it in both (Account > AWS Regions), or leave it out of --regions.';
  if (/failure tolerance|cancell?ed/iu.test(reason))
    return 'It was not tried, because too many others failed. Mend those and run the same command again.';
  const resource = resourceIn(reason);
  return explainFailure({ ...resource, reason: resource.why }, template);
}

/** `ResourceLogicalId:Role, ResourceType:AWS::IAM::Role, ResourceStatusReason:...`, as StackSets words it. */
function resourceIn(reason: string): {
  readonly logicalId: string;
  readonly type: string;
  readonly why: string;
} {
  const pattern =
    /ResourceLogicalId:\s*(?<id>\w+),\s*ResourceType:\s*(?<type>[\w:]+),\s*ResourceStatusReason:\s*(?<why>.*)$/su;
  const { id = '', type = '', why = reason } = pattern.exec(reason)?.groups ?? {};
  return { logicalId: id, type, why };
}
