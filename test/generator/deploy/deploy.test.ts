import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DescribeChangeSetCommand, GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import { describe, expect, it } from 'vitest';
import { added, deployed, NEW, template, YES, setScene } from './deploy-scene.ts';
import { writeBuild } from './deploy-support.ts';
import { awsError, CHANGE_SET_ID, STACK_ID } from './staged-stack.ts';
import type { Situation } from './staged-stack.ts';

const { calls, deploy, dist, inputs, run, stage } = setScene();

describe('a new stack', () => {
  it('is shown, confirmed, followed and its outputs printed', async () => {
    const { code, out, err, questions } = await deploy(
      {
        changes: added,
        events: [
          ['Name', 'CREATE_IN_PROGRESS'],
          ['Name', 'CREATE_IN_PROGRESS', 'Resource creation Initiated'],
          ['Name', 'CREATE_COMPLETE'],
        ],
        outputs: { Table: 'table-1', OrchestratorArn: 'arn:o' },
      },
      YES,
      ...NEW,
    );
    expect(code).toBe(0);
    expect(questions).toEqual(['Deploy this to account 111122223333, Region eu-west-1? [y/N] ']);
    expect(err).toBe(
      `New stack automated-security-response-member in account 111122223333, Region eu-west-1, version 1.2.3

Parameters
  + LoadAFSBPMemberStack = no
  + Namespace = shtest
  + ReuseOrchestratorLogGroup = no

Resources
  + Name  AWS::SSM::Parameter

1 added, 0 changed, 0 replaced, 0 removed.

03:04:05  CREATE_IN_PROGRESS  Name  AWS::SSM::Parameter
03:04:07  CREATE_COMPLETE     Name  AWS::SSM::Parameter
03:05:43  CREATE_COMPLETE     the stack
automated-security-response-member is deployed (CREATE_COMPLETE).
`,
    );
    expect(out).toBe('Table            table-1\nOrchestratorArn  arn:o\n');
  });

  it('is asked for with a change set that nobody can mistake, and rolled back when it fails', async () => {
    await deploy({ changes: added }, YES, ...NEW, '-p', 'LoadAFSBPAdminStack=yes');
    expect(inputs('CreateChangeSet')).toEqual([
      {
        StackName: 'automated-security-response-member',
        ChangeSetName: 'asr-1-2-3-mydu8adk',
        ClientToken: 'asr-1-2-3-mydu8adk',
        ChangeSetType: 'CREATE',
        Description: 'asr deploy member, version 1.2.3',
        Parameters: [
          { ParameterKey: 'Namespace', ParameterValue: 'shtest' },
          { ParameterKey: 'LoadAFSBPMemberStack', ParameterValue: 'yes' },
        ],
        TemplateBody: JSON.stringify(template),
      },
    ]);
    expect(inputs('ExecuteChangeSet')).toEqual([
      {
        ChangeSetName: CHANGE_SET_ID,
        ClientRequestToken: 'asr-deploy-mydu8adk',
        DisableRollback: false,
      },
    ]);
  });

  it.each([['no'], [''], ['yes please']])(
    'is not made after the answer "%s"; nothing stays',
    async (answer) => {
      const { code, err } = await deploy({ changes: added }, { answers: [answer] }, ...NEW);
      expect(code).toBe(1);
      expect(err).toMatch(/Nothing was changed\.\n$/u);
      expect(inputs('ExecuteChangeSet')).toEqual([]);
      expect(inputs('DeleteChangeSet')).toEqual([{ ChangeSetName: CHANGE_SET_ID }]);
      expect(inputs('DeleteStack')).toMatchObject([{ StackName: STACK_ID }]);
    },
  );

  it('is made without a question with --yes, also without a terminal', async () => {
    const { code, questions } = await deploy({ changes: added }, {}, ...NEW, '--yes');
    expect({ code, questions }).toEqual({ code: 0, questions: [] });
  });

  it('is not made without a terminal and without --yes', async () => {
    const { code, err } = await deploy({ changes: added }, {}, ...NEW);
    expect(code).toBe(2);
    expect(err).toBe(
      'There is no terminal to ask on. Look with asr diff, then deploy with --yes.\n',
    );
    expect(calls()).toBe(0);
  });
});

describe('bad parameters', () => {
  it.each([
    [['-p', 'Namespace=UPPER'], `Namespace can't be "UPPER".`],
    [['-p', 'Namespac=a'], 'Did you mean Namespace?'],
    [['-p', 'Namespace'], 'Write Name=value.'],
  ])('%j end before any call to AWS', async (args, problem) => {
    const { code, err } = await deploy({ changes: added }, YES, ...args);
    expect(code).toBe(2);
    expect(err).toContain(problem);
    expect(calls()).toBe(0);
  });

  it('in a file end with their place, before any call to AWS', async () => {
    const file = join(dist, 'stacks.yaml');
    writeFileSync(file, 'member:\n  Namespace: UPPER\n');
    const { code, err } = await deploy({}, YES, '--parameters', file);
    expect(code).toBe(1);
    expect(err).toContain(`${file}:2:3: Namespace can't be "UPPER".`);
    expect(calls()).toBe(0);
  });

  it.each([
    [[], 'Namespace has no value. Add --parameter Namespace=<value>.'],
    [['-p', 'Namespace=forbidden'], 'This Namespace is forbidden.'],
  ])('that need a look at the stack end before anything is made: %j', async (args, problem) => {
    const { code, err } = await deploy({}, YES, ...args);
    expect(code).toBe(1);
    expect(err).toContain(problem);
    expect(inputs('CreateChangeSet')).toEqual([]);
  });

  it('are no problem in a file that is right', async () => {
    const file = join(dist, 'stacks.yaml');
    writeFileSync(file, 'member:\n  Namespace: shtest\n');
    expect((await deploy({ changes: added }, YES, '--parameters', file)).code).toBe(0);
  });
});

