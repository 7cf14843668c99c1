import { beforeAll, describe, expect, it } from 'vitest';
import type { TemplateFile } from '../../../generator/emit/types.ts';
import { evaluate } from '../../../generator/simulate/policy.ts';
import { emittedSmall, propertyOf } from './emitted.ts';
import { resourcePolicy } from './policies.ts';
import { arnOf, resolve } from './intrinsics.ts';

let file: TemplateFile;
beforeAll(async () => {
  file = await emittedSmall();
}, 60_000);

const QUEUES = ['EventQueue', 'CommandQueue', 'DeadLetterQueue'];
const ADMINISTRATOR = {
  'aws:PrincipalIsAWSService': 'false',
  'aws:PrincipalAccount': '012345678901',
  'aws:PrincipalArn': 'arn:aws:iam::012345678901:role/Administrator',
  'aws:SecureTransport': 'true',
};

/** What a queue's policy says about sending; `implicit-denied` leaves it to the sender's own policies. */
function send(queue: string, context: Readonly<Record<string, string>>, service?: string): string {
  const policy = resourcePolicy(file, `${queue}Policy`, service);
  const request = { action: 'sqs:SendMessage', resources: [arnOf(file, queue)], context };
  return evaluate(policy, request).decision;
}

function byEventBridge(queue: string, rule: string): string {
  const context = {
    'aws:PrincipalIsAWSService': 'true',
    'aws:SecureTransport': 'true',
    'aws:SourceArn': rule,
  };
  return send(queue, context, 'events.amazonaws.com');
}

describe('the event queue', () => {
  it('takes messages from our rules', () => {
    for (const rule of ['ImportedFindingsRule', 'ImportedFindingsV2Rule', 'CustomActionsRule'])
      expect(byEventBridge('EventQueue', arnOf(file, rule))).toBe('allowed');
  });
  it('takes none from another rule, of this account or another', () => {
    for (const rule of [
      'arn:aws:events:us-east-1:012345678901:rule/SO0111-ASR-Sweep',
      'arn:aws:events:us-east-1:111122223333:rule/SO0111-ASR-ImportedFindings',
    ])
      expect(byEventBridge('EventQueue', rule)).toBe('implicit-denied');
  });
  it('takes none from a person or function, whatever their policies allow', () => {
    expect(send('EventQueue', ADMINISTRATOR)).toBe('denied');
    const ingest = { ...ADMINISTRATOR, 'aws:PrincipalArn': arnOf(file, 'IngestRole') };
    expect(send('EventQueue', ingest)).toBe('denied');
  });
  it('takes none from somebody about whom nothing is known', () => {
    expect(send('EventQueue', { 'aws:SecureTransport': 'true' })).toBe('denied');
  });
});

describe('the command queue', () => {
  it('leaves it to the policies of principals of its own account', () => {
    expect(send('CommandQueue', ADMINISTRATOR)).toBe('implicit-denied');
  });
  it('takes none from another account, nor from EventBridge', () => {
    const foreign = { ...ADMINISTRATOR, 'aws:PrincipalAccount': '111122223333' };
    expect(send('CommandQueue', foreign)).toBe('denied');
    expect(byEventBridge('CommandQueue', arnOf(file, 'CustomActionsRule'))).toBe('denied');
  });
});

describe('the dead letters', () => {
  it('come from our rules and from ingest', () => {
    const ingest = { ...ADMINISTRATOR, 'aws:PrincipalArn': arnOf(file, 'IngestRole') };
    expect(send('DeadLetterQueue', ingest)).toBe('implicit-denied');
    expect(byEventBridge('DeadLetterQueue', arnOf(file, 'CustomActionsRule'))).toBe('allowed');
  });
  it('come from nobody else', () => {
    expect(send('DeadLetterQueue', ADMINISTRATOR)).toBe('denied');
  });
  it('are moved there from the two queues alone, after five tries', () => {
    const allowed = resolve(file, propertyOf(file, 'DeadLetterQueue', 'RedriveAllowPolicy'));
    expect(allowed).toEqual({
      redrivePermission: 'byQueue',
      sourceQueueArns: [arnOf(file, 'EventQueue'), arnOf(file, 'CommandQueue')],
    });
    for (const queue of ['EventQueue', 'CommandQueue'])
      expect(resolve(file, propertyOf(file, queue, 'RedrivePolicy'))).toEqual({
        deadLetterTargetArn: arnOf(file, 'DeadLetterQueue'),
        maxReceiveCount: 5,
      });
  });
});

describe('every queue', () => {
  it('refuses what is not sent over TLS', () => {
    for (const queue of QUEUES)
      expect(send(queue, { ...ADMINISTRATOR, 'aws:SecureTransport': 'false' })).toBe('denied');
  });
  it('is encrypted with a key of Amazon SQS, which EventBridge can use, and keeps messages for 14 days', () => {
    for (const queue of QUEUES) {
      expect(propertyOf(file, queue, 'SqsManagedSseEnabled')).toBe(true);
      expect(propertyOf(file, queue, 'KmsMasterKeyId')).toBeUndefined();
      expect(propertyOf(file, queue, 'MessageRetentionPeriod')).toBe(14 * 86_400);
    }
  });
  it('hides a message for six times as long as the function may work', () => {
    const timeout = Number(propertyOf(file, 'IngestFunction', 'Timeout'));
    for (const queue of ['EventQueue', 'CommandQueue'])
      expect(propertyOf(file, queue, 'VisibilityTimeout')).toBe(6 * timeout);
  });
  it('is read in batches of ten, ten at once, and only failed records come again', () => {
    const sources = Object.values(file.json.Resources).filter(
      ({ Type }) => Type === 'AWS::Lambda::EventSourceMapping',
    );
    expect(sources.map(({ Properties }) => resolve(file, Properties?.['EventSourceArn']))).toEqual([
      arnOf(file, 'CommandQueue'),
      arnOf(file, 'EventQueue'),
    ]);
    for (const { Properties } of sources)
      expect(Properties).toMatchObject({
        BatchSize: 10,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency: 10 },
      });
  });
});
