import { judgeAggregation } from '../../members/judge-hub.ts';
import type { Check } from '../check.ts';

export const aggregation: Check = {
  id: 'aggregation',
  title: 'The findings of all Regions come together where the administrator stack is.',
  reads: ['securityhub:ListFindingAggregators', 'securityhub:GetFindingAggregator'],
  facts: [],
  judge: ({ hub }) => judgeAggregation(hub),
};
