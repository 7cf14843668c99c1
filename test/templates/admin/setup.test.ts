import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  PutItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import {
  CreateActionTargetCommand,
  DeleteActionTargetCommand,
  SecurityHubClient,
  UpdateActionTargetCommand,
} from '@aws-sdk/client-securityhub';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSetup } from '../../../templates/admin/functions/setup/create-setup.ts';

const dynamodb = mockClient(DynamoDBClient);
const securityHub = mockClient(SecurityHubClient);
const CONTROLS = Array.from({ length: 130 }, (_, index) => `EC2.${index}`);
const ARN = 'arn:aws:securityhub:us-east-1:012345678901:action/custom/ASRRemediation';

/** CloudFormation's end of the presigned URL: refuses as often as told, then keeps what it gets. */
let server: Server;
let answers: Readonly<Record<string, unknown>>[] = [];
let contentTypes: (string | undefined)[] = [];
let refusals = 0;
let pauses = 0;

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      contentTypes.push(request.headers['content-type']);
      if (refusals > 0) refusals -= 1;
      else answers.push(JSON.parse(body) as Readonly<Record<string, unknown>>);
      response.statusCode = answers.length > 0 ? 200 : 503;
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => new Promise((resolve) => server.close(resolve)));

beforeEach(() => {
  answers = [];
  contentTypes = [];
  refusals = 0;
  pauses = 0;
  dynamodb.reset();
  securityHub.reset();
});

async function send(
  type: string,
  properties: Readonly<Record<string, string>>,
  request: 'Create' | 'Update' | 'Delete' = 'Create',
  remaining = 60_000,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const handler = createSetup({
    controls: CONTROLS,
    dynamodb: new DynamoDBClient({ region: 'us-east-1' }),
    securityHub: new SecurityHubClient({ region: 'us-east-1' }),
    log: () => undefined,
    pause: async () => {
      pauses += 1;
    },
  });
  const { port } = server.address() as AddressInfo;
  await handler(
    {
      RequestType: request,
      ResponseURL: `http://127.0.0.1:${port}/`,
      StackId: 'arn:aws:cloudformation:us-east-1:012345678901:stack/asr-admin/0a1b2c3d',
      RequestId: 'request',
      LogicalResourceId: 'Resource',
      ...(request === 'Create' ? {} : { PhysicalResourceId: 'physical' }),
      ResourceType: type,
      ResourceProperties: properties,
    },
    { getRemainingTimeInMillis: () => remaining },
  );
  return answers[0];
}

const seed = async (
  request?: 'Create' | 'Update' | 'Delete',
  remaining?: number,
): ReturnType<typeof send> =>
  send('Custom::RemediationConfiguration', { TableName: 'rows' }, request, remaining);
const action = async (request?: 'Create' | 'Update' | 'Delete'): ReturnType<typeof send> =>
  send(
    'Custom::ActionTarget',
    { Id: 'ASRRemediation', Name: 'Remediate with ASR', Description: 'Fix' },
    request,
  );
const named = (name: string): Error => Object.assign(new Error(name), { name });

describe('rows of the configuration table', () => {
  it('are added where there is none, over several pages', async () => {
    dynamodb
      .on(ScanCommand)
      .resolvesOnce({
        Items: [{ controlId: { S: 'EC2.0' } }],
        LastEvaluatedKey: { controlId: { S: 'EC2.0' } },
      })
      .resolvesOnce({ Items: [{ controlId: { S: 'EC2.1' } }, { controlId: { S: 'Own.1' } }] });
    dynamodb.on(PutItemCommand).resolves({});
    expect(await seed()).toMatchObject({
      Status: 'SUCCESS',
      PhysicalResourceId: 'rows/rows',
      Data: { Added: '128' },
    });
    const puts = dynamodb.commandCalls(PutItemCommand).map((call) => call.args[0].input);
    expect(puts).toHaveLength(128);
    expect(puts[0]).toEqual({
      TableName: 'rows',
      Item: { controlId: { S: 'EC2.2' }, automatedRemediationEnabled: { BOOL: false } },
      ConditionExpression: 'attribute_not_exists(controlId)',
    });
  });
  it('that someone wrote meanwhile are left alone', async () => {
    dynamodb.on(ScanCommand).resolves({ Items: [] });
    dynamodb
      .on(PutItemCommand)
      .rejects(new ConditionalCheckFailedException({ message: 'there', $metadata: {} }));
    expect(await seed('Update')).toMatchObject({ Status: 'SUCCESS', Data: { Added: '0' } });
  });
  it('are not touched on deletion', async () => {
    expect(await seed('Delete')).toMatchObject({ Status: 'SUCCESS' });
    expect(dynamodb.calls()).toHaveLength(0);
  });
});

