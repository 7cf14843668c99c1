import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { beforeAll, describe, expect, it } from 'vitest';
import { emitTicketing } from '../../../generator/emit/ticketing.ts';
import type { EmitInput, TemplateFile } from '../../../generator/emit/types.ts';
import { describeWithEmulator } from '../../support/emulator.ts';
import { loadBundle } from '../admin/bundles.ts';
import { propertyOf } from '../admin/emitted.ts';
import { startJira } from './fake-jira.ts';
import { startServiceNow } from './fake-service-now.ts';
import { event } from './payload.ts';

const SECRET = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:tickets-a1B2c3';

async function emit(solutionId = 'SO0111'): Promise<readonly TemplateFile[]> {
  const standards = { all: [] } as unknown as EmitInput['standards'];
  return emitTicketing({ compiled: [], standards, names: { solutionId, version: 'v0.1.0' } });
}

let jiraFile: TemplateFile;
let serviceNowFile: TemplateFile;
beforeAll(async () => {
  const [first, second] = await emit();
  if (first === undefined || second === undefined) throw new Error('There are two templates.');
  [jiraFile, serviceNowFile] = [first, second];
});
const files = (): readonly TemplateFile[] => [jiraFile, serviceNowFile];

interface Interface {
  readonly ParameterGroups: readonly { readonly Parameters: readonly string[] }[];
  readonly ParameterLabels: object;
}

function accepts({ json }: TemplateFile, parameter: string, value: string): boolean {
  return new RegExp(String(json.Parameters?.[parameter]?.['AllowedPattern']), 'u').test(value);
}

describe('what people type into the console', () => {
  it('has the agreed names, in the order of the groups', () => {
    expect(files().map(({ fileName }) => fileName)).toEqual([
      'automated-security-response-jira.template',
      'automated-security-response-servicenow.template',
    ]);
    expect(Object.keys(jiraFile.json.Parameters ?? {})).toEqual([
      'InstanceURI',
      'JiraProjectKey',
      'JiraIssueType',
      'SecretArn',
      'KmsKeyArn',
      'JiraCloudId',
    ]);
    expect(Object.keys(serviceNowFile.json.Parameters ?? {})).toEqual([
      'InstanceURI',
      'ServiceNowTableName',
      'SecretArn',
      'KmsKeyArn',
    ]);
    for (const { json } of files()) {
      const { ParameterGroups, ParameterLabels } = (json.Metadata ?? {})[
        'AWS::CloudFormation::Interface'
      ] as Interface;
      const names = Object.keys(json.Parameters ?? {});
      expect(ParameterGroups.flatMap(({ Parameters }) => Parameters)).toEqual(names);
      expect(Object.keys(ParameterLabels)).toEqual(names);
    }
  });
  it.each([
    ['my-team.atlassian.net', true],
    ['agency.atlassian-us-gov-mod.net', true],
    ['https://my-team.atlassian.net', false],
    ['my-team.atlassian.net/', false],
    ['my-team.atlassian.net.evil.example', false],
    ['evil.example?.atlassian.net', false],
    ['', false],
  ])('accepts %j as a Jira site: %s', (value, isAccepted) => {
    expect(accepts(jiraFile, 'InstanceURI', value)).toBe(isAccepted);
  });
  it.each([
    ['my-instance.service-now.com', true],
    ['agency.servicenowservices.com', true],
    ['https://my-instance.service-now.com', false],
    ['my-instance.service-now.com.evil.example', false],
    ['service-now.com', false],
  ])('accepts %j as a ServiceNow instance: %s', (value, isAccepted) => {
    expect(accepts(serviceNowFile, 'InstanceURI', value)).toBe(isAccepted);
  });
  it.each([
    [SECRET, true],
    ['arn:aws-us-gov:secretsmanager:us-gov-west-1:123456789012:secret:a/b_c-a1B2c3', true],
    ['arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:x-a1B2c3', true],
    ['arn:aws:secretsmanager:us-east-1:123456789012:secret:*', false],
    ['tickets', false],
  ])('accepts %j as a secret: %s', (value, isAccepted) => {
    for (const file of files()) expect(accepts(file, 'SecretArn', value)).toBe(isAccepted);
  });
  it('keeps keys and names out of queries that they could change', () => {
    for (const value of ['SEC" OR project = "X', 'sec', '', '1A'])
      expect(accepts(jiraFile, 'JiraProjectKey', value)).toBe(false);
    for (const value of ['incident?x=1', '../user', 'Incident', ''])
      expect(accepts(serviceNowFile, 'ServiceNowTableName', value)).toBe(false);
    for (const value of ['Task', 'Aufgabe', '課題', '[System] Incident'])
      expect(accepts(jiraFile, 'JiraIssueType', value)).toBe(true);
  });
});

