import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { explainFinding } from '../../../generator/model/explain.ts';
import type { Explanation } from '../../../generator/model/explain.ts';
import { NotAFinding, unwrapFindings } from '../../../generator/model/finding.ts';
import { readSources } from '../../../generator/read/read-sources.ts';

vi.setConfig({ testTimeout: 60_000 });

const { standards, runbooks } = readSources(fileURLToPath(new URL('../../..', import.meta.url)));
const context = { standards, runbooks, solutionId: 'SO0111', namespace: 'prod' };

const PARTITIONS = [
  ['aws', 'us-east-1'],
  ['aws-us-gov', 'us-gov-west-1'],
  ['aws-cn', 'cn-north-1'],
] as const;

/** A finding about a default security group, as Security Hub sends it; the account begins with a zero. */
function finding(
  generatorId: string,
  rest: Readonly<Record<string, unknown>> = {},
  partition = 'aws',
  region = 'us-east-1',
) {
  return {
    Id: `arn:${partition}:securityhub:${region}:012345678901:finding/1`,
    ProductArn: `arn:${partition}:securityhub:${region}::product/aws/securityhub`,
    AwsAccountId: '012345678901',
    GeneratorId: generatorId,
    Compliance: { Status: 'FAILED', SecurityControlId: 'EC2.2' },
    Resources: [
      {
        Type: 'AwsEc2SecurityGroup',
        Id: `arn:${partition}:ec2:${region}:012345678901:security-group/sg-0123456789abcdef0`,
        Region: region,
      },
    ],
    ...rest,
  };
}

const explain = (input: unknown): Explanation => explainFinding(input, context);

describe('which control a finding is of', () => {
  const formats = [
    ['SC', 'EC2.2', () => 'security-control/EC2.2'],
    ['AFSBP', 'EC2.2', () => 'aws-foundational-security-best-practices/v/1.0.0/EC2.2'],
    [
      'CIS120',
      '4.3',
      (partition: string) =>
        `arn:${partition}:securityhub:::ruleset/cis-aws-foundations-benchmark/v/1.2.0/rule/4.3`,
    ],
    ['CIS140', '5.3', () => 'cis-aws-foundations-benchmark/v/1.4.0/5.3'],
    ['CIS300', '5.4', () => 'cis-aws-foundations-benchmark/v/3.0.0/5.4'],
    ['NIST80053', 'EC2.2', () => 'nist-800-53/v/5.0.0/EC2.2'],
    ['PCI321', 'PCI.EC2.2', () => 'pci-dss/v/3.2.1/PCI.EC2.2'],
  ] as const;
  it.each(
    PARTITIONS.flatMap(([partition, region]) =>
      formats.map(
        ([standard, control, id]) => [standard, partition, control, id(partition), region] as const,
      ),
    ),
  )('%s in %s: %s', (standard, partition, control, generatorId, region) => {
    expect(explain(finding(generatorId, {}, partition, region))).toEqual({
      finding: `arn:${partition}:securityhub:${region}:012345678901:finding/1`,
      standard,
      control,
      securityControlId: 'EC2.2',
      remediation: 'RemoveVPCDefaultSecurityGroupRules',
      document: 'ASR-RemoveVPCDefaultSecurityGroupRules',
      account: '012345678901',
      region,
      parameters: {
        AutomationAssumeRole: [
          `arn:${partition}:iam::012345678901:role/SO0111-RemoveVPCDefaultSecurityGroupRules-prod`,
        ],
        ControlId: ['EC2.2'],
        AccountId: ['012345678901'],
        ResourceArn: [
          `arn:${partition}:ec2:${region}:012345678901:security-group/sg-0123456789abcdef0`,
        ],
      },
      because: 'EC2.2 is remediated by RemoveVPCDefaultSecurityGroupRules.',
    });
  });

  it.each([
    [
      'cis-aws-foundations-benchmark/v/3.0.0/99.9',
      'CIS300',
      'CIS AWS Foundations Benchmark has no control 99.9.',
    ],
    [
      'aws-foundational-security-best-practices/v/1.0.0/EC2.2/x',
      null,
      'No standard has findings with the generator id aws-foundational-security-best-practices/v/1.0.0/EC2.2/x.',
    ],
    [
      'arn:aws-cn:securityhub:::ruleset/cis-aws-foundations-benchmark/v/1.2.0/rule/4.3',
      null,
      'No standard has findings with the generator id arn:aws-cn:securityhub:::ruleset/cis-aws-foundations-benchmark/v/1.2.0/rule/4.3.',
    ],
    [
      'arn:aws:guardduty:us-east-1:012345678901:detector/x',
      null,
      'No standard has findings with the generator id arn:aws:guardduty:us-east-1:012345678901:detector/x.',
    ],
  ])('none: %s', (generatorId, standard, because) => {
    expect(explain(finding(generatorId))).toMatchObject({
      standard,
      securityControlId: null,
      remediation: null,
      parameters: null,
      because,
    });
  });

  it('does not depend on capitals, because AWS writes AutoScaling.5 in two ways', () => {
    for (const id of ['AutoScaling.5', 'Autoscaling.5']) {
      const given = finding(`security-control/${id}`, { Compliance: { SecurityControlId: id } });
      expect(explain(given)).toMatchObject({
        control: 'Autoscaling.5',
        securityControlId: 'Autoscaling.5',
        remediation: 'ReplaceLaunchConfiguration',
      });
    }
  });

  it('says that a control has no remediation', () => {
    expect(explain(finding('security-control/ACM.2', { Compliance: {} }))).toMatchObject({
      securityControlId: 'ACM.2',
      remediation: null,
      parameters: null,
      because: 'ACM.2 has no remediation: it is detect-only.',
    });
  });
});

