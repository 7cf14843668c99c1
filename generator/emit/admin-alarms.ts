import type { SolutionNames } from '../compile/compiled.ts';
import { cdk } from './cdk.ts';
import type { LoadedTemplate } from './template.ts';

/** Adds one alarm for each control, on its failures of a day; they exist with enhanced metrics only. */
export function addControlAlarms(
  { stack, base }: LoadedTemplate,
  controls: readonly string[],
  { solutionId }: SolutionNames,
): void {
  for (const control of controls) {
    const alarm = new cdk.aws_cloudwatch.CfnAlarm(
      stack,
      `FailureAlarm${control.replaceAll(/[^A-Za-z0-9]/gu, 'x')}`,
      {
        alarmName: `${solutionId}-ASR-Failures-${control}`,
        alarmDescription: `Remediations of ${control} fail too often. The findings' notes say why.`,
        alarmActions: [base.getResource('NotificationTopic').ref],
        namespace: `${solutionId}-ASR`,
        metricName: 'Failed',
        dimensions: [{ name: 'ControlId', value: control }],
        statistic: 'Sum',
        period: 86_400,
        evaluationPeriods: 1,
        comparisonOperator: 'GreaterThanOrEqualToThreshold',
        threshold: base.getParameter('RemediationFailureAlarmThreshold').valueAsNumber,
        treatMissingData: 'notBreaching',
      },
    );
    alarm.cfnOptions.condition = base.getCondition('HasControlAlarms');
  }
}
