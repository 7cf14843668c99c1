import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminDeleteUserCommand,
  AdminGetUserCommand,
  AdminUserGlobalSignOutCommand,
  CognitoIdentityProviderClient,
  ListUsersInGroupCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { OrganizationsClient } from '@aws-sdk/client-organizations';
import {
  GetFindingsCommand,
  GetFindingsV2Command,
  ListMembersCommand,
  SecurityHubClient,
} from '@aws-sdk/client-securityhub';
import { GetQueueAttributesCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { createHub } from '../../../templates/admin/console/api/aws/hub.ts';
import { createPeople } from '../../../templates/admin/console/api/aws/people.ts';
import { createQueues } from '../../../templates/admin/console/api/aws/queues.ts';
import { ADMIN, MEMBER } from '../admin/fixtures.ts';
import { FINDING, PRODUCT, START, SUBS } from './api-world.ts';

const securityHub = mockClient(SecurityHubClient);
const cognito = mockClient(CognitoIdentityProviderClient);
const sqs = mockClient(SQSClient);
beforeEach(() => {
  for (const mock of [securityHub, cognito, sqs]) mock.reset();
});
const region = { region: 'us-east-1' };
const failure = (name: string): Error => Object.assign(new Error(name), { name });

describe('Security Hub', () => {
  const hub = createHub({
    securityHub: new SecurityHubClient(region),
    organizations: new OrganizationsClient(region),
    adminAccount: ADMIN,
    now: () => START,
  });
  const everything = { accounts: [], regions: [], controls: [], severities: [], workflows: [] };

  it('is asked for what fails now, with the filters that are given', async () => {
    securityHub.on(GetFindingsCommand).resolves({ Findings: [], NextToken: 'more' });
    const query = { ...everything, accounts: [MEMBER], workflows: ['NEW', 'NOTIFIED'] };
    expect(await hub.findings(query, 'token')).toEqual({ findings: [], next: 'more' });
    const equal = (Value: string) => ({ Value, Comparison: 'EQUALS' });
    expect(securityHub.commandCalls(GetFindingsCommand)[0]?.args[0].input).toEqual({
      Filters: {
        ProductName: [equal('Security Hub')],
        ComplianceStatus: [equal('FAILED')],
        RecordState: [equal('ACTIVE')],
        WorkflowStatus: [equal('NEW'), equal('NOTIFIED')],
        AwsAccountId: [equal(MEMBER)],
      },
      MaxResults: 100,
      SortCriteria: [{ Field: 'UpdatedAt', SortOrder: 'desc' }],
      NextToken: 'token',
    });
  });

  it('ends where there is no further page', async () => {
    securityHub.on(GetFindingsCommand).resolves({ Findings: [], NextToken: '' });
    expect(await hub.findings(everything)).toEqual({ findings: [] });
  });

  it('blames the token, and nothing else, on the person', async () => {
    securityHub.on(GetFindingsCommand).rejects(failure('InvalidInputException'));
    await expect(hub.findings(everything, 'made-up')).rejects.toMatchObject({ code: 'invalid' });
    await expect(hub.findings(everything)).rejects.toMatchObject({ name: 'InvalidInputException' });
  });

  it('is asked in the format that the product has', async () => {
    securityHub.on(GetFindingsCommand).resolves({ Findings: [{ Id: 'one' } as never] });
    securityHub.on(GetFindingsV2Command).resolves({ Findings: [{ uid: 'two' }] });
    expect(await hub.finding({ id: FINDING, productArn: PRODUCT })).toEqual({ Id: 'one' });
    const productArn = PRODUCT.replace('product/', 'productv2/');
    expect(await hub.finding({ id: FINDING, productArn })).toEqual({ uid: 'two' });
  });

  it('counts members page by page, up to a limit', async () => {
    const Members = Array.from({ length: 50 }, () => ({ AccountId: MEMBER }));
    securityHub.on(ListMembersCommand).resolves({ Members, NextToken: 'more' });
    securityHub.on(ListMembersCommand, { NextToken: 'more' }).resolves({ Members });
    expect(await hub.members(1000)).toBe(100);
    expect(await hub.members(50)).toBe(50);
  });
});

describe('users', () => {
  const clock = { now: START };
  const create = () =>
    createPeople({
      cognito: new CognitoIdentityProviderClient(region),
      userPool: 'pool',
      now: () => clock.now,
    });
  const sub = SUBS.administrator;
  const attributes = [
    { Name: 'sub', Value: sub },
    { Name: 'email', Value: 'olga@example.com' },
  ];
  const olga = {
    username: sub,
    sub,
    email: 'olga@example.com',
    status: 'CONFIRMED',
    enabled: true,
  };
  const user = { Username: sub, UserStatus: 'CONFIRMED', Enabled: true } as const;

  it('are believed for half a minute, and no longer', async () => {
    cognito.on(AdminGetUserCommand).resolves({ ...user, UserAttributes: attributes });
    const people = create();
    expect(await people.find(sub)).toEqual(olga);
    cognito.on(AdminGetUserCommand).rejects(failure('UserNotFoundException'));
    expect(await people.find(sub)).toEqual(olga);
    clock.now = new Date(START.getTime() + 30_000);
    expect(await people.find(sub)).toBeUndefined();
  });

  it('are listed page by page', async () => {
    const one = { ...user, Attributes: attributes };
    cognito.on(ListUsersInGroupCommand).resolves({ Users: [one], NextToken: 'more' });
    cognito
      .on(ListUsersInGroupCommand, { NextToken: 'more' })
      .resolves({ Users: [one, { ...one, Attributes: [] }] });
    expect(await create().inGroup('asr-administrators')).toEqual([olga, olga]);
  });

  it('are invited by mail, once', async () => {
    cognito.on(AdminCreateUserCommand).resolves({ User: { ...user, Attributes: attributes } });
    expect(await create().invite('olga@example.com')).toEqual(olga);
    expect(cognito.commandCalls(AdminCreateUserCommand)[0]?.args[0].input).toMatchObject({
      Username: 'olga@example.com',
      DesiredDeliveryMediums: ['EMAIL'],
    });
    cognito.on(AdminCreateUserCommand).rejects(failure('UsernameExistsException'));
    expect(await create().invite('olga@example.com')).toBeUndefined();
    cognito.on(AdminCreateUserCommand).rejects(failure('TooManyRequestsException'));
    await expect(create().invite('olga@example.com')).rejects.toMatchObject({ name: 'Busy' });
  });

  it('are signed out before they are removed', async () => {
    cognito.on(AdminUserGlobalSignOutCommand).resolves({});
    cognito.on(AdminDeleteUserCommand).resolves({});
    cognito.on(AdminAddUserToGroupCommand).resolves({});
    const people = create();
    await people.addToGroup(sub, 'asr-administrators');
    await people.remove(sub);
    expect(cognito.calls().map(({ args }) => args[0].constructor.name)).toEqual([
      'AdminAddUserToGroupCommand',
      'AdminUserGlobalSignOutCommand',
      'AdminDeleteUserCommand',
    ]);
  });
});

describe('queues', () => {
  const queues = createQueues({
    sqs: new SQSClient(region),
    commandQueueUrl: 'https://sqs.example/commands',
    shown: { commands: 'https://sqs.example/commands' },
  });

  it('take commands in batches of ten', async () => {
    sqs.on(SendMessageBatchCommand).resolves({ Successful: [], Failed: [] });
    await queues.send(Array.from({ length: 20 }, (_, at) => ({ asr: 1, at })));
    const sizes = sqs
      .commandCalls(SendMessageBatchCommand)
      .map(({ args }) => args[0].input.Entries?.length);
    expect(sizes).toEqual([10, 10]);
  });

  it('say so when a command was not taken', async () => {
    const Failed = [{ Id: '0', Code: 'InternalError', SenderFault: false }];
    sqs.on(SendMessageBatchCommand).resolves({ Successful: [], Failed });
    await expect(queues.send([{ asr: 1 }])).rejects.toMatchObject({ name: 'Busy' });
  });

  it('say how much lies in each', async () => {
    sqs
      .on(GetQueueAttributesCommand)
      .resolves({ Attributes: { ApproximateNumberOfMessages: '7' } });
    expect(await queues.waiting()).toEqual([{ name: 'commands', waiting: 7 }]);
  });
});
