import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStackResourceCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import type { StackEvent } from '@aws-sdk/client-cloudformation';
import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import {
  CreateDocumentCommand,
  DeleteDocumentCommand,
  DescribeDocumentCommand,
  GetAutomationExecutionCommand,
  GetDocumentCommand,
  GetParameterCommand,
  PutParameterCommand,
  SSMClient,
  StartAutomationExecutionCommand,
  StopAutomationExecutionCommand,
} from '@aws-sdk/client-ssm';
import type { AutomationExecution } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { CHECKS } from './checks.ts';
import { CLAIMS } from './claims.ts';
import { createClients } from './clients.ts';
import { FACTS_SCRIPT } from './documents.ts';
import { newNames, roleArn } from './names.ts';
import { parseOptions } from './options.ts';
import { runProof } from './run-proof.ts';
import type { ProofInput } from './run-proof.ts';
import { compileProofUnit, proofTemplate } from './stack.ts';

const ACCOUNT = '012345678901';
const place = { account: ACCOUNT, partition: 'aws', region: 'eu-west-1' };
const names = newNames('0a1b2c3d');
const cloudformation = mockClient(CloudFormationClient);
const iam = mockClient(IAMClient);
const ssm = mockClient(SSMClient);
const sts = mockClient(STSClient);

function named(name: string, message = name): Error {
  return Object.assign(new Error(message), { name });
}

let printed: string[] = [];
let asked: string[] = [];

/** Runs the proof against the mocks. */
async function prove(args: readonly string[], changes: Partial<ProofInput> = {}): Promise<number> {
  return runProof({
    clients: createClients('eu-west-1'),
    options: parseOptions(args),
    names,
    templates: { first: '{"edition":1}', second: '{"edition":2}' },
    patience: { sleep: async () => {}, signal: new AbortController().signal },
    print: (text) => void printed.push(text),
    ask: async (question) => {
      asked.push(question);
      return ACCOUNT;
    },
    ...changes,
  });
}

const CONFIRMED = ['--account', ACCOUNT, '--yes'];

/** What AWS answers when every claim holds. */
function obedientAws(): void {
  const role = roleArn(place, names.role);
  const facts = {
    python: '3.11.9',
    boto3: '1.34.0',
    jmespath: '1.0.1',
    region: 'eu-west-1',
    caller: `arn:aws:sts::${ACCOUNT}:assumed-role/${names.role}/x`,
    payload: { Text: '', List: [], Braces: '{{ global:ACCOUNT_ID }}' },
  };
  let value = 'first';
  cloudformation.on(CreateStackCommand).resolves({});
  cloudformation.on(UpdateStackCommand).callsFake(() => {
    cloudformation.on(DescribeStacksCommand).resolves({ Stacks: [stack('UPDATE_COMPLETE')] });
    return {};
  });
  cloudformation.on(DescribeStacksCommand).resolves({ Stacks: [stack('CREATE_COMPLETE')] });
  cloudformation
    .on(DescribeStackResourceCommand)
    .resolves({ StackResourceDetail: { ...detail, PhysicalResourceId: names.documents.facts } });
  cloudformation.on(DescribeStackEventsCommand).resolves({ StackEvents: events(10, 20) });
  ssm.on(GetDocumentCommand).resolves({
    Content: JSON.stringify({
      parameters: { AutomationAssumeRole: { allowedPattern: `^${role}$` } },
      mainSteps: [{ inputs: { Script: FACTS_SCRIPT } }],
    }),
  });
  ssm.on(CreateDocumentCommand).resolves({});
  ssm.on(PutParameterCommand).callsFake((input: { readonly Value: string }) => {
    value = input.Value;
    return {};
  });
  ssm.on(GetParameterCommand).callsFake(() => ({ Parameter: { Value: value } }));
  ssm.on(StartAutomationExecutionCommand).callsFake((input: StartInput) => {
    const mode = input.Parameters['Mode']?.[0];
    if (input.Parameters['AutomationAssumeRole']?.[0] !== role)
      throw named('InvalidAutomationExecutionParametersException');
    if (input.DocumentName === names.documents.facts) return { AutomationExecutionId: 'facts' };
    if (input.Parameters['ParameterName']?.[0] !== names.parameter)
      return { AutomationExecutionId: 'failing' };
    value = mode === 'Undo' ? 'first' : 'waiting';
    return { AutomationExecutionId: mode === 'Undo' ? 'undo' : 'change' };
  });
  const executions: Readonly<Record<string, AutomationExecution>> = {
    facts: result('Success', {
      Facts: [JSON.stringify(facts)],
      Empty: [''],
      Nothing: [],
      Large: ['x'.repeat(20_000)],
      Chunks: Array.from({ length: 45 }, () => 'y'.repeat(512)),
    }),
    change: result('Success', { Outcome: ['changed'], State: ['abc'] }),
    undo: result('Success', { Outcome: ['undone'] }),
    failing: result('Failed', { Outcome: ['failed'], Error: ['refused: ParameterNotFound'] }),
  };
  ssm
    .on(GetAutomationExecutionCommand)
    .callsFake(({ AutomationExecutionId: id }: { readonly AutomationExecutionId: string }) => ({
      AutomationExecution: executions[id],
    }));
  ssm
    .on(DescribeDocumentCommand)
    .resolves({ Document: { DefaultVersion: '2', LatestVersion: '2' } });
  allIsGoneAfterDeletion();
}

