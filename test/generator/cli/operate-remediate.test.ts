import { readdirSync, rmSync } from 'node:fs';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { attemptIdOfMessage } from '../../../generator/operate/commands.ts';
import type { Attempt } from '../../../templates/admin/functions/model/attempt.ts';
import { attemptItem, heldItem } from '../../../templates/admin/functions/store/items.ts';
import { fromItem } from '../../../templates/admin/functions/store/marshal.ts';
import { describeWithEmulator } from '../../support/emulator.ts';
import { attemptOf, heldOf } from '../../templates/admin/store-fixtures.ts';
import {
  emptyFolder,
  forged,
  groupFinding,
  install,
  NOW,
  operate,
} from '../operate/operate-stage.ts';
import type { Installed, People, Played } from '../operate/operate-stage.ts';
import { smallProject } from './run-cli.ts';

const project = smallProject(['ec2/RemoveVPCDefaultSecurityGroupRules', 'kms/EnableKeyRotation']);
const folders: string[] = [project];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

const YES: People = { answers: ['yes'] };
const many = (count: number, from = 1) =>
  Array.from({ length: count }, (_, at) => groupFinding(from + at));

describeWithEmulator('asr remediate', ({ emulator }) => {
  let world: Installed;
  beforeEach(async () => {
    world = await install(emulator().endpoint);
    await world.tables.putRow({ controlId: 'EC2.2', automatedRemediationEnabled: false });
  });
  const run = (people: People, ...args: readonly string[]) =>
    operate(world, project, people, ...args);

  it('shows what a query means, asks, and sends one command for each finding', async () => {
    const other = groupFinding(9, {}, '444455556666');
    world.shows([groupFinding(1), other]);
    const { code, out, err, questions } = await run(YES, 'remediate', '--control', 'ec2.2');
    expect(out).toBe(
      [
        'To remediate: 2 findings.',
        '',
        'CONTROL  COUNT  ACCOUNTS  REGIONS  IMPACT       UNDO',
        'EC2.2    2      2         1        access-loss  yes',
        '',
        'ACCOUNT       COUNT',
        '111122223333  1',
        '444455556666  1',
        '',
      ].join('\n'),
    );
    expect(questions).toEqual(['Send 2 commands? [y/N] ']);
    expect({ code, err }).toEqual({
      code: 0,
      err: '2 commands sent.\nWhat becomes of them is in asr history.\n',
    });
    expect(await world.commands()).toMatchObject([
      {
        type: 'ask',
        request: { mode: 'Remediate', origin: 'command', ticket: false },
        finding: { format: 'asff', id: groupFinding(1).Id },
      },
      { type: 'ask', finding: { id: other.Id } },
    ]);
  });

  it('asks Security Hub only for what fails now and has a remediation', async () => {
    world.shows([]);
    await run(
      {},
      'remediate',
      '--account',
      '111122223333',
      '--severity',
      'high',
      '--standard',
      'sc',
    );
    expect(world.asked()).toEqual([
      {
        Filters: {
          ComplianceStatus: [{ Value: 'FAILED', Comparison: 'EQUALS' }],
          RecordState: [{ Value: 'ACTIVE', Comparison: 'EQUALS' }],
          WorkflowStatus: [
            { Value: 'NEW', Comparison: 'EQUALS' },
            { Value: 'NOTIFIED', Comparison: 'EQUALS' },
          ],
          ComplianceSecurityControlId: [
            { Value: 'EC2.2', Comparison: 'EQUALS' },
            { Value: 'KMS.4', Comparison: 'EQUALS' },
          ],
          AwsAccountId: [{ Value: '111122223333', Comparison: 'EQUALS' }],
          SeverityLabel: [{ Value: 'HIGH', Comparison: 'EQUALS' }],
        },
        MaxResults: 100,
      },
    ]);
  });

  it('leaves out what would be denied, and says why', async () => {
    await world.tables.put({
      pk: 'exceptions',
      sk: 'demo',
      type: 'exception',
      owner: 'team blue',
      reason: 'A demo.',
      expiresAt: '2026-04-01T00:00:00.000Z',
      resources: ['arn:aws:ec2:eu-west-1:111122223333:security-group/sg-00000002'],
    });
    const suppressed = groupFinding(3, { Workflow: { Status: 'SUPPRESSED' } });
    world.shows([groupFinding(1), groupFinding(2), suppressed, forged(4)]);
    const { out } = await run(YES, 'remediate', '--all');
    expect(out).toContain('To remediate: 1 finding.');
    expect(out).toContain('Left out: 3 findings.');
    expect(out).toContain(
      'The exception demo of team blue applies until 2026-04-01T00:00:00.000Z.',
    );
    expect(out).toContain('The finding is suppressed.');
    expect(out).toContain('The finding does not come from Security Hub itself.');
    expect(await world.commands()).toHaveLength(1);
  });

  it('sends nothing while everything is paused', async () => {
    await world.tables.putRow({ controlId: '*', paused: true });
    world.shows([groupFinding(1)]);
    const { code, out, err } = await run(YES, 'remediate', String(groupFinding(1).Id));
    expect(out).toContain('paused: ');
    expect({ code, err }).toEqual({ code: 1, err: 'There is nothing to send.\n' });
    expect(await world.commands()).toEqual([]);
  });

  it.each([
    [[], 'Say which: ids of findings, options such as --control or --account, or --all.'],
    [['--all', '--control', 'EC2.2'], 'exclude each other.'],
    [['--control', 'EC2.3'], 'There is no control EC2.3 with a remediation. Did you mean EC2.2?'],
    [['--standard', 'CIS9'], 'There is no standard CIS9.'],
    [['not-a-finding'], "not-a-finding isn't the id of a finding"],
    [['--account', '12'], 'An account id has 12 digits.'],
  ])('refuses the command line %j', async (args, says) => {
    const { code, err } = await run(YES, 'remediate', ...args);
    expect(err).toContain(says);
    expect(code).toBe(2);
  });

  it.each([
    ['nobody can be asked', {}, 'Say --yes to send.'],
    ['somebody says no', { answers: ['no'] }, 'Nothing was sent.'],
  ])('sends nothing when %s', async (_, people, says) => {
    world.shows([groupFinding(1)]);
    const { code, err } = await run(people, 'remediate', '--all');
    expect(err).toContain(says);
    expect(code).toBe(1);
    expect(await world.commands()).toEqual([]);
  });

  it('only shows with --dry-run', async () => {
    world.shows([groupFinding(1)]);
    const { code, questions } = await run(YES, 'remediate', '--all', '--dry-run');
    expect({ code, questions }).toEqual({ code: 0, questions: [] });
    expect(await world.commands()).toEqual([]);
  });

  it('stops reading at the limit', async () => {
    world.shows(many(3), many(3, 4), many(3, 7));
    const { out } = await run(YES, 'remediate', '--all', '--limit', '4');
    expect(out).toContain('To remediate: 4 findings.');
    expect(out).toContain('The limit of 4 is reached, and there are more.');
    expect(world.asked()).toHaveLength(2);
    expect(await world.commands()).toHaveLength(4);
  });

  it('keeps to the rate', async () => {
    world.shows(many(25));
    const pauses: number[] = [];
    await run(
      { ...YES, onSleep: (milliseconds) => void pauses.push(milliseconds) },
      ...['remediate', '--all', '--rate', '60'],
    );
    expect(pauses).toEqual([10_000, 5000]);
  });

  it('goes on where Ctrl-C interrupted it, and forgets the run when all is sent', async () => {
    const stateFolder = emptyFolder();
    folders.push(stateFolder);
    world.shows(many(25));
    const first = await run(
      { ...YES, stateFolder, onSleep: (_, interrupt) => interrupt() },
      ...['remediate', '--all'],
    );
    expect(first.err).toContain('Interrupted after 10 of 25 commands');
    expect(first.code).toBe(1);
    expect(readdirSync(stateFolder)).toHaveLength(1);

    const second = await run({ ...YES, stateFolder }, 'remediate', '--all');
    expect(second.err).toContain('sent 10 of 25 commands. This one goes on there');
    expect(second.questions).toEqual(['Send 15 commands? [y/N] ']);
    expect(second.code).toBe(0);
    const sent = await world.commands();
    const ids = sent.map((one) => (one.type === 'ask' ? one.finding.id : ''));
    expect(new Set(ids)).toEqual(new Set(many(25).map(({ Id }) => Id)));
    expect(sent).toHaveLength(25);
    expect(readdirSync(stateFolder)).toEqual([]);
  });

  it('sends nothing about findings that nobody named, whatever Security Hub answers', async () => {
    world.shows(many(3));
    const { out } = await run(YES, 'remediate', String(groupFinding(2).Id), '--no-wait');
    expect(out).toContain('To remediate: 1 finding.');
    expect(await world.commands()).toMatchObject([{ finding: { id: groupFinding(2).Id } }]);
  });

  it('says of a finding of another Region where it should come from', async () => {
    world.shows([]);
    const { code, out } = await run(YES, 'remediate', String(groupFinding(1).Id));
    expect(out).toContain(
      'Security Hub of account 012345678901 has no such finding in us-east-1. It is one of eu-west-1: are its findings aggregated here,',
    );
    expect(code).toBe(1);
  });

  it('refuses a run that another terminal works on, and sends nothing twice', async () => {
    const stateFolder = emptyFolder();
    folders.push(stateFolder);
    world.shows(many(2));
    let second: Played | undefined;
    const onAsk = async (): Promise<void> => {
      second = await run({ ...YES, stateFolder }, 'remediate', '--all');
    };
    const first = await run({ ...YES, onAsk, stateFolder }, 'remediate', '--all');
    expect(second?.err).toContain('works on the same run');
    expect(second?.code).toBe(1);
    expect(first.code).toBe(0);
    expect(await world.commands()).toHaveLength(2);
  });

  it('starts anew with --fresh', async () => {
    const stateFolder = emptyFolder();
    folders.push(stateFolder);
    world.shows(many(12));
    const onSleep: People['onSleep'] = (_, interrupt) => interrupt();
    await run({ ...YES, stateFolder, onSleep }, 'remediate', '--all');
    const { questions } = await run({ ...YES, stateFolder }, 'remediate', '--all', '--fresh');
    expect(questions).toEqual(['Send 12 commands? [y/N] ']);
  });

  /** Puts what the orchestrator would write, once the command is there. */
  const answers = (make: (messageId: string) => object) => async (): Promise<void> => {
    for (const one of await world.commands())
      if (one.type === 'ask') await world.tables.put(make(one.request.id));
  };
  const ended = (messageId: string, changes: Partial<Attempt>): object =>
    fromItem(
      attemptItem(
        attemptOf(1, {
          id: attemptIdOfMessage(messageId),
          resource: 'arn:aws:ec2:eu-west-1:111122223333:security-group/sg-00000001',
          status: 'ended',
          origin: 'command',
          endedAt: NOW.toISOString(),
          ...changes,
        }),
        365,
      ),
    );

  it('waits for a named finding, and says what became of it', async () => {
    world.shows([groupFinding(1)]);
    const message = 'Fixed and verified by ASR-RemoveVPCDefaultSecurityGroupRules.';
    const { code, out, err } = await run(
      { ...YES, onSleep: answers((id) => ended(id, { outcome: 'changed', message })) },
      ...['remediate', String(groupFinding(1).Id)],
    );
    expect(out).toContain(
      `changed: EC2.2 111122223333 eu-west-1 arn:aws:ec2:eu-west-1:111122223333:security-group/sg-00000001\n  ${message}\n`,
    );
    expect(err).toContain('changed: 1');
    expect(code).toBe(0);
  });

  it('shows the calls of a preview', async () => {
    world.shows([groupFinding(1)]);
    const preview = JSON.stringify([
      { call: 'ec2:RevokeSecurityGroupEgress', with: { GroupId: 'sg-00000001' } },
    ]);
    const { out } = await run(
      {
        ...YES,
        onSleep: answers((id) =>
          ended(id, { mode: 'Preview', outcome: 'would-change', message: 'Preview.', preview }),
        ),
      },
      ...['preview', String(groupFinding(1).Id)],
    );
    expect(out).toContain('  ec2:RevokeSecurityGroupEgress {"GroupId":"sg-00000001"}');
  });

  it('ends with 1 when one of them failed, was denied, or has to wait too long', async () => {
    const held = heldOf({
      resource: 'arn:aws:ec2:eu-west-1:111122223333:security-group/sg-00000002',
      notBefore: '2026-03-03T10:00:00.000Z',
    });
    await world.tables.put(fromItem(heldItem(held)));
    const note = {
      Text: 'Not started: Remediation is paused.',
      UpdatedAt: NOW.toISOString(),
      UpdatedBy: 'SO0111-ASR',
    };
    world.shows([groupFinding(1), groupFinding(2), groupFinding(3, { Note: note })]);
    let isFirst = true;
    const { code, out, err } = await run(
      {
        ...YES,
        onSleep: async () => {
          if (!isFirst) return;
          isFirst = false;
          const own = (await world.commands()).find(
            (one) => one.type === 'ask' && one.finding.id === groupFinding(1).Id,
          );
          const id = own?.type === 'ask' ? own.request.id : '';
          await world.tables.put(ended(id, { outcome: 'failed', message: 'Not fixed (failed).' }));
        },
      },
      ...['remediate', '--all', '--wait'],
    );
    expect(out).toContain('failed: EC2.2 111122223333');
    expect(out).toContain('Waits until 2026-03-03T10:00:00.000Z: The change window opens later.');
    expect(out).toContain('Not started: Remediation is paused.');
    expect(err).toContain('failed: 1, waiting: 1, denied: 1');
    expect(code).toBe(1);
  });

  it('stops waiting after the time-out', async () => {
    world.shows([groupFinding(1)]);
    let time = NOW.getTime();
    const { code, err } = await run(
      {
        ...YES,
        now: () => new Date(time),
        onSleep: (milliseconds) => void (time += milliseconds),
      },
      ...['remediate', '--all', '--wait', '--timeout', '5'],
    );
    expect(err).toContain('no answer yet: 1');
    expect(code).toBe(1);
    expect(time - NOW.getTime()).toBeLessThan(7 * 60_000);
  });

  it('prints one JSON object a line for programs', async () => {
    world.shows(many(2));
    const { out } = await run({}, 'remediate', '--all', '--yes', '--json');
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(lines).toMatchObject([
      { finding: groupFinding(1).Id, control: 'EC2.2', state: 'unknown' },
      { finding: groupFinding(2).Id },
    ]);
  });
});
