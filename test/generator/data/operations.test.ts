import { describe, expect, test } from 'vitest';
import {
  findOperation,
  findService,
  modelVersion,
  operationNames,
  serviceNames,
  shapeMembers,
  suggest,
  suggestOperation,
  suggestService,
} from '../../../generator/data/operations.ts';

describe('findOperation', () => {
  test('tells members, required members and the python method', () => {
    const facts = findOperation('s3', 'PutPublicAccessBlock');
    expect(facts).toMatchObject({
      service: 's3',
      name: 'PutPublicAccessBlock',
      method: 'put_public_access_block',
      required: ['Bucket', 'PublicAccessBlockConfiguration'],
      pages: false,
      unpagedToken: false,
    });
    expect(facts?.members['Bucket']).toEqual({ type: 'string' });
    expect(facts?.members['PublicAccessBlockConfiguration']).toEqual({
      type: 'structure',
      shape: 'PublicAccessBlockConfiguration',
    });
  });

  test.each([
    ['wafv2', 'ListWebACLs', 'list_web_acls'],
    ['elasticbeanstalk', 'SwapEnvironmentCNAMEs', 'swap_environment_cnames'],
    ['rds', 'ModifyDBInstance', 'modify_db_instance'],
    ['s3', 'ListObjectsV2', 'list_objects_v2'],
    ['ec2', 'EnableEbsEncryptionByDefault', 'enable_ebs_encryption_by_default'],
    ['iam', 'UpdateAccountPasswordPolicy', 'update_account_password_policy'],
  ])('%s:%s is %s in boto3', (service, operation, method) => {
    expect(findOperation(service, operation)?.method).toBe(method);
  });

  test.each([
    ['ec2', 'DescribeSecurityGroupRules', true, false],
    ['iam', 'ListAccessKeys', true, false],
    ['s3', 'ListObjectsV2', true, false],
    ['kinesis', 'ListTagsForStream', false, true],
    ['cloudfront', 'ListCachePolicies', false, true],
    ['wafv2', 'ListWebACLs', false, true],
    ['wafv2', 'UpdateWebACL', false, false],
    ['firehose', 'DescribeDeliveryStream', false, false],
    ['ecr', 'GetLifecyclePolicy', false, false],
  ])(
    '%s:%s pages: %s, has a token without a paginator: %s',
    (service, operation, pages, unpaged) => {
      const facts = findOperation(service, operation);
      expect(facts?.pages).toBe(pages);
      expect(facts?.unpagedToken).toBe(unpaged);
    },
  );

  test('tells error codes as a ClientError shows them', () => {
    // Query protocol: the code of the model.
    expect(findOperation('iam', 'DeleteLoginProfile')?.errors).toContain('NoSuchEntity');
    expect(findOperation('rds', 'CopyDBSnapshot')?.errors).toContain('DBSnapshotAlreadyExists');
    // JSON protocol: the name of the shape, whatever the model's code is.
    expect(findOperation('cloudtrail', 'GetTrailStatus')?.errors).toContain(
      'TrailNotFoundException',
    );
    // JSON protocol that kept the codes of its query days.
    expect(findOperation('sqs', 'GetQueueAttributes')?.errors).toContain(
      'AWS.SimpleQueueService.NonExistentQueue',
    );
  });

  test('leaves out a common error code where an operation lacks it', () => {
    expect(findOperation('kms', 'CreateAlias')?.errors).toContain('AlreadyExistsException');
    expect(findOperation('kms', 'CreateAlias')?.errors).not.toContain('InvalidArnException');
    expect(findOperation('kms', 'EnableKeyRotation')?.errors).toContain('InvalidArnException');
  });

  test('does not require what boto3 fills in', () => {
    expect(findOperation('secretsmanager', 'RotateSecret')?.required).toEqual(['SecretId']);
    expect(findOperation('efs', 'CreateFileSystem')?.required).toEqual([]);
  });

  test('lists the top-level members of the answer', () => {
    expect(findOperation('iam', 'ListAccessKeys')?.outputs).toEqual([
      'AccessKeyMetadata',
      'IsTruncated',
      'Marker',
    ]);
  });

  test('knows the HTTP method only where IAM goes by it', () => {
    expect(findOperation('apigateway', 'UpdateStage')?.httpMethod).toBe('PATCH');
    expect(findOperation('apigatewayv2', 'ReimportApi')?.httpMethod).toBe('PUT');
    expect(findOperation('eks', 'UpdateClusterConfig')?.httpMethod).toBeUndefined();
  });

  test.each([
    ['s3', 'PutPublicAccessBlok'],
    ['s3', 'toString'],
    ['s3', '__proto__'],
    ['nope', 'PutPublicAccessBlock'],
    ['../operations/s3', 'PutObject'],
  ])('%s:%s is unknown', (service, operation) => {
    expect(findOperation(service, operation)).toBeUndefined();
  });

  test('reads every operation of every service, with types that resolve', () => {
    const scalars = /^(string|integer|long|float|double|boolean|timestamp|blob|document)$/;
    const broken: string[] = [];
    for (const service of serviceNames()) {
      for (const operation of operationNames(service)) {
        const facts = findOperation(service, operation);
        for (const [member, { type, shape }] of Object.entries(facts?.members ?? {})) {
          const known = shape === undefined ? scalars.test(type) : shapeMembers(service, shape);
          if (!known) broken.push(`${service}:${operation} ${member}: ${type}`);
        }
      }
    }
    expect(broken).toEqual([]);
    expect(serviceNames().length).toBeGreaterThan(70);
  });
});

