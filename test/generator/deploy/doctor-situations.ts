import type { Facts } from '../../../generator/deploy/doctor/facts.ts';
import { OWN_ACCOUNT } from '../../../generator/deploy/doctor/facts.ts';
import { closedAccount } from '../../../generator/deploy/doctor/gather/account.ts';
import type { Judgement } from '../../../generator/deploy/members/judgement.ts';
import { known } from '../../../generator/deploy/members/read.ts';
import {
  accountFacts,
  handTrust,
  HEALTHY,
  MEMBER,
  REFUSED,
  regionFacts,
  REMEDIATION_TRUST,
  withMember,
  withParameters,
  withRegion,
} from './doctor-facts.ts';
import { ADMIN, HOME } from './members-world.ts';

/** An installation in which something is wrong, and what a check says about it. */
export interface Situation {
  readonly check: string;
  readonly of: string;
  readonly facts: Facts;
  readonly level: Judgement['level'];
  readonly what: string | RegExp;
  readonly where?: readonly string[];
}

const roles = (change: (name: string) => string | undefined): Facts => {
  const { roles: all } = accountFacts(MEMBER);
  const value = all.known ? all.value : [];
  return withMember({
    roles: known(
      value.flatMap(({ name, trust }) => {
        const changed = change(name);
        return changed === undefined ? [] : [{ name: changed, trust }];
      }),
    ),
  });
};
const trusting = (role: string, trust: string): Facts => {
  const { roles: all } = accountFacts(MEMBER);
  return withMember({
    roles: known(
      (all.known ? all.value : []).map((one) => (one.name === role ? { ...one, trust } : one)),
    ),
  });
};
const HAND = 'SO0111-ASR-Orchestrator-Member';
const REMEDIATION = 'SO0111-ConfigureDynamoDBAutoScaling-shtest';
const member = (change: Readonly<Record<string, string>>): Facts =>
  withRegion({
    parameters: known(
      new Map([
        ['/Solutions/SO0111/member/admin-account', ADMIN],
        ['/Solutions/SO0111/member/namespace', 'shtest'],
        ['/Solutions/SO0111/member/version', '1.2.3'],
        ...Object.entries(change).map(
          ([name, value]) => [`/Solutions/SO0111/${name}`, value] as const,
        ),
      ]),
    ),
  });
const place = [`${MEMBER} ${HOME}`];

