import {
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DescribeChangeSetCommand,
  DescribeEventsCommand,
  ExecuteChangeSetCommand,
} from '@aws-sdk/client-cloudformation';
import { describe, expect, it } from 'vitest';
import { added, deployed, NEW, YES, setScene } from './deploy-scene.ts';
import { awsError, STACK_ID } from './staged-stack.ts';

const { deploy, inputs, run, stage } = setScene();

describe('a stack in another state', () => {
  it.each([
    ['DELETE_FAILED', 'Run asr destroy until it is gone'],
    ['UPDATE_ROLLBACK_FAILED', 'Continue update rollback'],
    ['UPDATE_FAILED', 'choose Stack actions > Roll back'],
    ['SOMETHING_NEW', "which this version doesn't know"],
  ] as const)('%s is left alone, with what to do', async (status, advice) => {
    const StackStatus = status as 'DELETE_FAILED';
    const { code, err } = await deploy({ stack: { ...deployed, StackStatus } });
    expect(code).toBe(1);
    expect(err).toContain(advice);
    expect(inputs('CreateChangeSet')).toEqual([]);
  });

  it('ROLLBACK_COMPLETE is deleted first, when the user agrees, then made anew', async () => {
    stage({
      stack: { ...deployed, StackStatus: 'ROLLBACK_COMPLETE' },
      changes: added,
    });
    const { code, err, questions } = await run({ answers: ['y', 'y'] }, ...NEW);
    expect(questions).toEqual([
      'Delete automated-security-response-member and start again? [y/N] ',
      'Deploy this to account 111122223333, Region eu-west-1? [y/N] ',
    ]);
    expect(err).toContain("Such a stack can't be updated; it must be deleted first.");
    expect(err).toContain('automated-security-response-member is deleted.');
    expect(code).toBe(0);
    expect(inputs('CreateChangeSet')).toMatchObject([{ ChangeSetType: 'CREATE' }]);
  });

  it('ROLLBACK_COMPLETE stays when the user does not agree', async () => {
    const { code } = await deploy(
      { stack: { ...deployed, StackStatus: 'ROLLBACK_COMPLETE' } },
      { answers: ['n'] },
    );
    expect(code).toBe(1);
    expect(inputs('DeleteStack')).toEqual([]);
  });

  it('REVIEW_IN_PROGRESS goes on; when it is declined, the stack of somebody else stays', async () => {
    const stack = { StackStatus: 'REVIEW_IN_PROGRESS' as const };
    const { code, err } = await deploy({ stack, changes: added }, { answers: ['n'] }, ...NEW);
    expect(code).toBe(1);
    expect(err).toContain('was begun earlier and never confirmed');
    expect(inputs('CreateChangeSet')).toMatchObject([{ ChangeSetType: 'CREATE' }]);
    expect(inputs('DeleteStack')).toEqual([]);
  });

  it('UPDATE_IN_PROGRESS is waited for, when the user wants to', async () => {
    const staged = stage({
      stack: { ...deployed, StackStatus: 'UPDATE_IN_PROGRESS' },
      changes: added,
      end: 'UPDATE_COMPLETE',
    });
    const { code, questions } = await run({
      answers: ['y', 'y'],
      onSleep: () => staged.become({ ...deployed, StackStatus: 'UPDATE_COMPLETE' }),
    });
    expect(questions[0]).toBe('Wait until it is over? [y/N] ');
    expect(code).toBe(0);
  });

  it('UPDATE_IN_PROGRESS is left alone otherwise', async () => {
    const stack = { ...deployed, StackStatus: 'UPDATE_IN_PROGRESS' as const };
    const { code, err } = await deploy({ stack }, { answers: [''] });
    expect(code).toBe(1);
    expect(err).toContain('Something is going on with automated-security-response-member already');
    expect(inputs('CreateChangeSet')).toEqual([]);
  });

  it('of another kind is refused', async () => {
    const stack = { Description: '(SO0111) Automated Security Response, administrator stack' };
    const { code, err } = await deploy({ stack });
    expect(code).toBe(1);
    expect(err).toContain('Name the right one with --stack-name.');
  });
});

