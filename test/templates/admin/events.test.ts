import { GetFindingsV2Command, SecurityHubClient } from '@aws-sdk/client-securityhub';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { findFinding } from '../../../templates/admin/functions/ingest/find-finding.ts';
import { parseRecord } from '../../../templates/admin/functions/ingest/messages.ts';
import type { Message } from '../../../templates/admin/functions/ingest/messages.ts';
import { attemptIdOf } from '../../../templates/admin/functions/ingest/new-attempt.ts';
import { ADMIN, GROUP, MEMBER, environment } from './fixtures.ts';
import { findingOf, requestOf } from './store-fixtures.ts';

const QUEUES = {
  ...environment,
  eventQueueArn: `arn:aws:sqs:us-east-1:${ADMIN}:SO0111-ASR-Events`,
  commandQueueArn: `arn:aws:sqs:us-east-1:${ADMIN}:SO0111-ASR-Commands`,
  consoleRoleId: 'AROACONSOLEEXAMPLE001',
};
const ALICE = 'AROAADMINEXAMPLE00001:alice';
const CONSOLE = `${QUEUES.consoleRoleId}:web`;
const ACTIONS = `arn:aws:securityhub:us-east-1:${ADMIN}:action/custom/`;

type Raw = Readonly<Record<string, unknown>>;

function read(
  queue: string,
  body: unknown,
  sender: string | undefined = ALICE,
): readonly Message[] {
  return parseRecord(
    {
      messageId: 'message-1',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      attributes: sender === '' ? {} : { SenderId: sender },
      eventSourceARN: queue,
    },
    QUEUES,
  );
}

const event = (changes: Raw = {}): readonly Message[] =>
  read(QUEUES.eventQueueArn, {
    id: 'event-1',
    source: 'aws.securityhub',
    'detail-type': 'Security Hub Findings - Imported',
    resources: [],
    detail: { findings: [{ Id: 'one' }] },
    ...changes,
  });
const action = (arn: unknown): readonly Message[] =>
  event({ 'detail-type': 'Security Hub Findings - Custom Action', resources: [arn] });
const command = (body: Raw, sender?: string): Message | undefined =>
  read(QUEUES.commandQueueArn, { asr: 1, ...body }, sender)[0];

const FINDING = {
  id: `arn:aws:securityhub:eu-west-1:${MEMBER}:security-control/EC2.2/finding/0a`,
  productArn: 'arn:aws:securityhub:eu-west-1::product/aws/securityhub',
};
const OCSF = { ...FINDING, productArn: 'arn:aws:securityhub:eu-west-1::productv2/aws/securityhub' };
const TARGET = { account: MEMBER, region: 'eu-west-1', resource: GROUP };
const ATTEMPT = '0123456789abcdef0123456789abcdef';

describe('an event', () => {
  it.each(['Security Hub Findings - Imported', 'Findings Imported V2'])(
    'of type %s asks for each of its findings',
    (type) => {
      const detail = { findings: [{ Id: 'one' }, { Id: 'two' }] };
      expect(event({ 'detail-type': type, detail })).toEqual([
        {
          type: 'finding',
          finding: { Id: 'one' },
          request: requestOf({ id: 'event-1#0' }),
        },
        {
          type: 'finding',
          finding: { Id: 'two' },
          request: requestOf({ id: 'event-1#1' }),
        },
      ]);
    },
  );

  it.each([
    ['ASRRemediation', 'Remediate', false],
    ['ASRTicketing', 'Remediate', true],
    ['ASRPreview', 'Preview', false],
    ['ASRUndo', 'Undo', false],
  ])('of the custom action %s asks for what the action says', (id, mode, ticket) => {
    expect(action(`${ACTIONS}${id}`)).toMatchObject([
      { type: 'finding', request: { origin: 'custom-action', mode, ticket, force: false } },
    ]);
  });

  it.each([
    ['another account', `${ACTIONS}ASRRemediation`.replace(ADMIN, MEMBER)],
    ['another Region', `${ACTIONS}ASRRemediation`.replace('us-east-1', 'us-west-2')],
    ['another partition', `${ACTIONS}ASRRemediation`.replace('arn:aws:', 'arn:aws-cn:')],
    ['somebody else', `${ACTIONS}Escalate`],
    ['nobody', undefined],
    ['an ending only', 'ASRRemediation'],
  ])('of a custom action of %s is put aside', (_, arn) => {
    expect(action(arn)).toEqual([
      { type: 'poison', reason: 'The event names no custom action of this solution.' },
    ]);
  });

  it.each([
    ['has another source', { source: 'aws.config' }],
    ['has no source', { source: undefined }],
    ['has no id', { id: '' }],
    ['is of another type', { 'detail-type': 'Security Hub Insight Results' }],
    ['holds no finding', { detail: { findings: [] } }],
    ['holds no list', { detail: { findings: { Id: 'one' } } }],
    ['is a command', { source: undefined, asr: 1, command: 'remediate', finding: FINDING }],
  ])('is put aside when it %s', (_, changes) => {
    expect(event(changes)).toMatchObject([{ type: 'poison' }]);
  });

  it.each(['', '[]', '"text"', 'null', '{'])('is put aside when its body is %s', (body) => {
    expect(read(QUEUES.eventQueueArn, body)).toMatchObject([{ type: 'poison' }]);
  });
});

