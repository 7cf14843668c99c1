import { count, merge, okIn, problem, unread, warn } from '../../members/judgement.ts';
import type { Judgement } from '../../members/judgement.ts';
import type { Check } from '../check.ts';
import { placeOf, regionsOf } from '../facts.ts';
import { isInstalled, memberParameter } from '../installation.ts';

export const memberStack: Check = {
  id: 'member-stack',
  title: 'The member stack is installed in every account and Region, for this administrator.',
  reads: ['ssm:GetParametersByPath'],
  facts: ['accounts'],
  judge: (facts) => {
    const { hub, build } = facts;
    const regions = regionsOf(facts);
    const found = regions.flatMap((region): readonly Judgement[] => {
      const where = [placeOf(region)];
      if (!region.parameters.known)
        return [unread('Whether the member stack is installed', region.parameters, where)];
      if (!isInstalled(region, build.solutionId))
        return [
          (region.account === hub.account ? warn : problem)({
            what: 'The member stack is not installed.',
            why: 'Findings of that account and Region end with member-missing.',
            do: 'Launch it there (asr deploy member, or asr rollout), or exclude the account with /ASR/Filters/AccountFilters.',
            where,
          }),
        ];
      const admin = memberParameter(region, build.solutionId, 'admin-account');
      if (admin === hub.account) return [];
      return [
        problem({
          what: `A member stack names another administrator account: ${admin ?? 'none'}.`,
          why: 'The orchestrator of this account starts nothing there (foreign-member).',
          do: `Update it with SecHubAdminAccount=${hub.account}, if this is the right administrator.`,
          where,
        }),
      ];
    });
    return found.length > 0
      ? merge(found)
      : okIn(regions.length, `The member stack is installed in ${count(regions.length, 'place')}.`);
  },
};
