import { describe, expect, it } from 'vitest';
import { compareReleases } from '../../../generator/emit/compare-releases.ts';
import type { UpgradeStep } from '../../../generator/emit/compare-releases.ts';
import type { LedgerResource, Release } from '../../../generator/emit/ledger.ts';

const ADMIN = 'automated-security-response-admin.template';
const MEMBER = 'automated-security-response-member.template';

type Resources = Readonly<Record<string, LedgerResource>>;

function steps(old: Resources, now: Resources, others: Release = {}): readonly UpgradeStep[] {
  return compareReleases(new Map([['0.1.0', { [ADMIN]: old }]]), { [ADMIN]: now, ...others });
}

const told = (...given: Parameters<typeof steps>): readonly unknown[] =>
  steps(...given).map(({ does, isError, what }) => [isError ? 'error' : 'fine', does, what]);

const table: LedgerResource = {
  type: 'AWS::DynamoDB::Table',
  kept: true,
  fixed: { KeySchema: '["pk"]' },
  attributes: { pk: 'S', day: 'S' },
  indexes: { byDay: '[["day"]]' },
};
const role: LedgerResource = { type: 'AWS::IAM::Role', name: 'A', fixed: { Path: '"/"' } };

describe('an update from a released version', () => {
  it('that keeps everything has no steps, whatever is added', () => {
    const old = { Table: table, Role: role };
    expect(steps(old, { ...old, Bucket: { type: 'AWS::S3::Bucket' } })).toEqual([]);
  });

  it('says from which version, in which template', () => {
    const ledger = new Map([
      ['0.1.0', { [ADMIN]: { Table: table } }],
      ['0.2.0', { [ADMIN]: { Table: table } }],
    ]);
    const found = compareReleases(ledger, { [ADMIN]: {} });
    expect(
      found.map(({ from, template, logicalId, type }) => [from, template, logicalId, type]),
    ).toEqual([
      ['0.1.0', ADMIN, 'Table', 'AWS::DynamoDB::Table'],
      ['0.2.0', ADMIN, 'Table', 'AWS::DynamoDB::Table'],
    ]);
  });

  it('leaves the stacks of a template alone that is no longer built', () => {
    expect(compareReleases(new Map([['0.1.0', { [ADMIN]: { Table: table } }]]), {})).toEqual([]);
  });
});

describe('what holds something that nobody can make anew', () => {
  it('is not replaced', () => {
    expect(told({ Table: table }, { Table: { ...table, fixed: { KeySchema: '["id"]' } } })).toEqual(
      [
        [
          'error',
          'replaced',
          "Table is replaced: KeySchema can't be changed in place. What it holds would be lost or no longer used.",
        ],
      ],
    );
  });

  it('is not renamed', () => {
    const group = { type: 'AWS::Logs::LogGroup', name: 'old', kept: true } as const;
    expect(told({ Log: group }, { Log: { ...group, name: 'new' } })).toEqual([
      [
        'error',
        'renamed',
        'Log is replaced under another name: old becomes new. What it holds would be lost or no longer used.',
      ],
    ]);
  });

  it.each([
    'AWS::Cognito::UserPool',
    'AWS::DynamoDB::Table',
    'AWS::KMS::Key',
    'AWS::S3::Bucket',
    'AWS::SecretsManager::Secret',
  ])('is not deleted: %s', (type) => {
    expect(told({ One: { type } }, {})).toEqual([
      ['error', 'removed', 'One is deleted, with what it holds.'],
    ]);
  });

  it('is not given up for a new one', () => {
    expect(told({ Table: table }, { History: table })).toEqual([
      [
        'error',
        'replaced',
        'Table is no longer there, and History is new. What Table holds would be no longer used.',
      ],
    ]);
    expect(told({ Key: { type: 'AWS::KMS::Key' } }, { Other: { type: 'AWS::KMS::Key' } })).toEqual([
      [
        'error',
        'replaced',
        'Key is no longer there, and Other is new. What Key holds would be lost.',
      ],
    ]);
  });

  it('may be left behind', () => {
    expect(told({ Table: table }, {})).toEqual([
      ['fine', 'left-behind', 'Table is no longer there, but stays.'],
    ]);
  });

  it('does not change the type of a key attribute', () => {
    const now = { ...table, attributes: { pk: 'S', day: 'N' } };
    expect(told({ Table: table }, { Table: now })[0]).toEqual([
      'error',
      'replaced',
      "Table is replaced: the type of the attribute day can't be changed in place. What it holds would be lost or no longer used.",
    ]);
    const more = { ...table, attributes: { ...table.attributes, owner: 'S' } };
    expect(steps({ Table: table }, { Table: more })).toEqual([]);
  });

  it('gets one index in an update, and edits none', () => {
    const withIndexes = (indexes: Readonly<Record<string, string>>) => ({
      Table: { ...table, indexes },
    });
    const byDay = '[["day"]]';
    expect(steps({ Table: table }, withIndexes({ byDay, due: 'x' }))).toEqual([]);
    expect(steps({ Table: table }, withIndexes({}))).toEqual([]);
    expect(told({ Table: table }, withIndexes({ byDay, due: 'x', byId: 'y' }))).toEqual([
      ['error', 'refused', 'Table: an update adds or removes one index, not several (due, byId).'],
    ]);
    expect(told({ Table: table }, withIndexes({ byDay: 'other' }))).toEqual([
      ['error', 'refused', "Table: an update can't edit an index (byDay)."],
    ]);
  });
});