describe('parameters that a customer has set in Security Hub', () => {
  const rules = (parameters: unknown) =>
    finding('security-control/EC2.18', {
      Compliance: { SecurityControlId: 'EC2.18', SecurityControlParameters: parameters },
    });
  it('are taken from the finding', () => {
    const explained = explain(rules([{ Name: 'authorizedTcpPorts', Value: ['22', '443'] }]));
    expect(explained.parameters?.['AuthorizedTcpPorts']).toEqual(['22', '443']);
    expect(explained.because).toContain(
      "The finding carries no authorizedUdpPorts: it is read from Security Hub in the finding's account before the document starts.",
    );
  });
  it.each([[['x']], [['70000']], [['22', '{{ x }}']]])('are refused when they are %j', (Value) => {
    const explained = explain(rules([{ Name: 'authorizedTcpPorts', Value }]));
    expect(explained).toMatchObject({
      remediation: 'RemoveUnrestrictedInboundRules',
      parameters: null,
    });
    expect(explained.because).toMatch(
      /^The finding's authorizedTcpPorts \[.*\] is not a list of ports\.$/u,
    );
  });
});

const GROUP = 'security-control/EC2.2';
const at = (Id: string, Region?: unknown) => ({
  Resources: [{ Id, ...(Region === undefined ? {} : { Region }) }],
});

