import {
  GetParametersCommand,
  SSMClient,
  StartAutomationExecutionCommand,
} from '@aws-sdk/client-ssm';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { createStart } from '../../../templates/admin/functions/run/create-start.ts';
import {
  ACTION,
  ADMIN,
  catalog,
  environment,
  finding,
  GROUP,
  MEMBER,
  PREVIEW,
} from './fixtures.ts';

const ssm = mockClient(SSMClient);
const sts = mockClient(STSClient);
const EXECUTION = `arn:aws:states:us-east-1:${ADMIN}:execution:SO0111-ASR-Orchestrator:one`;
const start = createStart({
  ...environment,
  catalog,
  ssm: new SSMClient({ region: 'us-east-1' }),
  sts: new STSClient({ region: 'us-east-1' }),
  now: () => new Date('2024-05-01T00:00:00Z'),
});

const run = async (
  changes: Readonly<Record<string, unknown>> = {},
  action: unknown = ACTION,
): ReturnType<typeof start> =>
  start({ finding: finding(changes), action, execution: EXECUTION, index: 0 });

const SETTINGS: Readonly<Record<string, string>> = {
  '/Solutions/SO0111/standards': '{"SC":"yes","CIS120":"no"}',
  '/ASR/Filters/AccountFilters': 'none',
  '/ASR/Filters/AccountFilterMode': 'Disabled',
  '/ASR/Filters/OUFilters': 'none',
  '/ASR/Filters/OUFilterMode': 'Disabled',
  '/ASR/Filters/TagFilters': 'none',
  '/ASR/Filters/TagFilterMode': 'Disabled',
};
const INSTALLED = {
  '/Solutions/SO0111/member/admin-account': ADMIN,
  '/Solutions/SO0111/member/namespace': 'shtest',
};

/** Parameter Store, as far as the function reads it: settings here, the installation in the member account. */
function parameters(
  settings: Readonly<Record<string, string>>,
  member: Readonly<Record<string, string>>,
): void {
  const all: Readonly<Record<string, string>> = { ...settings, ...member };
  ssm.on(GetParametersCommand).callsFake(({ Names }: { readonly Names: readonly string[] }) => ({
    Parameters: Names.flatMap((Name) =>
      all[Name] === undefined ? [] : [{ Name, Value: all[Name] }],
    ),
  }));
}

function failWith(name: string): Error {
  return Object.assign(new Error(name), { name });
}

beforeEach(() => {
  ssm.reset();
  sts.reset();
  sts.on(AssumeRoleCommand).resolves({
    Credentials: {
      AccessKeyId: 'AKIA',
      SecretAccessKey: 's',
      SessionToken: 't',
      Expiration: new Date(0),
    },
  });
  parameters(SETTINGS, INSTALLED);
  ssm.on(StartAutomationExecutionCommand).resolves({ AutomationExecutionId: 'started' });
});