/** What the stack did to its two documents, at these times. */
function events(complete: number, begin: number): StackEvent[] {
  const event = { StackId: 'id', EventId: 'id', StackName: names.stack } as const;
  return [
    {
      ...event,
      LogicalResourceId: 'FactsDocument',
      ResourceStatus: 'CREATE_IN_PROGRESS',
      Timestamp: new Date(begin),
    },
    {
      ...event,
      LogicalResourceId: 'WaitDocument',
      ResourceStatus: 'CREATE_COMPLETE',
      Timestamp: new Date(complete),
    },
  ];
}

interface StartInput {
  readonly DocumentName: string;
  readonly Parameters: Readonly<Record<string, readonly string[]>>;
}

const detail = {
  LogicalResourceId: 'FactsDocument',
  ResourceType: 'AWS::SSM::Document',
  LastUpdatedTimestamp: new Date(0),
  ResourceStatus: 'UPDATE_COMPLETE',
} as const;

function stack(status: 'CREATE_COMPLETE' | 'ROLLBACK_COMPLETE' | 'UPDATE_COMPLETE') {
  return { StackName: names.stack, CreationTime: new Date(0), StackStatus: status };
}

function result(
  status: 'Success' | 'Failed',
  outputs: Readonly<Record<string, string[]>>,
): AutomationExecution {
  return {
    AutomationExecutionStatus: status,
    StepExecutions: [{ StepName: 'Result', Outputs: outputs }],
  };
}

function allIsGoneAfterDeletion(): void {
  cloudformation.on(DeleteStackCommand).callsFake(() => {
    cloudformation.on(DescribeStacksCommand).rejects(named('ValidationError', 'does not exist'));
    iam.on(GetRoleCommand).rejects(named('NoSuchEntityException'));
    ssm.on(DescribeDocumentCommand).rejects(named('InvalidDocument'));
    ssm.on(GetParameterCommand).rejects(named('ParameterNotFound'));
    return {};
  });
  ssm.on(DeleteDocumentCommand).resolves({});
  ssm.on(StopAutomationExecutionCommand).resolves({});
}

beforeEach(() => {
  for (const mock of [cloudformation, iam, ssm, sts]) mock.reset();
  sts
    .on(GetCallerIdentityCommand)
    .resolves({ Account: ACCOUNT, Arn: `arn:aws:sts::${ACCOUNT}:assumed-role/admin/me` });
  iam.on(GetRoleCommand).resolves({});
  printed = [];
  asked = [];
  obedientAws();
});