describe('an update', () => {
  const situation: Situation = { stack: deployed, changes: added, end: 'UPDATE_COMPLETE' };

  it('keeps the values that are not given', async () => {
    const { code } = await deploy(situation, YES, '-p', 'LoadAFSBPMemberStack=yes');
    expect(code).toBe(0);
    expect(inputs('CreateChangeSet')).toMatchObject([
      {
        ChangeSetType: 'UPDATE',
        Parameters: [
          { ParameterKey: 'Namespace', UsePreviousValue: true },
          { ParameterKey: 'LoadAFSBPMemberStack', ParameterValue: 'yes' },
        ],
      },
    ]);
  });

  it('that is declined leaves the stack alone', async () => {
    const { code } = await deploy(situation, { answers: ['n'] });
    expect(code).toBe(1);
    expect(inputs('DeleteChangeSet')).toHaveLength(1);
    expect(inputs('DeleteStack')).toEqual([]);
  });

  it.each([
    [
      "The submitted information didn't contain changes. Submit different information to create a change set.",
    ],
    ['No updates are to be performed.'],
  ])('without changes has nothing to do: %s', async (reason) => {
    const { code, err, questions } = await deploy({
      ...situation,
      changeSet: { status: 'FAILED', reason },
    });
    expect({ code, questions }).toEqual({ code: 0, questions: [] });
    expect(err).toBe(
      'automated-security-response-member is as the build wants it. Nothing to do.\n',
    );
    expect(inputs('DeleteChangeSet')).toHaveLength(1);
  });

  it('of outputs alone says that no resource changes', async () => {
    const { err } = await deploy(
      { ...situation, changes: [] },
      YES,
      '-p',
      'LoadAFSBPMemberStack=no',
      '-p',
      'ReuseOrchestratorLogGroup=no',
    );
    expect(err).toContain('LoadAFSBPMemberStack = no');
    const all = ['LoadAFSBPMemberStack', 'ReuseOrchestratorLogGroup'].map((ParameterKey) => ({
      ParameterKey,
      ParameterValue: 'no',
    }));
    const stack = { ...deployed, Parameters: [...deployed.Parameters, ...all] };
    expect((await deploy({ ...situation, stack, changes: [] })).err).toContain(
      'No resource and no parameter changes',
    );
  });

  it('shows what roles gain and lose', async () => {
    const role = (Action: string) => ({
      Type: 'AWS::IAM::Role',
      Properties: {
        Policies: [{ PolicyDocument: { Statement: [{ Effect: 'Allow', Action, Resource: '*' }] } }],
      },
    });
    const folder = writeBuild({
      member: { ...template, Resources: { Role: role('s3:PutObject') } },
    });
    const change = {
      Action: 'Modify' as const,
      LogicalResourceId: 'Role',
      ResourceType: 'AWS::IAM::Role',
      Details: [{ Target: { Attribute: 'Properties' as const, Name: 'Policies' } }],
    };
    const { err } = await deploy(
      {
        ...situation,
        template: { Resources: { Role: role('s3:GetObject') } },
        changes: [{ ResourceChange: change }],
      },
      YES,
      ...['--dist', folder],
    );
    rmSync(folder, { recursive: true });
    expect(err).toContain(
      `Permissions (IAM)
  ~ Role  AWS::IAM::Role  Policies
      gains s3:PutObject on *
      loses s3:GetObject on *`,
    );
    expect(inputs('CreateChangeSet')).toMatchObject([{ Capabilities: ['CAPABILITY_NAMED_IAM'] }]);
  });

  it('goes on when the deployed template may not be read, and says what is not known then', async () => {
    const staged = stage(situation);
    staged.cloudFormation
      .on(GetTemplateCommand)
      .rejects(awsError('AccessDenied', 'not authorized to perform: cloudformation:GetTemplate'));
    const { code, err } = await run(YES);
    expect(code).toBe(0);
    expect(err).toContain('what roles are allowed now is not known');
  });

  it('has a change set of several pages', async () => {
    const staged = stage(situation);
    const page = (LogicalResourceId: string) => ({
      Status: 'CREATE_COMPLETE' as const,
      Changes: [
        { ResourceChange: { Action: 'Add' as const, LogicalResourceId, ResourceType: 'T' } },
      ],
    });
    staged.cloudFormation
      .on(DescribeChangeSetCommand)
      .resolvesOnce({ Status: 'CREATE_PENDING' })
      .resolvesOnce({ Status: 'CREATE_IN_PROGRESS' })
      .resolvesOnce({ ...page('A'), NextToken: 'two' })
      .resolvesOnce({ ...page('B'), NextToken: 'three' })
      .resolvesOnce(page('C'));
    const { err } = await run(YES);
    expect(err).toContain('  + A  T\n  + B  T\n  + C  T\n');
    expect(inputs('DescribeChangeSet').map((input) => input['NextToken'])).toEqual([
      undefined,
      undefined,
      undefined,
      'two',
      'three',
    ]);
  });
});
