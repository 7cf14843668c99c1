import type { Catalog } from '../../../templates/admin/functions/model/catalog.ts';
import type { Attempt } from '../../../templates/admin/functions/model/attempt.ts';
import { DEFAULTS } from '../../../templates/admin/functions/model/policy.ts';
import type { Policy } from '../../../templates/admin/functions/model/policy.ts';
import type { Ended, Running } from '../../../templates/admin/functions/run/run.ts';
import type { Settings } from '../../../templates/admin/functions/model/settings.ts';

export const ADMIN = '012345678901';
export const MEMBER = '111122223333';

export const environment = {
  solutionId: 'SO0111',
  partition: 'aws',
  region: 'us-east-1',
  adminAccount: ADMIN,
} as const;

export const GROUP = `arn:aws:ec2:eu-west-1:${MEMBER}:security-group/sg-0a1b2c3d`;

/** A finding of EC2.2 in eu-west-1, seen from the aggregation Region; `changes` replace top-level fields. */
export function finding(
  changes: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> {
  return {
    SchemaVersion: '2018-10-08',
    Id: `arn:aws:securityhub:eu-west-1:${MEMBER}:security-control/EC2.2/finding/0a1b2c3d-1111-4222-8333-444455556666`,
    ProductArn: 'arn:aws:securityhub:eu-west-1::product/aws/securityhub',
    GeneratorId: 'security-control/EC2.2',
    AwsAccountId: MEMBER,
    Region: 'eu-west-1',
    Title: 'A default security group lets traffic in',
    Description: 'Somebody opened it.',
    Severity: { Label: 'HIGH' },
    Compliance: { Status: 'FAILED', SecurityControlId: 'EC2.2' },
    Workflow: { Status: 'NEW' },
    RecordState: 'ACTIVE',
    Resources: [{ Type: 'AwsEc2SecurityGroup', Id: GROUP, Region: 'eu-west-1' }],
    ...changes,
  };
}

const ports = {
  name: 'port-list',
  type: 'integer-list',
  min: 1,
  max: 65_535,
  maxItems: 32,
  describes: 'a list of ports',
  accepts: [],
  refuses: [],
} as const;

const days = {
  name: 'days',
  type: 'integer',
  min: 0,
  max: 36_500,
  describes: 'a number of days',
  accepts: [],
  refuses: [],
} as const;
const text = {
  name: 'text',
  type: 'string',
  pattern: '[A-Z]{1,20}',
  describes: 'a text',
  accepts: [],
  refuses: [],
} as const;

const group = String.raw`^arn:(?<partition>(?:aws|aws-us-gov|aws-cn)):ec2:(?<region>[a-z]{2,}(?:-[a-z]+)+-\d{1,2}):(?<account>\d{12}):security-group/(?<GroupId>sg-[0-9a-f]{8,17})$`;

const bucket = String.raw`^arn:(?<partition>(?:aws|aws-us-gov|aws-cn)):s3:::(?<BucketName>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])$`;

export const catalog: Catalog = {
  standards: [
    {
      id: 'SC',
      name: 'Consolidated control findings',
      generatorId: '^security-control/(?<control>[A-Za-z0-9.]{1,40})$',
      controls: { 'EC2.2': 'EC2.2', 'EC2.18': 'EC2.18', 'S3.99': 'S3.99', 'IAM.1': 'IAM.1' },
    },
    {
      id: 'CIS120',
      name: 'CIS AWS Foundations Benchmark',
      generatorId: String.raw`^arn:(?:aws|aws-us-gov|aws-cn):securityhub:::ruleset/cis-aws-foundations-benchmark/v/1\.2\.0/rule/(?<control>[A-Za-z0-9.]{1,40})$`,
      controls: { '4.3': 'EC2.2' },
    },
  ],
  controls: { 'EC2.2': 'CloseGroup', 'EC2.18': 'CloseOtherPorts', 'S3.99': 'EmptyBucket' },
  remediations: {
    CloseGroup: {
      document: 'ASR-CloseGroup',
      roleStem: 'SO0111-CloseGroup',
      impact: { when: [], then: 'access-loss', else: 'access-loss' },
      deprecated: false,
      resources: [group],
      parameters: [],
    },
    CloseOtherPorts: {
      document: 'ASR-CloseOtherPorts',
      roleStem: 'SO0111-CloseOtherPorts',
      impact: { when: [], then: 'access-loss', else: 'access-loss' },
      deprecated: false,
      resources: [group],
      parameters: [
        {
          name: 'TcpPorts',
          kind: ports,
          hasValue: true,
          finding: { 'EC2.18': 'authorizedTcpPorts' },
        },
      ],
    },
    EmptyBucket: {
      document: 'ASR-EmptyBucket',
      roleStem: 'SO0111-EmptyBucket',
      impact: {
        when: [{ parameter: 'Days', values: ['0'], isAmong: true }],
        then: 'cost',
        else: 'data-loss',
      },
      deprecated: false,
      resources: [bucket],
      parameters: [
        {
          name: 'Days',
          kind: days,
          hasValue: true,
          default: '0',
          finding: { 'S3.99': 'targetExpirationDays' },
        },
        { name: 'Class', kind: text, hasValue: true, finding: { 'S3.99': 'targetClass' } },
      ],
    },
  },
};

const off = { mode: 'Disabled', values: [] } as const;

export const settings: Settings = {
  standards: ['SC', 'CIS120'],
  filters: { Account: off, OU: off, Tag: off },
};

export const ID = '0123456789abcdef0123456789abcdef';
export const AUTOMATION = '11111111-2222-4333-8444-555566667777';
export const NOW = new Date('2024-05-01T12:00:00.000Z');
export const TARGET = { account: MEMBER, region: 'eu-west-1', resource: GROUP } as const;
/** What the state machine is started with. */
export const KEY = { ...TARGET, id: ID } as const;
export const EXECUTION = `arn:aws:states:us-east-1:${ADMIN}:execution:SO0111-ASR-Orchestrator:asr-${ID}`;

export const policy: Policy = DEFAULTS;

/** A claimed attempt of EC2.2 after a click, as `ingest` writes it. */
export function attempt(changes: Partial<Attempt> = {}): Attempt {
  const raw = finding();
  return {
    ...TARGET,
    id: ID,
    status: 'claimed',
    phase: 'run',
    origin: 'custom-action',
    actor: 'custom action',
    mode: 'Remediate',
    force: false,
    ticketAsked: false,
    standard: 'SC',
    control: 'EC2.2',
    remediation: 'CloseGroup',
    document: 'ASR-CloseGroup',
    roleStem: 'SO0111-CloseGroup',
    partition: 'aws',
    parameters: {},
    parametersToRead: {},
    findings: [
      {
        id: String(raw['Id']),
        productArn: String(raw['ProductArn']),
        format: 'asff',
        updatedAt: '2024-05-01T11:00:00.000Z',
        title: 'A default security group lets traffic in',
        description: 'Somebody opened it.',
        severity: 'HIGH',
      },
    ],
    decision: { verdict: 'allow', reason: 'allowed', message: 'All rules allow it.', trace: [] },
    policy,
    claimedAt: '2024-05-01T11:59:00.000Z',
    ...changes,
  };
}

/** An automation of the attempt, just started. */
export const running: Running = {
  status: 'running',
  automation: AUTOMATION,
  startedAt: NOW.toISOString(),
  lookedAt: NOW.toISOString(),
  pending: 0,
  wait: 10,
};

/** What `check` answers in the end. */
export function ended(changes: Partial<Ended> = {}): Ended {
  return {
    status: 'ended',
    outcome: 'changed',
    note: '',
    error: '',
    changes: '[{"call":"one"},{"call":"two"}]',
    state: [],
    automation: AUTOMATION,
    ...changes,
  };
}
