import { randomUUID } from 'node:crypto';
import type { Members, Place } from './places.ts';

/** What Security Hub found. */
export interface Failure extends Place {
  readonly control: string;
  /** ARN. */
  readonly resource: string;
  /** Values that the control was checked with, as the finding says them. @default it says none */
  readonly parameters?: Readonly<Record<string, readonly string[]>>;
  readonly tags?: Readonly<Record<string, string>>;
  /** The standard's own name for the control and its place in finding ids. @default consolidated control findings */
  readonly generator?: string;
}

/** A failed finding in the AWS Security Finding Format (Security Hub API, AwsSecurityFinding). */
export function asffFinding(failure: Failure, now: Date): Members {
  const { account, region, control, resource, parameters = {}, tags, generator } = failure;
  const generatorId = generator ?? `security-control/${control}`;
  const source = generator === undefined ? generatorId : `subscription/${generator}`;
  const time = now.toISOString();
  return {
    SchemaVersion: '2018-10-08',
    Id: `arn:aws:securityhub:${region}:${account}:${source}/finding/${randomUUID()}`,
    ProductArn: `arn:aws:securityhub:${region}::product/aws/securityhub`,
    ProductName: 'Security Hub',
    CompanyName: 'AWS',
    Region: region,
    GeneratorId: generatorId,
    AwsAccountId: account,
    Types: ['Software and Configuration Checks/Industry and Regulatory Standards'],
    FirstObservedAt: time,
    LastObservedAt: time,
    CreatedAt: time,
    UpdatedAt: time,
    Severity: { Label: 'HIGH', Normalized: 70, Original: 'HIGH' },
    Title: `${control} fails`,
    Description: `A check of ${control} failed.`,
    Compliance: {
      Status: 'FAILED',
      SecurityControlId: control,
      ...(Object.keys(parameters).length === 0
        ? {}
        : {
            SecurityControlParameters: Object.entries(parameters).map(([Name, Value]) => ({
              Name,
              Value,
            })),
          }),
    },
    Workflow: { Status: 'NEW' },
    WorkflowState: 'NEW',
    RecordState: 'ACTIVE',
    Resources: [
      {
        Type: 'Other',
        Id: resource,
        Partition: 'aws',
        Region: region,
        ...(tags === undefined ? {} : { Tags: tags }),
      },
    ],
  };
}

/** The same in the Open Cybersecurity Schema Framework (Security Hub User Guide, OCSF findings): class 2003. */
export function ocsfFinding({ account, region, control, resource }: Failure, now: Date): Members {
  const time = now.getTime();
  return {
    class_uid: 2003,
    class_name: 'Compliance Finding',
    category_uid: 2,
    activity_id: 1,
    activity_name: 'Create',
    type_uid: 200_301,
    time,
    severity_id: 4,
    severity: 'High',
    status_id: 1,
    status: 'New',
    cloud: { provider: 'AWS', region, account: { uid: account } },
    compliance: { control, status: 'Fail', status_id: 3 },
    finding_info: {
      uid: `arn:aws:securityhub:${region}:${account}:security-control/${control}/finding/${randomUUID()}`,
      title: `${control} fails`,
      desc: `A check of ${control} failed.`,
      created_time: time,
      modified_time: time,
    },
    metadata: {
      version: '1.6.0',
      uid: randomUUID(),
      product: {
        name: 'Security Hub',
        vendor_name: 'AWS',
        uid: `arn:aws:securityhub:${region}::productv2/aws/securityhub`,
      },
    },
    resources: [{ uid: resource, region, type: 'Other' }],
  };
}

/** Id of a finding of either format. */
export function findingId(finding: Members): string {
  return String(finding['Id'] ?? memberOf(finding, 'finding_info')['uid']);
}

export function memberOf(finding: Members, name: string): Members {
  return (finding[name] ?? {}) as Members;
}
