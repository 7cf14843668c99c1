import { resolve } from '../../functions/model/resolve.ts';
import { parseFinding } from '../../functions/model/finding.ts';
import { isRefusal } from '../../functions/model/refusal.ts';
import type { Catalog } from '../../functions/model/catalog.ts';
import type { Settings } from '../../functions/model/settings.ts';

import { KINDS, hex } from './sample-kinds.ts';
import type { Kind } from './sample-kinds.ts';

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
    Description: kind.description,
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
