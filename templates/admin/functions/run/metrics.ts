import type { Kind } from './recorded.ts';

interface MetricOptions {
  readonly solutionId: string;
  readonly metricsPerControl: boolean;
  readonly now: () => Date;
}

interface Counted {
  readonly kind: Kind;
  readonly control: string;
  /** This end opened the control's breaker. */
  readonly breakerOpened: boolean;
}

/**
 * One line of CloudWatch's embedded metric format, from which CloudWatch Logs makes the metrics of one ended attempt.
 * With `metricsPerControl` each also counts under its security control id.
 */
export function metricsLine(
  { solutionId, metricsPerControl, now }: MetricOptions,
  { kind, control, breakerOpened }: Counted,
): string {
  const names = [kind, ...(breakerOpened ? ['BreakerOpened'] : [])];
  return JSON.stringify({
    _aws: {
      Timestamp: now().getTime(),
      CloudWatchMetrics: [
        {
          Namespace: `${solutionId}-ASR`,
          Dimensions: [['Solution'], ...(metricsPerControl ? [['ControlId']] : [])],
          Metrics: names.map((Name) => ({ Name, Unit: 'Count' })),
        },
      ],
    },
    Solution: solutionId,
    ...(metricsPerControl ? { ControlId: control } : {}),
    ...Object.fromEntries(names.map((name) => [name, 1])),
  });
}
