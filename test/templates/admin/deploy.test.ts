import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import {
  DescribeTableCommand,
  DynamoDBClient,
  PutItemCommand,
  ScanCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { seedConfiguration } from '../../../templates/admin/functions/setup/seed-configuration.ts';
import type { TemplateFile } from '../../../generator/emit/types.ts';
import { probe, startEmulator } from '../../../generator/simulate/emulator.ts';
import type { Emulator } from '../../../generator/simulate/emulator.ts';
import { loadBundle } from './bundles.ts';
import { emitted } from './emitted.ts';

// Compiling everything takes seconds on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

const lacking = probe().emulator;
const STACK = 'asr-admin';

let emulator: Emulator;
let file: TemplateFile;
let client: {
  readonly region: string;
  readonly endpoint: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
};
let stackId = '';
let table = '';
let outputs: Readonly<Record<string, string>> = {};

/** Walkthrough's parameters; moto fills in the other defaults. */
const PARAMETERS = [
  { ParameterKey: 'LoadSCAdminStack', ParameterValue: 'yes' },
  { ParameterKey: 'LoadAFSBPAdminStack', ParameterValue: 'yes' },
];
const CUSTOM = ['ConfigurationRows', 'RemediateAction', 'PreviewAction', 'UndoAction'];

/** moto has no Docker here, so it can't run the function behind custom resources: the test answers in its place. */
async function answerCustomResource(LogicalResourceId: string): Promise<void> {
  const url = `${emulator.endpoint}/cloudformation_us-east-1/cfnresponse?stack=${encodeURIComponent(stackId)}`;
  const body = JSON.stringify({
    Status: 'SUCCESS',
    StackId: stackId,
    RequestId: 'r',
    LogicalResourceId,
    PhysicalResourceId: LogicalResourceId,
    Data: {},
  });
  const { ok, status } = await fetch(url, { method: 'PUT', body });
  if (!ok) throw new Error(`the emulator answered ${status}`);
}

const rows = async (): Promise<Readonly<Record<string, boolean | undefined>>> => {
  const { Items = [] } = await new DynamoDBClient(client).send(
    new ScanCommand({ TableName: table }),
  );
  return Object.fromEntries(
    Items.map((item) => [item['controlId']?.S ?? '', item['automatedRemediationEnabled']?.BOOL]),
  );
};

describe.skipIf(lacking !== undefined)(
  `on the emulator${lacking === undefined ? '' : ` (${lacking})`}`,
  () => {
    beforeAll(async () => {
      emulator = await startEmulator();
      client = {
        region: 'us-east-1',
        endpoint: emulator.endpoint,
        credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      };
      file = await emitted();
      const cloudFormation = new CloudFormationClient(client);
      const created = await cloudFormation.send(
        new CreateStackCommand({
          StackName: STACK,
          TemplateBody: file.text,
          Parameters: PARAMETERS,
          Capabilities: ['CAPABILITY_NAMED_IAM'],
        }),
      );
      stackId = created.StackId ?? '';
      for (const logicalId of CUSTOM) await answerCustomResource(logicalId);
    }, 240_000);
    afterAll(async () => emulator.stop());

    it('the stack is complete, with its outputs', async () => {
      const { Stacks = [] } = await new CloudFormationClient(client).send(
        new DescribeStacksCommand({ StackName: STACK }),
      );
      outputs = Object.fromEntries(
        (Stacks[0]?.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [
          OutputKey,
          OutputValue,
        ]),
      );
      table = outputs['RemediationConfigurationDynamoDBTable'] ?? '';
      expect(Stacks[0]?.StackStatus).toBe('CREATE_COMPLETE');
      expect(table).not.toBe('');
      expect(outputs['OrchestratorArn']).toBe(
        'arn:aws:states:us-east-1:123456789012:stateMachine:SO0111-ASR-Orchestrator',
      );
      expect(outputs['NotificationTopicArn']).toBe(
        'arn:aws:sns:us-east-1:123456789012:SO0111-ASR_Topic',
      );
    });
    it('makes everything but the types that moto skips', async () => {
      const { StackResources = [] } = await new CloudFormationClient(client).send(
        new DescribeStackResourcesCommand({ StackName: STACK }),
      );
      const made = new Set(StackResources.map(({ LogicalResourceId }) => LogicalResourceId));
      // Conditions that are false with the defaults.
      const off = new Set(['HasControlAlarms', 'HasTickets', 'DeployConsole', 'ActionLogWanted']);
      const skipped = Object.entries(file.json.Resources).filter(
        ([id, { Condition = '' }]) => !made.has(id) && !off.has(Condition),
      );
      expect([...new Set(skipped.map(([, { Type }]) => Type))].toSorted()).toEqual([
        'AWS::CloudWatch::Alarm',
        'AWS::SNS::TopicPolicy',
        'AWS::SQS::QueuePolicy',
      ]);
    });
    it('parameters and the role that members trust are there', async () => {
      const { Parameter } = await new SSMClient(client).send(
        new GetParameterCommand({ Name: '/Solutions/SO0111/standards' }),
      );
      expect(JSON.parse(Parameter?.Value ?? '')).toMatchObject({
        SC: 'yes',
        AFSBP: 'yes',
        CIS120: 'no',
      });
      const { Role } = await new IAMClient(client).send(
        new GetRoleCommand({ RoleName: 'SO0111-ASR-Orchestrator-Admin' }),
      );
      expect(Role?.Arn).toBe('arn:aws:iam::123456789012:role/SO0111-ASR-Orchestrator-Admin');
    });

    it('the state table has its indexes', async () => {
      const { Table: made } = await new DynamoDBClient(client).send(
        new DescribeTableCommand({ TableName: outputs['RemediationHistoryDynamoDBTable'] }),
      );
      const indexes = made?.GlobalSecondaryIndexes?.map(({ IndexName = '' }) => IndexName) ?? [];
      expect(indexes.toSorted()).toEqual(['byAccount', 'byDay', 'byId', 'due']);
    });
    it('what fails five times in the queues is put aside', async () => {
      const { Attributes: queue } = await new SQSClient(client).send(
        new GetQueueAttributesCommand({
          QueueUrl: outputs['CommandQueueUrl'],
          AttributeNames: ['All'],
        }),
      );
      expect(queue).toMatchObject({ VisibilityTimeout: '720', MessageRetentionPeriod: '1209600' });
      expect(JSON.parse(queue?.['RedrivePolicy'] ?? '')).toEqual({
        deadLetterTargetArn: 'arn:aws:sqs:us-east-1:123456789012:SO0111-ASR-DeadLetters',
        maxReceiveCount: 5,
      });
    });

    describe('the function of the custom resource, as the template carries it', () => {
      const invoke = async (): Promise<Readonly<Record<string, unknown>>> => {
        const environment = {
          AWS_REGION: 'us-east-1',
          AWS_ENDPOINT_URL: emulator.endpoint,
          AWS_ACCESS_KEY_ID: 'test',
          AWS_SECRET_ACCESS_KEY: 'test',
        };
        const before = { ...process.env };
        Object.assign(process.env, environment);
        const answers: Readonly<Record<string, unknown>>[] = [];
        const realFetch = globalThis.fetch;
        globalThis.fetch = async (_, init) => {
          answers.push(
            JSON.parse(
              Buffer.from(init?.body as unknown as Uint8Array).toString('utf8'),
            ) as Readonly<Record<string, unknown>>,
          );
          return new Response();
        };
        try {
          const handler = loadBundle(file, 'SetupFunction', environment);
          const event = {
            RequestType: 'Update',
            ResponseURL: 'http://cloudformation/',
            StackId: stackId,
            RequestId: 'r',
            LogicalResourceId: 'ConfigurationRows',
            PhysicalResourceId: 'rows',
            ResourceType: 'Custom::RemediationConfiguration',
            ResourceProperties: { TableName: table },
          };
          await handler(event, { getRemainingTimeInMillis: () => 60_000 });
        } finally {
          globalThis.fetch = realFetch;
          process.env = before;
        }
        return answers[0] ?? {};
      };
      it('adds a row for each control with a remediation, all off', async () => {
        expect(await invoke()).toMatchObject({ Status: 'SUCCESS' });
        const now = await rows();
        expect(Object.keys(now)).toContain('EC2.2');
        expect(Object.values(now).every((value) => value === false)).toBe(true);
      }, 30_000);
      it("never changes a user's value, and does nothing the second time", async () => {
        const dynamodb = new DynamoDBClient(client);
        const before = await rows();
        await dynamodb.send(
          new UpdateItemCommand({
            TableName: table,
            Key: { controlId: { S: 'EC2.2' } },
            UpdateExpression: 'SET automatedRemediationEnabled = :on',
            ExpressionAttributeValues: { ':on': { BOOL: true } },
          }),
        );
        await dynamodb.send(
          new PutItemCommand({
            TableName: table,
            Item: { controlId: { S: 'Own.1' }, automatedRemediationEnabled: { BOOL: true } },
          }),
        );
        expect(await invoke()).toMatchObject({ Status: 'SUCCESS', Data: { Added: '0' } });
        expect(await rows()).toEqual({ ...before, 'EC2.2': true, 'Own.1': true });
      }, 30_000);
    });
    it('more than a hundred new rows are added around the old ones', async () => {
      const before = await rows();
      const controls = Array.from({ length: 250 }, (_, index) => `New.${index}`);
      const dynamodb = new DynamoDBClient(client);
      expect(await seedConfiguration(dynamodb, table, [...controls, 'EC2.2'], () => false)).toBe(
        250,
      );
      expect(await seedConfiguration(dynamodb, table, controls, () => false)).toBe(0);
      expect(await rows()).toEqual({
        ...before,
        ...Object.fromEntries(controls.map((control) => [control, false])),
      });
    }, 30_000);
  },
);