describe('CloudFormation gets an answer', () => {
  it('when a call fails', async () => {
    dynamodb.on(ScanCommand).rejects(named('AccessDeniedException'));
    expect(await seed()).toMatchObject({
      Status: 'FAILED',
      Reason: 'AccessDeniedException: AccessDeniedException',
    });
  });
  it('after a while, when the new role counts only later', async () => {
    securityHub
      .on(CreateActionTargetCommand)
      .rejectsOnce(named('AccessDeniedException'))
      .resolves({ ActionTargetArn: ARN });
    expect(await action()).toMatchObject({ Status: 'SUCCESS' });
    expect(pauses).toBe(1);
  });
  it('when a deletion fails, and then it is success', async () => {
    securityHub.on(DeleteActionTargetCommand).rejects(named('AccessDeniedException'));
    expect(await action('Delete')).toMatchObject({
      Status: 'SUCCESS',
      PhysicalResourceId: 'physical',
    });
  });
  it('when a property is missing or the resource is unknown', async () => {
    expect(await send('Custom::RemediationConfiguration', {})).toMatchObject({ Status: 'FAILED' });
    answers = [];
    expect(await send('Custom::Other', {})).toMatchObject({ Status: 'FAILED' });
  });
  it('before the function runs out of time', async () => {
    dynamodb.on(ScanCommand).callsFake(async () => new Promise(() => undefined));
    expect(await seed('Create', 15_050)).toMatchObject({
      Status: 'FAILED',
      Reason: expect.stringContaining('out of time') as string,
    });
  });
  it('when it refuses the first tries, with an empty content type', async () => {
    refusals = 2;
    securityHub.on(CreateActionTargetCommand).resolves({ ActionTargetArn: ARN });
    expect(await action()).toMatchObject({ Status: 'SUCCESS' });
    expect(contentTypes).toHaveLength(3);
    expect(contentTypes.every((type) => type === '' || type === undefined)).toBe(true);
  });
});

describe('custom actions', () => {
  it('are created', async () => {
    securityHub.on(CreateActionTargetCommand).resolves({ ActionTargetArn: ARN });
    expect(await action()).toMatchObject({
      Status: 'SUCCESS',
      PhysicalResourceId: ARN,
      Data: { Arn: ARN },
    });
    expect(securityHub.commandCalls(CreateActionTargetCommand)[0]?.args[0].input).toEqual({
      Id: 'ASRRemediation',
      Name: 'Remediate with ASR',
      Description: 'Fix',
    });
  });
  it('are taken over when they exist', async () => {
    securityHub.on(CreateActionTargetCommand).rejects(named('ResourceConflictException'));
    securityHub.on(UpdateActionTargetCommand).resolves({});
    expect(await action()).toMatchObject({ Status: 'SUCCESS' });
    expect(securityHub.commandCalls(UpdateActionTargetCommand)[0]?.args[0].input).toMatchObject({
      ActionTargetArn: ARN,
    });
  });
  it('say what to do when Security Hub is off', async () => {
    securityHub.on(CreateActionTargetCommand).rejects(named('InvalidAccessException'));
    expect(await action()).toMatchObject({
      Status: 'FAILED',
      Reason: expect.stringContaining('Enable it') as string,
    });
  });
  it.each(['ResourceNotFoundException', 'InvalidAccessException'])(
    'are deleted, also on %s',
    async (name) => {
      securityHub.on(DeleteActionTargetCommand).rejects(named(name));
      expect(await action('Delete')).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: ARN });
    },
  );
});
