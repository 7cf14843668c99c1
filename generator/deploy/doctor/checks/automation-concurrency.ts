import { merge, okIn, unread, warn } from '../../members/judgement.ts';
import type { Judgement } from '../../members/judgement.ts';
import type { Check } from '../check.ts';
import { placeOf, regionsOf } from '../facts.ts';
import type { RegionFacts } from '../facts.ts';

/**
 * Automations that run at once in an account and Region, and with adaptive concurrency (Systems Manager User Guide,
 * "Allowing Automation to adapt to your concurrency needs").
 */
const LIMIT = 100;
const ADAPTIVE_LIMIT = 500;

/** Share of the limit from which others have to wait soon. */
const NEAR = 0.8;

export const automationConcurrency: Check = {
  id: 'automation-concurrency',
  title: 'Systems Manager has room for more automations.',
  reads: ['ssm:DescribeAutomationExecutions', 'ssm:GetServiceSetting'],
  facts: ['accounts'],
  judge: (facts) => {
    const found = regionsOf(facts).flatMap(judgeRegion);
    return found.length > 0
      ? merge(found)
      : okIn(regionsOf(facts).length, 'No automations wait for others.');
  },
};

function judgeRegion(region: RegionFacts): readonly Judgement[] {
  const where = [placeOf(region)];
  if (!region.automation.known)
    return [unread('How many automations run', region.automation, where)];
  const { running, pending, isAdaptive } = region.automation.value;
  const limit = isAdaptive.known && isAdaptive.value ? ADAPTIVE_LIMIT : LIMIT;
  const isFull = pending > 0 || running >= limit * NEAR;
  if (!isFull)
    return isAdaptive.known
      ? []
      : [unread('Whether the limit of automations is adaptive', isAdaptive, where)];
  return [
    warn({
      what: `${running} automations run and ${pending} wait; the limit is ${limit}.`,
      why: 'Remediations share the limit with all other automations of the account, and wait for them.',
      do:
        limit === LIMIT
          ? 'Let Systems Manager raise the limit: aws ssm update-service-setting --setting-id /ssm/automation/enable-adaptive-concurrency --setting-value True'
          : 'Look which automations they are; stop or spread those that are not urgent.',
      where,
    }),
  ];
}
