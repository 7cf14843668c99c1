import { STSClient } from '@aws-sdk/client-sts';
import { createCheck } from './run/create-check.ts';
import { environment } from './run/environment.ts';

export const handler = createCheck({
  sts: new STSClient({}),
  now: () => new Date(),
  ...environment(process.env),
});
