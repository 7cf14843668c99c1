import type { Report } from './report.ts';

interface MetricOptions {
  readonly solutionId: string;
  readonly metricsPerControl: boolean;
  readonly now: () => Date;
}

/**
 * One line of CloudWatch's embedded metric format, from which CloudWatch Logs makes the metrics of one finished run.
 * With `metricsPerControl` each also counts under its security control id.
 */
export function metricsLine(
  { solutionId, metricsPerControl, now }: MetricOptions,
  made: Report,
): string {
  const { run, result } = made;
  const control = run?.securityControlId;
  const isPerControl = metricsPerControl && control !== undefined;
  return JSON.stringify({
    _aws: {
      Timestamp: now().getTime(),
      CloudWatchMetrics: [
        {
          Namespace: `${solutionId}-ASR`,
          Dimensions: [['Solution'], ...(isPerControl ? [['ControlId']] : [])],
          Metrics: [{ Name: result, Unit: 'Count' }],
        },
      ],
    },
    Solution: solutionId,
    ...(isPerControl ? { ControlId: control } : {}),
    [result]: 1,
  });
}
