import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { jira } from '../../../templates/jira/functions/jira.ts';
import { jiraUrls } from '../../../templates/jira/functions/urls.ts';
import { objectOf } from './fake.ts';
import type { Fake } from './fake.ts';
import { startJira } from './fake-jira.ts';
import type { JiraSettings } from './fake-jira.ts';
import { event } from './payload.ts';
import { createFunction, holdSecret, secretReads, secretsManager } from './world.ts';
import type { TicketFunction } from './world.ts';

const USER = 'bot@example.com';
const CLOUD_ID = '11111111-2222-3333-4444-555555555555';

let fake: Fake;
let token = 'token';
const restart = async (settings: Partial<JiraSettings>): Promise<void> => {
  await fake.close();
  fake = await startJira({ user: USER, token: () => token, project: 'SEC', ...settings });
};
const fresh = (projectKey = 'SEC'): TicketFunction =>
  createFunction(jira({ site: fake.url, api: fake.url, projectKey, issueType: 'Task' }));

beforeEach(async () => {
  token = 'token';
  secretsManager.reset();
  holdSecret(JSON.stringify({ Username: USER, Password: 'token' }));
  fake = await startJira({ user: USER, token: () => token, project: 'SEC' });
});
afterEach(async () => fake.close());

describe('an issue', () => {
  it('says what happened, in text that nothing in it can format', async () => {
    await fresh().open(event({ Message: 'Fixed *all* [here|https://evil.example].' }));
    expect(fake.tickets[0]).toMatchObject({
      project: { key: 'SEC' },
      issuetype: { name: 'Task' },
      summary:
        'EC2.2 in account 111122223333 (changed): arn:aws:ec2:eu-west-1:111122223333:security-group/sg-1',
      labels: ['automated-security-response', 'asr-0123456789abcdef0123456789abcdef'],
    });
    const { type, version, content } = objectOf(fake.tickets[0]?.['description']);
    expect([type, version]).toEqual(['doc', 1]);
    expect((content as readonly unknown[])[0]).toEqual({
      type: 'paragraph',
      content: [
        { type: 'text', text: 'Result: ', marks: [{ type: 'strong' }] },
        { type: 'text', text: 'Fixed *all* [here|https://evil.example].' },
      ],
    });
  });
  it('has no priority, reporter or other field that a project may not have', async () => {
    await fresh().open(event());
    expect(Object.keys(fake.tickets[0] ?? {}).toSorted()).toEqual([
      'description',
      'issuetype',
      'key',
      'labels',
      'project',
      'summary',
    ]);
  });
  it('has a summary of at most 255 characters', async () => {
    await fresh().open(event({ AffectedResource: `arn:aws:s3:::${'b'.repeat(600)}` }));
    expect(fake.tickets[0]?.['summary']).toHaveLength(255);
  });
  it('is known to the function at once, though search lags behind', async () => {
    await restart({ isSearchStale: true });
    const { open, logs } = fresh();
    const first = await open(event());
    expect(await open(event())).toEqual(first);
    expect(fake.tickets).toHaveLength(1);
    expect(JSON.parse(logs[1] ?? '')).toMatchObject({ result: 'found', tries: 0 });
  });
  it('is given seconds to show up in search after a lost answer', async () => {
    fake.faults.push({ on: 'creation', reaction: 'drop', isCarriedOut: true });
    const { open, pauses } = fresh();
    expect(await open(event())).toMatchObject({ Ok: true, TicketId: 'SEC-1' });
    expect(pauses[0]).toBeGreaterThanOrEqual(5000);
  });
});

describe('what Jira refuses', () => {
  it('is told in its own words: a project that is not there', async () => {
    const answer = await fresh('NOPE').open(event());
    expect(answer).toEqual({
      Ok: false,
      ResponseCode: '400',
      ResponseReason: "Jira answered 400: The value 'NOPE' does not exist for the field 'project'.",
    });
    expect(fake.received).toHaveLength(1);
  });
  it('is told by field: labels that are not on the screen', async () => {
    const labels = "Field 'labels' cannot be set. It is not on the appropriate screen, or unknown.";
    const body = { errorMessages: [], errors: { labels } };
    fake.faults.push({ on: 'creation', reaction: { status: 400, body } });
    expect(await fresh().open(event())).toMatchObject({
      ResponseCode: '400',
      ResponseReason: `Jira answered 400: labels: ${labels}`,
    });
  });
  it('is explained: a site that is not there', async () => {
    fake.faults.push({
      on: 'lookUp',
      reaction: { status: 404, body: '<html>Site unavailable</html>' },
    });
    expect(await fresh().open(event())).toMatchObject({
      ResponseCode: '404',
      ResponseReason: 'Jira answered 404. Is InstanceURI right?',
    });
  });
  it('is recognised: a search that answers 200 to nobody is no answer', async () => {
    await restart({ strangers: 'anonymous', token: () => 'another' });
    expect(await fresh().open(event())).toMatchObject({ Ok: false, ResponseCode: '401' });
    expect(fake.received.map(({ method }) => method)).toEqual(['GET']);
  });
  it('is tried again with a rotated token, though a hidden project answers 400', async () => {
    const { open } = fresh();
    await open(event());
    holdSecret(JSON.stringify({ Username: USER, Password: 'rotated' }));
    token = 'rotated';
    const body = { errorMessages: ["The value 'SEC' does not exist for the field 'project'."] };
    fake.faults.push({ on: 'lookUp', reaction: { status: 400, body } });
    expect(await open(event({ AttemptId: 'second' }))).toMatchObject({ Ok: true });
    expect(secretReads()).toBe(2);
  });
  it("is told when it comes from Atlassian's gateway", async () => {
    const body = { code: 401, message: 'Unauthorized; scope does not match' };
    fake.faults.push({ on: 'lookUp', reaction: { status: 401, body } });
    expect(await fresh().open(event())).toMatchObject({
      ResponseReason:
        'Jira did not accept the credentials of the secret: Unauthorized; scope does not match.',
    });
  });
});

describe('addresses', () => {
  it('are the site alone, for tokens without scopes', () => {
    const site = 'https://my-team.atlassian.net';
    expect(jiraUrls('my-team.atlassian.net', '')).toEqual({ site, api: site });
  });
  it('are the site for people and the gateway for calls, for tokens with scopes', () => {
    expect(jiraUrls('my-team.atlassian.net', CLOUD_ID)).toEqual({
      site: 'https://my-team.atlassian.net',
      api: `https://api.atlassian.com/ex/jira/${CLOUD_ID}`,
    });
  });
  it.each([
    ['http://my-team.atlassian.net', ''],
    ['my-team.atlassian.net/', ''],
    ['my-team.atlassian.net.evil.example', ''],
    ['evil.example/.atlassian.net', ''],
    ['user@evil.example#.atlassian.net', ''],
    ['atlassian.net', ''],
    ['a.b.atlassian.net', ''],
    ['my-team.atlassian.net', '../../x'],
    ['my-team.atlassian-us-gov-mod.net', CLOUD_ID],
  ])('refuse %s with cloud id %j', (host, cloudId) => {
    expect(() => jiraUrls(host, cloudId)).toThrow(/INSTANCE_URI|CLOUD_ID/u);
  });
});
