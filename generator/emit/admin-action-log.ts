import { fileURLToPath } from 'node:url';
import type { SolutionNames } from '../compile/compiled.ts';
import { readBaseTemplate } from './template.ts';
import type { Template } from './types.ts';

const MEMBER_BASE = fileURLToPath(new URL('../../templates/member/template.yaml', import.meta.url));
const SWITCH = 'EnableCloudTrailForASRActionLog';
const WANTED = 'ActionLogWanted';

/**
 * Adds the member stack's action log to the administrator stack, under names of its own, so that both fit into one account
 * and Region. It records what the roles of the administrator stack change. Throws when the member template has no such log.
 */
export function withActionLog(template: Template, names: SolutionNames): Template {
  const member = readBaseTemplate(MEMBER_BASE, names);
  const { [SWITCH]: parameter } = member.Parameters ?? {};
  const { [WANTED]: condition } = member.Conditions ?? {};
  if (parameter === undefined || condition === undefined)
    throw new Error(`The member template has no ${SWITCH}.`);
  const ofMember = Object.entries(member.Resources).filter(([id]) => id.startsWith('ActionLog'));
  const text = JSON.stringify(Object.fromEntries(ofMember));
  const { solutionId } = names;
  const { ActionLogRule: rule, ...others } = JSON.parse(
    text.replaceAll(`${solutionId}-ASR-ActionLog`, `${solutionId}-ASR-AdminActionLog`),
  ) as Template['Resources'];
  const roles = Object.entries(template.Resources).flatMap(([id, { Type, Condition }]) =>
    Type === 'AWS::IAM::Role' && Condition === undefined ? [{ Ref: id }] : [],
  );
  return {
    ...template,
    Parameters: {
      ...template.Parameters,
      [SWITCH]: {
        ...parameter,
        Description: `Record every change that the roles of this stack make in this Region, in the log group /aws/events/${solutionId}-ASR-AdminActionLog. What remediations change is recorded by the member stacks. It costs a trail of this Region's write events, a week of storage for it, and the log group.`,
      },
    },
    Conditions: { ...template.Conditions, [WANTED]: condition },
    Resources: {
      ...template.Resources,
      ...others,
      ActionLogRule: {
        ...rule,
        Type: 'AWS::Events::Rule',
        Properties: {
          ...rule?.Properties,
          Description: 'Calls that the roles of the administrator stack made.',
          EventPattern: {
            'detail-type': ['AWS API Call via CloudTrail'],
            detail: { userIdentity: { sessionContext: { sessionIssuer: { userName: roles } } } },
          },
        },
      },
    },
  };
}
