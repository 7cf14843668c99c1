import { rmSync } from 'node:fs';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { compareTemplates } from '../../../generator/deploy/compare-templates.ts';
import { evaluateCondition, resolveValue, scopeOf } from '../../../generator/deploy/intrinsics.ts';
import type { Template, TemplateResource } from '../../../generator/emit/types.ts';
import { createAws } from '../../../generator/deploy/aws.ts';
import { play, writeBuild } from './deploy-support.ts';
import { awsError, stageStack } from './staged-stack.ts';
import type { Situation } from './staged-stack.ts';
import { DescribeStacksCommand, GetTemplateCommand } from '@aws-sdk/client-cloudformation';

const fill = (
  resources: Readonly<Record<string, TemplateResource>>,
  parameters: Readonly<Record<string, string>> = {},
  rest: Partial<Template> = {},
) => ({
  template: { Resources: resources, ...rest },
  parameters: new Map(Object.entries(parameters)),
});
const compare = (before: ReturnType<typeof fill> | undefined, after: ReturnType<typeof fill>) =>
  compareTemplates(before, after).map(({ action, id, properties }) =>
    `${action} ${id} ${properties.join(',')}`.trim(),
  );

describe('comparing templates', () => {
  const one = (Properties: Readonly<Record<string, unknown>>, more: object = {}) => ({
    It: { Type: 'AWS::SSM::Parameter', Properties, ...more },
  });

  it('finds what is added, changed, removed, and left in the account', () => {
    expect(
      compare(
        fill({
          Same: { Type: 'T', Properties: { A: 1 } },
          Changed: { Type: 'T', Properties: { A: 1, B: { C: [1] } } },
          Gone: { Type: 'T' },
          Kept: { Type: 'T', DeletionPolicy: 'Retain' },
          Other: { Type: 'T' },
        }),
        fill({
          Same: { Type: 'T', Properties: { A: 1 } },
          Changed: { Type: 'T', Properties: { A: 2, B: { C: [1, 2] } }, DeletionPolicy: 'Retain' },
          Fresh: { Type: 'T' },
          Other: { Type: 'U' },
        }),
      ),
    ).toEqual([
      'change Changed A,B,DeletionPolicy',
      'add Fresh',
      'remove Gone',
      'leave Kept',
      'replace Other',
    ]);
  });

  it('takes the order of keys, and of what must be there first, for no change', () => {
    const before = fill(one({ A: { X: 1, Y: 2 } }, { DependsOn: 'Other' }));
    expect(compare(before, fill(one({ A: { Y: 2, X: 1 } })))).toEqual([]);
  });

  it('sees a parameter through every function that can carry it', () => {
    const all = one({
      Ref: { Ref: 'P' },
      Sub: { 'Fn::Sub': 'a-${P}-${!P}-${AWS::Region}' },
      SubMap: { 'Fn::Sub': ['${Own}', { Own: { Ref: 'P' } }] },
      Join: { 'Fn::Join': ['-', ['a', { Ref: 'P' }]] },
      Map: { 'Fn::FindInMap': ['M', { Ref: 'P' }, 'k'] },
      If: { 'Fn::If': ['IsX', 'yes', { Ref: 'AWS::NoValue' }] },
      List: [{ 'Fn::If': ['IsX', 'yes', { Ref: 'AWS::NoValue' }] }],
      Untouched: { 'Fn::GetAtt': ['Other', 'Arn'] },
    });
    const rest = {
      Mappings: { M: { x: { k: 1 }, y: { k: 2 } } },
      Conditions: { IsX: { 'Fn::Equals': [{ Ref: 'P' }, 'x'] } },
    };
    expect(compare(fill(all, { P: 'x' }, rest), fill(all, { P: 'y' }, rest))).toEqual([
      'change It If,Join,List,Map,Ref,Sub,SubMap',
    ]);
  });

  it('counts a resource only when its condition holds, defaults included', () => {
    const rest = {
      Parameters: { Load: { Type: 'String', Default: 'no' } },
      Conditions: { Wanted: { 'Fn::Equals': [{ Ref: 'Load' }, 'yes'] } },
    };
    const resources = { It: { Type: 'T', Condition: 'Wanted' } };
    const withDefault = fill(resources, {}, rest);
    expect(compare(undefined, withDefault)).toEqual([]);
    expect(compare(withDefault, fill(resources, { Load: 'yes' }, rest))).toEqual(['add It']);
  });

  it('counts a resource whose condition nobody can know here', () => {
    const rest = { Conditions: { Odd: { 'Fn::Equals': [{ Ref: 'AWS::StackName' }, 'x'] } } };
    expect(compare(undefined, fill({ It: { Type: 'T', Condition: 'Odd' } }, {}, rest))).toEqual([
      'add It',
    ]);
  });
});