export const SITUATIONS: readonly Situation[] = [
  {
    check: 'access',
    of: 'an account that could not be entered',
    facts: { ...HEALTHY, accounts: [closedAccount(MEMBER, REFUSED)] },
    level: 'unknown',
    what: 'What is installed in an account is not known.',
    where: [MEMBER],
  },
  {
    check: 'admin-stack',
    of: 'no administrator stack',
    facts: withParameters({ '/Solutions/SO0111/OrchestratorArn': undefined }),
    level: 'problem',
    what: 'The administrator stack is not installed in us-east-1.',
  },
  {
    check: 'admin-stack',
    of: 'an update that failed',
    facts: {
      ...HEALTHY,
      admin: {
        ...HEALTHY.admin,
        stacks: known([
          {
            name: 'mine',
            description: '(SO0111) Automated Security Response, administrator stack 1.2.3.',
            status: 'UPDATE_ROLLBACK_COMPLETE',
            outputs: new Map([['RemediationConfigurationDynamoDBTable', 'rows']]),
          },
        ]),
      },
    },
    level: 'warn',
    what: 'The administrator stack mine is UPDATE_ROLLBACK_COMPLETE.',
  },
  {
    check: 'admin-stack',
    of: 'no standard',
    facts: withParameters({ '/Solutions/SO0111/standards': '{"SC":"no"}' }),
    level: 'warn',
    what: 'The administrator stack loads no standard.',
  },
  {
    check: 'member-stack',
    of: 'a member without it',
    facts: withRegion({ parameters: known(new Map()) }),
    level: 'problem',
    what: 'The member stack is not installed.',
    where: place,
  },
  {
    check: 'member-stack',
    of: 'an administrator account that is not remediated itself',
    facts: {
      ...HEALTHY,
      accounts: [
        {
          ...accountFacts(ADMIN),
          regions: [{ ...regionFacts(ADMIN), parameters: known(new Map()) }],
        },
      ],
    },
    level: 'warn',
    what: 'The member stack is not installed.',
  },
  {
    check: 'member-stack',
    of: 'another administrator',
    facts: member({ 'member/admin-account': '000000000000' }),
    level: 'problem',
    what: 'A member stack names another administrator account: 000000000000.',
    where: place,
  },
  {
    check: 'versions',
    of: 'an older member',
    facts: member({ 'member/version': 'v1.0.0' }),
    level: 'warn',
    what: 'The member stack has version 1.0.0, this build 1.2.3.',
    where: place,
  },
  {
    check: 'versions',
    of: 'a member of another major version',
    facts: member({ 'member/version': '2.0.0' }),
    level: 'problem',
    what: 'The member stack has version 2.0.0, this build 1.2.3.',
  },
  {
    check: 'versions',
    of: 'an older administrator',
    facts: withParameters({ '/Solutions/SO0111/version': '1.1.0' }),
    level: 'warn',
    what: 'The administrator stack has version 1.1.0, this build 1.2.3.',
  },
  {
    check: 'versions',
    of: 'older roles',
    facts: withRegion({
      rolesStack: known(
        '(SO0111R) Automated Security Response, roles of a member account, version 1.1.9. Launch once.',
      ),
    }),
    level: 'warn',
    what: 'The member-roles stack has version 1.1.9, this build 1.2.3.',
    where: [MEMBER],
  },
  {
    check: 'versions',
    of: 'roles of a stack elsewhere',
    facts: withRegion({ rolesStack: known(undefined) }),
    level: 'unknown',
    what: 'The version of the member-roles stack is not known.',
  },
  {
    check: 'roles',
    of: 'no roles at all',
    facts: withMember({ roles: known([]) }),
    level: 'problem',
    what: 'The member-roles stack is not installed.',
    where: [MEMBER],
  },
  {
    check: 'roles',
    of: 'a role that somebody removed',
    facts: roles((name) => (name.includes('RDSMonitoring') ? undefined : name)),
    level: 'problem',
    what: '1 role is missing: SO0111-RDSMonitoring-shtest.',
  },
  {
    check: 'roles',
    of: 'roles that may not be listed',
    facts: withMember({ roles: REFUSED }),
    level: 'unknown',
    what: 'Which roles there are is not known.',
  },
  {
    check: 'namespace',
    of: 'a member stack with another Namespace',
    facts: member({ 'member/namespace': 'other' }),
    level: 'problem',
    what: 'The member stack has the Namespace other, the roles of the account end in shtest.',
    where: place,
  },
  {
    check: 'namespace',
    of: 'roles of two installations',
    facts: withMember({
      roles: known([
        { name: REMEDIATION, trust: REMEDIATION_TRUST },
        { name: 'SO0111-RDSMonitoring-shtest', trust: '' },
        { name: 'SO0111-RDSMonitoring-old-one', trust: '' },
      ]),
    }),
    level: 'warn',
    what: 'Roles of 2 Namespaces are there: shtest, old-one.',
  },
  {
    check: 'trust',
    of: 'an orchestrator of another account',
    facts: trusting(HAND, handTrust('000000000000')),
    level: 'problem',
    what: `SO0111-ASR-Orchestrator-Member does not trust exactly the orchestrator of account ${ADMIN}.`,
    where: [MEMBER],
  },
  {
    check: 'trust',
    of: 'everybody in the administrator account',
    facts: trusting(HAND, handTrust(ADMIN, {})),
    level: 'problem',
    what: /does not trust exactly/u,
  },
  {
    check: 'trust',
    of: "AWS's own solution, whose member role trusts Systems Manager too",
    facts: trusting(
      HAND,
      JSON.stringify({
        Statement: [
          {
            Effect: 'Allow',
            Principal: { AWS: `arn:aws:iam::${ADMIN}:role/SO0111-ASR-Orchestrator-Admin` },
          },
          { Effect: 'Allow', Principal: { Service: 'ssm.amazonaws.com' } },
        ],
      }),
    ),
    level: 'problem',
    what: /does not trust exactly/u,
  },
  {
    check: 'trust',
    of: 'a remediation role that a person may assume',
    facts: trusting(
      REMEDIATION,
      JSON.stringify({
        Statement: { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${OWN_ACCOUNT}:root` } },
      }),
    ),
    level: 'problem',
    what: `Roles trust others than Systems Manager for automations of the account: ${REMEDIATION}.`,
  },
  {
    check: 'trust',
    of: 'a remediation role without a condition',
    facts: trusting(
      REMEDIATION,
      JSON.stringify({
        Statement: { Effect: 'Allow', Principal: { Service: 'ssm.amazonaws.com' } },
      }),
    ),
    level: 'problem',
    what: /^Roles trust others/u,
  },
  {
    check: 'trust',
    of: 'a trust policy that is none',
    facts: trusting(REMEDIATION, 'nonsense'),
    level: 'problem',
    what: /^Roles trust others/u,
  },
  {
    check: 'documents',
    of: 'a member stack with fewer standards',
    facts: withRegion({ documents: known(['ASR-ConfigureDynamoDBAutoScaling']) }),
    level: 'problem',
    what: '1 document is missing: ASR-RemoveCodeBuildPrivilegedMode.',
    where: place,
  },
  {
    check: 'document-quota',
    of: 'many documents of the account',
    facts: withRegion({ documents: known(Array.from({ length: 460 }, (_, at) => `mine-${at}`)) }),
    level: 'warn',
    what: 'With 2 documents that are missing, the account would own 462; the quota is 500.',
    where: place,
  },
  {
    check: 'document-quota',
    of: 'no room',
    facts: withRegion({ documents: known(Array.from({ length: 499 }, (_, at) => `mine-${at}`)) }),
    level: 'problem',
    what: 'With 2 documents that are missing, the account would own 501; the quota is 500.',
  },
  {
    check: 'automation-concurrency',
    of: 'automations that wait',
    facts: withRegion({
      automation: known({ running: 100, pending: 7, isAdaptive: known(false) }),
    }),
    level: 'warn',
    what: '100 automations run and 7 wait; the limit is 100.',
    where: place,
  },
  {
    check: 'automation-concurrency',
    of: 'a busy account with an adaptive limit',
    facts: withRegion({ automation: known({ running: 400, pending: 0, isAdaptive: known(true) }) }),
    level: 'warn',
    what: '400 automations run and 0 wait; the limit is 500.',
  },
  {
    check: 'automation-concurrency',
    of: 'a setting that may not be read',
    facts: withRegion({ automation: known({ running: 0, pending: 0, isAdaptive: REFUSED }) }),
    level: 'unknown',
    what: 'Whether the limit of automations is adaptive is not known.',
  },
  {
    check: 'filters',
    of: 'a misspelled mode',
    facts: withParameters({ '/ASR/Filters/AccountFilterMode': 'exclude' }),
    level: 'problem',
    what: "The parameter /ASR/Filters/AccountFilterMode is missing or holds a value that isn't understood.",
  },
  {
    check: 'filters',
    of: 'an OU filter in an account that may not read the organization',
    facts: {
      ...withParameters({
        '/ASR/Filters/OUFilterMode': 'Exclude',
        '/ASR/Filters/OUFilters': 'ou-prod-11111111',
      }),
      organization: { ...HEALTHY.organization, isReader: known(false), tree: known(undefined) },
    },
    level: 'problem',
    what: `The OU filter (Exclude) can't work from account ${ADMIN}.`,
  },
  {
    check: 'filters',
    of: 'an OU filter without an organization',
    facts: {
      ...withParameters({
        '/ASR/Filters/OUFilterMode': 'Include',
        '/ASR/Filters/OUFilters': 'ou-prod-11111111',
      }),
      organization: {
        organization: known(undefined),
        isReader: known(false),
        tree: known(undefined),
      },
    },
    level: 'problem',
    what: `The OU filter (Include) can't work from account ${ADMIN}.`,
  },
  {
    check: 'filters',
    of: 'a unit that is not there',
    facts: withParameters({
      '/ASR/Filters/OUFilterMode': 'Exclude',
      '/ASR/Filters/OUFilters': 'ou-prod-22222222',
    }),
    level: 'warn',
    what: 'The OU filter names units that the organization does not have: ou-prod-22222222.',
  },
  {
    check: 'filters',
    of: 'an account that is no member',
    facts: withParameters({
      '/ASR/Filters/AccountFilterMode': 'Exclude',
      '/ASR/Filters/AccountFilters': '000000000000',
    }),
    level: 'warn',
    what: 'The account filter names accounts that are no members: 000000000000.',
  },
  {
    check: 'filters',
    of: 'an empty list to include',
    facts: withParameters({ '/ASR/Filters/TagFilterMode': 'Include' }),
    level: 'warn',
    what: 'The Tag filter includes nothing.',
  },
  {
    check: 'other-solution',
    of: "AWS's stacks",
    facts: {
      ...HEALTHY,
      admin: {
        ...HEALTHY.admin,
        stacks: known([
          {
            name: 'asr',
            description: '(SO0111) Automated Security Response on AWS Administrator Stack, v3.1.5',
            status: 'CREATE_COMPLETE',
            outputs: new Map(),
          },
        ]),
      },
    },
    level: 'problem',
    what: "AWS's own solution is installed: asr (v3.1.5).",
    where: [`${ADMIN} ${HOME}`],
  },
  {
    check: 'other-solution',
    of: "AWS's parameters",
    facts: withParameters({
      '/Solutions/SO0111/standards': undefined,
      '/Solutions/SO0111/CMK_ARN': 'arn',
    }),
    level: 'problem',
    what: "Parameters of AWS's own solution are there.",
  },
  {
    check: 'other-solution',
    of: "AWS's documents in a member without our stack",
    facts: withRegion({ parameters: known(new Map()), documents: known(['ASR-SC_2.0.0_EC2.2']) }),
    level: 'problem',
    what: "Documents or parameters of AWS's own solution are there.",
    where: place,
  },
  {
    check: 'other-solution',
    of: "what is left of AWS's documents beside ours",
    facts: withRegion({ documents: known(['ASR-AFSBP_1.0.0_EC2.2']) }),
    level: 'warn',
    what: "Documents or parameters of AWS's own solution are there.",
  },
  {
    check: 'regional-services',
    of: 'a service that a remediation calls beside its own',
    facts: {
      ...HEALTHY,
      services: known({
        all: new Set(['codebuild', 'dynamodb', 'application-autoscaling']),
        byRegion: new Map([[HOME, new Set(['codebuild', 'dynamodb'])]]),
      }),
    },
    level: 'warn',
    what: "AWS's list names no application-autoscaling in us-east-1; remediations of DynamoDB.1 call it.",
  },
  {
    check: 'regional-services',
    of: 'a control whose own service is not there',
    facts: {
      ...HEALTHY,
      services: known({
        all: new Set(['codebuild', 'dynamodb', 'application-autoscaling']),
        byRegion: new Map([[HOME, new Set(['dynamodb', 'application-autoscaling'])]]),
      }),
    },
    level: 'ok',
    what: 'us-east-1 has no codebuild, so it has no findings of CodeBuild.5.',
  },
  {
    check: 'regional-services',
    of: 'a Region that is not in the list',
    facts: { ...HEALTHY, regions: ['xx-north-1'] },
    level: 'unknown',
    what: 'Which services there are in xx-north-1 is not known.',
  },
  {
    check: 'service-control-policies',
    of: 'an account that may not read them',
    facts: {
      ...HEALTHY,
      organization: { ...HEALTHY.organization, isReader: known(false), tree: known(undefined) },
    },
    level: 'unknown',
    what: 'What service control policies deny is not known.',
  },
];
