import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { checkValue } from '../../../generator/deploy/check-value.ts';
import { readParameterFile } from '../../../generator/deploy/parameter-file.ts';
import { brokenRules, checkGiven, mergeParameters } from '../../../generator/deploy/parameters.ts';
import type { GivenParameter } from '../../../generator/deploy/parameters.ts';

const template = {
  Resources: {},
  Parameters: {
    Namespace: {
      Type: 'String',
      AllowedPattern: '^[a-z0-9]+$',
      MinLength: 3,
      MaxLength: 9,
      ConstraintDescription: '3 to 9 small letters and digits',
      Description: 'Ends the names of the roles.',
    },
    SecHubAdminAccount: { Type: 'String', AllowedPattern: '^[0-9]{12}$', Default: '' },
    LoadAFSBPMemberStack: { Type: 'String', AllowedValues: ['yes', 'no'], Default: 'no' },
    Threshold: { Type: 'Number', Default: 5, MinValue: 1, MaxValue: 10 },
  },
};
const flag = (name: string, value: string): GivenParameter => ({
  name,
  value,
  where: '--parameter',
});
const inFile = (name: string, value: GivenParameter['value']): GivenParameter => ({
  name,
  value,
  where: 'stacks.yaml:3:5',
});
const check = (
  flags: readonly GivenParameter[],
  file: readonly GivenParameter[] = [],
  kind: 'admin' | 'member' = 'member',
) => checkGiven(kind, template, { flags, file });

describe('what people give', () => {
  it('is taken when it fits, and flags win over the file', () => {
    const { values, problems, notes } = check(
      [flag('Namespace', 'flag')],
      [inFile('Namespace', 'file'), inFile('Threshold', 7)],
    );
    expect({ problems, notes }).toEqual({ problems: [], notes: [] });
    expect([...values]).toEqual([
      ['Namespace', 'flag'],
      ['Threshold', '7'],
    ]);
  });

  it("accepts the administrator stack's spelling for the member stack, and says which one it used", () => {
    const { values, notes } = check([flag('LoadAFSBPAdminStack', 'yes')]);
    expect([...values]).toEqual([['LoadAFSBPMemberStack', 'yes']]);
    expect(notes).toEqual([
      '--parameter: the member stack calls LoadAFSBPAdminStack LoadAFSBPMemberStack; your value is used for it.',
    ]);
  });

  it('does not accept that spelling for another stack', () => {
    const { problems } = check([flag('LoadAFSBPAdminStack', 'yes')], [], 'admin');
    expect(problems).toEqual([
      '--parameter: the admin stack has no parameter LoadAFSBPAdminStack. Did you mean LoadAFSBPMemberStack?',
    ]);
  });

  it('is refused under both spellings at once, and twice under one', () => {
    const { problems } = check([
      flag('LoadAFSBPAdminStack', 'yes'),
      flag('LoadAFSBPMemberStack', 'no'),
      flag('Threshold', '2'),
      flag('Threshold', '3'),
    ]);
    expect(problems).toEqual([
      '--parameter: LoadAFSBPAdminStack and LoadAFSBPMemberStack are the same parameter, LoadAFSBPMemberStack. Keep one.',
      '--parameter: Threshold is given twice. Keep one.',
    ]);
  });

  it('gets the nearest name when it is unknown, or all of them', () => {
    const { problems } = check([flag('namespace', 'a'), flag('Quite', 'b')]);
    expect(problems).toEqual([
      '--parameter: the member stack has no parameter namespace. Did you mean Namespace?',
      '--parameter: the member stack has no parameter Quite. It has Namespace, SecHubAdminAccount, LoadAFSBPMemberStack, Threshold.',
    ]);
  });

  it('reports every problem, with its place in the file', () => {
    const { problems } = check(
      [flag('Namespace', 'ab')],
      [inFile('LoadAFSBPMemberStack', 'perhaps'), inFile('Threshold', 11)],
    );
    expect(problems).toEqual([
      `stacks.yaml:3:5: LoadAFSBPMemberStack can't be "perhaps"; it is one of yes, no.`,
      "stacks.yaml:3:5: Threshold can't be 11; it is 10 or less.",
      '--parameter: Namespace has 2 characters in "ab" and needs at least 3. 3 to 9 small letters and digits.',
    ]);
  });

  it('is refused when YAML has read a text as something else', () => {
    const { problems } = check(
      [],
      [inFile('SecHubAdminAccount', 12345678901), inFile('LoadAFSBPMemberStack', true)],
    );
    expect(problems).toEqual([
      'stacks.yaml:3:5: SecHubAdminAccount is a text that YAML reads as a number. Put it in quotes, so that no digit is lost.',
      "stacks.yaml:3:5: LoadAFSBPMemberStack can't be true; write yes or no.",
    ]);
  });
});

