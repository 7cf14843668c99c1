import type { AccountFacts, Facts, RegionFacts } from '../../../generator/deploy/doctor/facts.ts';
import { OWN_ACCOUNT } from '../../../generator/deploy/doctor/facts.ts';
import type { InstalledBuild } from '../../../generator/deploy/doctor/installed-build.ts';
import type { PolicyTree } from '../../../generator/deploy/doctor/policies/organization-facts.ts';
import { known } from '../../../generator/deploy/members/read.ts';
import type { Unread } from '../../../generator/deploy/members/read.ts';
import { ADMIN, HOME } from './members-world.ts';

const STANDARD = {
  arn: 'arn:aws:securityhub:us-east-1::standards/aws-foundational-security-best-practices/v/1.0.0',
  status: 'READY',
  reason: '',
};

export const MEMBER = '444455556666';
export const MANAGEMENT = '999900001111';

/** AWS refused. */
export const REFUSED: Unread = {
  known: false,
  why: 'Listing failed: not authorized.',
  permission: 'service:List',
};

/** A build with two remediations: one of the consolidated controls alone, one of a benchmark too. */
export const BUILD: InstalledBuild = {
  version: '1.2.3',
  solutionId: 'SO0111',
  controls: [
    {
      id: 'CodeBuild.5',
      remediation: 'RemoveCodeBuildPrivilegedMode',
      standards: ['SC', 'AFSBP'],
      permissions: ['codebuild:BatchGetProjects', 'codebuild:UpdateProject'],
    },
    {
      id: 'DynamoDB.1',
      remediation: 'ConfigureDynamoDBAutoScaling',
      standards: ['SC'],
      permissions: ['application-autoscaling:PutScalingPolicy', 'dynamodb:DescribeTable'],
    },
  ],
  roleStems: [
    'SO0111-RemoveCodeBuildPrivilegedMode',
    'SO0111-ConfigureDynamoDBAutoScaling',
    'SO0111-RDSMonitoring',
  ],
  needs: [
    {
      role: 'SO0111-ConfigureDynamoDBAutoScaling-${Namespace}',
      action: 'dynamodb:UpdateTable',
      scope: 'arn:${AWS::Partition}:dynamodb:*:${AWS::AccountId}:table/*',
      onlyUndo: false,
    },
  ],
  ownPolicy: undefined,
};

export const PARAMETERS: Readonly<Record<string, string>> = {
  '/Solutions/SO0111/version': 'v1.2.3',
  '/Solutions/SO0111/OrchestratorArn': 'arn:aws:states:us-east-1:111122223333:stateMachine:x',
  '/Solutions/SO0111/standards':
    '{"SC":"yes","AFSBP":"no","CIS120":"no","CIS140":"no","CIS300":"no","NIST80053":"no","PCI321":"no"}',
  '/ASR/Filters/AccountFilters': 'none',
  '/ASR/Filters/AccountFilterMode': 'Disabled',
  '/ASR/Filters/OUFilters': 'none',
  '/ASR/Filters/OUFilterMode': 'Disabled',
  '/ASR/Filters/TagFilters': 'none',
  '/ASR/Filters/TagFilterMode': 'Disabled',
};

/** The trust policy of a remediation role, as IAM tells it. */
export const REMEDIATION_TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Service: 'ssm.amazonaws.com' },
      Action: 'sts:AssumeRole',
      Condition: {
        StringEquals: { 'aws:SourceAccount': OWN_ACCOUNT },
        ArnLike: { 'aws:SourceArn': `arn:aws:ssm:*:${OWN_ACCOUNT}:automation-execution/*` },
      },
    },
  ],
});

