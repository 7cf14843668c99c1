import type { Call, Calls } from '../../templates/admin/functions/model/calls.ts';
import { differencesOf } from '../../templates/admin/functions/model/difference.ts';
import type {
  AttemptDetail,
  Control,
  ExceptionItem,
  FindingSummary,
  Health,
  Rule,
  Statistics,
  User,
} from '../../templates/admin/console/contract.ts';

/** What the sample data call now. */
export const NOW = new Date('2026-10-14T09:30:00.000Z');
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** ISO time `hours` before now. */
function ago(hours: number): string {
  return new Date(NOW.getTime() - hours * HOUR).toISOString();
}

/** A finding's text that would be code if it were taken for HTML. */
export const HOSTILE = '<img src=x onerror="document.title=\'owned\'"><b>bold</b> {{7*7}}';

interface Kind {
  readonly control: string;
  readonly title: string;
  readonly severity: string;
  readonly remediation?: string;
  readonly impact?: string;
  readonly resource: (account: string, region: string, n: number) => string;
}

const KINDS: readonly Kind[] = [
  {
    control: 'EC2.2',
    title: 'Default security group with open rules',
    severity: 'HIGH',
    remediation: 'RemoveVPCDefaultSecurityGroupRules',
    impact: 'access-loss',
    resource: (account, region, n) =>
      `arn:aws:ec2:${region}:${account}:security-group/sg-0a1b2c3d4e5f60${n}`,
  },
  {
    control: 'S3.2',
    title: 'Bucket that everyone may read',
    severity: 'CRITICAL',
    remediation: 'ConfigureS3BucketPublicAccessBlock',
    impact: 'access-loss',
    resource: (account, _region, n) => `arn:aws:s3:::invoices-${account.slice(0, 4)}-${n}`,
  },
  {
    control: 'RDS.5',
    title: 'Database in a single Availability Zone',
    severity: 'MEDIUM',
    remediation: 'EnableMultiAZOnRDSInstance',
    impact: 'cost',
    resource: (account, region, n) => `arn:aws:rds:${region}:${account}:db:orders-${n}`,
  },
  {
    control: 'Lambda.1',
    title: 'Function that everyone may call',
    severity: 'CRITICAL',
    remediation: 'RemoveLambdaPublicAccess',
    impact: 'access-loss',
    resource: (account, region, n) =>
      `arn:aws:lambda:${region}:${account}:function:thumbnails-${n}`,
  },
  {
    control: 'KMS.4',
    title: 'Key that is never rotated',
    severity: 'MEDIUM',
    remediation: 'EnableKeyRotation',
    impact: 'config-only',
    resource: (account, region, n) =>
      `arn:aws:kms:${region}:${account}:key/3f0c8a52-1d4e-4f7a-9b63-2a5d7c9e1f${n}0`,
  },
  {
    control: 'IAM.22',
    title: 'User with forgotten credentials',
    severity: 'MEDIUM',
    remediation: 'RevokeUnusedIAMUserCredentials',
    impact: 'credential-loss',
    resource: (account, _region, n) => `arn:aws:iam::${account}:user/former.colleague${n}`,
  },
  {
    control: 'EC2.21',
    title: 'Network ACL open to the internet',
    severity: 'MEDIUM',
    resource: (account, region, n) =>
      `arn:aws:ec2:${region}:${account}:network-acl/acl-0f9e8d7c6b5a40${n}`,
  },
  {
    control: 'CloudWatch.4',
    title: 'Nobody is told of changed IAM policies',
    severity: 'LOW',
    remediation: 'CreateLogMetricFilterAndAlarm',
    impact: 'cost',
    resource: (account) => `arn:aws:iam::${account}:root`,
  },
];

const ACCOUNTS = ['111122223333', '444455556666', '777788889999'] as const;
const REGIONS = ['eu-central-1', 'us-east-1', 'ap-northeast-1'] as const;

