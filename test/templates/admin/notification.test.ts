import { PublishCommand } from '@aws-sdk/client-sns';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Announcement } from '../../../templates/admin/functions/run/announcement.ts';
import { notification } from '../../../templates/admin/functions/run/notification.ts';
import { ADMIN, attempt, AUTOMATION, ended, EXECUTION, GROUP, ID, MEMBER } from './fixtures.ts';
import { claimed, events, finish, note, reset, sns } from './finish-world.ts';

beforeEach(reset);

const announcement: Announcement = {
  attempt: attempt({
    status: 'ended',
    automation: AUTOMATION,
    execution: EXECUTION,
    stack: 'web',
    approver: 'Bob',
  }),
  status: 'verified',
  headline: 'Succeeded',
  outcome: 'changed',
  message: 'Fixed and verified.',
  workflow: 'RESOLVED',
};

describe('people', () => {
  it('get a text that says what, where, by whom, and how to find it again', () => {
    const { subject, text } = notification(announcement);
    expect(subject).toBe(`ASR Succeeded: EC2.2 ${MEMBER} eu-west-1`);
    expect(text.split('\n')).toEqual([
      'Fixed and verified.',
      '',
      'Control: EC2.2',
      `Resource: ${GROUP}`,
      `Account: ${MEMBER}`,
      'Region: eu-west-1',
      'CloudFormation stack: web',
      'Finding: A default security group lets traffic in',
      `Finding id: ${attempt().findings[0]?.id ?? ''}`,
      'Asked by: custom action',
      'Approved by: Bob',
      `Automation: ${AUTOMATION}`,
      `Execution: ${EXECUTION}`,
      `History: ${ID}`,
    ]);
  });
  it('see that further findings joined', () => {
    const { findings } = attempt();
    const two = { ...announcement, attempt: attempt({ findings: [...findings, ...findings] }) };
    expect(notification(two).text).toContain('Further findings: 1');
  });
  it('get a subject of plain characters, however the attempt looks', () => {
    const odd = { ...announcement, headline: 'ä\n'.repeat(100) };
    expect(notification(odd).subject).toMatch(/^[\x20-\x7e]{1,100}$/u);
  });
  it('get one line of at most 512 characters in the note', async () => {
    await finish({ run: ended({ note: `a\u0000\nb\u2028${'c'.repeat(2000)}` }) });
    expect(note()).toHaveLength(512);
    expect(note()).not.toMatch(/[\p{Cc}\u2028]/u);
  });
});

describe('programs', () => {
  const BODY = {
    version: '2',
    status: 'verified',
    result: 'Succeeded',
    outcome: 'changed',
    message: `Fixed and verified by ASR-CloseGroup, automation ${AUTOMATION}. The CloudFormation stack web owns the resource: change its template too.`,
    workflow: 'RESOLVED',
    attempt: ID,
    mode: 'Remediate',
    origin: 'custom-action',
    actor: 'custom action',
    control: 'EC2.2',
    remediation: 'CloseGroup',
    document: 'ASR-CloseGroup',
    account: MEMBER,
    region: 'eu-west-1',
    resource: GROUP,
    automation: AUTOMATION,
    execution: EXECUTION,
    stack: 'web',
    finding: {
      id: attempt().findings[0]?.id,
      title: 'A default security group lets traffic in',
      severity: 'HIGH',
      account: MEMBER,
      region: 'eu-west-1',
    },
    findings: [attempt().findings[0]?.id],
  };
  it('get versioned JSON from the topic', async () => {
    await finish({ run: ended({ stack: 'web' }) });
    const { input } = sns.commandCalls(PublishCommand)[0]?.args[0] ?? {};
    const message = JSON.parse(input?.Message ?? '') as Readonly<Record<string, string>>;
    expect(input).toMatchObject({
      TopicArn: `arn:aws:sns:us-east-1:${ADMIN}:SO0111-ASR_Topic`,
      MessageStructure: 'json',
    });
    expect(Object.keys(message)).toEqual(['default', 'email']);
    expect(JSON.parse(message['default'] ?? '')).toEqual(BODY);
  });
  it('get the same as an event on the default bus', async () => {
    await finish({ run: ended({ stack: 'web' }) });
    const [entry] = events.commandCalls(PutEventsCommand)[0]?.args[0].input.Entries ?? [];
    expect(entry).toMatchObject({
      Source: 'SO0111.asr',
      DetailType: 'ASR Remediation',
      Resources: [GROUP],
    });
    expect(entry).not.toHaveProperty('EventBusName');
    expect(JSON.parse(entry?.Detail ?? '')).toEqual(BODY);
  });
  it('hear until when an approval is waited for, and then no more', async () => {
    claimed({ phase: 'approval-preview' });
    await finish({ run: ended({ outcome: 'would-change' }) });
    const waiting = attempt({ approvalExpiresAt: '2024-05-04T12:00:00.000Z' });
    const { json } = notification({ ...announcement, attempt: waiting });
    expect(JSON.parse(json)).not.toHaveProperty('approvalExpiresAt');
    const [entry] = events.commandCalls(PutEventsCommand)[0]?.args[0].input.Entries ?? [];
    expect(JSON.parse(entry?.Detail ?? '')).toHaveProperty(
      'approvalExpiresAt',
      '2024-05-04T12:00:00.000Z',
    );
  });
});
