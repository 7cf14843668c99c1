import { rmSync } from 'node:fs';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { changeRow, readAllRows } from '../../../generator/operate/rows.ts';
import { describeWithEmulator } from '../../support/emulator.ts';
import { forged, groupFinding, install, operate } from '../operate/operate-stage.ts';
import type { Installed } from '../operate/operate-stage.ts';
import { smallProject } from './run-cli.ts';

const project = smallProject(['ec2/RemoveVPCDefaultSecurityGroupRules', 'kms/EnableKeyRotation']);
afterAll(() => rmSync(project, { recursive: true }));

describeWithEmulator('asr controls', ({ emulator }) => {
  let world: Installed;
  beforeEach(async () => {
    world = await install(emulator().endpoint);
    await world.tables.putRow({ controlId: 'EC2.2', perHour: 7 });
    await world.tables.putRow({ controlId: 'KMS.4', automatedRemediationEnabled: true });
  });
  const run = (...args: readonly string[]) => operate(world, project, {}, 'controls', ...args);
  const row = async (control: string) => (await readAllRows(world.connection)).get(control);

  it('are listed with their switch, impact and undo', async () => {
    const { code, out, err } = await run('list');
    const lines = out.split('\n');
    expect(lines[0]).toMatch(/^CONTROL +STATE +IMPACT +UNDO +REMEDIATION +TITLE$/u);
    expect(lines[1]).toMatch(/^EC2\.2 +off +access-loss +yes +RemoveVPCDefaultSecurityGroupRules/u);
    expect(lines[2]).toMatch(/^KMS\.4 +automatic +cost +yes +EnableKeyRotation/u);
    expect({ code, err }).toEqual({ code: 0, err: '2 controls, 1 of them automatic.\n' });
  });

  it.each([
    [['--impact', 'cost'], ['KMS.4']],
    [['ec2.2'], ['EC2.2']],
    [
      ['--standard', 'CIS120'],
      ['EC2.2', 'KMS.4'],
    ],
    [['--standard', 'AFSBP'], ['EC2.2']],
  ])('are chosen by %j', async (args, expected) => {
    const { out } = await run('list', '--json', ...args);
    const { controls } = JSON.parse(out) as { readonly controls: readonly { id: string }[] };
    expect(controls.map(({ id }) => id)).toEqual(expected);
  });

  it('say what is wrong with a row, or that it is missing', async () => {
    await world.tables.putRow({ controlId: 'EC2.2', automatedRemediationEnabled: 'true' });
    const { out, err } = await run('list');
    expect(out).toMatch(/EC2\.2 +not understood/u);
    expect(err).toContain('automatedRemediationEnabled: it must be a Boolean');
  });

  it('show an open circuit breaker', async () => {
    await world.tables.put({
      pk: 'breaker#EC2.2',
      sk: 'state',
      type: 'breaker',
      failures: [],
      openUntil: '2026-03-03T10:00:00.000Z',
    });
    const { out } = await run('list', 'EC2.2');
    expect(out).toContain('off, stopped until 2026-03-03 10:00');
  });

  it('are switched on only with --yes; without it, the open findings are counted', async () => {
    const elsewhere = groupFinding(2, {}, '444455556666');
    world.shows([groupFinding(1), elsewhere], [forged(3)]);
    const { code, out, err } = await run('enable', 'EC2.2');
    expect(out).toContain('To switch on: 1 control.');
    expect(out).toMatch(/^EC2\.2 +2 +access-loss +yes$/mu);
    expect(out).toContain('2 open findings are fixed as Security Hub checks them again');
    expect(err).toContain('Nothing was changed: this was a dry run.');
    expect(code).toBe(0);
    expect(await row('EC2.2')).toEqual({ controlId: 'EC2.2', perHour: 7 });
  });

  it('keep the other attributes of their rows', async () => {
    world.shows([]);
    const { code, err } = await run('enable', 'EC2.2', '--yes');
    expect({ code, err }).toEqual({ code: 0, err: '1 control switched on.\n' });
    expect(await row('EC2.2')).toMatchObject({
      perHour: 7,
      automatedRemediationEnabled: true,
      lastChangedBy: expect.stringContaining(':') as unknown,
    });
  });

  it('stay as they are when they are so already', async () => {
    const { code, out } = await run('enable', 'KMS.4', '--yes');
    expect(out).toBe('To switch on: 0 controls.\nOn already: KMS.4.\n');
    expect(code).toBe(0);
    expect(await row('KMS.4')).not.toHaveProperty('lastChangedBy');
  });

  it.each([
    ['EC2.2', 'is off already', true],
    ['KMS.4', 'is on already', false],
    ['S3.1', 'has no row', false],
  ])('%s stays as it is when it %s by the time of the write', async (control, _, from) => {
    const before = await row(control);
    const change = { control, attribute: 'automatedRemediationEnabled', to: !from, from } as const;
    const result = await changeRow(world.connection, { ...change, changedBy: 'somebody' });
    expect(result).toBe('changed-since');
    expect(await row(control)).toEqual(before);
  });

  it('are switched off', async () => {
    await run('disable', '--all', '--yes');
    expect(await row('KMS.4')).toMatchObject({ automatedRemediationEnabled: false });
    expect(await row('EC2.2')).toEqual({ controlId: 'EC2.2', perHour: 7 });
  });

  it('are not switched on without a row that is understood', async () => {
    await world.tables.putRow({ controlId: 'EC2.2', perhour: 7 });
    const { code, out } = await run('enable', 'EC2.2', '--yes');
    expect(out).toContain(
      "Not switched: EC2.2. The row EC2.2 of the configuration table has an attribute that isn't known",
    );
    expect(code).toBe(1);
    expect(await row('EC2.2')).toEqual({ controlId: 'EC2.2', perhour: 7 });
  });

  it.each([
    [['enable'], 'Say which: controls, --standard, --impact, or --all.'],
    [['enable', '--all', 'EC2.2'], '--all and a choice of controls exclude each other.'],
    [['enable', 'EC2.9'], 'There is no control EC2.9 with a remediation. Did you mean EC2.2?'],
    [['list', '--impact', 'mild'], 'There is no impact mild.'],
    [['pause', 'EC2.9'], 'The configuration table has no row EC2.9. Did you mean EC2.2?'],
  ])('refuse %j', async (args, says) => {
    const { code, err } = await run(...args);
    expect(err).toContain(says);
    expect(code).toBe(2);
  });

  it('are all paused at once, without a question', async () => {
    const { code, out } = await run('pause');
    expect(out).toContain('Everything is paused.');
    expect(code).toBe(0);
    expect(await row('*')).toMatchObject({ paused: true });
    expect((await run('list')).err).toContain('Everything is paused: asr controls resume');
  });

  it('are paused one by one, whatever the row says', async () => {
    await world.tables.putRow({ controlId: 'EC2.2', paused: 'maybe' });
    await run('pause', 'ec2.2');
    expect(await row('EC2.2')).toMatchObject({ paused: true });
    expect(await row('*')).toBeUndefined();
  });

  it('go on only with --yes', async () => {
    await run('pause');
    await run('pause', 'EC2.2');
    const dry = await run('resume');
    expect(dry.out).toContain('To end the pause of everything. 1 automatic control goes on.');
    expect(dry.out).toContain('Still paused by their own rows: EC2.2.');
    expect(await row('*')).toMatchObject({ paused: true });
    await run('resume', '--yes');
    expect(await row('*')).toMatchObject({ paused: false });
    expect(await row('EC2.2')).toMatchObject({ paused: true });
  });

  it('say that another pause goes on', async () => {
    await run('pause');
    await run('pause', 'KMS.4');
    const { out } = await run('resume', 'KMS.4', '--yes');
    expect(out).toContain('0 automatic controls go on.');
    expect(out).toContain('The row * pauses everything all the same');
  });
});