describe('the queues', () => {
  it('take nothing that belongs into the other one', () => {
    const forged = {
      id: 'event-1',
      source: 'aws.securityhub',
      'detail-type': 'Security Hub Findings - Imported',
      detail: { findings: [{}] },
    };
    expect(read(QUEUES.commandQueueArn, forged)).toMatchObject([{ type: 'poison' }]);
    const misplaced = { asr: 1, command: 'approve', attempt: ATTEMPT };
    expect(read(QUEUES.eventQueueArn, misplaced)).toMatchObject([{ type: 'poison' }]);
    expect(read(`${QUEUES.eventQueueArn}-other`, forged)).toMatchObject([{ type: 'poison' }]);
  });
});

describe('a command', () => {
  it('asks in the name of who sent it', () => {
    expect(command({ command: 'remediate', finding: FINDING, ticket: true })).toEqual({
      type: 'ask',
      finding: { format: 'asff', ...FINDING },
      request: {
        id: 'message-1',
        origin: 'command',
        mode: 'Remediate',
        actor: ALICE,
        force: false,
        ticket: true,
      },
    });
    expect(command({ command: 'preview', finding: OCSF }, 'AIDABOBEXAMPLE0000001')).toMatchObject({
      finding: { format: 'ocsf' },
      request: { mode: 'Preview', actor: 'AIDABOBEXAMPLE0000001' },
    });
    const undo = { command: 'undo', finding: FINDING, attempt: ATTEMPT, force: true };
    expect(command(undo)).toMatchObject({
      request: { mode: 'Undo', attempt: ATTEMPT, force: true },
    });
  });

  it('answers, resumes, looks after and releases', () => {
    const attempt = ATTEMPT;
    expect(command({ command: 'approve', attempt })).toEqual({
      type: 'approve',
      attempt,
      actor: ALICE,
      messageId: 'message-1',
    });
    expect(command({ command: 'reject', attempt })).toMatchObject({ type: 'reject', attempt });
    expect(command({ command: 'expire', ...TARGET, attempt })).toEqual({
      type: 'expire',
      ...TARGET,
      attempt,
    });
    expect(command({ command: 'recover', ...TARGET, attempt })).toMatchObject({ type: 'recover' });
    const resume = { command: 'resume', ...TARGET, remediation: 'CloseGroup', mode: 'Undo' };
    expect(command(resume)).toEqual({
      type: 'resume',
      ...TARGET,
      remediation: 'CloseGroup',
      mode: 'Undo',
    });
    const release = { command: 'release', ...TARGET, remediation: 'CloseGroup' };
    expect(command(release)).toMatchObject({ type: 'release', actor: ALICE });
  });

  it('of the web console is in the name of its user, and nobody else may name one', () => {
    const approve = { command: 'approve', attempt: ATTEMPT };
    expect(command({ ...approve, actor: 'carol@example.com' }, CONSOLE)).toMatchObject({
      actor: 'carol@example.com',
    });
    expect(
      command({ command: 'remediate', finding: FINDING, actor: 'carol' }, CONSOLE),
    ).toMatchObject({ request: { origin: 'console', actor: 'carol' } });
    expect(command({ ...approve, actor: 'carol@example.com' })).toEqual({
      type: 'poison',
      reason: 'Only the web console may name who asks.',
    });
    expect(command(approve, CONSOLE)).toEqual({
      type: 'poison',
      reason: 'The web console must name who asks.',
    });
    expect(command({ ...approve, actor: ' \u0000' }, CONSOLE)).toMatchObject({ type: 'poison' });
  });

  it('of the role without an id is nobody but itself while there is no web console', () => {
    const queues = { ...QUEUES, consoleRoleId: '' };
    const [message] = parseRecord(
      {
        messageId: 'message-1',
        body: JSON.stringify({ asr: 1, command: 'approve', attempt: ATTEMPT, actor: 'carol' }),
        attributes: { SenderId: ALICE },
        eventSourceARN: queues.commandQueueArn,
      },
      queues,
    );
    expect(message).toMatchObject({ type: 'poison' });
  });

  it.each<[string, Raw, string?]>([
    ['of another version', { asr: 2, command: 'approve', attempt: ATTEMPT }],
    ['that is not known', { command: 'constructor' }],
    ['without a sender', { command: 'approve', attempt: ATTEMPT }, ''],
    ['of an odd sender', { command: 'approve', attempt: ATTEMPT }, 'a b'],
    ['with an odd attempt', { command: 'approve', attempt: `${ATTEMPT}0` }],
    ['without an attempt', { command: 'reject' }],
    ['with a member too many', { command: 'approve', attempt: ATTEMPT, force: true }],
    ['without a finding', { command: 'remediate' }],
    [
      'with a finding of others',
      {
        command: 'remediate',
        finding: {
          ...FINDING,
          productArn: `arn:aws:securityhub:eu-west-1:${MEMBER}:product/${MEMBER}/default`,
        },
      },
    ],
    ['with a finding under an odd id', { command: 'remediate', finding: { ...FINDING, id: 'x' } }],
    ['with a whole finding', { command: 'remediate', finding: { ...FINDING, Resources: [] } }],
    ['with force where nothing is forced', { command: 'remediate', finding: FINDING, force: true }],
    ['with a ticket that is no yes', { command: 'remediate', finding: FINDING, ticket: 'yes' }],
    ['of an odd account', { command: 'expire', ...TARGET, account: '1', attempt: ATTEMPT }],
    ['of an odd resource', { command: 'expire', ...TARGET, resource: 'a b', attempt: ATTEMPT }],
    ['of an odd Region', { command: 'recover', ...TARGET, region: '../x', attempt: ATTEMPT }],
    ['of an odd mode', { command: 'resume', ...TARGET, remediation: 'CloseGroup', mode: 'Delete' }],
    ['of an odd remediation', { command: 'release', ...TARGET, remediation: 'Close#Group' }],
  ])('%s is put aside', (_, body, sender) => {
    expect(command(body, sender)).toMatchObject({ type: 'poison' });
  });
});

