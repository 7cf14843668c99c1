import type { ResourceStatus } from '@aws-sdk/client-cloudformation';
import { describe, expect, it } from 'vitest';
import { explainFailure, failureLines } from '../../../generator/deploy/explain-failure.ts';
import {
  advance,
  eventLine,
  isNews,
  NO_PROGRESS,
  statusLine,
} from '../../../generator/deploy/stack-progress.ts';
import type { StackEvent } from '../../../generator/deploy/stack-progress.ts';
import { afterFailure, stateOf } from '../../../generator/deploy/stack-state.ts';

const event = (logicalId: string, status: ResourceStatus, reason?: string): StackEvent => ({
  id: `${logicalId}-${status}`,
  at: new Date('2027-01-02T03:04:05Z'),
  logicalId,
  type: 'AWS::SSM::Document',
  status,
  ...(reason === undefined ? {} : { reason }),
  isStack: logicalId === 'stack',
});
const after = (...events: readonly StackEvent[]) => events.reduce(advance, NO_PROGRESS);

describe('the events of a stack', () => {
  it('become one line each', () => {
    expect(eventLine(event('Doc', 'CREATE_IN_PROGRESS', 'Resource creation Initiated'))).toBe(
      '03:04:05  CREATE_IN_PROGRESS  Doc  AWS::SSM::Document',
    );
    expect(eventLine(event('Doc', 'CREATE_FAILED', 'Not allowed.'))).toBe(
      '03:04:05  CREATE_FAILED       Doc  AWS::SSM::Document: Not allowed.',
    );
    expect(eventLine(event('stack', 'CREATE_COMPLETE'))).toBe(
      '03:04:05  CREATE_COMPLETE     the stack',
    );
  });

  it('that repeat a status are no news', () => {
    const progress = after(event('Doc', 'CREATE_IN_PROGRESS'));
    expect(isNews(progress, event('Doc', 'CREATE_IN_PROGRESS', 'Initiated'))).toBe(false);
    expect(isNews(progress, event('Doc', 'CREATE_COMPLETE'))).toBe(true);
    expect(isNews(progress, event('stack', 'CREATE_IN_PROGRESS'))).toBe(true);
  });

  it('keep causes apart from what was cancelled because of them', () => {
    const { failures } = after(
      event('A', 'CREATE_IN_PROGRESS'),
      event('B', 'CREATE_FAILED', 'Name taken.'),
      event('A', 'CREATE_FAILED', 'Resource creation cancelled'),
      event('C', 'CREATE_FAILED'),
    );
    expect(failures.map(({ logicalId, reason }) => `${logicalId}: ${reason}`)).toEqual([
      'B: Name taken.',
      'C: CloudFormation gave no reason.',
    ]);
  });

  it('become one line for a terminal, never wider than it', () => {
    const progress = after(
      event('stack', 'CREATE_IN_PROGRESS'),
      event('A', 'CREATE_COMPLETE'),
      event('Kept', 'DELETE_SKIPPED'),
      event('B', 'CREATE_IN_PROGRESS'),
      event('C', 'CREATE_IN_PROGRESS'),
    );
    expect(statusLine(progress, { total: 7, seconds: 65, columns: 80 })).toBe(
      '1:05  CREATE_IN_PROGRESS  2 of 7 done, now B, C',
    );
    expect(statusLine(progress, { total: 7, seconds: 65, columns: 30 })).toHaveLength(29);
    expect(statusLine(NO_PROGRESS, { total: 0, seconds: 0, columns: 80 })).toBe(
      '0:00  waiting  0 done',
    );
  });
});

describe('the reason of a failure', () => {
  const template = {
    Parameters: { ReuseOrchestratorLogGroup: {}, ReuseServiceRoles: {} },
    Resources: {
      Logs: { Type: 'AWS::Logs::LogGroup', DeletionPolicy: 'RetainExceptOnCreate' },
      Kept: { Type: 'AWS::IAM::Role', DeletionPolicy: 'RetainExceptOnCreate' },
      Role: { Type: 'AWS::IAM::Role' },
      Bucket: { Type: 'AWS::S3::Bucket', DeletionPolicy: 'Retain' },
      Doc: { Type: 'AWS::SSM::Document' },
    },
  };
  const explain = (logicalId: keyof typeof template.Resources, reason: string) =>
    explainFailure({ logicalId, type: template.Resources[logicalId].Type, reason }, template);

  it.each([
    [
      'Logs',
      `Resource of type 'AWS::Logs::LogGroup' with identifier '{"/properties/LogGroupName":"SO0111-ASR-Orchestrator"}' already exists.`,
      '--parameter ReuseOrchestratorLogGroup=yes',
    ],
    [
      'Kept',
      'SO0111-RDSMonitoring-shtest already exists',
      '--parameter ReuseServiceRoles=yes: the stack then makes none of them',
    ],
    ['Bucket', 'so0111-x already exists', 'delete it by hand and deploy again'],
    ['Role', 'Role with name SO0111-X-shtest already exists.', 'one Region'],
    ['Doc', 'ASR-X already exists in stack arn:aws:cloudformation:...', 'of another stack'],
    [
      'Role',
      'User: arn:aws:iam::111122223333:user/a is not authorized to perform: iam:CreateRole on resource: x',
      'iam:CreateRole is missing',
    ],
    ['Role', 'Cannot exceed quota for RolesPerAccount: 1000 (LimitExceeded)', 'Service Quotas'],
  ] as const)('of %s: %s', (id, reason, hint) => {
    expect(explain(id, reason)).toContain(hint);
  });

  it('of a kept role in a template without the switch offers another Namespace', () => {
    const reason = 'SO0111-RDSMonitoring-shtest already exists';
    const hint = explainFailure(
      { logicalId: 'Kept', type: 'AWS::IAM::Role', reason },
      { Resources: template.Resources },
    );
    expect(hint).toContain('choose another Namespace');
    expect(hint).not.toContain('ReuseServiceRoles');
  });

  it('that nobody knows stands alone', () => {
    expect(explain('Doc', 'Internal Failure')).toBeUndefined();
    expect(
      failureLines([{ logicalId: 'Doc', type: 'T', reason: 'Internal Failure' }], template),
    ).toEqual(['  Doc  T: Internal Failure']);
  });
});

describe('the status of a stack', () => {
  it.each([
    [undefined, 'new'],
    ['DELETE_COMPLETE', 'new'],
    ['REVIEW_IN_PROGRESS', 'review'],
    ['UPDATE_ROLLBACK_COMPLETE', 'ready'],
    ['UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', 'busy'],
    ['ROLLBACK_COMPLETE', 'delete-first'],
    ['ROLLBACK_FAILED', 'delete-first'],
    ['DELETE_FAILED', 'delete-again'],
    ['UPDATE_ROLLBACK_FAILED', 'repair'],
    ['SOMETHING_NEW', 'unknown'],
  ] as const)('%s means %s', (status, state) => {
    expect(stateOf(status as Parameters<typeof stateOf>[0])).toBe(state);
  });

  it.each([
    ['ROLLBACK_COMPLETE', 'offers to delete the rest'],
    ['ROLLBACK_FAILED', 'half there'],
    ['UPDATE_ROLLBACK_COMPLETE', 'as it was before'],
    ['UPDATE_ROLLBACK_FAILED', 'Continue update rollback'],
    ['UPDATE_FAILED', 'Roll back'],
    ['DELETE_FAILED', 'asr destroy again'],
  ] as const)('%s after a failure says what to do', (status, hint) => {
    expect(afterFailure('my-stack', status)).toContain(hint);
  });
});
