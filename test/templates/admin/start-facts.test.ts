import { GetResourcesCommand } from '@aws-sdk/client-resource-groups-tagging-api';
import { BatchGetSecurityControlsCommand } from '@aws-sdk/client-securityhub';
import { DescribeDocumentCommand, GetParametersCommand } from '@aws-sdk/client-ssm';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { beforeEach, describe, expect, it } from 'vitest';
import { attempt, GROUP, ID, MEMBER } from './fixtures.ts';
import {
  claimed,
  hub,
  memory,
  named,
  parameters,
  renew,
  reset,
  SETTINGS,
  ssm,
  start,
  started,
  starts,
  sts,
  tagging,
} from './start-world.ts';

beforeEach(reset);

describe('what the member account lacks is named', () => {
  it.each<readonly [string, Readonly<Record<string, string | undefined>>, string, string]>([
    [
      'no member stack',
      {
        '/Solutions/SO0111/member/admin-account': undefined,
        '/Solutions/SO0111/member/namespace': undefined,
        '/Solutions/SO0111/member/version': undefined,
      },
      'member-missing',
      "isn't installed",
    ],
    [
      'a namespace that is none',
      { '/Solutions/SO0111/member/namespace': 'a/b' },
      'member-missing',
      "isn't installed",
    ],
    [
      'another administrator',
      { '/Solutions/SO0111/member/admin-account': '999999999999' },
      'foreign-member',
      'names another administrator',
    ],
    [
      'an older major version',
      { '/Solutions/SO0111/member/version': 'v0.9.0' },
      'document-missing',
      'update the member stack',
    ],
    [
      'a newer major version',
      { '/Solutions/SO0111/member/version': 'v2.0.0' },
      'document-missing',
      'update the administrator stack',
    ],
    [
      'no version',
      { '/Solutions/SO0111/member/version': undefined },
      'document-missing',
      'update the member stack',
    ],
  ])('%s', async (_, changes, outcome, words) => {
    parameters(changes);
    expect(await start()).toMatchObject({
      status: 'ended',
      outcome,
      error: expect.stringContaining(words) as string,
    });
    expect(starts()).toBe(0);
  });
  it.each<readonly [string, object | Error, string]>([
    ['no document', named('InvalidDocument'), 'document-missing'],
    ['a document that may not be looked at', named('AccessDeniedException'), 'denied'],
    ['an answer without a document', {}, 'document-missing'],
    [
      'a document that failed',
      { Document: { Status: 'Failed', Owner: MEMBER, DocumentVersion: '7' } },
      'document-missing',
    ],
    [
      'a document of another account',
      { Document: { Status: 'Active', Owner: '999999999999', DocumentVersion: '7' } },
      'document-foreign',
    ],
  ])('%s', async (_, answer, outcome) => {
    if (answer instanceof Error) ssm.on(DescribeDocumentCommand).rejects(answer);
    else ssm.on(DescribeDocumentCommand).resolves(answer);
    expect(await start()).toMatchObject({ status: 'ended', outcome });
    expect(starts()).toBe(0);
  });
  it('a document that is being updated is waited for', async () => {
    ssm.on(DescribeDocumentCommand).resolves({ Document: { Status: 'Updating', Owner: MEMBER } });
    await expect(start()).rejects.toMatchObject({ name: 'Busy' });
  });
  it('the role', async () => {
    sts.on(AssumeRoleCommand).rejects(named('AccessDenied'));
    expect(await start()).toMatchObject({ status: 'ended', outcome: 'role-missing' });
  });
  it('the right to read the parameters of the member stack', async () => {
    ssm.on(GetParametersCommand).callsFake(({ Names }: { readonly Names: readonly string[] }) => {
      if (Names.some((name) => name.includes('/member/'))) throw named('AccessDeniedException');
      return { Parameters: Names.map((Name) => ({ Name, Value: SETTINGS[Name] })) };
    });
    expect(await start()).toMatchObject({ status: 'ended', outcome: 'denied' });
  });
});

