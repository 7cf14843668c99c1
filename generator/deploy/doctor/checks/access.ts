import { count, merge, ok, unread } from '../../members/judgement.ts';
import type { Check } from '../check.ts';

export const access: Check = {
  id: 'access',
  title: 'Every account could be looked into.',
  reads: ['sts:AssumeRole'],
  facts: ['accounts'],
  judge: ({ accounts }) => {
    const closed = accounts.flatMap(({ account, entered }) =>
      entered.known ? [] : [unread('What is installed in an account', entered, [account])],
    );
    return closed.length > 0
      ? merge(closed)
      : [ok(`${count(accounts.length, 'account')} looked into.`)];
  },
};