describe('a deployment that fails', () => {
  it('says why, what to do about it, and how the stack is now', async () => {
    const { code, err } = await deploy(
      {
        changes: added,
        events: [
          ['Logs', 'CREATE_IN_PROGRESS'],
          ['Logs', 'CREATE_FAILED', 'SO0111-ASR-Orchestrator already exists'],
          ['Name', 'CREATE_FAILED', 'Resource creation cancelled'],
        ],
        end: 'ROLLBACK_COMPLETE',
      },
      YES,
      ...NEW,
    );
    expect(code).toBe(1);
    expect(err).toContain(
      `automated-security-response-member was not deployed, because of
  Logs  AWS::SSM::Parameter (Logs-in-aws): SO0111-ASR-Orchestrator already exists
    It is kept on purpose when its stack is deleted`,
    );
    expect(err).toContain('automated-security-response-member was taken back (ROLLBACK_COMPLETE)');
    expect(err).not.toContain(
      'Name  AWS::SSM::Parameter (Name-in-aws): Resource creation cancelled',
    );
  });

  it('of an update says that the stack is as it was', async () => {
    const { err } = await deploy({
      stack: deployed,
      changes: added,
      end: 'UPDATE_ROLLBACK_COMPLETE',
    });
    expect(err).toContain('CloudFormation gave no reason.');
    expect(err).toContain('is as it was before (UPDATE_ROLLBACK_COMPLETE).');
  });

  it('in the checks before it says what they found', async () => {
    const { code, err, questions } = await deploy(
      {
        changeSet: { status: 'FAILED', reason: 'AWS::EarlyValidation::ResourceExistenceCheck' },
        validation: [
          {
            LogicalResourceId: 'Logs',
            ResourceType: 'AWS::Logs::LogGroup',
            ValidationStatusReason: 'SO0111-ASR-Orchestrator already exists',
            ValidationFailureMode: 'FAIL',
          },
          {
            LogicalResourceId: 'Other',
            ValidationStatusReason: 'Not empty',
            ValidationFailureMode: 'WARN',
          },
        ],
      },
      YES,
      ...NEW,
    );
    expect({ code, questions }).toEqual({ code: 1, questions: [] });
    expect(err).toBe(
      `CloudFormation refuses the change set: AWS::EarlyValidation::ResourceExistenceCheck
  Logs  AWS::Logs::LogGroup: SO0111-ASR-Orchestrator already exists
    This log group is kept on purpose when the stack is deleted, so it is there from an earlier deployment. Deploy again with --parameter ReuseOrchestratorLogGroup=yes.
`,
    );
    expect(inputs('DeleteStack')).toHaveLength(1);
  });

  it('in those checks says so even when their findings may not be read', async () => {
    const staged = stage({ changeSet: { status: 'FAILED', reason: 'S3 error: Access Denied' } });
    staged.cloudFormation.on(DescribeEventsCommand).rejects(awsError('AccessDenied', 'no'));
    const { code, err } = await run(YES, ...NEW);
    expect(code).toBe(1);
    expect(err).toContain('CloudFormation refuses the change set: S3 error: Access Denied');
  });

  it.each([
    [CreateChangeSetCommand, 'Creating the change set failed: not authorized to perform: x.', 0],
    [ExecuteChangeSetCommand, 'Executing the change set failed: not authorized to perform: x.', 1],
    [DescribeChangeSetCommand, 'Reading the change set failed: not authorized to perform: x.', 1],
  ] as const)('because %o is denied names the permission', async (command, message, discarded) => {
    const staged = stage({ changes: added });
    staged.cloudFormation
      .on(command as typeof CreateChangeSetCommand)
      .rejects(awsError('AccessDenied', 'not authorized to perform: x'));
    const { code, err } = await run(YES, ...NEW);
    expect(code).toBe(1);
    expect(err).toContain(`${message} Ask for this permission, or use another --profile.`);
    expect(inputs('DeleteChangeSet')).toHaveLength(discarded);
  });

  it.each(['ChangeSetNotFoundException', 'InvalidChangeSetStatusException'])(
    'because somebody was quicker (%s) says so, and removes what it prepared',
    async (name) => {
      const staged = stage({ stack: deployed, changes: added });
      staged.cloudFormation.on(ExecuteChangeSetCommand).rejects(awsError(name, 'It is obsolete.'));
      const { code, err } = await run(YES);
      expect(code).toBe(1);
      expect(err).toContain('the stack was changed in the meantime');
      expect(err).toContain('shows what would change now');
      expect(inputs('DeleteChangeSet')).toHaveLength(1);
      expect(inputs('DeleteStack')).toEqual([]);
    },
  );

  it('because somebody else executed the plan leaves their stack alone', async () => {
    const staged = stage({ changes: added });
    staged.cloudFormation.on(ExecuteChangeSetCommand).callsFake(() => {
      staged.become({ ...deployed, StackStatus: 'CREATE_IN_PROGRESS' });
      throw awsError('InvalidChangeSetStatusException', 'It is executed.');
    });
    const { code } = await run(YES, ...NEW);
    expect(code).toBe(1);
    expect(inputs('DeleteStack')).toEqual([]);
  });

  it('to begin for reasons that pass says that nobody knows, and leaves it to the next run', async () => {
    const staged = stage({ changes: added });
    staged.cloudFormation
      .on(ExecuteChangeSetCommand)
      .rejects(Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }));
    const { code, err } = await run(YES, ...NEW);
    expect(code).toBe(1);
    expect(err).toContain('Whether CloudFormation has begun is not known.');
    expect(inputs('DeleteStack')).toEqual([]);
  });

  it('to tidy up says what is left', async () => {
    const staged = stage({ changes: added });
    staged.cloudFormation.on(DeleteChangeSetCommand).rejects(awsError('AccessDenied', 'no'));
    const { err } = await run({ answers: ['n'] }, ...NEW);
    expect(err).toContain(
      'What was prepared could not be removed: Deleting the change set failed: no.',
    );
    expect(err).toContain(`It has no effect and costs nothing; delete ${STACK_ID} when you can.`);
  });

  it('to tidy up at once tries again: CloudFormation still works on the change set', async () => {
    const staged = stage({ changes: added });
    staged.cloudFormation
      .on(DeleteChangeSetCommand)
      .rejectsOnce(
        awsError('InvalidChangeSetStatus', 'Cannot delete a change set in CREATE_IN_PROGRESS'),
      )
      .resolves({});
    const { err } = await run({ answers: ['n'] }, ...NEW);
    expect(err).not.toContain('could not be removed');
    expect(inputs('DeleteChangeSet')).toHaveLength(2);
    expect(inputs('DeleteStack')).toHaveLength(1);
  });
});
