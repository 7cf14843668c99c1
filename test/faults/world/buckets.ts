import type { Catalog } from '../../../templates/admin/functions/model/catalog.ts';
import type { HubFinding } from './hub.ts';

/* Many buckets in many accounts, on each of which several controls fail, for two standards and in both formats. */

export const CONTROLS = ['S3.1', 'S3.2', 'S3.3', 'S3.4', 'S3.5'] as const;
const REGION = 'eu-west-1';
const AFSBP = 'aws-foundational-security-best-practices/v/1.0.0';
const BUCKET = String.raw`^arn:(?<partition>aws):s3:::(?<BucketName>[a-z0-9-]{3,63})$`;

const own = Object.fromEntries(CONTROLS.map((control) => [control, control]));
const nameOf = (control: string): string => `FixBucket${control.replace('S3.', '')}`;

/** A catalogue with one remediation for each control, all of them on buckets. */
export const bucketCatalog: Catalog = {
  standards: [
    {
      id: 'SC',
      name: 'Consolidated control findings',
      generatorId: '^security-control/(?<control>[A-Za-z0-9.]{1,40})$',
      controls: own,
    },
    {
      id: 'AFSBP',
      name: 'AWS Foundational Security Best Practices',
      generatorId: String.raw`^aws-foundational-security-best-practices/v/1\.0\.0/(?<control>[A-Za-z0-9.]{1,40})$`,
      controls: own,
    },
  ],
  controls: Object.fromEntries(CONTROLS.map((control) => [control, nameOf(control)])),
  remediations: Object.fromEntries(
    CONTROLS.map((control) => [
      nameOf(control),
      {
        document: `ASR-${nameOf(control)}`,
        roleStem: `SO0111-${nameOf(control)}`,
        impact: { when: [], then: 'none', else: 'none' },
        deprecated: false,
        resources: [BUCKET],
        parameters: [],
      },
    ]),
  ),
};

/** So many member accounts. */
export function accountsOf(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => String(200_000_000_000 + index));
}

/** The findings of one control on one bucket: each standard has one in each format. */
export function findingsOf(
  account: string,
  bucket: string,
  control: string,
  updatedAt: string,
): readonly HubFinding[] {
  const resource = `arn:aws:s3:::${bucket}`;
  const sources = [
    { source: `security-control/${control}`, generator: `security-control/${control}` },
    { source: `subscription/${AFSBP}/${control}`, generator: `${AFSBP}/${control}` },
  ];
  return sources.flatMap(({ source, generator }): readonly HubFinding[] => {
    const id = `arn:aws:securityhub:${REGION}:${account}:${source}/finding/${bucket}`;
    const asff = {
      SchemaVersion: '2018-10-08',
      Id: id,
      ProductArn: `arn:aws:securityhub:${REGION}::product/aws/securityhub`,
      GeneratorId: generator,
      AwsAccountId: account,
      Region: REGION,
      Title: `${control} fails`,
      Description: 'A bucket.',
      Severity: { Label: 'HIGH' },
      Compliance: { Status: 'FAILED', SecurityControlId: control },
      Workflow: { Status: 'NEW' },
      RecordState: 'ACTIVE',
      UpdatedAt: updatedAt,
      Resources: [{ Type: 'AwsS3Bucket', Id: resource, Region: REGION }],
    };
    const ocsf = {
      activity_id: 1,
      class_uid: 2003,
      cloud: { account: { uid: account }, provider: 'AWS', region: REGION },
      compliance: { control, status: 'Fail', status_id: 3 },
      finding_info: {
        uid: id,
        title: `${control} fails`,
        desc: 'A bucket.',
        modified_time_dt: updatedAt,
      },
      metadata: {
        product: { uid: `arn:aws:securityhub:${REGION}::productv2/aws/securityhub` },
        uid: `${source}/${bucket}`,
      },
      resources: [{ type: 'AWS::S3::Bucket', uid: resource }],
      severity_id: 4,
      status_id: 1,
    };
    return [
      { format: 'asff', raw: asff },
      { format: 'ocsf', raw: ocsf },
    ];
  });
}
