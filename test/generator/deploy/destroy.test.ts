import {
  DeleteStackCommand,
  DescribeStackEventsCommand,
  GetTemplateCommand,
} from '@aws-sdk/client-cloudformation';
import { afterEach, describe, expect, it } from 'vitest';
import { createAws } from '../../../generator/deploy/aws.ts';
import { play } from './deploy-support.ts';
import type { Played, Stage } from './deploy-support.ts';
import { awsError, STACK_ID, stageStack } from './staged-stack.ts';
import type { Situation } from './staged-stack.ts';

const deployed: Situation = {
  stack: { Description: '(SO0111M) Automated Security Response, documents.' },
  template: {
    Resources: {
      Doc: { Type: 'AWS::SSM::Document' },
      Table: { Type: 'AWS::DynamoDB::Table', DeletionPolicy: 'Retain' },
      Logs: { Type: 'AWS::Logs::LogGroup', DeletionPolicy: 'RetainExceptOnCreate' },
      Never: { Type: 'AWS::S3::Bucket', DeletionPolicy: 'Retain' },
      Group: { Type: 'AWS::Logs::LogGroup', DeletionPolicy: 'Delete' },
    },
  },
  resources: [
    ['Doc', 'ASR-Doc', 'AWS::SSM::Document'],
    ['Table', 'table-1', 'AWS::DynamoDB::Table'],
    ['Logs', 'SO0111-ASR-Orchestrator', 'AWS::Logs::LogGroup'],
    ['Group', '/aws/lambda/x', 'AWS::Logs::LogGroup'],
  ].map(([LogicalResourceId, PhysicalResourceId, ResourceType]) => ({
    LogicalResourceId,
    PhysicalResourceId,
    ResourceType,
    ResourceStatus: 'CREATE_COMPLETE' as const,
    LastUpdatedTimestamp: new Date(0),
  })),
};

let staged = stageStack({});
afterEach(() => staged.cloudFormation.restore());
const stage = (situation: Situation): void => {
  staged.cloudFormation.restore();
  staged = stageStack(situation);
};
const run = (people: Stage, ...args: readonly string[]): Promise<Played> =>
  play(
    { aws: (options) => createAws({ region: 'eu-west-1', ...options }, {}), ...people },
    ...['destroy', 'member', ...args],
  );
const destroy = (
  situation: Situation,
  people: Stage = { answers: ['y'] },
  ...args: readonly string[]
) => {
  stage(situation);
  return run(people, ...args);
};

