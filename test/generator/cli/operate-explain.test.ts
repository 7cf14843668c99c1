import { rmSync } from 'node:fs';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { fromItem } from '../../../templates/admin/functions/store/marshal.ts';
import { holdItem } from '../../../templates/admin/functions/store/items.ts';
import { describeWithEmulator } from '../../support/emulator.ts';
import { groupFinding, install, operate } from '../operate/operate-stage.ts';
import type { Installed } from '../operate/operate-stage.ts';
import { smallProject } from './run-cli.ts';

const project = smallProject(['ec2/RemoveVPCDefaultSecurityGroupRules']);
afterAll(() => rmSync(project, { recursive: true }));

describeWithEmulator('asr explain --live', ({ emulator }) => {
  let world: Installed;
  const finding = groupFinding(1);
  beforeEach(async () => {
    world = await install(emulator().endpoint);
    world.shows([finding]);
    world.membership('Enabled');
    await world.tables.putRow({ controlId: 'EC2.2', automatedRemediationEnabled: true });
  });
  const explain = (...args: readonly string[]) =>
    operate(world, project, {}, 'explain', '--live', '--finding', String(finding.Id), ...args);

  it('decides by the table, with every rule that was asked', async () => {
    const { code, out } = await explain();
    expect(out).toContain('automatic          allow: All rules allow it.');
    expect(out).toMatch(/^ {2}membership +allow: The account is a member\.$/mu);
    expect(out).toMatch(/^ {2}automatic +allow: The control is remediated automatically\.$/mu);
    expect(code).toBe(0);
  });

  it.each([
    [
      'a control is off',
      () => world.tables.putRow({ controlId: 'EC2.2' }),
      { automatic: 'not-automatic', click: 'allowed' },
    ],
    [
      'everything is paused',
      () => world.tables.putRow({ controlId: '*', paused: true }),
      { automatic: 'paused', click: 'paused' },
    ],
    [
      'somebody undid it',
      () => {
        const resource = String(finding.Resources?.[0]?.Id);
        const target = { account: '111122223333', region: 'eu-west-1', resource };
        const hold = { owner: 'x', reason: 'y', expiresAt: '2026-04-01T00:00:00.000Z' };
        const item = holdItem(target, 'RemoveVPCDefaultSecurityGroupRules', hold);
        return world.tables.put(fromItem(item));
      },
      { automatic: 'held-after-undo', click: 'held-after-undo' },
    ],
    [
      'the account is no member any more',
      async () => world.membership('Removed'),
      { automatic: 'not-a-member', click: 'not-a-member' },
    ],
  ])('says so when %s', async (_, arrange, reasons) => {
    await arrange();
    const { out } = await explain('--json');
    const { decision } = JSON.parse(out) as {
      readonly decision: Readonly<Record<'automatic' | 'click', { readonly reason: string }>>;
    };
    expect({
      automatic: decision.automatic.reason,
      click: decision.click.reason,
    }).toEqual(reasons);
  });

  it('says that Security Hub has no such finding', async () => {
    world.shows([]);
    const { code, err } = await explain();
    expect(err).toContain(`${finding.Id}: Security Hub of account`);
    expect(err).toContain('has no such finding in us-east-1. It is one of eu-west-1:');
    expect(code).toBe(1);
  });
});
