import { resolve } from '../../functions/model/resolve.ts';
import { parseFinding } from '../../functions/model/finding.ts';
import { isRefusal } from '../../functions/model/refusal.ts';
import type { Catalog } from '../../functions/model/catalog.ts';
import type { Settings } from '../../functions/model/settings.ts';

type Raw = Readonly<Record<string, unknown>>;

/** Account ids of AWS's own examples. */
export const SAMPLE_ACCOUNTS = ['111122223333', '444455556666', '777788889999'] as const;
const REGIONS = ['us-east-1', 'eu-central-1', 'ap-northeast-1'] as const;
const MINUTE = 60_000;

const OFF = { mode: 'Disabled', values: [] } as const;
export const SAMPLE_SETTINGS: Settings = {
  standards: ['SC', 'AFSBP'],
  filters: { Account: OFF, OU: OFF, Tag: OFF },
};

interface Kind {
  readonly control: string;
  readonly title: string;
  readonly severity: string;
  /** ARN of one resource; `n` tells them apart. */
  readonly arn: (account: string, region: string, n: number) => string;
}

const hex = (n: number, length: number): string =>
  ((n + 1) * 2_654_435_761).toString(16).padStart(length, '0').slice(-length);
const group = (account: string, region: string, n: number): string =>
  `arn:aws:ec2:${region}:${account}:security-group/sg-${hex(n, 8)}0a1b2c3d4`;
const bucket = (account: string, region: string, n: number): string =>
  `arn:aws:s3:::team-${account.slice(0, 4)}-${region}-data-${n}`;
const database = (account: string, region: string, n: number): string =>
  `arn:aws:rds:${region}:${account}:db:orders-${n}`;
const lambda = (account: string, region: string, n: number): string =>
  `arn:aws:lambda:${region}:${account}:function:import-${n}`;
const topic = (account: string, region: string, n: number): string =>
  `arn:aws:sns:${region}:${account}:alerts-${n}`;
const key = (account: string, region: string, n: number): string =>
  `arn:aws:kms:${region}:${account}:key/${hex(n, 8)}-1111-4222-8333-444455556666`;
const table = (account: string, region: string, n: number): string =>
  `arn:aws:dynamodb:${region}:${account}:table/sessions-${n}`;

const KINDS: readonly Kind[] = [
  {
    control: 'EC2.2',
    title: 'Default security group with open rules',
    severity: 'HIGH',
    arn: group,
  },
  {
    control: 'EC2.13',
    title: 'SSH open to the internet',
    severity: 'HIGH',
    arn: group,
  },
  {
    control: 'EC2.19',
    title: 'Risky ports open to the internet',
    severity: 'CRITICAL',
    arn: group,
  },
  {
    control: 'S3.5',
    title: 'Bucket that answers without TLS',
    severity: 'MEDIUM',
    arn: bucket,
  },
  {
    control: 'S3.8',
    title: 'Bucket without a public access block',
    severity: 'HIGH',
    arn: bucket,
  },
  {
    control: 'S3.9',
    title: 'Bucket without access logs',
    severity: 'MEDIUM',
    arn: bucket,
  },
  {
    control: 'S3.11',
    title: 'Bucket that tells nobody of changes',
    severity: 'MEDIUM',
    arn: bucket,
  },
  {
    control: 'RDS.2',
    title: 'Database open to the internet',
    severity: 'CRITICAL',
    arn: database,
  },
  {
    control: 'RDS.8',
    title: 'Database without deletion protection',
    severity: 'LOW',
    arn: database,
  },
  {
    control: 'RDS.13',
    title: 'Database without minor upgrades',
    severity: 'HIGH',
    arn: database,
  },
  {
    control: 'Lambda.1',
    title: 'Function that everyone may call',
    severity: 'CRITICAL',
    arn: lambda,
  },
  {
    control: 'SNS.1',
    title: 'Topic without a key',
    severity: 'MEDIUM',
    arn: topic,
  },
  {
    control: 'KMS.4',
    title: 'Key that is never rotated',
    severity: 'MEDIUM',
    arn: key,
  },
  {
    control: 'DynamoDB.2',
    title: 'Table without point-in-time recovery',
    severity: 'MEDIUM',
    arn: table,
  },
];

/** A finding as Security Hub writes it, about a resource of a sample account. */
function sampleFinding(kind: Kind, n: number, now: Date): Raw {
  const account = SAMPLE_ACCOUNTS[n % SAMPLE_ACCOUNTS.length] ?? SAMPLE_ACCOUNTS[0];
  const region = REGIONS[Math.floor(n / 3) % REGIONS.length] ?? REGIONS[0];
  const id = `${hex(n, 8)}-2222-4333-8444-${hex(n * 7, 8)}abcd`;
  return {
    SchemaVersion: '2018-10-08',
    Id: `arn:aws:securityhub:${region}:${account}:security-control/${kind.control}/finding/${id}`,
    ProductArn: `arn:aws:securityhub:${region}::product/aws/securityhub`,
    ProductName: 'Security Hub',
    GeneratorId: `security-control/${kind.control}`,
    AwsAccountId: account,
    Region: region,
    Title: kind.title,
    Description: `This control checks whether a resource of ${kind.control} is set as it should be.`,
    UpdatedAt: new Date(now.getTime() - (n + 1) * 37 * MINUTE).toISOString(),
    Severity: { Label: kind.severity },
    Compliance: { Status: 'FAILED', SecurityControlId: kind.control },
    Workflow: { Status: n % 11 === 3 ? 'NOTIFIED' : 'NEW' },
    RecordState: 'ACTIVE',
    Resources: [
      {
        Type: 'Other',
        Id: kind.arn(account, region, n),
        Region: region,
        Tags: { team: `team-${n % 5}` },
      },
    ],
  };
}

/** So many failed findings over the sample accounts, of controls that the catalogue can remediate. The same each time. */
export function sampleFindings(catalog: Catalog, count: number, now: Date): readonly Raw[] {
  const known = KINDS.filter((kind) => {
    const finding = parseFinding(sampleFinding(kind, 0, now));
    return !isRefusal(resolve(finding, SAMPLE_SETTINGS, { parameters: {} }, catalog));
  });
  return Array.from({ length: known.length === 0 ? 0 : count }, (_, n) => {
    const kind = known[(n * 5 + Math.floor(n / 7)) % known.length];
    return kind === undefined ? [] : [sampleFinding(kind, n, now)];
  }).flat();
}
