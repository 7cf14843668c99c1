import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { connect } from '../../../generator/operate/connect.ts';
import { attemptItem, holdItem } from '../../../templates/admin/functions/store/items.ts';
import { fromItem } from '../../../templates/admin/functions/store/marshal.ts';
import { describeWithEmulator } from '../../support/emulator.ts';
import { attemptOf, idOf, REMEDIATION, TARGET } from '../../templates/admin/store-fixtures.ts';
import { smallProject } from '../cli/run-cli.ts';
import { emptyFolder, groupFinding, install, NOW, ocsfFinding, operate } from './operate-stage.ts';
import type { Installed, People } from './operate-stage.ts';

const GUIDE = readFileSync(new URL('../../../docs/user-guide.md', import.meta.url), 'utf8');

/** The table under "Permissions": actions for each command. */
const TABLE: ReadonlyMap<string, readonly string[]> = new Map(
  (/^## Permissions$.*?(?<rows>^\| .*?)\n\n/msu.exec(GUIDE)?.groups?.['rows'] ?? '')
    .split('\n')
    .slice(2)
    .map((row) => {
      const [, command = '', actions = ''] = row.split('|').map((cell) => cell.trim());
      return [
        command.replaceAll('`', ''),
        [...actions.matchAll(/`([^`]+)`/gu)].map(([, one = '']) => one),
      ];
    }),
);

/** Where the action has another name than the operation (Service Authorization Reference). */
const ACTIONS: Readonly<Record<string, string>> = {
  'securityhub:GetFindingsV2': 'securityhub:GetFindings',
  'sqs:SendMessageBatch': 'sqs:SendMessage',
};
/** Allowed to everybody (STS API, GetCallerIdentity). */
const FREE = 'sts:GetCallerIdentity';

/** IAM actions of what is asked from now on. Security Hub is staged, so its calls are told by the stage. */
function recorded({ connection, hub }: Installed): () => readonly string[] {
  const { dynamodb, sqs, ssm, organizations, sts } = connection;
  const spies = {
    dynamodb: vi.spyOn(dynamodb, 'send'),
    sqs: vi.spyOn(sqs, 'send'),
    ssm: vi.spyOn(ssm, 'send'),
    organizations: vi.spyOn(organizations, 'send'),
    sts: vi.spyOn(sts, 'send'),
  };
  return () => {
    const all = Object.entries(spies).flatMap(([prefix, { mock }]) =>
      mock.calls.map(([command]) => actionOf(prefix, command)),
    );
    const ofHub = hub.calls().map(({ args: [command] }) => actionOf('securityhub', command));
    return [...new Set([...all, ...ofHub])].filter((one) => one !== FREE).toSorted();
  };
}

function actionOf(prefix: string, command: object): string {
  const action = `${prefix}:${command.constructor.name.replace(/Command$/u, '')}`;
  return ACTIONS[action] ?? action;
}

const project = smallProject(['ec2/RemoveVPCDefaultSecurityGroupRules']);
const folder = emptyFolder();
const EXCEPTIONS = join(folder, 'exceptions.yaml');
afterAll(() => {
  for (const one of [project, folder]) rmSync(one, { recursive: true });
});
const writeExceptions = (ids: readonly string[]): void => {
  const one = { owner: 'x', reason: 'y', expiresAt: '2026-04-01', accounts: ['111122223333'] };
  writeFileSync(
    EXCEPTIONS,
    JSON.stringify({ exceptions: Object.fromEntries(ids.map((id) => [id, one])) }),
  );
};
const FINDING = String(groupFinding(1).Id);

/** What is run for a row of the table: between them, they ask all that the command can ask. */
const RUNS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'controls list': [['controls', 'list']],
  'controls enable, controls disable': [
    ['controls', 'enable', 'EC2.2', '--yes'],
    ['controls', 'disable', 'EC2.2', '--yes'],
  ],
  'controls pause, controls resume': [
    ['controls', 'pause', 'EC2.2'],
    ['controls', 'pause'],
    ['controls', 'resume', '--yes'],
  ],
  'preview, remediate': [
    ['preview', FINDING, '--yes', '--timeout', '1'],
    ['remediate', '--all', '--yes', '--no-wait'],
  ],
  undo: [
    ['undo', '--attempt', idOf(1), '--yes', '--timeout', '1'],
    ['undo', '--all', '--yes', '--no-wait'],
  ],
  release: [['release', idOf(1), '--yes']],
  approve: [['approve'], ['approve', idOf(2), '--yes', '--wait', '--timeout', '1']],
  history: [['history'], ['history', '--waiting'], ['history', idOf(1)]],
  'exceptions check': [['exceptions', 'check', EXCEPTIONS]],
  'exceptions list': [['exceptions', 'list']],
  'exceptions apply': [['exceptions', 'apply', EXCEPTIONS, '--prune', '--yes']],
  'explain --live': [['explain', '--live', '--finding', FINDING]],
};

describe('the permissions of the user guide', () => {
  it('are those of all commands that work on an installation', () => {
    expect([...TABLE.keys()]).toEqual(['all but exceptions check', ...Object.keys(RUNS)]);
  });

  it('name what finds the installation', async () => {
    const cloudFormation = mockClient(CloudFormationClient);
    cloudFormation.on(DescribeStacksCommand).rejects(new Error('Stack with id x does not exist'));
    await expect(connect({ region: 'us-east-1' }, {})).rejects.toThrow('There is no stack');
    const called = cloudFormation.calls().map(({ args: [command] }) => command.constructor.name);
    cloudFormation.restore();
    expect(called).toEqual(['DescribeStacksCommand']);
    expect(TABLE.get('all but exceptions check')).toEqual(['cloudformation:DescribeStacks']);
  });
});

describeWithEmulator('what the commands ask AWS', ({ emulator }) => {
  let world: Installed;
  beforeEach(async () => {
    world = await install(emulator().endpoint);
    world.shows([groupFinding(1)]);
    world.showsOcsf([ocsfFinding(2)]);
    world.membership('Enabled');
    await world.tables.putRow({ controlId: 'EC2.2', automatedRemediationEnabled: false });
    await world.connection.ssm.send(
      new PutParameterCommand({
        Name: '/ASR/Filters/OUFilterMode',
        Value: 'Include',
        Type: 'String',
        Overwrite: true,
      }),
    );
    await world.connection.ssm.send(
      new PutParameterCommand({
        Name: '/ASR/Filters/OUFilters',
        Value: 'ou-ab12-11111111',
        Type: 'String',
        Overwrite: true,
      }),
    );
    const ended = {
      status: 'ended',
      outcome: 'changed',
      endedAt: NOW.toISOString(),
      state: ['H4sI'],
    } as const;
    const waits = {
      status: 'awaiting-approval',
      actor: 'AIDASOMEBODY',
      approvalExpiresAt: '2026-03-04T10:00:00.000Z',
    } as const;
    await world.tables.put(fromItem(attemptItem(attemptOf(1, ended), 365)));
    await world.tables.put(
      fromItem(attemptItem(attemptOf(2, waits), 365, waits.approvalExpiresAt)),
    );
    const hold = { owner: 'x', reason: 'y', expiresAt: '2026-04-01T00:00:00.000Z' };
    await world.tables.put(fromItem(holdItem(TARGET, REMEDIATION, hold)));
    await world.tables.put({
      pk: 'exceptions',
      sk: 'gone',
      type: 'exception',
      ...hold,
      controls: ['S3.1'],
    });
    writeExceptions(['new']);
  });

  it.each(Object.entries(RUNS))(
    '%s: the permissions that the user guide names',
    async (row, runs) => {
      const asked = recorded(world);
      let time = NOW.getTime();
      const people: People = {
        now: () => new Date(time),
        onSleep: (milliseconds) => void (time += milliseconds),
      };
      for (const args of runs) {
        const { code, err } = await operate(world, project, people, ...args);
        expect(code, err).not.toBe(2);
      }
      expect(asked()).toEqual(TABLE.get(row)?.toSorted());
    },
  );
});