/** The trust policy of the orchestrator's member role. */
export function handTrust(
  admin: string,
  condition: object | undefined = roleCondition(admin),
): string {
  return JSON.stringify({
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${admin}:root` },
        Action: 'sts:AssumeRole',
        ...(condition === undefined ? {} : { Condition: condition }),
      },
    ],
  });
}

function roleCondition(admin: string): object {
  return {
    ArnEquals: {
      'aws:PrincipalArn': `arn:aws:iam::${admin}:role/SO0111-ASR-Orchestrator-Admin`,
    },
  };
}

export function regionFacts(account: string, region: string = HOME): RegionFacts {
  return {
    account,
    region,
    hub: { account, region, isOn: known(true), standards: known([STANDARD]) },
    parameters: known(
      new Map([
        ['/Solutions/SO0111/member/admin-account', ADMIN],
        ['/Solutions/SO0111/member/namespace', 'shtest'],
        ['/Solutions/SO0111/member/version', '1.2.3'],
      ]),
    ),
    documents: known([
      'ASR-ConfigureDynamoDBAutoScaling',
      'ASR-RemoveCodeBuildPrivilegedMode',
      'mine',
    ]),
    automation: known({ running: 0, pending: 0, isAdaptive: known(true) }),
    rolesStack: known(
      '(SO0111R) Automated Security Response, roles of a member account, version 1.2.3. Launch once.',
    ),
  };
}

export function accountFacts(account: string): AccountFacts {
  const admin = account === ADMIN ? OWN_ACCOUNT : ADMIN;
  return {
    account,
    entered: known(true),
    roles: known([
      { name: 'SO0111-ASR-Orchestrator-Member', trust: handTrust(admin) },
      { name: 'SO0111-RemoveCodeBuildPrivilegedMode-shtest', trust: REMEDIATION_TRUST },
      { name: 'SO0111-ConfigureDynamoDBAutoScaling-shtest', trust: REMEDIATION_TRUST },
      { name: 'SO0111-RDSMonitoring-shtest', trust: '{"Statement":[]}' },
    ]),
    regions: [regionFacts(account)],
  };
}

export const TREE: PolicyTree = {
  isOn: true,
  parents: new Map([
    ['ou-prod-11111111', 'r-root'],
    [ADMIN, 'r-root'],
    [MEMBER, 'ou-prod-11111111'],
    [MANAGEMENT, 'r-root'],
  ]),
  names: new Map([
    ['r-root', 'Root'],
    ['ou-prod-11111111', 'Production'],
  ]),
  policies: new Map([
    [
      'p-FullAWSAccess',
      {
        name: 'FullAWSAccess',
        text: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}',
      },
    ],
  ]),
  attached: new Map(
    ['r-root', 'ou-prod-11111111', ADMIN, MEMBER, MANAGEMENT].map((id) => [
      id,
      ['p-FullAWSAccess'],
    ]),
  ),
};

/** An installation in which all is well: this account and one member. */
export const HEALTHY: Facts = {
  build: BUILD,
  partition: 'aws',
  hub: {
    account: ADMIN,
    home: HOME,
    administrator: known(undefined),
    aggregation: known({ home: HOME, mode: 'ALL_REGIONS', regions: [] }),
    configFailures: known([]),
    organization: known(undefined),
    regions: [
      {
        account: ADMIN,
        region: HOME,
        isOn: known(true),
        standards: known([STANDARD]),
        members: known([{ account: MEMBER, email: '', status: 'Enabled' }]),
      },
    ],
  },
  admin: {
    parameters: known(new Map(Object.entries(PARAMETERS))),
    stacks: known([
      {
        name: 'automated-security-response-admin',
        description: '(SO0111) Automated Security Response, administrator stack 1.2.3.',
        status: 'UPDATE_COMPLETE',
        outputs: new Map([['RemediationConfigurationDynamoDBTable', 'rows']]),
      },
    ]),
  },
  organization: {
    organization: known({ id: 'o-abcde12345', managementAccount: MANAGEMENT }),
    isReader: known(true),
    tree: known(TREE),
  },
  accounts: [accountFacts(ADMIN), accountFacts(MEMBER)],
  regions: [HOME],
  services: known({
    all: new Set(['codebuild', 'dynamodb', 'application-autoscaling']),
    byRegion: new Map([[HOME, new Set(['codebuild', 'dynamodb', 'application-autoscaling'])]]),
  }),
};

/** The healthy installation with something else in the member account. */
export function withMember(change: Partial<AccountFacts>): Facts {
  return { ...HEALTHY, accounts: [accountFacts(ADMIN), { ...accountFacts(MEMBER), ...change }] };
}

/** The healthy installation with something else in the member's only Region. */
export function withRegion(change: Partial<RegionFacts>): Facts {
  return withMember({ regions: [{ ...regionFacts(MEMBER), ...change }] });
}

/** The healthy installation with other parameters in the administrator account; undefined removes one. */
export function withParameters(change: Readonly<Record<string, string | undefined>>): Facts {
  const all = Object.entries({ ...PARAMETERS, ...change }).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return { ...HEALTHY, admin: { ...HEALTHY.admin, parameters: known(new Map(all)) } };
}