describe('before anything is made', () => {
  it('refuses another account than the one named, without asking', async () => {
    expect(await prove(['--account', '111122223333'])).toBe(2);
    expect(printed.join('\n')).toContain('belong to account 012345678901, not to 111122223333');
    expect(asked).toStrictEqual([]);
    expectUntouched();
  });

  it.each([['no'], [''], ['yes'], ['111122223333']])('takes "%s" for a refusal', async (answer) => {
    expect(await prove([], { ask: async () => answer })).toBe(2);
    expectUntouched();
  });

  it('refuses when there is nobody to ask', async () => {
    expect(await prove(['--account', ACCOUNT], { ask: async () => undefined })).toBe(2);
    expect(printed.join('\n')).toContain('Give --account and --yes.');
    expectUntouched();
  });

  it('says account, Region and everything it creates before it asks', async () => {
    await prove([], {
      ask: async () => {
        asked.push(printed.join('\n'));
        return 'no';
      },
    });
    for (const name of [ACCOUNT, 'eu-west-1', names.stack, names.role, names.parameter])
      expect(asked[0]).toContain(name);
    for (const name of Object.values(names.documents)) expect(asked[0]).toContain(name);
  });

  it.each([
    [['--yes'], '--yes needs --account.'],
    [['--account', '1234'], '--account 1234: an account id has 12 digits.'],
    [['--acount', ACCOUNT], "Unknown option '--acount'"],
  ])('refuses the command line %j', (args, message) => {
    expect(() => parseOptions(args)).toThrow(message);
  });

  function expectUntouched(): void {
    for (const mock of [cloudformation, iam, ssm]) expect(mock.calls()).toHaveLength(0);
  }
});

describe('a run', () => {
  it('checks every claim, cleans up and says so', async () => {
    expect(await prove(CONFIRMED)).toBe(0);
    const text = printed.join('\n');
    for (const claim of Object.keys(CLAIMS))
      expect(text).toMatch(new RegExp(`holds +${claim} `, 'u'));
    expect(printed.at(-1)).toBe('Nothing is left.');
    expect(cloudformation.commandCalls(DeleteStackCommand)[0]?.args[0].input).toStrictEqual({
      StackName: names.stack,
    });
  });

  it('has one check for every claim', () => {
    const checked = CHECKS.flatMap(({ claims }) => claims);
    expect(checked.toSorted()).toStrictEqual(Object.keys(CLAIMS).toSorted());
  });

  it('fails when one claim does not hold, and still checks the others', async () => {
    ssm.on(GetDocumentCommand).resolves({ Content: '{}' });
    expect(await prove(CONFIRMED)).toBe(1);
    const text = printed.join('\n');
    expect(text).toMatch(/fails +content-resolved/u);
    expect(text).toMatch(/fails +script-joined/u);
    expect(text).toMatch(/holds +new-version/u);
    expect(printed.at(-1)).toBe('Nothing is left.');
  });

  it('fails when documents are created side by side', async () => {
    cloudformation.on(DescribeStackEventsCommand).resolves({ StackEvents: events(20, 10) });
    expect(await prove(CONFIRMED)).toBe(1);
    expect(printed.join('\n')).toMatch(/fails +metadata-edge/u);
  });

  it('takes two executions for one client token as a failed claim, and stops both', async () => {
    let id = 'facts';
    ssm
      .on(StartAutomationExecutionCommand, {
        DocumentName: names.documents.facts,
        Parameters: { AutomationAssumeRole: [roleArn(place, names.role)] },
      })
      .callsFake(() => {
        const started = { AutomationExecutionId: id };
        id = 'twice';
        return started;
      });
    expect(await prove(CONFIRMED)).toBe(1);
    expect(printed.join('\n')).toMatch(/fails +client-token/u);
    const stopped = ssm
      .commandCalls(StopAutomationExecutionCommand)
      .map(({ args }) => args[0].input.AutomationExecutionId);
    expect(stopped).toEqual(expect.arrayContaining(['facts', 'twice']));
  });
});

