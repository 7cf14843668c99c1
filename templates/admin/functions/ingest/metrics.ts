import { COUNTED } from './options.ts';
import type { Counted } from './options.ts';

interface MetricOptions {
  readonly solutionId: string;
  readonly now: () => Date;
}

/**
 * One line of CloudWatch's embedded metric format for what became of the requests of one batch, such as `Held`.
 * Undefined when there is nothing to count.
 */
export function metricsLine(
  { solutionId, now }: MetricOptions,
  counts: ReadonlyMap<Counted, number>,
): string | undefined {
  const names = COUNTED.filter((one) => (counts.get(one) ?? 0) > 0);
  if (names.length === 0) return undefined;
  const metricName = (one: Counted) => `${one.charAt(0).toUpperCase()}${one.slice(1)}`;
  return JSON.stringify({
    _aws: {
      Timestamp: now().getTime(),
      CloudWatchMetrics: [
        {
          Namespace: `${solutionId}-ASR`,
          Dimensions: [['Solution']],
          Metrics: names.map((one) => ({ Name: metricName(one), Unit: 'Count' })),
        },
      ],
    },
    Solution: solutionId,
    ...Object.fromEntries(names.map((one) => [metricName(one), counts.get(one)])),
  });
}
