import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import type { Stack } from '@aws-sdk/client-cloudformation';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, describe, expect, it } from 'vitest';
import { connect } from '../../../generator/operate/connect.ts';

const cloudFormation = mockClient(CloudFormationClient);
afterEach(() => cloudFormation.reset());

const output = (OutputKey: string, OutputValue: string) => ({ OutputKey, OutputValue });
const STACK: Stack = {
  StackId: 'arn:aws-us-gov:cloudformation:us-gov-west-1:012345678901:stack/mine/1',
  StackName: 'mine',
  StackStatus: 'UPDATE_COMPLETE',
  CreationTime: new Date('2026-01-01T00:00:00Z'),
  Description: '(SO0111) Automated Security Response, administrator stack v1.',
  Outputs: [
    output('RemediationConfigurationDynamoDBTable', 'Rows'),
    output('RemediationHistoryDynamoDBTable', 'State'),
    output('CommandQueueUrl', 'https://sqs/commands'),
  ],
};
const found = (changes: object): void => {
  cloudFormation.on(DescribeStacksCommand).resolves({ Stacks: [{ ...STACK, ...changes }] });
};
const look = () => connect({ region: 'us-gov-west-1', stackName: 'mine' }, {});

describe('the installation', () => {
  it('is found by the outputs of its stack', async () => {
    found({});
    const { installation } = await look();
    expect(installation).toEqual({
      stackName: 'mine',
      partition: 'aws-us-gov',
      account: '012345678901',
      region: 'us-gov-west-1',
      solutionId: 'SO0111',
      configurationTable: 'Rows',
      stateTable: 'State',
      commandQueueUrl: 'https://sqs/commands',
    });
  });

  it('is looked for under the name that it has by default', async () => {
    found({});
    await connect({ region: 'us-gov-west-1' }, {});
    expect(cloudFormation.commandCalls(DescribeStacksCommand)[0]?.args[0].input).toEqual({
      StackName: 'automated-security-response-admin',
    });
  });

  it.each([
    [{ Description: '(SO0111M) The member stack.' }, "isn't the administrator stack"],
    [{ Outputs: STACK.Outputs?.slice(0, 2) }, 'has no output CommandQueueUrl'],
  ])('is refused when %j', async (changes, says) => {
    found(changes);
    await expect(look()).rejects.toThrow(says);
  });

  it('is not there: the message says where to look', async () => {
    const missing = new Error('Stack with id mine does not exist');
    cloudFormation.on(DescribeStacksCommand).rejects(missing);
    await expect(look()).rejects.toThrow('There is no stack mine in us-gov-west-1.');
  });
});
