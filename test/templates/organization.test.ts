import { describe, expect, it } from 'vitest';
import { emitMemberRoles } from '../../generator/emit/member-roles.ts';
import { emitMember } from '../../generator/emit/member.ts';
import { emitOrganization } from '../../generator/emit/organization.ts';
import type { TemplateFile } from '../../generator/emit/types.ts';
import { inputOf, names, unit } from '../generator/emit/fixtures.ts';

const input = inputOf([unit('Alpha', ['A.1'])]);
const roles = emitMemberRoles(input).file;
const member = emitMember(input).file;
const file = emitOrganization(names, { roles, member });

type Given = Readonly<Record<string, string | readonly string[]>>;

const DEFAULTS: Given = {
  'AWS::Partition': 'aws',
  'AWS::Region': 'eu-west-1',
  'AWS::AccountId': '222222222222',
  ...Object.fromEntries(
    Object.entries(file.json.Parameters ?? {}).flatMap(([name, { Default: value, Type: type }]) =>
      value === undefined
        ? []
        : [
            [
              name,
              type === 'CommaDelimitedList'
                ? String(value as string | number).split(',')
                : String(value as string | number),
            ],
          ],
    ),
  ),
};

/** A value as CloudFormation makes it, with some parameters given and the rest as they are by default. */
function made(value: unknown, given: Given): unknown {
  if (Array.isArray(value))
    return value.map((one) => made(one, given)).filter((one) => one !== undefined);
  if (typeof value !== 'object' || value === null) return value;
  const [[name, argument] = ['', undefined], ...others] = Object.entries(value) as [
    string,
    unknown,
  ][];
  if (others.length === 0)
    switch (name) {
      case 'Ref':
        return { ...DEFAULTS, ...given }[String(argument)];
      case 'Fn::GetAtt':
        return (argument as readonly string[]).join('.');
      case 'Fn::Sub': {
        const [text, own] =
          typeof argument === 'string' ? [argument, {}] : (argument as readonly [string, object]);
        const values = made(own, given) as Given;
        const known: Given = {
          ...DEFAULTS,
          ...given,
          ...values,
          'MemberRolesStackSet.StackSetId': 'roles:1a2b',
          'CanaryMemberRolesStackSet.StackSetId': 'canary-roles:1a2b',
        };
        // What a resource is called later is not known here; its logical id stands for it.
        return text.replaceAll(/\$\{(?<key>[\w:.]+)\}/gu, (_, key: string) =>
          String(known[key] ?? key),
        );
      }
      case 'Fn::If': {
        const [condition, then, otherwise] = argument as readonly [string, unknown, unknown];
        return made(holds(file.json.Conditions?.[condition], given) ? then : otherwise, given);
      }
      default:
    }
  const entries = Object.entries(value).map(([key, one]) => [key, made(one, given)] as const);
  return Object.fromEntries(entries.filter(([, one]) => one !== undefined));
}

function holds(condition: unknown, given: Given): boolean {
  const [[name, argument] = ['', undefined]] = Object.entries(condition as object) as [
    string,
    unknown,
  ][];
  const [first, second] = argument as readonly [unknown, unknown];
  switch (name) {
    case 'Fn::Not':
      return !holds(first, given);
    case 'Fn::Equals':
      return made(first, given) === made(second, given);
    case 'Fn::Contains':
      return (made(first, given) as readonly unknown[]).includes(made(second, given));
    default:
      throw new Error(`${name} is not known here.`);
  }
}

type Id =
  | 'MemberRolesStackSet'
  | 'MemberStackSet'
  | 'CanaryMemberRolesStackSet'
  | 'CanaryMemberStackSet';

const stackSet = (id: Id, given: Given) =>
  made(file.json.Resources[id]?.Properties, given) as Readonly<Record<string, unknown>>;

/** The texts of the rules that refuse the parameters. */
const refused = (given: Given): readonly string[] =>
  Object.values(file.json.Rules ?? {}).flatMap((rule) => {
    const { RuleCondition: condition, Assertions: assertions } = rule as {
      readonly RuleCondition: unknown;
      readonly Assertions: readonly {
        readonly Assert: unknown;
        readonly AssertDescription: string;
      }[];
    };
    if (!holds(condition, given)) return [];
    return assertions.flatMap((one) => (holds(one.Assert, given) ? [] : [one.AssertDescription]));
  });

