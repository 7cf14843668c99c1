import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { CHECKS } from '../../../generator/deploy/doctor/all-checks.ts';
import type { Facts } from '../../../generator/deploy/doctor/facts.ts';
import { closedAccount } from '../../../generator/deploy/doctor/gather/account.ts';
import { namespacesOf } from '../../../generator/deploy/doctor/installation.ts';
import type { Judgement } from '../../../generator/deploy/members/judgement.ts';
import { known } from '../../../generator/deploy/members/read.ts';
import { accountFacts, HEALTHY, MEMBER, REFUSED, regionFacts } from './doctor-facts.ts';
import { SITUATIONS } from './doctor-situations.ts';
import { ADMIN, HOME } from './members-world.ts';

const judge = (id: string, facts: Facts): readonly Judgement[] => {
  const check = CHECKS.find((one) => one.id === id);
  if (check === undefined) throw new Error(`There is no check ${id}.`);
  return check.judge(facts);
};

describe('the checks', () => {
  it('are those of the folder, each in a file with its name', () => {
    const folder = fileURLToPath(
      new URL('../../../generator/deploy/doctor/checks', import.meta.url),
    );
    expect(CHECKS.map(({ id }) => `${id}.ts`).toSorted()).toEqual(readdirSync(folder).toSorted());
  });

  it.each(CHECKS)('$id finds nothing wrong with a healthy installation', (check) => {
    const found = check.judge(HEALTHY);
    expect(found.map(({ level }) => level)).not.toContain('problem');
    expect(found.filter(({ level }) => level !== 'ok')).toEqual([]);
    expect(check.reads.every((action) => /^[a-z-]+:[A-Z][A-Za-z]+$/u.test(action))).toBe(true);
    expect(check.title).toMatch(/\.$/u);
  });

  it.each(CHECKS)('$id does not call anything healthy that nobody could read', (check) => {
    const nothing: Facts = {
      ...HEALTHY,
      hub: {
        ...HEALTHY.hub,
        administrator: REFUSED,
        aggregation: REFUSED,
        configFailures: REFUSED,
        organization: REFUSED,
        regions: [
          { account: ADMIN, region: HOME, isOn: REFUSED, standards: REFUSED, members: REFUSED },
        ],
      },
      admin: { parameters: REFUSED, stacks: REFUSED },
      organization: { organization: REFUSED, isReader: REFUSED, tree: REFUSED },
      accounts: [closedAccount(MEMBER, REFUSED)],
      services: REFUSED,
    };
    expect(check.judge(nothing).map(({ level }) => level)).not.toContain('ok');
  });

  it('call nothing healthy that is not installed', () => {
    const empty = known(new Map<string, string>());
    const region = { ...regionFacts(ADMIN), parameters: empty, documents: known([]) };
    const nothing: Facts = {
      ...HEALTHY,
      admin: { parameters: empty, stacks: known([]) },
      accounts: [{ ...accountFacts(ADMIN), roles: known([]), regions: [region] }],
    };
    const healthy = CHECKS.filter((check) =>
      check.judge(nothing).some(({ level }) => level === 'ok'),
    );
    const ofTheInstallation = ['admin-stack', 'filters', 'member-stack', 'versions', 'roles'];
    const ofItsParts = ['trust', 'namespace', 'documents'];
    for (const id of [...ofTheInstallation, ...ofItsParts])
      expect(healthy.map((check) => check.id)).not.toContain(id);
  });
});

describe('what is wrong', () => {
  it.each(SITUATIONS)('$check: $of', ({ check, facts, level, what, where }) => {
    const found = judge(check, facts);
    const worst = found.find((one) => one.level === level);
    expect(worst?.what).toMatch(what);
    if (where !== undefined) expect(worst?.where).toEqual(where);
    if (level !== 'ok') {
      expect(worst?.why).not.toBe('');
      expect(worst?.do).not.toBe('');
    }
  });

  it('is said once for many places', () => {
    const accounts = Array.from({ length: 5000 }, (_, at) => ({
      ...accountFacts(String(200_000_000_000 + at)),
      roles: known([]),
    }));
    const found = judge('roles', { ...HEALTHY, accounts });
    expect(found).toHaveLength(1);
    expect(found[0]?.where).toHaveLength(5000);
  });
});

describe('the Namespace', () => {
  it.each([
    [['SO0111-RDSMonitoring-shtest'], ['shtest']],
    [['SO0111-RDSMonitoring-a-b-c'], ['a-b-c']],
    [['SO0111-RDSMonitoring'], []],
    [['SO0111-Other-shtest'], []],
    [['SO0111-RDSMonitoring-UPPER'], []],
  ])('of %j is %j', (names, namespaces) => {
    expect(
      namespacesOf(
        names.map((name) => ({ name })),
        ['SO0111-RDSMonitoring'],
      ),
    ).toEqual(namespaces);
  });
});
