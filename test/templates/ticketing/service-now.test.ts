import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serviceNow } from '../../../templates/servicenow/functions/service-now.ts';
import { objectOf } from './fake.ts';
import type { Fake } from './fake.ts';
import { startServiceNow } from './fake-service-now.ts';
import type { ServiceNowSettings } from './fake-service-now.ts';
import { event } from './payload.ts';
import { createFunction, holdSecret, secretsManager } from './world.ts';
import type { TicketFunction } from './world.ts';

let fake: Fake;
const start = async (settings: Partial<ServiceNowSettings> = {}): Promise<Fake> =>
  startServiceNow({ key: () => 'key', table: 'incident', ...settings });
const fresh = (table = 'incident'): TicketFunction =>
  createFunction(serviceNow({ instance: fake.url, table }));

beforeEach(async () => {
  secretsManager.reset();
  holdSecret('{"API_Key":"key"}');
  fake = await start();
});
afterEach(async () => fake.close());

describe('a record', () => {
  it('says what happened, one fact on each line', async () => {
    await fresh().open(event());
    expect(fake.tickets[0]).toMatchObject({
      short_description:
        'EC2.2 in account 111122223333 (changed): arn:aws:ec2:eu-west-1:111122223333:security-group/sg-1',
      correlation_id: 'asr-0123456789abcdef0123456789abcdef',
      correlation_display: 'Automated Security Response',
    });
    expect(String(fake.tickets[0]?.['description']).split('\n')).toEqual([
      'Result: Fixed and verified by ASR-CloseGroup.',
      'Outcome: changed',
      'Control: EC2.2',
      'Severity: HIGH',
      'Account: 111122223333',
      'Resource: arn:aws:ec2:eu-west-1:111122223333:security-group/sg-1',
      'Finding: The group is open to the world.',
      'Finding id: arn:aws:securityhub:eu-west-1:111122223333:security-control/EC2.2/finding/f1',
      'Reference: asr-0123456789abcdef0123456789abcdef',
    ]);
  });
  it.each([
    ['CRITICAL', 'failed', '1'],
    ['HIGH', 'not-verified', '2'],
    ['MEDIUM', 'failed', '3'],
    ['CRITICAL', 'changed', '3'],
    ['CRITICAL', '', '1'],
    ['', 'failed', '3'],
  ])('of severity %j and outcome %j has urgency %s', async (FindingSeverity, Outcome, urgency) => {
    await fresh().open(event({ FindingSeverity, Outcome }));
    expect(fake.tickets[0]).toMatchObject({ urgency });
  });
  it('fits its fields, however long the texts are', async () => {
    const long = 'x'.repeat(5000);
    const info = {
      Message: long,
      FindingDescription: long,
      FindingSeverity: long,
      SecurityControlId: long,
      FindingAccountId: long,
      AffectedResource: long,
      FindingId: long,
      AttemptId: 'a'.repeat(64),
      Outcome: long,
    };
    expect(await fresh().open(event(info))).toMatchObject({ Ok: true });
    const sent = objectOf(fake.received[1]?.body);
    expect(String(sent['short_description']).length).toBeLessThanOrEqual(160);
    expect(String(sent['description']).length).toBeLessThanOrEqual(4000);
    expect(String(sent['description'])).toContain(`Reference: asr-${'a'.repeat(64)}`);
  });
  it('writes no journal field, which could show markup', async () => {
    await fresh().open(event());
    expect(Object.keys(objectOf(fake.received[1]?.body)).toSorted()).toEqual([
      'correlation_display',
      'correlation_id',
      'description',
      'short_description',
      'urgency',
    ]);
  });
});

describe('what ServiceNow refuses', () => {
  it('is told in its own words: a table that is not there', async () => {
    expect(await fresh('nope').open(event())).toEqual({
      Ok: false,
      ResponseCode: '400',
      ResponseReason: 'ServiceNow answered 400: Invalid table nope.',
    });
  });
  it('is explained: a record or table that the user may not see', async () => {
    const error = {
      message: 'No Record found',
      detail: "Record doesn't exist or ACL restricts the record retrieval",
    };
    fake.faults.push({ on: 'creation', reaction: { status: 404, body: { error } } });
    expect(await fresh().open(event())).toMatchObject({
      ResponseCode: '404',
      ResponseReason: `ServiceNow answered 404: ${error.message} ${error.detail}. Are InstanceURI and ServiceNowTableName right?`,
    });
  });
});

describe('a table without correlation_id', () => {
  it('answers any record to a search, which is not taken for ours; nothing more is opened', async () => {
    await fake.close();
    fake = await start({ hasCorrelation: false });
    expect(await fresh().open(event())).toMatchObject({ Ok: true });
    const answer = await fresh().open(event({ AttemptId: 'second' }));
    expect(answer).toMatchObject({ Ok: false, ResponseCode: 'unclear-answer' });
    expect(JSON.stringify(answer)).toContain('must extend task');
    expect(fake.tickets).toHaveLength(1);
  });
});
