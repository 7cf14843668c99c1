import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import {
  actionFacts,
  actionsForOperation,
  iamPrefix,
  isReadOnly,
  resourceTypeArn,
  suggestAction,
  unresolvedReason,
} from '../../../generator/data/iam.ts';
import { findOperation, operationNames, serviceNames } from '../../../generator/data/operations.ts';

interface Table {
  readonly prefixes: Readonly<Record<string, string>>;
  readonly httpMethods: readonly string[];
  readonly exceptions: readonly {
    readonly source: string;
    readonly operations: Readonly<Record<string, readonly string[]>>;
  }[];
  readonly unresolved: readonly {
    readonly reason: string;
    readonly operations: readonly string[];
  }[];
}

const table = parse(
  readFileSync(new URL('../../../generator/data/iam-actions.yaml', import.meta.url), 'utf8'),
) as Table;
const rows = table.exceptions.flatMap((group) => Object.entries(group.operations));
const unresolved = table.unresolved.flatMap((group) => group.operations);

function split(name: string): readonly [service: string, operation: string] {
  const colon = name.indexOf(':');
  return [name.slice(0, colon), name.slice(colon + 1)];
}

async function sameNameAction(service: string, operation: string): Promise<string | undefined> {
  return (await actionFacts(`${iamPrefix(service)}:${operation}`))?.action;
}

describe('actionsForOperation', () => {
  test.each([
    ['s3', 'PutPublicAccessBlock', ['s3:PutBucketPublicAccessBlock']],
    ['s3', 'GetBucketLifecycleConfiguration', ['s3:GetLifecycleConfiguration']],
    ['s3', 'ListObjectsV2', ['s3:ListBucket']],
    ['s3', 'HeadBucket', ['s3:ListBucket']],
    ['s3', 'PutBucketCors', ['s3:PutBucketCORS']],
    ['s3', 'CopyObject', ['s3:GetObject', 's3:PutObject']],
    ['s3control', 'PutPublicAccessBlock', ['s3:PutAccountPublicAccessBlock']],
    ['s3control', 'PutBucketPolicy', ['s3-outposts:PutBucketPolicy']],
    ['apigateway', 'UpdateStage', ['apigateway:PATCH']],
    ['apigateway', 'TagResource', ['apigateway:PUT']],
    ['apigatewayv2', 'GetStages', ['apigateway:GET']],
    ['apigatewayv2', 'GetRoutingRule', ['apigateway:GetRoutingRule']],
    ['lambda', 'Invoke', ['lambda:InvokeFunction']],
    ['lambda', 'GetPolicy', ['lambda:GetPolicy']],
    ['elbv2', 'ModifyListener', ['elasticloadbalancing:ModifyListener']],
    ['stepfunctions', 'UpdateStateMachine', ['states:UpdateStateMachine']],
    ['opensearch', 'UpdateDomainConfig', ['es:UpdateDomainConfig']],
    ['neptune', 'ModifyDBCluster', ['rds:ModifyDBCluster']],
    ['efs', 'PutBackupPolicy', ['elasticfilesystem:PutBackupPolicy']],
    ['resourcegroupstaggingapi', 'TagResources', ['tag:TagResources']],
    ['dynamodb', 'UpdateContinuousBackups', ['dynamodb:UpdateContinuousBackups']],
    ['kms', 'EnableKeyRotation', ['kms:EnableKeyRotation']],
    ['securityhub', 'BatchUpdateFindingsV2', ['securityhub:BatchUpdateFindings']],
  ])('%s:%s -> %j', async (service, operation, actions) => {
    expect(await actionsForOperation(service, operation)).toEqual(actions);
  });

  test("is undefined for what does not exist and what can't be told, with the reason", async () => {
    expect(await actionsForOperation('s3', 'PutPublicAccess')).toBeUndefined();
    expect(await actionsForOperation('nope', 'GetObject')).toBeUndefined();
    expect(await actionsForOperation('dynamodb', 'ExecuteStatement')).toBeUndefined();
    expect(unresolvedReason('dynamodb', 'ExecuteStatement')).toMatch(/depend on the statement\.$/);
    expect(unresolvedReason('s3', 'PutPublicAccess')).toBeUndefined();
  });

  test('every indexed operation has actions that exist, or a recorded reason why not', async () => {
    const silent: string[] = [];
    const inventions: string[] = [];
    for (const service of serviceNames()) {
      for (const operation of operationNames(service)) {
        const actions = await actionsForOperation(service, operation);
        if (actions === undefined && unresolvedReason(service, operation) === undefined) {
          silent.push(`${service}:${operation}`);
        }
        for (const action of actions ?? []) {
          if ((await actionFacts(action))?.action !== action) inventions.push(action);
        }
      }
    }
    expect(silent).toEqual([]);
    expect(inventions).toEqual([]);
  });
});

describe('the exceptions table', () => {
  test('names each operation once', () => {
    const names = [...rows.map(([name]) => name), ...unresolved];
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  });

  test('gives a source for every group and a full sentence for every reason', () => {
    expect(table.exceptions.filter((group) => group.source.length < 10)).toEqual([]);
    expect(table.unresolved.filter((group) => !/^[A-Z].*\.$/.test(group.reason))).toEqual([]);
  });

  test.each(rows)('%s exists, and so do its actions %j', async (name, actions) => {
    expect(findOperation(...split(name))).toBeDefined();
    expect(actions.length).toBeGreaterThan(0);
    for (const action of actions) expect((await actionFacts(action))?.action).toBe(action);
  });

  test.each(rows)('%s needs its row', async (name, actions) => {
    const sameName = await sameNameAction(...split(name));
    expect(actions).not.toEqual([sameName]);
  });

  test.each(unresolved)('%s exists and has no action of its own name', async (name) => {
    expect(findOperation(...split(name))).toBeDefined();
    expect(await sameNameAction(...split(name))).toBeUndefined();
  });

  test('lists under httpMethods only services whose methods the index has', () => {
    for (const service of table.httpMethods) {
      const methods = operationNames(service).map(
        (name) => findOperation(service, name)?.httpMethod,
      );
      expect(new Set(methods)).toEqual(new Set(['DELETE', 'GET', 'PATCH', 'POST', 'PUT']));
    }
  });
});