describe('the templates', () => {
  it('name the function as the administrator stack expects it', () => {
    expect(propertyOf(jiraFile, 'TicketFunction', 'FunctionName')).toBe(
      'SO0111-Jira-TicketGenerator',
    );
    expect(propertyOf(serviceNowFile, 'TicketFunction', 'FunctionName')).toBe(
      'SO0111-ServiceNow-TicketGenerator',
    );
    for (const { json } of files())
      expect(json.Outputs?.['ServiceFunctionName']).toMatchObject({
        Value: { Ref: 'TicketFunction' },
      });
  });
  it('are flat, small enough for a request to CloudFormation, partition-neutral and the same every time', async () => {
    for (const { text } of files()) {
      expect(Buffer.byteLength(text)).toBeLessThan(51_200);
      expect(/"Transform"|"S3Bucket":|"S3Key":|arn:aws:/u.exec(text)?.[0]).toBeUndefined();
    }
    expect((await emit()).map(({ text }) => text)).toEqual(files().map(({ text }) => text));
  });
  it('carry another solution id everywhere', async () => {
    for (const { text } of await emit('DEV01')) {
      expect(text).not.toContain('SO0111');
      expect(text).toContain('DEV01-');
    }
  });
  it('allow reading one secret, its key and writing one log, and trust Lambda alone', () => {
    for (const file of files()) {
      expect(propertyOf(file, 'TicketRole', 'AssumeRolePolicyDocument')).toEqual({
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { Service: 'lambda.amazonaws.com' },
            Action: 'sts:AssumeRole',
          },
        ],
      });
      const policies = propertyOf(file, 'TicketRole', 'Policies') as readonly {
        readonly PolicyDocument: { readonly Statement: readonly unknown[] };
      }[];
      expect(policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement)).toEqual([
        {
          Effect: 'Allow',
          Action: 'secretsmanager:GetSecretValue',
          Resource: { Ref: 'SecretArn' },
        },
        {
          Effect: 'Allow',
          Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          Resource: { 'Fn::GetAtt': ['TicketLogGroup', 'Arn'] },
        },
      ]);
      expect(file.json.Resources['KeyPolicy']?.Condition).toBe('HasKey');
      expect(propertyOf(file, 'KeyPolicy', 'PolicyDocument', 'Statement')).toEqual([
        {
          Effect: 'Allow',
          Action: 'kms:Decrypt',
          Resource: { Ref: 'KmsKeyArn' },
          Condition: { StringEquals: { 'kms:EncryptionContext:SecretARN': { Ref: 'SecretArn' } } },
        },
      ]);
      expect(Object.keys(file.json.Resources)).toHaveLength(4);
    }
  });
  it('keep the log as long as the others, under the name that Lambda gives it', () => {
    for (const file of files()) {
      const name = String(propertyOf(file, 'TicketFunction', 'FunctionName'));
      expect(propertyOf(file, 'TicketLogGroup', 'LogGroupName')).toBe(`/aws/lambda/${name}`);
      expect(propertyOf(file, 'TicketLogGroup', 'RetentionInDays')).toBe(365);
      expect(propertyOf(file, 'TicketFunction', 'Runtime')).toBe('nodejs24.x');
    }
  });
});

describe('the functions, as the templates carry them', () => {
  const variables = {
    SECRET_ARN: SECRET,
    INSTANCE_URI: 'x.service-now.com',
    TABLE_NAME: 'incident',
  };
  it.each([
    ['SECRET_ARN', ''],
    ['INSTANCE_URI', 'http://x.service-now.com'],
    ['INSTANCE_URI', 'evil.example'],
    ['TABLE_NAME', '../user'],
  ])('do not start with %s = %j', (name, value) => {
    expect(() =>
      loadBundle(serviceNowFile, 'TicketFunction', { ...variables, [name]: value }),
    ).toThrow(name);
  });
});

