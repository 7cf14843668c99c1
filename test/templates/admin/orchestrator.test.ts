import { createRequire } from 'node:module';
import { BatchUpdateFindingsCommand, SecurityHubClient } from '@aws-sdk/client-securityhub';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import {
  GetAutomationExecutionCommand,
  GetParametersCommand,
  SSMClient,
  StartAutomationExecutionCommand,
} from '@aws-sdk/client-ssm';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { TemplateFile } from '../../../generator/emit/types.ts';
import { ExecutionFailed, runMachine } from './asl.ts';
import type { Machine, World } from './asl.ts';
import { loadBundle } from './bundles.ts';
import { emitted, propertyOf } from './emitted.ts';
import { ACTION, ADMIN, finding, PREVIEW } from './fixtures.ts';

// Compiling everything takes seconds on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const validateDefinition = createRequire(import.meta.url)('asl-validator') as (
  definition: unknown,
) => { readonly errors: readonly unknown[] };

/*
 * The state machine and the functions exactly as the template carries them. Event delivery, Lambda and the AWS calls
 * behind the clients are played here: the emulator has no Automation, no BatchUpdateFindings and no such rules.
 */
const [ssm, sts, hub, sns] = [
  mockClient(SSMClient),
  mockClient(STSClient),
  mockClient(SecurityHubClient),
  mockClient(SNSClient),
];
let file: TemplateFile;
let machine: Machine;
let world: World;
let waits: number[] = [];

beforeAll(async () => {
  file = await emitted();
  const text = String(propertyOf(file, 'Orchestrator', 'DefinitionString', 'Fn::Sub'));
  machine = JSON.parse(
    text.replaceAll(/\$\{(\w+)\.Arn\}/gu, '$1').replaceAll('${AWS::Partition}', 'aws'),
  ) as Machine;
  const environment = {
    SOLUTION_ID: 'SO0111',
    PARTITION: 'aws',
    ADMIN_ACCOUNT: ADMIN,
    AWS_REGION: 'us-east-1',
    TOPIC_ARN: 'topic',
    METRICS: 'no',
  };
  const functions = Object.fromEntries(
    ['StartFunction', 'CheckFunction', 'FinishFunction'].map((id) => [
      id,
      loadBundle(file, id, environment),
    ]),
  );
  world = {
    functions,
    waited: (seconds) => waits.push(seconds),
    execution: `arn:aws:states:us-east-1:${ADMIN}:execution:SO0111-ASR-Orchestrator:one`,
  };
}, 60_000);

const VALUES: Readonly<Record<string, string>> = {
  '/Solutions/SO0111/standards': '{"SC":"yes"}',
  '/ASR/Filters/AccountFilters': 'none',
  '/ASR/Filters/AccountFilterMode': 'Disabled',
  '/ASR/Filters/OUFilters': 'none',
  '/ASR/Filters/OUFilterMode': 'Disabled',
  '/ASR/Filters/TagFilters': 'none',
  '/ASR/Filters/TagFilterMode': 'Disabled',
  '/Solutions/SO0111/member/admin-account': ADMIN,
  '/Solutions/SO0111/member/namespace': 'shtest',
};

const done = (outcome: string): object => ({
  AutomationExecutionStatus: outcome === 'failed' ? 'Failed' : 'Success',
  Outputs: { 'Result.Outcome': [outcome] },
});
const named = (name: string): Error => Object.assign(new Error(name), { name });

beforeEach(() => {
  // The functions' own log.
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  waits = [];
  for (const mock of [ssm, sts, hub, sns]) mock.reset();
  sts.on(AssumeRoleCommand).resolves({
    Credentials: {
      AccessKeyId: 'a',
      SecretAccessKey: 'b',
      SessionToken: 'c',
      Expiration: new Date(0),
    },
  });
  ssm.on(GetParametersCommand).callsFake(({ Names }: { readonly Names: readonly string[] }) => ({
    Parameters: Names.map((Name) => ({ Name, Value: VALUES[Name] })),
  }));
  ssm.on(StartAutomationExecutionCommand).resolves({ AutomationExecutionId: 'automation' });
  ssm
    .on(GetAutomationExecutionCommand)
    .resolvesOnce({ AutomationExecution: { AutomationExecutionStatus: 'InProgress' } })
    .resolves({ AutomationExecution: done('changed') });
  hub.on(BatchUpdateFindingsCommand).resolves({ ProcessedFindings: [], UnprocessedFindings: [] });
  sns.on(PublishCommand).resolves({});
});

const select = async (findings: readonly unknown[], action = ACTION): Promise<unknown> =>
  runMachine(
    machine,
    {
      source: 'aws.securityhub',
      resources: [action],
      detail: { actionName: 'Remediate with ASR', findings },
    },
    world,
  );