describe('prefixes', () => {
  test("differ from the service's name, and the service is indexed", () => {
    expect(
      Object.entries(table.prefixes).filter(([service, prefix]) => service === prefix),
    ).toEqual([]);
    expect(
      Object.keys(table.prefixes).filter((service) => !serviceNames().includes(service)),
    ).toEqual([]);
  });

  test('agree with the SDK metadata of the AWS CDK', () => {
    // Keys of that file are JavaScript SDK names.
    const sdkNames: Readonly<Record<string, string>> = {
      apigateway: 'api-gateway',
      'application-autoscaling': 'application-auto-scaling',
      autoscaling: 'auto-scaling',
      'cognito-idp': 'cognito-identity-provider',
      config: 'config-service',
      dms: 'database-migration-service',
      elasticbeanstalk: 'elastic-beanstalk',
      elb: 'elastic-load-balancing',
      elbv2: 'elastic-load-balancing-v2',
      es: 'elasticsearch-service',
      events: 'eventbridge',
      logs: 'cloudwatch-logs',
      resourcegroupstaggingapi: 'resource-groups-tagging-api',
      route53: 'route-53',
      s3control: 's3-control',
      secretsmanager: 'secrets-manager',
      servicecatalog: 'service-catalog',
      stepfunctions: 'sfn',
    };
    const cdk = dirname(createRequire(import.meta.url).resolve('aws-cdk-lib/package.json'));
    const path = join(cdk, 'custom-resources/lib/helpers-internal/sdk-v3-metadata.json');
    const metadata = JSON.parse(readFileSync(path, 'utf8')) as Record<
      string,
      { readonly iamPrefix?: string }
    >;
    const different = serviceNames().filter((service) => {
      const sdk = metadata[sdkNames[service] ?? service];
      return (sdk?.iamPrefix ?? 'missing') !== iamPrefix(service);
    });
    // "tagging" there is the endpoint; the service authorization reference says `tag`.
    expect(different).toEqual(['resourcegroupstaggingapi']);
  });
});

describe('actionFacts', () => {
  test('tells level, resource types and whether only * works', async () => {
    expect(await actionFacts('cloudtrail:UpdateTrail')).toMatchObject({
      access: 'Write',
      wildcardOnly: false,
      resourceTypes: [
        {
          key: 'cloudtrail:trail',
          arn: 'arn:${Partition}:cloudtrail:${Region}:${Account}:trail/${TrailName}',
          required: true,
        },
      ],
    });
    expect(await actionFacts('ec2:describevpcs')).toMatchObject({
      action: 'ec2:DescribeVpcs',
      wildcardOnly: true,
      resourceTypes: [],
    });
  });

  test.each([
    ['s3:PutBucketPolicy', 'Permissions management', false],
    ['s3:PutBucketTagging', 'Tagging', false],
    ['kms:EnableKeyRotation', 'Write', false],
    ['s3:GetBucketAcl', 'Read', true],
    ['ec2:DescribeVpcs', 'List', true],
  ])('%s is %s, read-only: %s', async (action, access, readOnly) => {
    const facts = await actionFacts(action);
    expect(facts?.access).toBe(access);
    expect(facts !== undefined && isReadOnly(facts)).toBe(readOnly);
  });

  test("gives API Gateway's methods the resource types of both its pages", async () => {
    const keys = (await actionFacts('apigateway:PATCH'))?.resourceTypes.map((type) => type.key);
    expect(keys).toEqual(
      expect.arrayContaining(['apigateway:Api', 'apigateway:RestApi', 'apigateway:Stage']),
    );
  });

  test.each(['s3:PutPublicAccessBlock', 'nope:GetObject', 'GetObject', '', ':x', 's3:'])(
    '%j does not exist',
    async (action) => {
      expect(await actionFacts(action)).toBeUndefined();
    },
  );
});

test('resourceTypeArn', async () => {
  expect(await resourceTypeArn('ec2:vpc')).toBe(
    'arn:${Partition}:ec2:${Region}:${Account}:vpc/${VpcId}',
  );
  expect(await resourceTypeArn('ec2:nope')).toBeUndefined();
  expect(await resourceTypeArn('nope:vpc')).toBeUndefined();
  expect(await resourceTypeArn('vpc')).toBeUndefined();
});

test.each([
  ['s3:PutPublicAccessBlock', 's3:PutBucketPublicAccessBlock'],
  ['elbv2:ModifyLisener', 'elasticloadbalancing:ModifyListener'],
  ['sns:SetTopicAttribute', 'sns:SetTopicAttributes'],
  ['snss:Publsh', 'sns:Publish'],
  ['zzzzzzzz:GetObject', undefined],
  ['s3:CompletelyDifferentThing', undefined],
  ['GetObject', undefined],
])('suggestAction %s -> %s', async (wrong, right) => {
  expect(await suggestAction(wrong)).toBe(right);
});
