import type { Template } from '../emit/types.ts';
import { staysBehind } from './compare-templates.ts';
import type { Failure } from './stack-progress.ts';

/** Failures as indented lines, each followed by its way out when there is a known one. */
export function failureLines(failures: readonly Failure[], template: Template): readonly string[] {
  return failures.flatMap((failure) => {
    const { logicalId, type, physicalId, reason } = failure;
    const hint = explainFailure(failure, template);
    const name = physicalId === undefined ? '' : ` (${physicalId})`;
    const line = `  ${logicalId}  ${type}${name}: ${reason}`;
    return hint === undefined ? [line] : [line, `    ${hint}`];
  });
}

const TAKEN = /already exists|AlreadyExists|BucketAlreadyOwnedByYou|Conflict.*exist/iu;
const DENIED =
  /(?:not authorized to perform:?|AccessDenied|is not authorized|UnauthorizedOperation)/iu;
const ACTION = /not authorized to perform:? (?<action>[a-z0-9-]+:[A-Za-z0-9]+)/u;
const LIMIT = /LimitExceeded|limit exceeded|quota/iu;

/**
 * What to do about a failed resource, for the failures that have a known way out; undefined for others. The reasons are
 * free text of many services, so only their most stable words are looked for.
 */
export function explainFailure(
  { logicalId, type, reason }: Pick<Failure, 'logicalId' | 'type' | 'reason'>,
  template: Template,
): string | undefined {
  if (DENIED.test(reason)) {
    const action = ACTION.exec(reason)?.groups?.['action'];
    return `${action ?? 'A permission'} is missing to whoever deploys, or a service control policy or permissions boundary denies it. Have it granted, then deploy again.`;
  }
  if (TAKEN.test(reason)) return explainTakenName(logicalId, type, template);
  if (LIMIT.test(reason))
    return 'A quota of the account is used up. Ask for more in Service Quotas, or remove what is not needed.';
  return undefined;
}

function explainTakenName(id: string, type: string, template: Template): string {
  const resource = template.Resources[id];
  const isKept = resource !== undefined && staysBehind(resource);
  const parameters = template.Parameters ?? {};
  if (type === 'AWS::Logs::LogGroup' && isKept && 'ReuseOrchestratorLogGroup' in parameters)
    return 'This log group is kept on purpose when the stack is deleted, so it is there from an earlier deployment. Deploy again with --parameter ReuseOrchestratorLogGroup=yes.';
  if (type === 'AWS::IAM::Role' && isKept && 'ReuseServiceRoles' in parameters)
    return 'This role is kept on purpose when the stack is deleted, so it is there from an earlier deployment. If the other service roles of this Namespace are there too, deploy again with --parameter ReuseServiceRoles=yes: the stack then makes none of them. If not, delete those that nothing uses, or choose another Namespace for both member stacks.';
  if (isKept)
    return 'It is kept on purpose when its stack is deleted, so it is there from an earlier deployment. If nothing uses it any more, delete it by hand and deploy again; for a role you can also choose another Namespace for both member stacks.';
  if (type === 'AWS::IAM::Role')
    return 'Another stack has made it. The roles are deployed once for each account, in one Region; a second copy needs another Namespace.';
  return 'Something of this name is there already, of another stack or made by hand. Find it by its name in the account and delete it, or update the stack that it belongs to instead.';
}