const statuses = (): readonly unknown[] =>
  hub.commandCalls(BatchUpdateFindingsCommand).map((call) => call.args[0].input.Workflow?.Status);

describe('the definition', () => {
  it('is valid Amazon States Language, without dangling or unreachable states', () => {
    const definition = String(propertyOf(file, 'Orchestrator', 'DefinitionString', 'Fn::Sub'));
    const inAws: unknown = JSON.parse(definition.replaceAll('${AWS::Partition}', 'aws'));
    expect(validateDefinition(inAws).errors).toEqual([]);
  });
  it('names only functions of the template', () => {
    const text = String(propertyOf(file, 'Orchestrator', 'DefinitionString', 'Fn::Sub'));
    const references = new Set(
      [...text.matchAll(/\$\{([^}]+)\}/gu)].map((match) => match[1] ?? ''),
    );
    expect([...references].toSorted()).toEqual([
      'AWS::Partition',
      'CheckFunction.Arn',
      'FinishFunction.Arn',
      'StartFunction.Arn',
    ]);
  });
});

describe('a finding that a person selects', () => {
  it('is remediated, verified and resolved', async () => {
    await select([finding()]);
    expect(ssm.commandCalls(StartAutomationExecutionCommand)[0]?.args[0].input).toMatchObject({
      DocumentName: 'ASR-RemoveVPCDefaultSecurityGroupRules',
      Parameters: { Mode: ['Remediate'], ControlId: ['EC2.2'] },
    });
    expect(waits).toEqual([10, 10]);
    expect(statuses()).toEqual(['RESOLVED']);
    expect(sns.calls()).toHaveLength(1);
  });
  it('is only previewed with the other action', async () => {
    ssm.on(GetAutomationExecutionCommand).resolves({ AutomationExecution: done('would-change') });
    await select([finding()], PREVIEW);
    expect(
      ssm.commandCalls(StartAutomationExecutionCommand)[0]?.args[0].input.Parameters?.['Mode'],
    ).toEqual(['Preview']);
    expect(statuses()).toEqual([undefined]);
  });
  it('is marked NOTIFIED when the fix fails', async () => {
    ssm.on(GetAutomationExecutionCommand).resolves({ AutomationExecution: done('failed') });
    await select([finding()]);
    expect(statuses()).toEqual(['NOTIFIED']);
  });
  it('is marked NOTIFIED when it is refused, and nothing starts', async () => {
    await select([
      finding({ GeneratorId: 'security-control/EC2.999', Compliance: { Status: 'FAILED' } }),
    ]);
    expect(ssm.commandCalls(StartAutomationExecutionCommand)).toHaveLength(0);
    expect(statuses()).toEqual(['NOTIFIED']);
  });
  it('is started once although AWS throttles at first, with one client token', async () => {
    ssm
      .on(StartAutomationExecutionCommand)
      .rejectsOnce(named('ThrottlingException'))
      .resolves({ AutomationExecutionId: 'automation' });
    await select([finding()]);
    const tokens = ssm
      .commandCalls(StartAutomationExecutionCommand)
      .map((call) => call.args[0].input.ClientToken);
    expect(tokens).toHaveLength(2);
    expect(new Set(tokens).size).toBe(1);
    expect(statuses()).toEqual(['RESOLVED']);
  });
  it('is marked NOTIFIED when its start or its check breaks', async () => {
    ssm
      .on(StartAutomationExecutionCommand)
      .rejectsOnce(named('Strange'))
      .resolves({ AutomationExecutionId: 'automation' });
    await select([finding()]);
    ssm.on(GetAutomationExecutionCommand).rejects(named('AccessDeniedException'));
    await select([finding()]);
    expect(statuses()).toEqual(['NOTIFIED', 'NOTIFIED']);
  });
});

describe('several findings in one event', () => {
  it('go their own ways: a hostile one stays untouched, the other is fixed', async () => {
    await select([
      finding({
        ProductArn: 'arn:aws:securityhub:eu-west-1:111122223333:product/111122223333/default',
      }),
      finding(),
    ]);
    expect(statuses()).toEqual(['RESOLVED']);
    expect(sns.calls()).toHaveLength(2);
  });
  it('fail the execution at its end when one result could not be recorded', async () => {
    hub
      .on(BatchUpdateFindingsCommand)
      .rejectsOnce(named('AccessDeniedException'))
      .resolves({ ProcessedFindings: [], UnprocessedFindings: [] });
    await expect(select([finding(), finding()])).rejects.toThrow(ExecutionFailed);
    expect(sns.calls()).toHaveLength(2);
  });
});
