import {
  DescribeChangeSetCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { describe, expect, it } from 'vitest';
import { added, deployed, NEW, YES, setScene } from './deploy-scene.ts';
import { awsError, STACK_ID } from './staged-stack.ts';

const { deploy, inputs, run, stage } = setScene();

describe('watching', () => {
  it('reads events of several pages, and none from before', async () => {
    const staged = stage({ changes: added });
    const event = (EventId: string, LogicalResourceId: string, PhysicalResourceId: string) => ({
      StackId: STACK_ID,
      StackName: 'x',
      EventId,
      LogicalResourceId,
      PhysicalResourceId,
      ResourceType: 'T',
      Timestamp: new Date('2027-01-02T03:04:05Z'),
      ResourceStatus: 'CREATE_COMPLETE' as const,
    });
    staged.cloudFormation
      .on(DescribeStackEventsCommand)
      .resolvesOnce({ StackEvents: [event('0', 'Old', 'old')] })
      .resolvesOnce({
        StackEvents: [event('3', 'the-stack', STACK_ID), event('2', 'B', 'b')],
        NextToken: 'two',
      })
      .resolvesOnce({ StackEvents: [event('1', 'A', 'a'), event('0', 'Old', 'old')] });
    const { code, err } = await run(YES, ...NEW);
    expect(code).toBe(0);
    const lines = err.split('\n').filter((line) => line.includes('CREATE_COMPLETE  '));
    expect(lines).toEqual([
      '03:04:05  CREATE_COMPLETE     A  T',
      '03:04:05  CREATE_COMPLETE     B  T',
      '03:04:05  CREATE_COMPLETE     the stack',
    ]);
  });

  it('outlasts a short disturbance', async () => {
    const staged = stage({ changes: added });
    const real = {
      StackEvents: [
        {
          StackId: STACK_ID,
          StackName: 'x',
          EventId: '1',
          LogicalResourceId: 'x',
          PhysicalResourceId: STACK_ID,
          Timestamp: new Date(0),
          ResourceStatus: 'CREATE_COMPLETE' as const,
        },
      ],
    };
    staged.cloudFormation
      .on(DescribeStackEventsCommand)
      .resolvesOnce({ StackEvents: [] })
      .rejectsOnce(awsError('Throttling', 'Rate exceeded'))
      .rejectsOnce(Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }))
      .resolves(real);
    expect((await run(YES, ...NEW)).code).toBe(0);
  });

  it('that is given up says that the deployment goes on', async () => {
    const staged = stage({ changes: added });
    staged.cloudFormation
      .on(DescribeStackEventsCommand)
      .resolvesOnce({ StackEvents: [] })
      .rejects(awsError('ExpiredToken', 'The token is expired'));
    const { code, err } = await run(YES, ...NEW);
    expect(code).toBe(1);
    expect(err).toContain('The token is expired. The credentials are wrong or expired');
    expect(err).toContain(
      'CloudFormation goes on with automated-security-response-member by itself.',
    );
  });

  it('rewrites one line on a terminal and prints failures only', async () => {
    const staged = stage({
      changes: added,
      events: [
        ['Name', 'CREATE_IN_PROGRESS'],
        ['Name', 'CREATE_FAILED', 'Broken.'],
      ],
      end: 'ROLLBACK_COMPLETE',
    });
    let looks = 0;
    staged.cloudFormation.on(DescribeStacksCommand).callsFake(() => {
      looks += 1;
      if (looks === 1) throw awsError('ValidationError', 'Stack with id x does not exist');
      return {
        Stacks: [
          {
            StackId: STACK_ID,
            StackName: 'x',
            CreationTime: new Date(0),
            StackStatus: looks === 2 ? 'ROLLBACK_IN_PROGRESS' : 'ROLLBACK_COMPLETE',
          },
        ],
      };
    });
    const { err } = await run({ ...YES, columns: 60 }, ...NEW);
    expect(err).toContain('CREATE_FAILED       Name  AWS::SSM::Parameter: Broken.\n');
    expect(err).not.toContain('CREATE_IN_PROGRESS  Name');
    expect(err).toContain('0:00  ROLLBACK_COMPLETE  0 of 1 done\u001B[2K\r');
  });
});

describe('Ctrl-C', () => {
  it('at the question removes what was prepared', async () => {
    const { code, err } = await deploy(
      { changes: added },
      { answers: [{ interrupt: true }] },
      ...NEW,
    );
    expect(code).toBe(1);
    expect(err).toMatch(/Interrupted\. Nothing was deployed\.\n$/u);
    expect(inputs('DeleteStack')).toMatchObject([{ StackName: STACK_ID }]);
    expect(inputs('ExecuteChangeSet')).toEqual([]);
  });

  it('while CloudFormation deploys says what goes on and how to stop it', async () => {
    const staged = stage({ stack: deployed, changes: added });
    staged.cloudFormation.on(DescribeStackEventsCommand).resolves({ StackEvents: [] });
    const { code, err } = await run({ ...YES, onSleep: () => process.emit('SIGINT') });
    expect(code).toBe(1);
    expect(err).toMatch(
      /Interrupted\. CloudFormation goes on with automated-security-response-member by itself\..*aws cloudformation cancel-update-stack --stack-name automated-security-response-member\n$/u,
    );
    expect(inputs('DeleteChangeSet')).toEqual([]);
  });

  it('while CloudFormation works out the changes removes them', async () => {
    const staged = stage({ stack: deployed });
    staged.cloudFormation.on(DescribeChangeSetCommand).resolves({ Status: 'CREATE_IN_PROGRESS' });
    const { code } = await run({ ...YES, onSleep: () => process.emit('SIGINT') });
    expect(code).toBe(1);
    expect(inputs('DeleteChangeSet')).toHaveLength(1);
  });

  it('leaves no handler behind', async () => {
    const before = process.listenerCount('SIGINT');
    await deploy({ changes: added }, YES, ...NEW);
    expect(process.listenerCount('SIGINT')).toBe(before);
  });
});
