import {
  DescribeSecurityHubV2Command,
  GetFindingsCommand,
  GetFindingsV2Command,
} from '@aws-sdk/client-securityhub';
import { rmSync } from 'node:fs';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { describeWithEmulator } from '../../support/emulator.ts';
import {
  forged,
  groupFinding,
  install,
  NOW,
  ocsfFinding,
  operate,
} from '../operate/operate-stage.ts';
import type { Installed, People } from '../operate/operate-stage.ts';
import { smallProject } from './run-cli.ts';

const project = smallProject(['ec2/RemoveVPCDefaultSecurityGroupRules']);
afterAll(() => rmSync(project, { recursive: true }));

const YES: People = { answers: ['yes'] };
const idOf = (number: number) => String(groupFinding(number).Id);

describeWithEmulator('findings in OCSF', ({ emulator }) => {
  let world: Installed;
  beforeEach(async () => {
    world = await install(emulator().endpoint);
    await world.tables.putRow({ controlId: 'EC2.2', automatedRemediationEnabled: false });
  });
  const run = (people: People, ...args: readonly string[]) =>
    operate(world, project, people, ...args);
  /** Formats and ids of the findings that commands were sent about. */
  const sent = async () =>
    (await world.commands()).map((one) =>
      one.type === 'ask' ? `${one.finding.format} ${one.finding.id}` : one.type,
    );

  it('are found by a query, and one command is enough for a failure that is there twice', async () => {
    world.shows([groupFinding(1)]);
    world.showsOcsf([ocsfFinding(1), ocsfFinding(2)], [ocsfFinding(3)]);
    const { code, out } = await run(YES, 'remediate', '--control', 'EC2.2');
    expect(out).toContain('To remediate: 3 findings.');
    expect(await sent()).toEqual([`asff ${idOf(1)}`, `ocsf ${idOf(2)}`, `ocsf ${idOf(3)}`]);
    expect(code).toBe(0);
  });

  it('are found by their ids, also where a member imported a finding of the same id', async () => {
    world.shows([forged(1)]);
    world.showsOcsf([ocsfFinding(1)]);
    await run(YES, 'preview', idOf(1), '--no-wait');
    expect(await sent()).toEqual([`ocsf ${idOf(1)}`]);
  });

  it('are narrowed to a resource here, because their ARN can stand where no filter looks', async () => {
    world.shows([]);
    const bucket = { uid: 'sg-00000002', uid_alt: groupFinding(2).Resources?.[0]?.Id };
    world.showsOcsf([ocsfFinding(1), ocsfFinding(2, { resources: [bucket] })]);
    await run(YES, 'remediate', '--resource', bucket.uid_alt ?? '');
    expect(await sent()).toEqual([`ocsf ${idOf(2)}`]);
  });

  it('are left out when they are suppressed or archived', async () => {
    world.shows([]);
    world.showsOcsf([ocsfFinding(1, { status_id: 3 }), ocsfFinding(2, { activity_id: 3 })]);
    const { out } = await run(YES, 'remediate', '--all');
    expect(out).toContain('To remediate: 0 findings.');
    expect(out).toContain('Left out: 2 findings.');
    expect(out).toContain('The finding is suppressed.');
    expect(await sent()).toEqual([]);
  });

  it('are all there is where Security Hub CSPM is off', async () => {
    const off = Object.assign(new Error('Account is not subscribed to AWS Security Hub'), {
      name: 'InvalidAccessException',
    });
    world.showsOcsf([ocsfFinding(1)]);
    world.hub.on(GetFindingsCommand).rejects(off);
    const { code, err } = await run(YES, 'remediate', '--all');
    expect(err).toContain('Only findings in OCSF are searched: ');
    expect(await sent()).toEqual([`ocsf ${idOf(1)}`]);
    expect(code).toBe(0);
  });

  it('are not looked for where the newer Security Hub is off, and its absence is no news', async () => {
    world.shows([groupFinding(1)]);
    const { err } = await run(YES, 'remediate', '--all');
    expect(world.hub.commandCalls(GetFindingsV2Command)).toEqual([]);
    expect(err).not.toContain('OCSF');
  });

  it('are missing with a sentence when it may not be asked whether there are any', async () => {
    const denied = Object.assign(new Error('You are not allowed'), {
      name: 'AccessDeniedException',
    });
    world.shows([groupFinding(1)]);
    world.hub.on(DescribeSecurityHubV2Command).rejects(denied);
    const { code, err } = await run(YES, 'remediate', '--all');
    expect(err).toContain('Only findings in the AWS Security Finding Format are searched: ');
    expect(err).toContain('securityhub:DescribeSecurityHubV2');
    expect(await sent()).toEqual([`asff ${idOf(1)}`]);
    expect(code).toBe(0);
  });

  it('say that a refusal may have been missed, when nothing is known in the end', async () => {
    world.shows([]);
    world.showsOcsf([ocsfFinding(1)]);
    let time = NOW.getTime();
    const { code, out } = await run(
      {
        ...YES,
        now: () => new Date(time),
        onSleep: (milliseconds) => void (time += milliseconds),
      },
      ...['remediate', idOf(1), '--timeout', '1'],
    );
    expect(out).toContain('did not answer yet, or refused: of a finding in OCSF');
    expect(code).toBe(1);
  });

  it('count once when a control is to be switched on', async () => {
    world.shows([groupFinding(1)]);
    world.showsOcsf([ocsfFinding(1), ocsfFinding(2)]);
    const { out } = await run({}, 'controls', 'enable', 'EC2.2');
    expect(out).toMatch(/^EC2\.2 +2 /mu);
  });

  it('are explained by what the installation says', async () => {
    world.shows([forged(1)]);
    world.showsOcsf([ocsfFinding(1)]);
    world.membership('Enabled');
    const { code, out } = await run({}, 'explain', '--live', '--finding', idOf(1), '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ decision: { click: { verdict: 'allow' } } });
  });
});