describe('the decision right before the start', () => {
  it('sees the kill switch as it is now', async () => {
    memory.rows.set('*', { controlId: '*', paused: true });
    expect(await start()).toMatchObject({
      outcome: 'refused',
      decision: { verdict: 'deny', reason: 'paused' },
    });
    expect(starts()).toBe(0);
  });
  it('sees the settings as they are now, and what can not be read denies', async () => {
    parameters({ '/Solutions/SO0111/standards': '{"SC":"no"}' });
    expect(await start()).toMatchObject({ decision: { reason: 'standard-disabled' } });
    parameters({ '/ASR/Filters/TagFilterMode': undefined });
    expect(await start()).toMatchObject({ decision: { reason: 'settings-unreadable' } });
    expect(starts()).toBe(0);
  });
  it('sees exceptions and breakers that came since', async () => {
    const until = '2024-06-01T00:00:00.000Z';
    memory.breakers.set('EC2.2', { failures: [], openUntil: until });
    expect(await start()).toMatchObject({ decision: { verdict: 'hold', reason: 'breaker-open' } });
    expect(starts()).toBe(0);
  });
  it('judges the organizational units as the claim read them', async () => {
    parameters({
      '/ASR/Filters/OUFilterMode': 'Include',
      '/ASR/Filters/OUFilters': 'ou-abcd-12345678',
    });
    claimed({ unitPath: ['ou-abcd-12345678', 'r-abcd'] });
    expect(await start()).toMatchObject({ status: 'running' });
    claimed();
    expect(await start()).toMatchObject({ decision: { reason: 'filter-unknown' } });
  });
  it('lets the preview for an approver go on although the change needs an approval', async () => {
    memory.rows.set('EC2.2', { controlId: 'EC2.2', approval: 'always' });
    expect(await start({ phase: 'approval-preview' })).toMatchObject({ status: 'running' });
    renew();
    memory.rows.set('EC2.2', { controlId: 'EC2.2', approval: 'always' });
    expect(await start()).toMatchObject({
      outcome: 'refused',
      error: expect.stringContaining('set approval to always') as string,
    });
    expect(starts()).toBe(1);
  });
});

describe('tags of the resource', () => {
  const OWNED = {
    ResourceTagMappingList: [
      { ResourceARN: GROUP, Tags: [{ Key: 'aws:cloudformation:stack-name', Value: 'web' }] },
    ],
  };
  it('name the CloudFormation stack', async () => {
    tagging.on(GetResourcesCommand).resolves(OWNED);
    expect(await start()).toMatchObject({ status: 'running', stack: 'web' });
    expect(tagging.commandCalls(GetResourcesCommand)[0]?.args[0].input).toEqual({
      ResourceARNList: [GROUP],
    });
  });
  it('of the finding that name no stack prove nothing: the resource is asked', async () => {
    tagging.on(GetResourcesCommand).resolves(OWNED);
    memory.rows.set('EC2.2', { controlId: 'EC2.2', stackOwned: 'refuse' });
    expect(await start({ tags: { team: 'web' } })).toMatchObject({
      outcome: 'refused',
      decision: { reason: 'stack-owned' },
    });
  });
  it('of the finding are enough when they name a stack', async () => {
    expect(
      await start({ tags: { 'aws:cloudformation:stack-name': 'from-the-finding' } }),
    ).toMatchObject({ stack: 'from-the-finding' });
    expect(tagging.calls()).toHaveLength(0);
  });
  it('decide whether resources of stacks may be changed', async () => {
    tagging.on(GetResourcesCommand).resolves(OWNED);
    memory.rows.set('EC2.2', { controlId: 'EC2.2', stackOwned: 'refuse' });
    expect(await start()).toMatchObject({
      outcome: 'refused',
      stack: 'web',
      decision: { reason: 'stack-owned' },
    });
  });
  it('that can not be read don’t matter, unless somebody asks for them', async () => {
    tagging.on(GetResourcesCommand).rejects(named('AccessDeniedException'));
    expect(await start()).toMatchObject({ status: 'running' });
    parameters({ '/ASR/Filters/TagFilterMode': 'Exclude', '/ASR/Filters/TagFilters': 'keep' });
    expect(await start()).toMatchObject({ decision: { reason: 'filter-unknown' } });
  });
  it.each([
    [GROUP, 'running'],
    ['arn:aws:s3:::bucket', 'running'],
    [`arn:aws:iam::${MEMBER}:role/a`, 'ended'],
    [`arn:aws:autoscaling:eu-west-1:${MEMBER}:autoScalingGroup:1:autoScalingGroupName/a`, 'ended'],
    [`arn:aws:cloudfront::${MEMBER}:distribution/A`, 'ended'],
    [`AWS::::Account:${MEMBER}`, 'ended'],
  ])('%s: an empty answer means no tags only where it can', async (resource, status) => {
    parameters({ '/ASR/Filters/TagFilterMode': 'Exclude', '/ASR/Filters/TagFilters': 'keep' });
    const made = attempt({ resource, mode: 'Preview' });
    memory.attempts.set(ID, made);
    expect(await start()).toMatchObject({ status });
  });
});