const GIVEN: Given = {
  MemberRolesTemplateURL:
    'https://b.s3.us-east-1.amazonaws.com/asr/1.2.3/automated-security-response-member-roles.template',
  MemberTemplateURL:
    'https://b.s3.us-east-1.amazonaws.com/asr/1.2.3/automated-security-response-member.template',
  OrganizationalUnits: ['r-ab12'],
  Regions: ['eu-west-1', 'us-east-1'],
  RolesRegion: 'eu-west-1',
  SecHubAdminAccount: '333333333333',
  Namespace: 'shtest',
};

describe('the organization template', () => {
  it('asks for what both templates ask for, each once, under the same names', () => {
    expect(file.fileName).toBe('automated-security-response-organization.template');
    const parameters = Object.keys(file.json.Parameters ?? {});
    for (const name of [
      ...Object.keys(roles.json.Parameters ?? {}),
      ...Object.keys(member.json.Parameters ?? {}),
    ])
      expect(parameters).toContain(name);
    const { ParameterGroups: groups, ParameterLabels: labels } = (file.json.Metadata ?? {})[
      'AWS::CloudFormation::Interface'
    ] as {
      readonly ParameterGroups: readonly { readonly Parameters: readonly string[] }[];
      readonly ParameterLabels: object;
    };
    const grouped = groups.flatMap(({ Parameters: own }) => own);
    expect(grouped.toSorted()).toEqual(parameters.toSorted());
    expect(Object.keys(labels).toSorted()).toEqual(parameters.toSorted());
  });

  it('hands every parameter to the stack sets that have it', () => {
    const keys = (id: Id) =>
      (stackSet(id, GIVEN)['Parameters'] as readonly { readonly ParameterKey: string }[]).map(
        ({ ParameterKey: key }) => key,
      );
    expect(keys('MemberRolesStackSet')).toEqual(Object.keys(roles.json.Parameters ?? {}));
    expect(keys('MemberStackSet')).toEqual(Object.keys(member.json.Parameters ?? {}));
    expect(keys('CanaryMemberRolesStackSet')).toEqual(keys('MemberRolesStackSet'));
    expect(keys('CanaryMemberStackSet')).toEqual(keys('MemberStackSet'));
    expect(stackSet('MemberStackSet', GIVEN)['Parameters']).toContainEqual({
      ParameterKey: 'Namespace',
      ParameterValue: 'shtest',
    });
  });

  it('has the names that asr rollout uses, so that asr rollout status works for both', () => {
    expect(stackSet('MemberRolesStackSet', GIVEN)['StackSetName']).toBe(
      'automated-security-response-member-roles',
    );
    expect(stackSet('MemberStackSet', GIVEN)['StackSetName']).toBe(
      'automated-security-response-member',
    );
  });

  it('brings the roles to one Region and the member stack to all, in order', () => {
    expect(stackSet('MemberRolesStackSet', GIVEN)).toMatchObject({
      PermissionModel: 'SERVICE_MANAGED',
      CallAs: 'SELF',
      Capabilities: ['CAPABILITY_NAMED_IAM'],
      ManagedExecution: { Active: true },
      StackInstancesGroup: [
        { Regions: ['eu-west-1'], DeploymentTargets: { OrganizationalUnitIds: ['r-ab12'] } },
      ],
    });
    expect(stackSet('MemberStackSet', GIVEN)).toMatchObject({
      OperationPreferences: {
        ConcurrencyMode: 'SOFT_FAILURE_TOLERANCE',
        MaxConcurrentPercentage: '25',
        FailureTolerancePercentage: '5',
        RegionConcurrencyType: 'SEQUENTIAL',
        RegionOrder: ['eu-west-1', 'us-east-1'],
      },
      StackInstancesGroup: [
        {
          Regions: ['eu-west-1', 'us-east-1'],
          DeploymentTargets: { OrganizationalUnitIds: ['r-ab12'] },
        },
      ],
    });
    const parallel = stackSet('MemberStackSet', { ...GIVEN, RegionConcurrency: 'PARALLEL' });
    expect(parallel['OperationPreferences']).not.toHaveProperty('RegionOrder');
  });

  it('gives accounts that join the roles first; the stack set of the roles belongs to the management account', () => {
    expect(stackSet('MemberStackSet', GIVEN)['AutoDeployment']).toEqual({
      Enabled: true,
      RetainStacksOnAccountRemoval: false,
      DependsOn: ['arn:aws:cloudformation:eu-west-1:222222222222:stackset/roles:1a2b'],
    });
    const delegated = { ...GIVEN, CallAs: 'DELEGATED_ADMIN', ManagementAccount: '111111111111' };
    expect(stackSet('MemberStackSet', delegated)['AutoDeployment']).toMatchObject({
      DependsOn: ['arn:aws:cloudformation:eu-west-1:111111111111:stackset/roles:1a2b'],
    });
    expect(
      stackSet('MemberStackSet', { ...GIVEN, AutoDeployment: 'no' })['AutoDeployment'],
    ).toEqual({
      Enabled: false,
    });
  });

  it('makes stack set after stack set: the canary first, the roles before the documents', () => {
    /** The stack set that the description names, which CloudFormation makes and updates before. */
    const before = (id: Id, given: Given) =>
      /after (?<id>\w+)\.$/u.exec(String(stackSet(id, given)['Description']))?.groups?.['id'];
    const withCanary = { ...GIVEN, CanaryOrganizationalUnit: 'ou-ab12-canary00' };
    expect(before('CanaryMemberRolesStackSet', withCanary)).toBeUndefined();
    expect(before('CanaryMemberStackSet', withCanary)).toBe('CanaryMemberRolesStackSet');
    expect(before('MemberRolesStackSet', withCanary)).toBe('CanaryMemberStackSet');
    expect(before('MemberStackSet', withCanary)).toBe('MemberRolesStackSet');
    expect(before('MemberRolesStackSet', GIVEN)).toBeUndefined();
    expect(before('MemberStackSet', GIVEN)).toBe('MemberRolesStackSet');
    const conditions = Object.entries(file.json.Resources).map(([id, { Condition: condition }]) => [
      id,
      condition,
    ]);
    expect(conditions).toEqual([
      ['MemberRolesStackSet', undefined],
      ['MemberStackSet', undefined],
      ['CanaryMemberRolesStackSet', 'HasCanary'],
      ['CanaryMemberStackSet', 'HasCanary'],
    ]);
    expect(holds(file.json.Conditions?.['HasCanary'], withCanary)).toBe(true);
    expect(holds(file.json.Conditions?.['HasCanary'], GIVEN)).toBe(false);
  });

  it('brings the same to the canary unit, where nothing may fail', () => {
    const unit = 'ou-ab12-canary00';
    const given = {
      ...GIVEN,
      OrganizationalUnits: ['ou-ab12-others00'],
      CanaryOrganizationalUnit: unit,
    };
    for (const [id, name] of [
      ['MemberRolesStackSet', 'member-roles'],
      ['MemberStackSet', 'member'],
    ] as const) {
      const {
        StackSetName: own,
        OperationPreferences: careful,
        StackInstancesGroup: group,
        AutoDeployment: auto,
        Description: _description,
        ...rest
      } = stackSet(`Canary${id}`, given);
      expect(stackSet(id, given)).toMatchObject(rest);
      expect(own).toBe(`automated-security-response-canary-${name}`);
      expect(careful).toMatchObject({ FailureToleranceCount: 0, MaxConcurrentPercentage: '25' });
      expect(careful).not.toHaveProperty('FailureTolerancePercentage');
      expect(group).toMatchObject([{ DeploymentTargets: { OrganizationalUnitIds: [unit] } }]);
      expect(auto).toMatchObject({ Enabled: true });
    }
    expect(stackSet('CanaryMemberStackSet', given)['AutoDeployment']).toMatchObject({
      DependsOn: ['arn:aws:cloudformation:eu-west-1:222222222222:stackset/canary-roles:1a2b'],
    });
  });

  it.each([
    [
      { AccountFilterMode: 'only', FilteredAccounts: ['444444444444'] },
      {
        AccountFilterType: 'INTERSECTION',
        Accounts: ['444444444444'],
        OrganizationalUnitIds: ['r-ab12'],
      },
    ],
    [
      { AccountFilterMode: 'except', FilteredAccounts: ['444444444444'] },
      {
        AccountFilterType: 'DIFFERENCE',
        Accounts: ['444444444444'],
        OrganizationalUnitIds: ['r-ab12'],
      },
    ],
    [
      { PermissionModel: 'SELF_MANAGED', FilteredAccounts: ['444444444444'] },
      { Accounts: ['444444444444'] },
    ],
  ])('with %j, targets %j', (given, targets) => {
    for (const id of ['MemberRolesStackSet', 'MemberStackSet'] as const) {
      const set = stackSet(id, { ...GIVEN, ...given });
      expect(set['StackInstancesGroup']).toMatchObject([{ DeploymentTargets: targets }]);
      if ('PermissionModel' in given) {
        expect(set).not.toHaveProperty('AutoDeployment');
        expect(set).not.toHaveProperty('CallAs');
      }
    }
  });

  it.each([
    [{}, []],
    [{ OrganizationalUnits: [''] }, ['Name the target units']],
    [{ AccountFilterMode: 'except' }, ['Name the accounts of the filter.']],
    [
      { AccountFilterMode: 'only', FilteredAccounts: ['444444444444'] },
      ['Automatic deployment does not know the filter'],
    ],
    [{ CallAs: 'DELEGATED_ADMIN' }, ['Name the management account']],
    [{ CanaryOrganizationalUnit: 'ou-ab12-canary00' }, []],
    [
      { CanaryOrganizationalUnit: 'ou-ab12-canary00', OrganizationalUnits: ['ou-ab12-canary00'] },
      ['take it out of the target units'],
    ],
    [
      {
        CanaryOrganizationalUnit: 'ou-ab12-canary00',
        PermissionModel: 'SELF_MANAGED',
        FilteredAccounts: ['444444444444'],
      },
      ['A canary unit needs an organization'],
    ],
    [
      {
        PermissionModel: 'SELF_MANAGED',
        CallAs: 'DELEGATED_ADMIN',
        ManagementAccount: '111111111111',
      },
      [
        'Self-managed permissions need the accounts by name',
        'Self-managed permissions know no delegated administrator',
      ],
    ],
  ])('with %j, refuses with %j', (change, texts) => {
    const found = refused({ ...GIVEN, ...change });
    expect(found).toHaveLength(texts.length);
    for (const [index, text] of texts.entries()) expect(found[index]).toContain(text);
  });

  it.each([
    ['MemberTemplateURL', GIVEN['MemberTemplateURL'], true],
    ['MemberTemplateURL', 'http://b.s3.us-east-1.amazonaws.com/member.template', false],
    ['MemberRolesTemplateURL', GIVEN['MemberTemplateURL'], false],
    ['OrganizationalUnits', 'r-ab12', true],
    ['OrganizationalUnits', 'ou-ab12-cdefghij', true],
    ['OrganizationalUnits', 'work', false],
    ['CanaryOrganizationalUnit', 'ou-ab12-cdefghij', true],
    ['CanaryOrganizationalUnit', 'r-ab12', false],
    ['Regions', 'us-gov-west-1', true],
    ['Regions', 'everywhere', false],
    ['FilteredAccounts', '44444444444', false],
  ])('in %s, takes %s: %s', (parameter, value, isTaken) => {
    const pattern = String(file.json.Parameters?.[parameter]?.['AllowedPattern']);
    expect(new RegExp(`^(?:${pattern})$`, 'u').test(String(value))).toBe(isTaken);
  });

  it('carries another solution id and the version', () => {
    const other: TemplateFile = emitOrganization(
      { solutionId: 'SO9999', version: 'v9.9.9' },
      { roles, member },
    );
    expect(other.json.Description).toMatch(/^\(SO9999O\) .* version v9\.9\.9\. /u);
    expect(other.text).not.toContain('SO0111O');
  });
});