describe('a finding in OCSF', () => {
  it('is asked for by its id and product, and must be the only one', async () => {
    const securityHub = mockClient(SecurityHubClient);
    const client = new SecurityHubClient({ region: 'us-east-1' });
    const key = { format: 'ocsf', ...OCSF } as const;
    securityHub.on(GetFindingsV2Command).resolves({ Findings: [{ class_uid: 2003 }] });
    expect(await findFinding(client, key)).toEqual({ class_uid: 2003 });
    expect(securityHub.commandCalls(GetFindingsV2Command)[0]?.args[0].input.Filters).toEqual({
      CompositeFilters: [
        {
          StringFilters: [
            { FieldName: 'finding_info.uid', Filter: { Value: OCSF.id, Comparison: 'EQUALS' } },
            {
              FieldName: 'metadata.product.uid',
              Filter: { Value: OCSF.productArn, Comparison: 'EQUALS' },
            },
          ],
          Operator: 'AND',
        },
      ],
    });
    securityHub.on(GetFindingsV2Command).resolves({ Findings: [{}, {}] });
    expect(await findFinding(client, key)).toBeUndefined();
    securityHub.restore();
  });
});

describe('the id of an attempt', () => {
  const finding = findingOf(1);

  it('is the same for each delivery of what comes by itself, until the finding or the past is another', () => {
    const first = attemptIdOf(requestOf({ id: 'event-1#0' }), finding, 0);
    expect(first).toMatch(/^[0-9a-f]{32}$/u);
    expect(attemptIdOf(requestOf({ id: 'event-2#0' }), finding, 0)).toBe(first);
    expect(attemptIdOf(requestOf(), finding, 1)).not.toBe(first);
    expect(attemptIdOf(requestOf(), findingOf(2), 0)).not.toBe(first);
    const checked = { ...finding, updatedAt: '2026-05-06T13:20:00.000Z' };
    expect(attemptIdOf(requestOf(), checked, 0)).not.toBe(first);
  });

  it('is another one for each click and each command', () => {
    const click = (id: string) =>
      attemptIdOf(requestOf({ id, origin: 'custom-action' }), finding, 0);
    expect(click('event-1#0')).toBe(click('event-1#0'));
    expect(click('event-1#0')).not.toBe(click('event-2#0'));
    const sent = attemptIdOf(requestOf({ id: 'event-1#0', origin: 'command' }), finding, 0);
    expect(sent).not.toBe(click('event-1#0'));
  });
});