describeWithEmulator('on the emulator', (local) => {
  const client = () => ({
    region: 'us-east-1',
    endpoint: local.emulator().endpoint,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  /** The ticket system's host leads to this machine; everything else is refused. */
  const withHost = async <T>(host: string, url: string, work: () => Promise<T>): Promise<T> => {
    const real = globalThis.fetch;
    globalThis.fetch = async (input, init) => {
      const asked = input instanceof Request ? input.url : input.toString();
      if (!asked.startsWith(`https://${host}/`)) throw new Error(`${asked} is not ${host}.`);
      return real(asked.replace(`https://${host}`, url), init);
    };
    try {
      return await work();
    } finally {
      globalThis.fetch = real;
    }
  };
  const store = async (value: object): Promise<string> => {
    const command = new CreateSecretCommand({
      Name: 'tickets',
      SecretString: JSON.stringify(value),
    });
    const { ARN } = await new SecretsManagerClient(client()).send(command);
    return ARN ?? '';
  };
  const invoke = async (
    file: TemplateFile,
    variables: Readonly<Record<string, string>>,
  ): Promise<unknown> => {
    const environment = {
      ...variables,
      AWS_ENDPOINT_URL: local.emulator().endpoint,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    };
    const before = { ...process.env };
    Object.assign(process.env, environment);
    try {
      const handler = loadBundle(file, 'TicketFunction', environment);
      return await handler(event(), { getRemainingTimeInMillis: () => 50_000 });
    } finally {
      process.env = before;
    }
  };

  it('the Jira function reads the secret and opens an issue over HTTPS', async () => {
    const host = 'my-team.atlassian.net';
    const fake = await startJira({ user: 'bot@example.com', token: () => 'token', project: 'SEC' });
    const secretArn = await store({ Username: 'bot@example.com', Password: 'token' });
    expect(accepts(jiraFile, 'SecretArn', secretArn)).toBe(true);
    const variables = {
      INSTANCE_URI: host,
      PROJECT_KEY: 'SEC',
      ISSUE_TYPE: 'Task',
      CLOUD_ID: '',
      SECRET_ARN: secretArn,
    };
    expect(await withHost(host, fake.url, async () => invoke(jiraFile, variables))).toEqual({
      Ok: true,
      TicketURL: `https://${host}/browse/SEC-1`,
      TicketId: 'SEC-1',
    });
    await fake.close();
  });
  it('the ServiceNow function reads the secret and opens a record over HTTPS', async () => {
    const host = 'my-instance.service-now.com';
    const fake = await startServiceNow({ key: () => 'key', table: 'incident' });
    const variables = {
      INSTANCE_URI: host,
      TABLE_NAME: 'incident',
      SECRET_ARN: await store({ API_Key: 'key' }),
    };
    expect(await withHost(host, fake.url, async () => invoke(serviceNowFile, variables))).toEqual({
      Ok: true,
      TicketURL: `https://${host}/nav_to.do?uri=incident.do%3Fsys_id%3D${'1'.padStart(32, '0')}`,
      TicketId: 'INC0000001',
    });
    await fake.close();
  });
  it('both stacks can be launched from the file', async () => {
    const cloudFormation = new CloudFormationClient(client());
    const stacks = [
      ['jira', jiraFile, { InstanceURI: 'my-team.atlassian.net', JiraProjectKey: 'SEC' }],
      ['servicenow', serviceNowFile, { InstanceURI: 'my-instance.service-now.com' }],
    ] as const;
    for (const [StackName, file, own] of stacks) {
      const parameters = Object.entries({ ...own, SecretArn: SECRET });
      await cloudFormation.send(
        new CreateStackCommand({
          StackName,
          TemplateBody: file.text,
          Parameters: parameters.map(([ParameterKey, ParameterValue]) => ({
            ParameterKey,
            ParameterValue,
          })),
          Capabilities: ['CAPABILITY_IAM'],
        }),
      );
      const { Stacks = [] } = await cloudFormation.send(new DescribeStacksCommand({ StackName }));
      expect(Stacks[0]?.StackStatus).toBe('CREATE_COMPLETE');
      expect(Stacks[0]?.Outputs?.[0]).toMatchObject({
        OutputKey: 'ServiceFunctionName',
        OutputValue: propertyOf(file, 'TicketFunction', 'FunctionName'),
      });
    }
  });
});