describe('a value', () => {
  it.each([
    [{ Type: 'String', AllowedPattern: '[0-9]{2}' }, '123', `can't be "123".`],
    [{ Type: 'String', AllowedPattern: 'a|b' }, 'ab', `can't be "ab".`],
    [{ Type: 'String', MaxLength: 2 }, 'abc', 'has 3 characters in "abc" and may have 2.'],
    [{ Type: 'Number' }, 'five', `can't be "five"; it is a number.`],
    [{ Type: 'Number' }, ' ', `can't be " "; it is a number.`],
    [{ Type: 'Number', MinValue: 1 }, '0', "can't be 0; it is 1 or more."],
  ])('of %j that is %s is refused', (declaration, value, problem) => {
    expect(checkValue(declaration, value)).toBe(problem);
  });

  it.each([
    [{ Type: 'String', AllowedPattern: '[0-9]{2}' }, '12'],
    [{ Type: 'Number', MinValue: 1 }, '1.5'],
    // JavaScript can't read it, so CloudFormation must judge.
    [{ Type: 'String', AllowedPattern: '(?x)[' }, 'anything'],
  ])('of %j may be %s', (declaration, value) => {
    expect(checkValue(declaration, value)).toBeUndefined();
  });
});

describe('the values of a stack', () => {
  it('of a new one are given or defaults, and what has neither is asked for', () => {
    const { values, problems } = mergeParameters(
      template,
      new Map([['Threshold', '7']]),
      undefined,
    );
    expect(values.map(({ name, value, origin }) => `${name}=${value} ${origin}`)).toEqual([
      'SecHubAdminAccount= default',
      'LoadAFSBPMemberStack=no default',
      'Threshold=7 given',
    ]);
    expect(problems).toEqual([
      'Namespace has no value. Add --parameter Namespace=<value>. Ends the names of the roles.',
    ]);
  });

  it('of a deployed one are kept unless given, and a parameter that is gone is left out', () => {
    const deployed = new Map([
      ['Namespace', 'shtest'],
      ['LoadAFSBPMemberStack', 'yes'],
      ['Gone', 'x'],
    ]);
    const { values, problems } = mergeParameters(template, new Map([['Threshold', '7']]), deployed);
    expect(problems).toEqual([]);
    expect(values.map(({ name, value, origin }) => `${name}=${value} ${origin}`)).toEqual([
      'Namespace=shtest kept',
      'SecHubAdminAccount= default',
      'LoadAFSBPMemberStack=yes kept',
      'Threshold=7 given',
    ]);
  });

  it('are not kept silently when the new template refuses them', () => {
    const { problems } = mergeParameters(template, new Map(), new Map([['Namespace', 'UPPER']]));
    expect(problems).toEqual([
      `Namespace can't be "UPPER". 3 to 9 small letters and digits. The stack has this value now; give another one: --parameter Namespace=<value>.`,
    ]);
  });
});

describe('the rules of a template', () => {
  const rules = {
    Resources: {},
    Rules: {
      Console: {
        RuleCondition: { 'Fn::Equals': [{ Ref: 'Console' }, 'yes'] },
        Assertions: [
          {
            Assert: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'Email' }, ''] }] },
            AssertDescription: 'The console needs an address.',
          },
          {
            Assert: { 'Fn::Not': [{ 'Fn::Contains': [['cn-north-1'], { Ref: 'AWS::Region' }] }] },
            AssertDescription: 'Not in China.',
          },
          { Assert: { 'Fn::RefAll': 'AWS::EC2::VPC::Id' }, AssertDescription: 'Unknowable.' },
        ],
      },
    },
  };
  const values = (console: string, email: string) => [
    { name: 'Console', value: console, origin: 'given' as const },
    { name: 'Email', value: email, origin: 'given' as const },
  ];

  it.each([
    ['yes', '', 'eu-west-1', ['The console needs an address.']],
    ['yes', 'a@b.example', 'cn-north-1', ['Not in China.']],
    ['yes', 'a@b.example', 'eu-west-1', []],
    ['no', '', 'cn-north-1', []],
  ])('are checked here: console %s, email %s, Region %s', (console, email, region, broken) => {
    expect(brokenRules(rules, values(console, email), region)).toEqual(broken);
  });
});

describe('a parameter file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'asr-parameters-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const read = (text: string) => {
    const file = join(folder, 'stacks.yaml');
    writeFileSync(file, text);
    const { diagnostics, ...content } = readParameterFile(file, 'member');
    return {
      ...content,
      problems: diagnostics.map(
        ({ line, column, what, fix }) => `${line}:${column} ${what} ${fix}`,
      ),
    };
  };

  it('gives the section of the stack, with places, and the bucket', () => {
    const file = join(folder, 'stacks.yaml');
    expect(
      read(
        "bucket: example-templates\nmember-roles:\n  Namespace: other\nmember:\n  Namespace: shtest\n  SecHubAdminAccount: '012345678901'\n",
      ),
    ).toEqual({
      bucket: 'example-templates',
      parameters: [
        { name: 'Namespace', value: 'shtest', where: `${file}:5:3` },
        { name: 'SecHubAdminAccount', value: '012345678901', where: `${file}:6:3` },
      ],
      problems: [],
    });
  });

  it('may be empty', () => {
    expect(read('')).toEqual({ parameters: [], problems: [] });
  });

  it('is refused with the place of what is wrong', () => {
    expect(read('members:\n  Namespace: shtest\n').problems).toEqual([
      '1:1 members is not a key here. Did you mean member?',
    ]);
    expect(read('member:\n  Namespace: [a]\n').problems).toHaveLength(1);
    expect(read('member: {').problems).not.toEqual([]);
  });

  it('is refused when it cannot be read', () => {
    const { parameters, diagnostics } = readParameterFile(join(folder, 'none.yaml'), 'member');
    expect(parameters).toEqual([]);
    expect(diagnostics.map(({ code }) => code)).toEqual(['unreadable-file']);
  });
});
