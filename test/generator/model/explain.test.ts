import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { explainFinding } from '../../../generator/model/explain.ts';
import type { Explanation } from '../../../generator/model/explain.ts';
import { NotAFinding, unwrapFindings } from '../../../generator/model/finding.ts';
import { compileAll } from '../../../generator/compile/compile.ts';
import { adminCatalog } from '../../../generator/emit/admin-catalog.ts';
import { readSources } from '../../../generator/read/read-sources.ts';

vi.setConfig({ testTimeout: 60_000 });

const sources = readSources(fileURLToPath(new URL('../../..', import.meta.url)));
const { compiled } = await compileAll(sources, 'SO0111', { lint: false });
const context = {
  catalog: adminCatalog({ compiled, standards: sources.standards }),
  namespace: 'prod',
  now: new Date('2024-05-01T12:20:00Z'),
};

const PARTITIONS = [
  ['aws', 'us-east-1'],
  ['aws-us-gov', 'us-gov-west-1'],
  ['aws-cn', 'cn-north-1'],
] as const;

function idIn(partition: string, region: string): string {
  return `arn:${partition}:securityhub:${region}:012345678901:security-control/EC2.2/finding/1`;
}

/** A finding about a default security group, as Security Hub sends it; the account begins with a zero. */
function finding(
  generatorId: string,
  rest: Readonly<Record<string, unknown>> = {},
  partition = 'aws',
  region = 'us-east-1',
) {
  return {
    Id: idIn(partition, region),
    ProductArn: `arn:${partition}:securityhub:${region}::product/aws/securityhub`,
    AwsAccountId: '012345678901',
    GeneratorId: generatorId,
    UpdatedAt: '2024-05-01T12:00:00Z',
    Compliance: { Status: 'FAILED', SecurityControlId: 'EC2.2' },
    RecordState: 'ACTIVE',
    Workflow: { Status: 'NEW' },
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
    const { decision, ...explained } = explain(finding(generatorId, {}, partition, region));
    expect(decision).toMatchObject({
      automatic: { verdict: 'allow' },
      click: { verdict: 'allow' },
    });
    expect(explained).toEqual({
      finding: idIn(partition, region),
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
      "The finding names a control that CIS AWS Foundations Benchmark doesn't have in this version.",
    ],
    [
      'aws-foundational-security-best-practices/v/1.0.0/EC2.2/x',
      'The finding belongs to none of the standards of this version.',
    ],
    [
      'arn:aws:guardduty:us-east-1:012345678901:detector/x',
      'The finding belongs to none of the standards of this version.',
    ],
  ])('none: %s', (generatorId, because) => {
    const explained = explain(finding(generatorId));
    expect(explained).toMatchObject({
      account: '012345678901',
      securityControlId: null,
      remediation: null,
      parameters: null,
      decision: { click: { verdict: 'deny' } },
    });
    expect(explained.because).toContain(because);
    expect(explained.because).toContain(`It has the generator id ${generatorId}`);
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
      because: 'No remediation exists for ACM.2.',
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
  it('are read from Security Hub when the finding carries none', () => {
    const explained = explain(rules(undefined));
    expect(Object.keys(explained.parameters ?? {})).not.toContain('AuthorizedTcpPorts');
    expect(explained.because).toContain('The finding carries no authorizedTcpPorts: it is read');
    expect(explained.because).toContain('The finding carries no authorizedUdpPorts: it is read');
  });
  it.each([[['x']], [['70000']], [['22', '{{ x }}']]])('are refused when they are %j', (Value) => {
    const explained = explain(rules([{ Name: 'authorizedTcpPorts', Value }]));
    expect(explained).toMatchObject({
      remediation: 'RemoveUnrestrictedInboundRules',
      parameters: null,
    });
    expect(explained.because).toBe(
      `The control's value of authorizedTcpPorts isn't one that ASR-RemoveUnrestrictedInboundRules takes. The finding's values are {"authorizedTcpPorts":${JSON.stringify(Value)}}.`,
    );
  });
});

const GROUP = 'security-control/EC2.2';
const at = (Id: string) => ({ Resources: [{ Id }] });

describe('findings that can not be handled', () => {
  const cases: readonly (readonly [string, Readonly<Record<string, unknown>>, string])[] = [
    [
      'another account in the resource',
      at('arn:aws:ec2:us-east-1:111122223333:security-group/sg-0123456789abcdef0'),
      'The resource lies in another account, Region or partition than the finding. It names arn:aws:ec2:us-east-1:111122223333:security-group/sg-0123456789abcdef0.',
    ],
    [
      'another Region in the resource',
      at('arn:aws:ec2:eu-west-1:012345678901:security-group/sg-0123456789abcdef0'),
      'The resource lies in another account, Region or partition than the finding. It names arn:aws:ec2:eu-west-1:012345678901:security-group/sg-0123456789abcdef0.',
    ],
    [
      'another control',
      { Compliance: { SecurityControlId: 'EC2.19' } },
      'The finding contradicts itself: its generator id means EC2.2, its security control id is another one. It has the generator id security-control/EC2.2 and the security control id EC2.19.',
    ],
    [
      'another kind of resource',
      at('arn:aws:s3:::logs'),
      'The finding must name exactly one resource that ASR-RemoveVPCDefaultSecurityGroupRules knows; it names 0. It names arn:aws:s3:::logs.',
    ],
    [
      'no resource',
      { Resources: [] },
      'The finding must name exactly one resource that ASR-RemoveVPCDefaultSecurityGroupRules knows; it names 0. It names none.',
    ],
    [
      'the product of somebody else',
      { ProductArn: 'arn:aws:securityhub:us-east-1:111122223333:product/111122223333/default' },
      'The finding does not come from Security Hub itself. Its product is arn:aws:securityhub:us-east-1:111122223333:product/111122223333/default.',
    ],
    [
      'an account of eleven digits',
      { AwsAccountId: '12345678901' },
      'Account, Region or partition differ between the parts of the finding.',
    ],
    ['no id', { Id: undefined }, "The event holds no control finding in Security Hub's format."],
    ['no time', { UpdatedAt: undefined }, 'The finding does not say when it was updated.'],
  ];
  it.each(cases)('%s', (_, rest, because) => {
    const explained = explain(finding(GROUP, rest));
    expect(explained).toMatchObject({ parameters: null, because });
    expect(explained.decision.automatic.verdict).toBe('deny');
    expect(explained.decision.click.verdict).toBe('deny');
  });

  it('are quoted shortly and without control characters', () => {
    const { because } = explain(
      finding(GROUP, { ProductArn: `x\u001B[31m\n${'y'.repeat(100_000)}` }),
    );
    expect(because).toMatch(/ Its product is x\?\[31m\?y+\.\.\.\.$/u);
    expect(because.length).toBeLessThan(300);
  });

  it.each([null, 5, 'text', [], [finding(GROUP)]])('are no finding: %j', (input) => {
    expect(explain(input)).toMatchObject({
      finding: null,
      parameters: null,
      because: 'The finding does not come from Security Hub itself.',
    });
  });
});

describe('what is decided about a finding', () => {
  const decided = (rest: Readonly<Record<string, unknown>>, generatorId = GROUP) =>
    explain(finding(generatorId, rest)).decision;

  it('is said for one that comes by itself, and for a click', () => {
    expect(decided({})).toEqual({
      automatic: { verdict: 'allow', reason: 'allowed', message: 'All rules allow it.' },
      click: { verdict: 'allow', reason: 'allowed', message: 'All rules allow it.' },
      assumes: expect.stringContaining('(it is off by default)') as string,
    });
  });

  it.each<readonly [string, Readonly<Record<string, unknown>>, string]>([
    [
      'passed',
      { Compliance: { Status: 'PASSED' } },
      "The finding's compliance status isn't FAILED.",
    ],
    ['suppressed', { Workflow: { Status: 'SUPPRESSED' } }, 'The finding is suppressed.'],
  ])('denies one that is %s, though it says what would be started', (_, rest, message) => {
    const explained = explain(finding(GROUP, rest));
    expect(explained.parameters).not.toBeNull();
    expect(explained.decision).toMatchObject({
      automatic: { verdict: 'deny', reason: 'not-failed', message },
      click: { verdict: 'deny', reason: 'not-failed', message },
    });
  });

  it('asks for an approval where the impact is too bad', () => {
    const { catalog } = context;
    const name = 'RemoveVPCDefaultSecurityGroupRules';
    const { [name]: group, ...others } = catalog.remediations;
    const impact = { when: [], then: 'availability', else: 'availability' } as const;
    const remediations = group === undefined ? others : { ...others, [name]: { ...group, impact } };
    const harmful = { ...context, catalog: { ...catalog, remediations } };
    expect(explainFinding(finding(GROUP), harmful).decision).toMatchObject({
      automatic: { verdict: 'needs-approval' },
      click: { verdict: 'allow' },
    });
  });

  it('is said for OCSF, too', () => {
    const ocsf = {
      class_uid: 2003,
      activity_id: 1,
      status_id: 1,
      cloud: { account: { uid: '012345678901' }, region: 'us-east-1' },
      compliance: { control: 'EC2.2', status_id: 3 },
      finding_info: { uid: idIn('aws', 'us-east-1'), modified_time: 1_714_564_800_000 },
      metadata: {
        product: { uid: 'arn:aws:securityhub:us-east-1::productv2/aws/securityhub' },
        uid: 'x',
      },
      resources: [
        { uid: 'arn:aws:ec2:us-east-1:012345678901:security-group/sg-0123456789abcdef0' },
      ],
    };
    const { finding: id, ...rest } = explain(finding(GROUP));
    expect(explain(ocsf)).toEqual({ finding: id, ...rest });
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
          Status: 'FAILED',
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