describe('clean-up', () => {
  it('follows a stack that could not be created', async () => {
    cloudformation.on(DescribeStacksCommand).resolves({ Stacks: [stack('ROLLBACK_COMPLETE')] });
    expect(await prove(CONFIRMED)).toBe(1);
    expect(printed.join('\n')).toContain(`Stack ${names.stack} is ROLLBACK_COMPLETE`);
    expect(cloudformation.commandCalls(DeleteStackCommand)).toHaveLength(1);
    expect(ssm.commandCalls(StartAutomationExecutionCommand)).toHaveLength(0);
  });

  it('follows a request that nobody answered: the stack may be there', async () => {
    cloudformation.on(CreateStackCommand).rejects(named('TimeoutError'));
    expect(await prove(CONFIRMED)).toBe(1);
    expect(cloudformation.commandCalls(DeleteStackCommand)).toHaveLength(1);
  });

  it('follows an error in a check, and stops what runs', async () => {
    ssm
      .on(GetAutomationExecutionCommand)
      .rejects(named('AccessDeniedException', 'not allowed to look'));
    expect(await prove(CONFIRMED)).toBe(1);
    expect(printed.join('\n')).toMatch(/unknown +role-trust/u);
    const stopped = ssm
      .commandCalls(StopAutomationExecutionCommand)
      .map(({ args }) => args[0].input);
    expect(stopped).toContainEqual({ AutomationExecutionId: 'facts', Type: 'Cancel' });
    expect(cloudformation.commandCalls(DeleteStackCommand)).toHaveLength(1);
  });

  it('follows Ctrl-C, whose exit code says so', async () => {
    const stop = new AbortController();
    const sleep = async (): Promise<void> => stop.abort();
    ssm.on(GetParameterCommand).resolves({ Parameter: { Value: 'first' } });
    expect(await prove(CONFIRMED, { patience: { sleep, signal: stop.signal } })).toBe(130);
    expect(cloudformation.commandCalls(DeleteStackCommand)).toHaveLength(1);
    expect(ssm.commandCalls(DeleteDocumentCommand)).toHaveLength(1);
    expect(printed.at(-1)).toBe('Nothing is left.');
  });

  it('names what is left when the stack cannot be deleted', async () => {
    cloudformation.on(DeleteStackCommand).rejects(named('AccessDenied', 'may not delete'));
    expect(await prove(CONFIRMED)).toBe(1);
    const last = printed.at(-1) ?? '';
    expect(last).toContain('may not delete');
    expect(last).toContain(`role ${names.role} is still there`);
    expect(last).toContain(`parameter ${names.parameter} is still there`);
  });

  it('goes on when a running automation cannot be stopped', async () => {
    ssm.on(StopAutomationExecutionCommand).rejects(named('AutomationExecutionNotFoundException'));
    expect(await prove(CONFIRMED)).toBe(0);
    expect(cloudformation.commandCalls(DeleteStackCommand)).toHaveLength(1);
  });
});

describe('what is deployed', () => {
  it('is compiled by this project, fits a request, and has a loop', async () => {
    const unit = await compileProofUnit();
    const [first, second] = ([1, 2] as const).map((edition) => proofTemplate(unit, names, edition));
    expect(Buffer.byteLength(first ?? '')).toBeLessThanOrEqual(51_200);
    expect(second?.replaceAll('edition 2', 'edition 1')).toBe(first);
    const steps = unit.document.mainSteps.map(({ action }) => action);
    expect(steps).toStrictEqual(['aws:loop', 'aws:executeScript', 'aws:executeScript']);
    expect(unit.roleStem).toBe('ASRPROOF-ProofWait');
  });
});
