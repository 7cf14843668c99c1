import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecurityHubClient } from '@aws-sdk/client-securityhub';
import { createSetup } from './setup/create-setup.ts';

/** Written into the bundle by the build: the controls that have a remediation. */
declare const CONTROLS: readonly string[];

export const handler = createSetup({
  controls: CONTROLS,
  dynamodb: new DynamoDBClient({ maxAttempts: 10, retryMode: 'adaptive' }),
  securityHub: new SecurityHubClient({ maxAttempts: 8 }),
  pause: async (milliseconds) => {
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
  },
  log: (line) => process.stdout.write(`${line}\n`),
});
