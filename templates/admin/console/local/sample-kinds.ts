import type { Call, Calls } from '../../functions/model/calls.ts';

/** A kind of sample finding: a control, and a resource that fails it. */
export interface Kind {
  readonly control: string;
  readonly title: string;
  readonly description: string;
  readonly severity: string;
  /** ARN of one resource; `n` tells them apart. */
  readonly arn: (account: string, region: string, n: number) => string;
  /** What its remediation calls on the resource of that name, as a document tells it. */
  readonly calls: (name: string) => Calls;
}

/** Hexadecimal digits that differ for each `n` and are the same each time. */
export const hex = (n: number, length: number): string =>
  ((n + 1) * 2_654_435_761).toString(16).padStart(length, '0').slice(-length);

const group: Kind['arn'] = (account, region, n) =>
  `arn:aws:ec2:${region}:${account}:security-group/sg-${hex(n, 8)}0a1b2c3d4`;
const bucket: Kind['arn'] = (account, region, n) =>
  `arn:aws:s3:::team-${account.slice(0, 4)}-${region}-data-${n}`;
const database: Kind['arn'] = (account, region, n) =>
  `arn:aws:rds:${region}:${account}:db:orders-${n}`;
const lambda: Kind['arn'] = (account, region, n) =>
  `arn:aws:lambda:${region}:${account}:function:import-${n}`;
const key: Kind['arn'] = (account, region, n) =>
  `arn:aws:kms:${region}:${account}:key/${hex(n, 8)}-1111-4222-8333-444455556666`;
const table: Kind['arn'] = (account, region, n) =>
  `arn:aws:dynamodb:${region}:${account}:table/sessions-${n}`;

/** One call that sets `members` to other values. */
const sets = (
  call: string,
  given: Call['with'],
  now: Call['with'],
  after: Call['with'],
): Calls => ({
  change: [{ call, with: { ...given, ...after } }],
  undo: [{ call, with: { ...given, ...now } }],
});

/** Takes inbound rules of a security group away. */
const revokes = (name: string, port: number, range: string): Calls => ({
  change: [
    {
      call: 'ec2:RevokeSecurityGroupIngress',
      with: { GroupId: name, SecurityGroupRuleIds: ['sgr-0123456789abcdef0'] },
    },
  ],
  undo: [
    {
      call: 'ec2:AuthorizeSecurityGroupIngress',
      with: {
        GroupId: name,
        IpPermissions: [
          { IpProtocol: 'tcp', FromPort: port, ToPort: port, IpRanges: [{ CidrIp: range }] },
        ],
      },
    },
  ],
});

const modifiesDatabase =
  (member: string, now: boolean, after: boolean): Kind['calls'] =>
  (name) =>
    sets(
      'rds:ModifyDBInstance',
      { DBInstanceIdentifier: name },
      { [member]: now },
      { [member]: after },
    );

const tlsPolicy = (name: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'DenyRequestsWithoutTls',
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: [`arn:aws:s3:::${name}`, `arn:aws:s3:::${name}/*`],
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    ],
  });

