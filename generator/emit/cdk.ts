import { createRequire } from 'node:module';
import type * as Core from 'aws-cdk-lib';
import type * as Iam from 'aws-cdk-lib/aws-iam';
import type * as Ssm from 'aws-cdk-lib/aws-ssm';
import type * as Include from 'aws-cdk-lib/cloudformation-include';

/*
 * aws-cdk-lib loads its modules lazily, but only as CommonJS: the ECMAScript import scans every
 * export and costs 300 ms instead of 15.
 */
const require = createRequire(import.meta.url);

export const cdk = require('aws-cdk-lib') as typeof Core;
export const iam = require('aws-cdk-lib/aws-iam') as typeof Iam;
export const ssm = require('aws-cdk-lib/aws-ssm') as typeof Ssm;
export const cloudformationInclude =
  require('aws-cdk-lib/cloudformation-include') as typeof Include;
