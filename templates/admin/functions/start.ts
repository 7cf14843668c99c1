import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import type { Catalog } from './model/catalog.ts';
import { createStart } from './run/create-start.ts';
import { environment } from './run/environment.ts';

/** Written into the bundle by the build. */
declare const CATALOG: Catalog;

export const handler = createStart({
  catalog: CATALOG,
  ssm: new SSMClient({}),
  sts: new STSClient({}),
  now: () => new Date(),
  ...environment(process.env),
});