/** Of controls that remediations in the catalogue are for. */
export const KINDS: readonly Kind[] = [
  {
    control: 'EC2.2',
    title: 'Default security group with open rules',
    description:
      'The default security group of a VPC has rules, so whatever is in it by accident is reachable.',
    severity: 'HIGH',
    arn: group,
    calls: (name) => revokes(name, 443, '10.0.0.0/8'),
  },
  {
    control: 'EC2.13',
    title: 'SSH open to the internet',
    description: 'A rule of the security group lets every address reach port 22.',
    severity: 'HIGH',
    arn: group,
    calls: (name) => revokes(name, 22, '0.0.0.0/0'),
  },
  {
    control: 'EC2.19',
    title: 'Risky ports open to the internet',
    description:
      'A rule of the security group lets every address reach a port that is attacked often.',
    severity: 'CRITICAL',
    arn: group,
    calls: (name) => revokes(name, 3389, '0.0.0.0/0'),
  },
  {
    control: 'S3.5',
    title: 'Bucket that answers without TLS',
    description: "The bucket's policy doesn't deny requests that come in plain text.",
    severity: 'MEDIUM',
    arn: bucket,
    calls: (name) => ({
      change: [{ call: 's3:PutBucketPolicy', with: { Bucket: name, Policy: tlsPolicy(name) } }],
      undo: [{ call: 's3:DeleteBucketPolicy', with: { Bucket: name } }],
    }),
  },
  {
    control: 'S3.8',
    title: 'Bucket without a public access block',
    description: 'A policy or an ACL could make objects of the bucket public.',
    severity: 'HIGH',
    arn: bucket,
    calls: (name) => {
      const block = (isOn: boolean): Call['with'] => ({
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: isOn,
          RestrictPublicBuckets: isOn,
        },
      });
      return sets('s3:PutPublicAccessBlock', { Bucket: name }, block(false), block(true));
    },
  },
  {
    control: 'S3.9',
    title: 'Bucket without access logs',
    description: 'Nobody can tell later who read or wrote objects of the bucket.',
    severity: 'MEDIUM',
    arn: bucket,
    calls: (name) => {
      const logging = (enabled: Call['with']): Call['with'] => ({ BucketLoggingStatus: enabled });
      const target = {
        LoggingEnabled: { TargetBucket: 'access-logs-team', TargetPrefix: `${name}/` },
      };
      return sets('s3:PutBucketLogging', { Bucket: name }, logging({}), logging(target));
    },
  },
  {
    control: 'RDS.2',
    title: 'Database open to the internet',
    description: 'The DB instance answers on a public address.',
    severity: 'CRITICAL',
    arn: database,
    calls: modifiesDatabase('PubliclyAccessible', true, false),
  },
  {
    control: 'RDS.8',
    title: 'Database without deletion protection',
    description: 'One call or one click can delete the DB instance.',
    severity: 'LOW',
    arn: database,
    calls: modifiesDatabase('DeletionProtection', false, true),
  },
  {
    control: 'RDS.13',
    title: 'Database without minor upgrades',
    description: 'The DB instance gets no fixes of its engine by itself.',
    severity: 'HIGH',
    arn: database,
    calls: modifiesDatabase('AutoMinorVersionUpgrade', false, true),
  },
  {
    control: 'Lambda.1',
    title: 'Function that everyone may call',
    description: "A statement of the function's policy lets everyone invoke it.",
    severity: 'CRITICAL',
    arn: lambda,
    calls: (name) => {
      const given = { FunctionName: name, StatementId: 'everyone' };
      return {
        change: [{ call: 'lambda:RemovePermission', with: given }],
        undo: [
          {
            call: 'lambda:AddPermission',
            with: { ...given, Action: 'lambda:InvokeFunction', Principal: '*' },
          },
        ],
      };
    },
  },
  {
    control: 'KMS.4',
    title: 'Key that is never rotated',
    description: 'The key material of the KMS key stays the same for ever.',
    severity: 'MEDIUM',
    arn: key,
    calls: (name) => ({
      change: [{ call: 'kms:EnableKeyRotation', with: { KeyId: name } }],
      undo: [{ call: 'kms:DisableKeyRotation', with: { KeyId: name } }],
    }),
  },
  {
    control: 'DynamoDB.2',
    title: 'Table without point-in-time recovery',
    description: 'What is overwritten or deleted in the table by mistake is lost.',
    severity: 'MEDIUM',
    arn: table,
    calls: (name) => {
      const recovery = (isOn: boolean): Call['with'] => ({
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: isOn },
      });
      return sets(
        'dynamodb:UpdateContinuousBackups',
        { TableName: name },
        recovery(false),
        recovery(true),
      );
    },
  },
];
