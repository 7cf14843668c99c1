import { LambdaClient } from '@aws-sdk/client-lambda';
import { SecurityHubClient } from '@aws-sdk/client-securityhub';
import { SNSClient } from '@aws-sdk/client-sns';
import { createFinish } from './run/create-finish.ts';
import { environment, required } from './run/environment.ts';

export const handler = createFinish({
  securityHub: new SecurityHubClient({ maxAttempts: 6 }),
  sns: new SNSClient({ maxAttempts: 6 }),
  // A ticket must not be opened twice because the function answers late.
  lambda: new LambdaClient({ maxAttempts: 1 }),
  topicArn: required(process.env, 'TOPIC_ARN'),
  ticketFunction: process.env['TICKET_FUNCTION'] ?? '',
  metrics: process.env['METRICS'] === 'yes',
  metricsPerControl: process.env['METRICS_PER_CONTROL'] === 'yes',
  now: () => new Date(),
  log: (line) => process.stdout.write(`${line}\n`),
  ...environment(process.env),
});
