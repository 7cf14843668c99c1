import { judgeMembers } from '../../members/judge-hub.ts';
import type { Check } from '../check.ts';

export const members: Check = {
  id: 'members',
  title: 'Every account is an enabled member of Security Hub in every Region.',
  reads: ['securityhub:ListMembers', 'organizations:ListAccounts'],
  facts: [],
  judge: ({ hub }) => judgeMembers(hub),
};