describe('findings that can not be handled', () => {
  const cases: readonly (readonly [string, Readonly<Record<string, unknown>>, string])[] = [
    [
      'another account in the resource',
      at('arn:aws:ec2:us-east-1:111122223333:security-group/sg-0123456789abcdef0'),
      "The finding contradicts itself: the resource's account is 111122223333, the finding's is 012345678901.",
    ],
    [
      'another Region in the resource',
      at('arn:aws:ec2:eu-west-1:012345678901:security-group/sg-0123456789abcdef0', 'us-east-1'),
      "The finding contradicts itself: the resource's region is eu-west-1, the finding's is us-east-1.",
    ],
    [
      'another partition in the resource',
      at('arn:aws-cn:ec2:us-east-1:012345678901:security-group/sg-0123456789abcdef0'),
      "The finding contradicts itself: the resource's partition is aws-cn, the finding's is aws.",
    ],
    [
      'another control',
      { Compliance: { SecurityControlId: 'EC2.19' } },
      'The finding contradicts itself: its generator id means EC2.2, its SecurityControlId says EC2.19.',
    ],
    [
      'another kind of resource',
      at('arn:aws:s3:::logs'),
      'RemoveVPCDefaultSecurityGroupRules works on ec2-security-group, and arn:aws:s3:::logs is none.',
    ],
    [
      'braces in the resource',
      at('arn:aws:ec2:us-east-1:012345678901:security-group/{{ x }}'),
      'The resource id holds two opening braces, which Systems Manager would read as a variable.',
    ],
    [
      'the product of somebody else',
      { ProductArn: 'arn:aws:securityhub:us-east-1:111122223333:product/111122223333/default' },
      "Only findings of Security Hub's own product count, this one is of arn:aws:securityhub:us-east-1:111122223333:product/111122223333/default.",
    ],
    [
      'a product that only begins like it',
      { ProductArn: 'arn:aws:securityhub:us-east-1::product/aws/securityhub/x' },
      "Only findings of Security Hub's own product count, this one is of arn:aws:securityhub:us-east-1::product/aws/securityhub/x.",
    ],
    [
      'an account of eleven digits',
      { AwsAccountId: '12345678901' },
      'AwsAccountId is not a 12-digit account id.',
    ],
    [
      'an account that is a number',
      { AwsAccountId: 123456789012 },
      'The finding has no AwsAccountId.',
    ],
    ['no id', { Id: undefined }, 'The finding has no Id.'],
    ['no generator', { GeneratorId: '' }, 'The finding has no GeneratorId.'],
    ['no resource', { Resources: [] }, 'The finding names no resource.'],
    ['resources that are none', { Resources: { Id: 'x' } }, 'The finding names no resource.'],
    [
      'a Region that is none',
      at('arn:aws:s3:::logs', '../../x'),
      "The resource's Region is not the name of a Region.",
    ],
  ];
  it.each(cases)('%s', (_, rest, because) => {
    expect(explain(finding(GROUP, rest))).toMatchObject({ parameters: null, because });
  });

  it('are quoted shortly and without control characters', () => {
    const { because } = explain(
      finding(GROUP, { ProductArn: `x\u001B[31m\n${'y'.repeat(100_000)}` }),
    );
    expect(because).toMatch(/^Only findings .* is of x\?\[31m\?y+\.\.\.\.$/u);
    expect(because.length).toBeLessThan(300);
  });

  it.each([null, 5, 'text', [], [finding(GROUP)]])('are no finding: %j', (input) => {
    expect(explain(input)).toMatchObject({
      finding: null,
      parameters: null,
      because: 'A finding is a JSON object.',
    });
  });
});

describe('where findings come from', () => {
  it('is a finding, a list, or an event', () => {
    const one = finding(GROUP);
    expect(unwrapFindings(one)).toEqual([one]);
    expect(unwrapFindings([one, one])).toHaveLength(2);
    expect(unwrapFindings({ Findings: [one] })).toEqual([one]);
    expect(
      unwrapFindings({
        'detail-type': 'Security Hub Findings - Imported',
        detail: { findings: [one] },
      }),
    ).toEqual([one]);
  });
  it.each([null, 'x', 3, [], { detail: { findings: [] } }])('is not %j', (input) => {
    expect(() => unwrapFindings(input)).toThrow(NotAFinding);
  });
});

describe('whatever comes in', () => {
  const hostile = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.constantFrom<unknown>(
      '{{ global:ACCOUNT_ID }}',
      '\u0000\u001B[2J',
      'x'.repeat(200_000),
      [],
      {},
      null,
      { toString: 1, valueOf: 1 },
      [[['a']]],
      '__proto__',
      'constructor',
    ),
  );
  /** A good finding in which one or two values are replaced. */
  const bent = fc
    .tuple(
      fc.constantFrom(
        'Id',
        'ProductArn',
        'AwsAccountId',
        'GeneratorId',
        'Compliance',
        'Resources',
        'none',
      ),
      hostile,
      fc.constantFrom('SecurityControlParameters', 'SecurityControlId', 'Status'),
      hostile,
      fc.constantFrom('Id', 'Region', 'Type'),
      hostile,
    )
    .map(([key, value, member, inner, part, bad]) => {
      const good = finding('security-control/EC2.18', {
        Compliance: {
          SecurityControlId: 'EC2.18',
          [member]:
            member === 'SecurityControlParameters'
              ? [
                  { Name: 'authorizedTcpPorts', Value: inner },
                  { Name: 'authorizedUdpPorts', Value: [inner] },
                ]
              : inner,
        },
      });
      return {
        ...good,
        Resources: [{ ...good.Resources[0], [part]: bad }],
        ...(key === 'none' ? {} : { [key]: value }),
      };
    });

  it('gets an explanation, and parameters only when everything agrees', () => {
    fc.assert(
      fc.property(fc.oneof(bent, hostile), (input) => {
        const explained = explain(input);
        expect(explained.because).toMatch(/\S/u);
        expect(explained.because).not.toMatch(/\p{Cc}/u);
        expect(explained.because.length).toBeLessThan(2000);
        if (explained.parameters === null) return;
        const given = input as ReturnType<typeof finding>;
        const values = Object.values(explained.parameters).flat();
        expect(values.filter((value) => value.includes('{{') || /\p{Cc}/u.test(value))).toEqual([]);
        expect(explained.parameters).toMatchObject({
          AccountId: [given.AwsAccountId],
          ResourceArn: [given.Resources[0]?.Id],
        });
        expect(given.ProductArn).toBe('arn:aws:securityhub:us-east-1::product/aws/securityhub');
        expect(given.Resources[0]?.Id).toContain(`:us-east-1:${given.AwsAccountId}:`);
      }),
      { numRuns: 1500, seed: 7 },
    );
  });
});