describe('conditions and functions', () => {
  const scope = scopeOf(
    { Resources: {}, Conditions: { Yes: { 'Fn::Equals': ['a', 'a'] } } },
    new Map([['P', 'x']]),
  );
  const unknown = { 'Fn::Equals': [{ Ref: 'Nobody' }, 'a'] };

  it.each([
    [{ Condition: 'Yes' }, true],
    [{ 'Fn::Not': [{ Condition: 'Yes' }] }, false],
    [{ 'Fn::And': [{ Condition: 'Yes' }, unknown] }, undefined],
    [{ 'Fn::And': [{ 'Fn::Not': [{ Condition: 'Yes' }] }, unknown] }, false],
    [{ 'Fn::Or': [{ Condition: 'Yes' }, unknown] }, true],
    [{ 'Fn::Or': [{ 'Fn::Not': [{ Condition: 'Yes' }] }, unknown] }, undefined],
    [{ 'Fn::Contains': [['x', 'y'], { Ref: 'P' }] }, true],
    [{ 'Fn::Contains': [['y'], { Ref: 'P' }] }, false],
    [{ 'Fn::EachMemberIn': [['x'], ['x']] }, undefined],
    [unknown, undefined],
    ['Yes', undefined],
  ])('%j is %s', (expression, holds) => {
    expect(evaluateCondition(expression, scope)).toBe(holds);
  });

  it.each([
    [{ 'Fn::If': ['Nobody', { Ref: 'P' }, 'b'] }, { 'Fn::If': ['Nobody', 'x', 'b'] }],
    [{ 'Fn::Sub': '${P}-${Other.Arn}' }, { 'Fn::Sub': 'x-${Other.Arn}' }],
    [{ 'Fn::Join': [',', [{ Ref: 'Other' }]] }, { 'Fn::Join': [',', [{ Ref: 'Other' }]] }],
    [{ 'Fn::FindInMap': ['None', 'a', 'b'] }, { 'Fn::FindInMap': ['None', 'a', 'b'] }],
    // A policy has a key Condition that is no condition of the template.
    [{ Condition: { Bool: { a: 'true' } } }, { Condition: { Bool: { a: 'true' } } }],
  ])('%j is put in as far as it is known', (value, resolved) => {
    expect(resolveValue(value, scope)).toEqual(resolved);
  });
});