describe('start', () => {
  it("starts the document in the finding's account under the remediation's own role", async () => {
    expect(await run()).toMatchObject({
      status: 'running',
      mode: 'Remediate',
      document: 'ASR-CloseGroup',
      automation: 'started',
      startedAt: '2024-05-01T00:00:00.000Z',
      subject: { account: MEMBER, region: 'eu-west-1' },
    });
    expect(sts.commandCalls(AssumeRoleCommand)[0]?.args[0].input).toMatchObject({
      RoleArn: `arn:aws:iam::${MEMBER}:role/SO0111-ASR-Orchestrator-Member`,
    });
    const [call] = ssm.commandCalls(StartAutomationExecutionCommand);
    expect(call?.args[0].input).toEqual({
      DocumentName: 'ASR-CloseGroup',
      ClientToken: expect.stringMatching(
        /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/u,
      ) as string,
      Parameters: {
        AutomationAssumeRole: [`arn:aws:iam::${MEMBER}:role/SO0111-CloseGroup-shtest`],
        Mode: ['Remediate'],
        ControlId: ['EC2.2'],
        AccountId: [MEMBER],
        ResourceArn: [GROUP],
      },
    });
    expect(await call?.thisValue.config.region()).toBe('eu-west-1');
  });
  it('previews when a person asks for a preview', async () => {
    await run({}, PREVIEW);
    expect(
      ssm.commandCalls(StartAutomationExecutionCommand)[0]?.args[0].input.Parameters?.['Mode'],
    ).toEqual(['Preview']);
  });
  it('repeats the client token when it is tried again, and has another for another finding', async () => {
    await run();
    await run();
    await start({ finding: finding(), action: ACTION, execution: EXECUTION, index: 1 });
    const tokens = ssm
      .commandCalls(StartAutomationExecutionCommand)
      .map((call) => call.args[0].input.ClientToken);
    expect(tokens[0]).toBe(tokens[1]);
    expect(tokens[2]).not.toBe(tokens[0]);
  });
  it.each<readonly [string, Readonly<Record<string, unknown>>]>([
    [
      'another product',
      { ProductArn: `arn:aws:securityhub:eu-west-1:${MEMBER}:product/${MEMBER}/default` },
    ],
    ['an account that disagrees', { AwsAccountId: '999999999999' }],
    [
      'a reference in the resource',
      { Resources: [{ Type: 'AwsEc2SecurityGroup', Id: 'arn:aws:ec2:{{x}}' }] },
    ],
    ['an unknown control', { GeneratorId: 'security-control/EC2.999' }],
    [
      'a standard that is off',
      {
        GeneratorId: 'arn:aws:securityhub:::ruleset/cis-aws-foundations-benchmark/v/1.2.0/rule/4.3',
      },
    ],
  ])('assumes no role and starts nothing for %s', async (_, changes) => {
    expect(await run(changes)).toMatchObject({ status: 'refused' });
    expect(sts.calls()).toHaveLength(0);
    expect(ssm.commandCalls(StartAutomationExecutionCommand)).toHaveLength(0);
  });
  it.each([
    undefined,
    'ASRRemediation',
    ACTION.replace(ADMIN, MEMBER),
    `${ACTION}x`,
    ACTION.replace('ASRRemediation', 'toString'),
  ])('refuses the action %s', async (action) => {
    const result = await start({ finding: finding(), action, execution: EXECUTION, index: 0 });
    expect(result).toMatchObject({ status: 'refused', reason: 'unknown-action' });
  });
  it('leaves findings of doubtful origin without a subject, so that nobody touches them', async () => {
    const result = await run({ AwsAccountId: '999999999999' });
    expect(result).not.toHaveProperty('subject');
  });
});

describe('settings that cannot be read deny', () => {
  it.each<readonly [string, Readonly<Record<string, string | undefined>>]>([
    ['no standards', { '/Solutions/SO0111/standards': undefined }],
    ['standards that are no JSON', { '/Solutions/SO0111/standards': 'SC' }],
    ['standards with another word', { '/Solutions/SO0111/standards': '{"SC":"maybe"}' }],
    ['no filter mode', { '/ASR/Filters/TagFilterMode': undefined }],
    ['an unknown filter mode', { '/ASR/Filters/AccountFilterMode': 'include' }],
  ])('%s', async (_, changes) => {
    const entries = Object.entries({ ...SETTINGS, ...changes });
    const known = entries.flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value] as const],
    );
    parameters(Object.fromEntries(known), INSTALLED);
    expect(await run()).toMatchObject({ status: 'refused', reason: 'settings-unreadable' });
    expect(ssm.commandCalls(StartAutomationExecutionCommand)).toHaveLength(0);
  });
});

describe('what the member account lacks is named', () => {
  it.each<readonly [string, Readonly<Record<string, string>>, string]>([
    ['no member stack', {}, 'member-missing'],
    [
      'another administrator',
      { ...INSTALLED, '/Solutions/SO0111/member/admin-account': '999999999999' },
      'foreign-member',
    ],
    [
      'a namespace that is none',
      { ...INSTALLED, '/Solutions/SO0111/member/namespace': 'a/b' },
      'member-missing',
    ],
  ])('%s', async (_, member, reason) => {
    parameters(SETTINGS, member);
    expect(await run()).toMatchObject({ status: 'refused', reason, subject: { account: MEMBER } });
    expect(ssm.commandCalls(StartAutomationExecutionCommand)).toHaveLength(0);
  });
  it('no role', async () => {
    sts.on(AssumeRoleCommand).rejects(failWith('AccessDenied'));
    expect(await run()).toMatchObject({ status: 'refused', reason: 'role-missing' });
  });
  it.each([
    ['AutomationDefinitionNotFoundException', 'document-missing'],
    ['AccessDeniedException', 'access-denied'],
    ['InvalidAutomationExecutionParametersException', 'start-failed'],
  ])('%s', async (name, reason) => {
    ssm.on(StartAutomationExecutionCommand).rejects(failWith(name));
    expect(await run()).toMatchObject({ status: 'refused', reason });
  });
  it.each(['ThrottlingException', 'AutomationExecutionLimitExceededException'])(
    '%s is tried again',
    async (name) => {
      ssm.on(StartAutomationExecutionCommand).rejects(failWith(name));
      await expect(run()).rejects.toMatchObject({ name: 'Busy' });
    },
  );
});