function findingId(account: string, region: string, control: string, n: number): string {
  return `arn:aws:securityhub:${region}:${account}:security-control/${control}/finding/00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
}

export const FINDINGS: readonly FindingSummary[] = Array.from({ length: 32 }, (_, n) => {
  const kind = KINDS[n % KINDS.length] as Kind;
  const account = ACCOUNTS[n % 3] ?? '';
  const region = REGIONS[Math.floor(n / 3) % 3] ?? '';
  const { control, title, severity, remediation, impact } = kind;
  return {
    id: findingId(account, region, control, n),
    productArn: `arn:aws:securityhub:${region}::product/aws/securityhub`,
    title: n === 13 ? HOSTILE : title,
    severity,
    workflow: n % 5 === 0 ? 'NOTIFIED' : 'NEW',
    compliance: 'FAILED',
    account,
    region,
    control,
    standard: 'SC',
    resource: kind.resource(account, region, n % 10),
    updatedAt: ago(n * 1.7),
    ...(remediation === undefined ? {} : { remediation }),
    ...(impact === undefined ? {} : { impact }),
  };
});

/** What the finding says at length. */
export function descriptionOf({ control, title }: FindingSummary): string {
  return control === 'EC2.2'
    ? 'The default security group of the VPC lets traffic in or out. Whatever is launched without a group of its own gets that traffic.'
    : `The resource does not do what the control asks for: ${title}.`;
}

const ALLOWING: readonly Rule[] = [
  ['request', 'A person asks for a remediation.'],
  ['provenance', "The finding comes from Security Hub's own product, and its parts agree."],
  ['status', 'The finding is active and failed.'],
  ['policy', "The control's row was read."],
  ['paused', 'Neither the control nor everything is paused.'],
  ['change-window', 'Changes may be made at any time.'],
  ['membership', 'The account is a current member.'],
  ['account-filter', 'The filter by account lets it through.'],
  ['exceptions', 'No exception covers it.'],
  ['limits', '3 of 50 remediations of the control started in this hour.'],
  ['breaker', 'The circuit breaker is closed.'],
  ['lease', 'Nobody else changes the resource.'],
].map(([rule = '', why = '']) => ({ rule, verdict: 'allow', reason: 'allowed', why }));

/** Credentials are lost for good, so a person must approve; all else may begin. */
export function traceOf({ impact }: Pick<FindingSummary, 'impact'>): readonly Rule[] {
  return impact === 'credential-loss'
    ? [
        ...ALLOWING,
        {
          rule: 'consent',
          verdict: 'needs-approval',
          reason: 'needs-approval',
          why: 'Its impact is credential-loss, to which a click does not consent.',
        },
      ]
    : ALLOWING;
}

/** Calls of the remediation, beside what is there now. */
function changesFor({ control, resource }: FindingSummary): AttemptDetail['changes'] {
  const name = resource.slice(Math.max(resource.lastIndexOf('/'), resource.lastIndexOf(':')) + 1);
  if (control === 'EC2.2') return differencesOf(withoutRules(name));
  if (control === 'IAM.22') return differencesOf(withoutCredentials(name));
  const block = (isOn: boolean): Call => ({
    call: 's3:PutPublicAccessBlock',
    with: {
      Bucket: name,
      PublicAccessBlockConfiguration: { BlockPublicAcls: isOn, IgnorePublicAcls: isOn },
    },
  });
  return differencesOf({ change: [block(true)], undo: [block(false)] });
}

function withoutRules(group: string): Calls {
  const rule = (range: string, text: string): readonly unknown[] => [
    { IpProtocol: '-1', IpRanges: [{ CidrIp: range, Description: text }] },
  ];
  return {
    change: [
      {
        call: 'ec2:RevokeSecurityGroupIngress',
        with: { GroupId: group, SecurityGroupRuleIds: ['sgr-0123456789abcdef0'] },
      },
      {
        call: 'ec2:RevokeSecurityGroupEgress',
        with: { GroupId: group, SecurityGroupRuleIds: ['sgr-0fedcba9876543210'] },
      },
    ],
    undo: [
      {
        call: 'ec2:AuthorizeSecurityGroupIngress',
        with: { GroupId: group, IpPermissions: rule('10.0.0.0/8', 'office') },
      },
      {
        call: 'ec2:AuthorizeSecurityGroupEgress',
        with: { GroupId: group, IpPermissions: rule('0.0.0.0/0', 'anywhere') },
      },
    ],
  };
}

function withoutCredentials(user: string): Calls {
  const key = (status: string): Call => ({
    call: 'iam:UpdateAccessKey',
    with: { UserName: user, AccessKeyId: 'AKIAIOSFODNN7EXAMPLE', Status: status },
  });
  const profile: Call = { call: 'iam:DeleteLoginProfile', with: { UserName: user } };
  return { change: [profile, key('Inactive')], undo: [key('Active')] };
}

/** An attempt on a finding. */
export function attemptOn(
  finding: FindingSummary,
  n: number,
  more: Partial<AttemptDetail> = {},
): AttemptDetail {
  return {
    id: n.toString(16).padStart(32, '0'),
    status: 'ended',
    mode: 'Remediate',
    origin: 'automatic',
    actor: 'events.amazonaws.com',
    account: finding.account,
    region: finding.region,
    resource: finding.resource,
    control: finding.control,
    remediation: finding.remediation ?? '',
    claimedAt: ago(n * 3 + 1),
    endedAt: ago(n * 3 + 1 - 0.02),
    outcome: 'changed',
    message: 'All rules of the group were removed, and the check passes.',
    canUndo: true,
    findings: [finding.id],
    trace: traceOf(finding),
    changes: changesFor(finding),
    automation: '3c1f0c1e-5a7b-4d3e-9f2a-0b1c2d3e4f5a',
    execution:
      'arn:aws:states:eu-central-1:111122223333:execution:SO0111-ASR-Orchestrator:00000000',
    ...more,
  };
}

const ENDS: readonly Partial<AttemptDetail>[] = [
  {
    mode: 'Preview',
    outcome: 'would-change',
    message: 'All rules of the group would be removed. One network interface uses it.',
    canUndo: false,
    origin: 'console',
    actor: 'jo@example.com',
  },
  {},
  { origin: 'console', actor: 'ayumi@example.com' },
  {
    outcome: 'failed',
    message: 'The remediation failed.',
    error: 'OptInRequired: the Region is not enabled for the account.',
    canUndo: false,
    origin: 'command',
    actor: 'arn:aws:sts::111122223333:assumed-role/Ops/jo',
  },
  { outcome: 'compliant', message: 'There was nothing to do.', canUndo: false, changes: [] },
];

const WAITING: Partial<AttemptDetail> = {
  status: 'awaiting-approval',
  origin: 'console',
  actor: 'jo@example.com',
  message: 'Two access keys and one password would be removed.',
  approvalExpiresAt: new Date(NOW.getTime() + 3 * DAY).toISOString(),
  canUndo: false,
};

export const ATTEMPTS: readonly AttemptDetail[] = FINDINGS.filter(
  ({ remediation }) => remediation !== undefined,
).map((finding, n) => {
  if (finding.control !== 'IAM.22') return attemptOn(finding, n, ENDS[n % ENDS.length]);
  const { outcome: _none, endedAt: _never, ...waiting } = attemptOn(finding, n, WAITING);
  return waiting;
});

export const CONTROLS: readonly Control[] = KINDS.flatMap(
  ({ control, title, remediation, impact }, n) =>
    remediation === undefined || impact === undefined
      ? []
      : [
          {
            id: control,
            title,
            remediation,
            impact,
            impactText: 'Whatever relies on the former setting stops working.',
            undo: n === 5 ? 'Deleted credentials cannot be brought back.' : 'yes',
            permissions: ['ec2:DescribeSecurityGroups', 'ec2:RevokeSecurityGroupIngress'],
            standards: ['AFSBP', 'CIS300', 'NIST80053'],
            automatic: n === 1 || n === 4,
            paused: n === 4,
            ...(n === 3 ? { breakerOpenUntil: new Date(NOW.getTime() + HOUR).toISOString() } : {}),
          },
        ],
);

export const EXCEPTIONS: readonly ExceptionItem[] = [
  {
    id: 'console-1',
    owner: 'ayumi@example.com',
    reason: 'The bucket serves the public web site.',
    expiresAt: '2026-12-31T23:59:59.000Z',
    controls: ['S3.2'],
    accounts: ['111122223333'],
    resources: ['arn:aws:s3:::www-*'],
  },
  {
    id: 'freeze',
    owner: 'platform team',
    reason: 'No changes in the payment accounts before the audit.',
    expiresAt: '2026-11-15T23:59:59.000Z',
    accounts: ['444455556666'],
    regions: ['eu-central-1', 'us-east-1'],
  },
];

export const HEALTH: Health = {
  paused: false,
  openBreakers: [{ control: 'Lambda.1', until: new Date(NOW.getTime() + HOUR).toISOString() }],
  queues: [
    { name: 'events', waiting: 4 },
    { name: 'commands', waiting: 0 },
    { name: 'dead-letters', waiting: 2 },
  ],
  members: 212,
  automaticControls: 2,
  awaitingApproval: 8,
  held: 3,
  controls: 110,
  gaps: [{ account: '444455556666', region: 'us-east-1', outcome: 'member-missing' }],
  limits: [
    { of: 'control', id: 'S3.2', starts: 80, limit: 100 },
    { of: 'account', id: '111122223333', starts: 12, limit: 50 },
  ],
  warnings: [
    {
      reason: 'dead-letters',
      message: '2 messages lie in the dead-letter queue. Look at their attribute reason.',
      values: { count: 2 },
    },
  ],
};

export function statisticsOf(from: string, to: string): Statistics {
  const count = Math.round((Date.parse(to) - Date.parse(from)) / DAY) + 1;
  const days = Array.from({ length: count }, (_, n) => ({
    day: new Date(Date.parse(from) + n * DAY).toISOString().slice(0, 10),
    fixed: (n * 7) % 13,
    failed: n % 4 === 0 ? 2 : 0,
    other: (n * 3) % 5,
  }));
  return {
    from,
    to,
    days,
    byControl: [
      { control: 'S3.2', fixed: 84, failed: 3 },
      { control: 'EC2.2', fixed: 51, failed: 6 },
      { control: 'KMS.4', fixed: 32, failed: 0 },
      { control: 'Lambda.1', fixed: 9, failed: 7 },
    ],
    byAccount: ACCOUNTS.map((account, n) => ({ account, fixed: 90 - n * 30, failed: 4 + n })),
    isPartial: false,
  };
}

export const USERS: readonly User[] = [
  { name: 'u1', email: 'ayumi@example.com', role: 'administrator', status: 'CONFIRMED' },
  {
    name: 'u2',
    email: 'jo@example.com',
    role: 'delegated-administrator',
    status: 'CONFIRMED',
  },
  {
    name: 'u3',
    email: 'sam@example.com',
    role: 'account-operator',
    accounts: ['111122223333'],
    status: 'FORCE_CHANGE_PASSWORD',
  },
];