describe('what CloudFormation refuses', () => {
  it('is the replacement of what has a name', () => {
    expect(told({ Role: role }, { Role: { ...role, fixed: { Path: '"/x/"' } } })).toEqual([
      [
        'error',
        'refused',
        "Role: Path can't be changed in place, and CloudFormation replaces nothing that has a name (A).",
      ],
    ]);
    expect(told({ Role: role }, { Role: { type: role.type, name: 'A' } })).toHaveLength(1);
  });

  it('is another type', () => {
    expect(told({ One: role }, { One: { type: 'AWS::SNS::Topic' } })).toEqual([
      [
        'error',
        'refused',
        "One becomes AWS::SNS::Topic, and an update can't change the type of a resource.",
      ],
    ]);
  });

  it('is a name under another logical id', () => {
    expect(told({ Role: role }, { OtherRole: role })).toEqual([
      [
        'error',
        'refused',
        'Role is called OtherRole now. CloudFormation makes the new one first, and the name A is taken.',
      ],
    ]);
  });
});

describe('what can be made anew', () => {
  it('is replaced without a name, renamed with a new one, or deleted', () => {
    const policy = { type: 'AWS::IAM::ManagedPolicy', fixed: { Description: '"a"' } };
    expect(
      told({ Policy: policy }, { Policy: { ...policy, fixed: { Description: '"b"' } } }),
    ).toEqual([['fine', 'replaced', "Policy is replaced: Description can't be changed in place."]]);
    expect(told({ Role: role }, { Role: { ...role, name: 'B' } })).toEqual([
      ['fine', 'renamed', 'Role is replaced under another name: A becomes B.'],
    ]);
    expect(told({ Role: role }, { Role: { type: role.type, fixed: { Path: '"/"' } } })).toEqual([
      ['fine', 'renamed', 'Role is replaced under another name: A becomes one of CloudFormation.'],
    ]);
    expect(told({ Role: role }, {})).toEqual([['fine', 'removed', 'Role is deleted.']]);
  });

  it('moves to another template once its name is free', () => {
    const others = { [MEMBER]: { Role: role } };
    expect(told({ Role: role }, {}, others)).toEqual([
      [
        'fine',
        'moved',
        `Role moves to ${MEMBER}. Update this stack first: until then the name A is taken.`,
      ],
    ]);
    expect(told({ Role: { ...role, kept: true } }, {}, others)).toEqual([
      ['error', 'moved', `Role moves to ${MEMBER}, but is kept here, so the name A stays taken.`],
    ]);
  });
});