describe('asr diff', () => {
  const description = '(SO0111M) Automated Security Response, documents.';
  const template = {
    Description: description,
    Parameters: {
      Namespace: { Type: 'String' },
      Load: { Type: 'String', Default: 'no', AllowedValues: ['yes', 'no'] },
    },
    Conditions: { Loaded: { 'Fn::Equals': [{ Ref: 'Load' }, 'yes'] } },
    Resources: {
      Name: { Type: 'AWS::SSM::Parameter', Properties: { Value: { Ref: 'Namespace' } } },
      Doc: { Type: 'AWS::SSM::Document', Condition: 'Loaded' },
    },
  };
  const dist = writeBuild({ member: template });
  afterAll(() => rmSync(dist, { recursive: true }));
  const deployed = {
    Description: description,
    Parameters: [{ ParameterKey: 'Namespace', ParameterValue: 'shtest' }],
  };
  let staged: ReturnType<typeof stageStack> | undefined;
  afterEach(() => staged?.cloudFormation.restore());
  const diff = (situation: Situation, ...args: readonly string[]) => {
    staged = stageStack(situation);
    return play(
      { aws: () => createAws({ region: 'eu-west-1' }) },
      ...['diff', 'member', '--dist', dist, ...args],
    );
  };
  /** Names of the operations that were called. */
  const called = () =>
    new Set(staged?.cloudFormation.calls().map(({ args: [command] }) => command.constructor.name));

  it('compares the build with the deployed template and its values, and only reads', async () => {
    const { code, out } = await diff({ stack: deployed, template }, '-p', 'Load=yes');
    expect(code).toBe(0);
    expect(out).toBe(
      `automated-security-response-member in account 111122223333, Region eu-west-1 (CREATE_COMPLETE). A deployment would make these changes; which of them replace a resource, asr deploy shows before it asks:

Parameters
  + Load = yes

Resources
  + Doc  AWS::SSM::Document

1 added, 0 changed, 0 replaced, 0 removed.
`,
    );
    expect(called()).toEqual(new Set([DescribeStacksCommand.name, GetTemplateCommand.name]));
  });

  it('says when nothing differs, and with --exit-code ends with 1 when something does', async () => {
    const same = {
      ...deployed,
      Parameters: [...deployed.Parameters, { ParameterKey: 'Load', ParameterValue: 'no' }],
    };
    expect(await diff({ stack: same, template }, '--exit-code')).toMatchObject({
      code: 0,
      out: 'automated-security-response-member in account 111122223333, Region eu-west-1 (CREATE_COMPLETE): no differences.\n',
    });
    staged?.cloudFormation.restore();
    expect((await diff({ stack: same, template }, '--exit-code', '-p', 'Namespace=x')).code).toBe(
      1,
    );
  });

  it('shows everything as new when nothing is deployed, and what is still missing', async () => {
    const { code, out, err } = await diff({});
    expect(code).toBe(0);
    expect(out).toContain(
      'automated-security-response-member is not deployed in Region eu-west-1.',
    );
    expect(out).toContain('  + Name  AWS::SSM::Parameter');
    expect(err).toContain('A deployment would stop at: Namespace has no value.');
  });

  it('prints JSON', async () => {
    const { out } = await diff({ stack: deployed, template }, '--json', '-p', 'Load=yes');
    expect(JSON.parse(out)).toEqual({
      stack: 'automated-security-response-member',
      status: 'CREATE_COMPLETE',
      resources: [
        {
          id: 'Doc',
          type: 'AWS::SSM::Document',
          action: 'add',
          properties: [],
          causes: [],
          keepsOld: false,
        },
      ],
      parameters: [{ name: 'Load', after: 'yes' }],
      problems: [],
    });
  });

  it('refuses a stack of the same name that is something else', async () => {
    const { code, err } = await diff({ stack: { Description: 'Our web shop' } });
    expect(code).toBe(1);
    expect(err).toBe(
      'The name automated-security-response-member is taken in account 111122223333, Region eu-west-1, by a stack that is no member stack of this project. It says: Our web shop\nName the right one with --stack-name.\n',
    );
  });

  it('refuses a template that nobody here has written', async () => {
    const situation = { stack: deployed };
    staged = stageStack(situation);
    staged.cloudFormation.on(GetTemplateCommand).resolves({ TemplateBody: 'Resources: {}' });
    const { code, err } = await play(
      { aws: () => createAws({ region: 'eu-west-1' }) },
      ...['diff', 'member', '--dist', dist],
    );
    expect(code).toBe(1);
    expect(err).toContain('The deployed template is not JSON');
  });

  it.each([
    [
      awsError(
        'AccessDenied',
        'User: arn:aws:iam::111122223333:user/a is not authorized to perform: cloudformation:DescribeStacks',
      ),
      'Ask for this permission, or use another --profile.',
    ],
    [
      awsError('ExpiredToken', 'The security token included in the request is expired'),
      'Sign in again',
    ],
    [
      awsError('CredentialsProviderError', 'Could not load credentials from any providers'),
      'aws sso login',
    ],
    [
      Object.assign(new Error('getaddrinfo ENOTFOUND cloudformation.eu-west-1.amazonaws.com'), {
        code: 'ENOTFOUND',
      }),
      'Check the network',
    ],
    [awsError('Throttling', 'Rate exceeded'), 'Try again in a minute.'],
  ])('says what to do when AWS answers %s', async (error, advice) => {
    staged = stageStack({});
    staged.cloudFormation.on(DescribeStacksCommand).rejects(error);
    const { code, err } = await play(
      { aws: () => createAws({ region: 'eu-west-1' }) },
      ...['diff', 'member', '--dist', dist],
    );
    expect(code).toBe(1);
    expect(err).toMatch(/^Looking for the stack failed: /u);
    expect(err).toContain(advice);
  });
});