describe('parameters of the control', () => {
  const ports = {
    control: 'EC2.18',
    remediation: 'CloseOtherPorts',
    document: 'ASR-CloseOtherPorts',
    parametersToRead: { TcpPorts: 'authorizedTcpPorts' },
  } as const;
  const answer = (Parameters: object): void => {
    hub.on(BatchGetSecurityControlsCommand).resolves({
      SecurityControls: [{ SecurityControlId: 'EC2.18', Parameters }] as never,
    });
  };
  it("are read from Security Hub in the resource's account and Region", async () => {
    answer({ authorizedTcpPorts: { ValueType: 'CUSTOM', Value: { IntegerList: [443, 8443] } } });
    await start(ports);
    expect(started()?.Parameters?.['TcpPorts']).toEqual(['443', '8443']);
    const [call] = hub.commandCalls(BatchGetSecurityControlsCommand);
    expect(call?.args[0].input).toEqual({ SecurityControlIds: ['EC2.18'] });
    expect(await call?.thisValue.config.region()).toBe('eu-west-1');
  });
  it("are empty lists, or the document's own, where nobody set them", async () => {
    answer({ authorizedTcpPorts: { ValueType: 'DEFAULT' } });
    await start(ports);
    expect(started()?.Parameters?.['TcpPorts']).toEqual([]);
    hub.on(BatchGetSecurityControlsCommand).resolves({
      SecurityControls: [
        {
          SecurityControlId: 'S3.99',
          Parameters: { targetExpirationDays: { ValueType: 'CUSTOM', Value: { Integer: 30 } } },
        },
      ] as never,
    });
    renew();
    ssm.resetHistory();
    await start({
      control: 'S3.99',
      remediation: 'EmptyBucket',
      document: 'ASR-EmptyBucket',
      mode: 'Preview',
      parametersToRead: { Days: 'targetExpirationDays', Class: 'targetClass' },
    });
    expect(started()?.Parameters).toMatchObject({ Days: ['30'] });
    expect(started()?.Parameters).not.toHaveProperty('Class');
  });
  it.each<readonly [string, object | Error]>([
    ['Security Hub refuses', named('AccessDeniedException')],
    ['Security Hub is off there', named('InvalidAccessException')],
    [
      'the control is unknown there',
      {
        SecurityControls: [],
        UnprocessedIds: [{ SecurityControlId: 'EC2.18', ErrorCode: 'NOT_FOUND' }],
      },
    ],
    [
      'the value is of a new type',
      {
        SecurityControls: [
          {
            SecurityControlId: 'EC2.18',
            Parameters: { authorizedTcpPorts: { Value: { Range: { From: 1 } } } },
          },
        ],
      },
    ],
  ])('that stay unknown start nothing: %s', async (_, given) => {
    const on = hub.on(BatchGetSecurityControlsCommand);
    if (given instanceof Error) on.rejects(given);
    else on.resolves(given);
    expect(await start(ports)).toMatchObject({ status: 'ended', outcome: 'parameters-unknown' });
    expect(starts()).toBe(0);
  });
  it('that the document does not take start nothing', async () => {
    answer({ authorizedTcpPorts: { ValueType: 'CUSTOM', Value: { StringList: ['{{ x }}'] } } });
    expect(await start(ports)).toMatchObject({ status: 'ended', outcome: 'refused' });
    expect(starts()).toBe(0);
  });
});
