import { judgeHub } from '../../members/judge-hub.ts';
import type { Check } from '../check.ts';
import { regionsOf } from '../facts.ts';

export const securityHub: Check = {
  id: 'security-hub',
  title: 'Security Hub is on in every account and Region, and this is its administrator account.',
  reads: ['securityhub:DescribeHub', 'securityhub:GetAdministratorAccount'],
  facts: ['accounts'],
  judge: (facts) => judgeHub(facts.hub, membersOf(facts)),
};

/** The accounts that were entered, without this one, which is known from outside. */
function membersOf(facts: Parameters<Check['judge']>[0]) {
  return regionsOf(facts)
    .filter(({ account }) => account !== facts.hub.account)
    .map(({ hub }) => hub);
}