describe('shapeMembers', () => {
  test('follows a list of structures down', () => {
    const rules = findOperation('ec2', 'RevokeSecurityGroupIngress')?.members['IpPermissions'];
    expect(rules?.type).toBe('list');
    const element = shapeMembers('ec2', rules?.shape ?? '')?.element;
    expect(element).toEqual({ type: 'structure', shape: 'IpPermission' });
    const permission = shapeMembers('ec2', element?.shape ?? '');
    expect(Object.keys(permission?.members ?? {})).toContain('Ipv6Ranges');
  });

  test('tells required members of a structure and the element of a map', () => {
    expect(shapeMembers('s3', 'ServerSideEncryptionByDefault')?.required).toEqual(['SSEAlgorithm']);
    const tags = findOperation('kafka', 'TagResource')?.members['Tags'];
    expect(shapeMembers('kafka', tags?.shape ?? '')?.element).toEqual({ type: 'string' });
  });

  test('is undefined for an unknown shape or service', () => {
    expect(shapeMembers('s3', 'NoSuchShape')).toBeUndefined();
    expect(shapeMembers('s3', 'constructor')).toBeUndefined();
    expect(shapeMembers('nope', 'list(string)')).toBeUndefined();
  });
});

describe('services', () => {
  test('have a full name, a signing name and a scope', () => {
    expect(findService('elbv2')).toEqual({
      service: 'elbv2',
      fullName: 'Elastic Load Balancing',
      signingName: 'elasticloadbalancing',
      global: false,
    });
    expect(findService('iam')?.global).toBe(true);
    expect(findService('s3')?.global).toBe(false);
    expect(findService('index')).toBeUndefined();
  });

  test("the models' version is recorded", () => {
    expect(modelVersion()).toMatch(/^\d+\.\d+\.\d+$/);
  });
});

describe('suggestions', () => {
  test.each([
    ['elb2', 'elb'],
    ['states', 'stepfunctions'],
    ['elasticfilesystem', 'efs'],
    ['secretmanager', 'secretsmanager'],
    ['S3', 's3'],
  ])('service %s -> %s', (wrong, right) => {
    expect(suggestService(wrong)).toBe(right);
  });

  test.each([
    ['sns', 'SetTopicAttribute', 'SetTopicAttributes'],
    ['rds', 'ModifyDbInstance', 'ModifyDBInstance'],
    ['ec2', 'DescirbeVpcs', 'DescribeVpcs'],
  ])('operation %s:%s -> %s', (service, wrong, right) => {
    expect(suggestOperation(service, wrong)).toBe(right);
  });

  test('stay silent when nothing is near', () => {
    expect(suggestService('blockchain')).toBeUndefined();
    expect(suggestOperation('sns', 'RevokeSecurityGroupIngress')).toBeUndefined();
    expect(suggestOperation('nope', 'SetTopicAttributes')).toBeUndefined();
    expect(suggest('', ['a'])).toBe('a');
    expect(suggest('abc', [])).toBeUndefined();
  });

  test('prefer the nearest word, then the first in order', () => {
    expect(suggest('model', ['modes', 'modal', 'models'])).toBe('modal');
    expect(suggest('models', ['model', 'modals', 'models'])).toBe('models');
  });
});
