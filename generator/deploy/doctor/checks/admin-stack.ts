import { count, ok, problem, unread, warn } from '../../members/judgement.ts';
import type { Judgement } from '../../members/judgement.ts';
import { describesKind } from '../../stack-kind.ts';
import type { Check } from '../check.ts';
import type { Facts } from '../facts.ts';
import { adminParameter, isOtherStack, loadedStandards } from '../installation.ts';

export const adminStack: Check = {
  id: 'admin-stack',
  title: 'The administrator stack is installed, in order, and loads a standard.',
  reads: ['ssm:GetParametersByPath', 'cloudformation:DescribeStacks'],
  facts: ['admin'],
  judge: (facts) => {
    const machine = adminParameter(facts, 'OrchestratorArn');
    const standards = loadedStandards(facts);
    const where = [`${facts.hub.account} ${facts.hub.home}`];
    if (!machine.known)
      return [unread('Whether the administrator stack is installed', machine, where)];
    if (!standards.known) return [unread('Which standards are loaded', standards, where)];
    if (machine.value === undefined || standards.value === undefined)
      return [
        problem({
          what: `The administrator stack is not installed in ${facts.hub.home}.`,
          why: 'Nothing takes findings, so nothing is remediated.',
          do: 'Launch it there: asr deploy admin. If it is in another Region, look again with --region.',
          where,
        }),
      ];
    const found = [...judgeStatus(facts, where)];
    if (standards.value.length === 0)
      found.push(
        warn({
          what: 'The administrator stack loads no standard.',
          why: 'Findings of standards that are not loaded are ignored.',
          do: 'Update it with LoadSCAdminStack=yes, or the standard that you use.',
          where,
        }),
      );
    return found.length > 0
      ? found
      : [ok(`The administrator stack loads ${count(standards.value.length, 'standard')}.`)];
  },
};

const IN_ORDER = /^(?:CREATE|UPDATE|IMPORT)_COMPLETE$/u;

function judgeStatus({ admin }: Facts, where: readonly string[]): readonly Judgement[] {
  if (!admin.stacks.known)
    return [unread('The status of the administrator stack', admin.stacks, where)];
  return admin.stacks.value
    .filter(({ description }) => describesKind('admin', description) && !isOtherStack(description))
    .filter(({ outputs }) => outputs.has('RemediationConfigurationDynamoDBTable'))
    .filter(({ status }) => !IN_ORDER.test(status))
    .map(({ name, status }) =>
      warn({
        what: `The administrator stack ${name} is ${status}.`,
        why: 'Its last change did not end well, or is going on; parts may have an older version.',
        do: 'Wait until it has ended. If it failed, look at its events and run asr deploy admin again.',
        where,
      }),
    );
}