describe('asr destroy', () => {
  it('names what stays and asks, then deletes and follows it', async () => {
    const { code, err, questions } = await destroy(deployed);
    expect(questions).toEqual(['Delete automated-security-response-member? [y/N] ']);
    expect(err).toBe(
      `automated-security-response-member in account 111122223333, Region eu-west-1: 2 resources are deleted.
What remediations have changed stays changed.

These stay in the account on purpose:
  Table  AWS::DynamoDB::Table  table-1
  Logs  AWS::Logs::LogGroup  SO0111-ASR-Orchestrator
Tables keep their rows; a later deployment makes new ones. They are protected from deletion until you turn that off.
The log group keeps its name: deploy again with --parameter ReuseOrchestratorLogGroup=yes, or delete it first.
03:05:44  DELETE_COMPLETE     the stack
automated-security-response-member is deleted.
`,
    );
    expect(code).toBe(0);
    expect(staged.inputs('DeleteStack')).toMatchObject([{ StackName: STACK_ID }]);
  });

  it('says how kept roles are used again', async () => {
    const role = {
      LogicalResourceId: 'ServiceRoleX',
      PhysicalResourceId: 'SO0111-X-shtest',
      ResourceType: 'AWS::IAM::Role',
      ResourceStatus: 'CREATE_COMPLETE' as const,
      LastUpdatedTimestamp: new Date(0),
    };
    const { err } = await destroy({
      ...deployed,
      template: {
        Resources: {
          ServiceRoleX: { Type: 'AWS::IAM::Role', DeletionPolicy: 'RetainExceptOnCreate' },
        },
      },
      resources: [role],
    });
    expect(err).toContain('  ServiceRoleX  AWS::IAM::Role  SO0111-X-shtest\n');
    expect(err).toContain('deploy again with --parameter ReuseServiceRoles=yes');
  });

  it('deletes nothing after no', async () => {
    const { code, err } = await destroy(deployed, { answers: ['n'] });
    expect(code).toBe(1);
    expect(err).toMatch(/Nothing was changed\.\n$/u);
    expect(staged.inputs('DeleteStack')).toEqual([]);
  });

  it('asks nothing with --yes', async () => {
    expect(await destroy(deployed, {}, '--yes')).toMatchObject({ code: 0, questions: [] });
  });

  it('deletes nothing without a terminal and without --yes', async () => {
    const { code, err } = await destroy(deployed, {});
    expect(code).toBe(2);
    expect(err).toContain('Say --yes to delete without a question.');
    expect(staged.cloudFormation.calls()).toEqual([]);
  });

  it('has nothing to do when there is no stack', async () => {
    const { code, err } = await destroy({});
    expect(code).toBe(0);
    expect(err).toBe(
      'There is no stack automated-security-response-member in this account and Region. Nothing to do.\n',
    );
  });

  it('leaves alone what is not ours', async () => {
    const { code, err } = await destroy({ ...deployed, stack: { Description: 'Our web shop' } });
    expect(code).toBe(1);
    expect(err).toContain('It says: Our web shop');
    expect(staged.inputs('DeleteStack')).toEqual([]);
  });

  it('leaves alone what is protected, and says how to change that', async () => {
    const { code, err } = await destroy({
      ...deployed,
      stack: { ...deployed.stack, EnableTerminationProtection: true },
    });
    expect(code).toBe(1);
    expect(err).toContain('aws cloudformation update-termination-protection');
    expect(staged.inputs('DeleteStack')).toEqual([]);
  });

  it('leaves alone what it cannot say the rest of', async () => {
    stage(deployed);
    staged.cloudFormation
      .on(GetTemplateCommand)
      .rejects(awsError('AccessDenied', 'not authorized to perform: cloudformation:GetTemplate'));
    const { code, err } = await run({ answers: ['y'] });
    expect(code).toBe(1);
    expect(err).toContain("Reading the stack's template failed");
    expect(staged.inputs('DeleteStack')).toEqual([]);
  });

  it('deletes a stack that was never confirmed without looking for resources', async () => {
    const { code, err } = await destroy({ stack: { StackStatus: 'REVIEW_IN_PROGRESS' } });
    expect(code).toBe(0);
    expect(err).toContain('0 resources are deleted.');
    expect(staged.inputs('GetTemplate')).toEqual([]);
  });

  it('waits for what goes on, when the user wants to', async () => {
    stage({ ...deployed, stack: { ...deployed.stack, StackStatus: 'UPDATE_IN_PROGRESS' } });
    const { code, questions } = await run({
      answers: ['y', 'y'],
      onSleep: () => staged.become({ ...deployed.stack, StackStatus: 'UPDATE_COMPLETE' }),
    });
    expect(code).toBe(0);
    expect(questions[0]).toBe('Wait until it is over? [y/N] ');
  });

  it('has nothing more to do when what goes on was a deletion', async () => {
    stage({ ...deployed, stack: { ...deployed.stack, StackStatus: 'DELETE_IN_PROGRESS' } });
    const { code, err } = await run({ answers: ['y'], onSleep: () => staged.become(undefined) });
    expect(code).toBe(0);
    expect(err).toMatch(/Nothing to do\.\n$/u);
  });

  it('says what could not be deleted, and why', async () => {
    stage(deployed);
    const event = (EventId: string, status: string, PhysicalResourceId: string) => ({
      StackId: STACK_ID,
      StackName: 'x',
      EventId,
      LogicalResourceId: 'Doc',
      PhysicalResourceId,
      ResourceType: 'AWS::SSM::Document',
      Timestamp: new Date(0),
      ResourceStatus: status as 'DELETE_FAILED',
      ResourceStatusReason: 'It is shared.',
    });
    staged.cloudFormation
      .on(DescribeStackEventsCommand)
      .resolvesOnce({ StackEvents: [] })
      .resolves({
        StackEvents: [event('2', 'DELETE_FAILED', STACK_ID), event('1', 'DELETE_FAILED', 'd')],
      });
    staged.cloudFormation.on(DeleteStackCommand).callsFake(() => {
      staged.become({ ...deployed.stack, StackStatus: 'DELETE_FAILED' });
      return {};
    });
    const { code, err } = await run({ answers: ['y'] });
    expect(code).toBe(1);
    expect(err).toContain(
      `automated-security-response-member was not deleted.
  Doc  AWS::SSM::Document: It is shared.
automated-security-response-member could not be deleted wholly (DELETE_FAILED). Remove what is in the way, then run asr destroy again.`,
    );
  });

  it('says after Ctrl-C that the deletion goes on', async () => {
    stage(deployed);
    staged.cloudFormation.on(DescribeStackEventsCommand).resolves({ StackEvents: [] });
    const { code, err } = await run({ answers: ['y'], onSleep: () => process.emit('SIGINT') });
    expect(code).toBe(1);
    expect(err).toMatch(/CloudFormation goes on deleting .* by itself\..*\nInterrupted\.\n$/u);
  });

  it('has deleted nothing after Ctrl-C at the question', async () => {
    const { code } = await destroy(deployed, { answers: [{ interrupt: true }] });
    expect(code).toBe(1);
    expect(staged.inputs('DeleteStack')).toEqual([]);
  });
});
