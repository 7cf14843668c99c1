import { judgeConfig } from '../../members/judge-hub.ts';
import type { Check } from '../check.ts';
import { regionsOf } from '../facts.ts';

export const awsConfig: Check = {
  id: 'aws-config',
  title: 'AWS Config records what the checks of Security Hub need.',
  reads: ['securityhub:GetFindings', 'securityhub:GetEnabledStandards'],
  facts: ['accounts'],
  judge: (facts) =>
    judgeConfig(
      facts.hub,
      regionsOf(facts).map(({ hub }) => hub),
    ),
};
