import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient, CreateStackCommand } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import {
  AttachPolicyCommand,
  CreateAccountCommand,
  CreateOrganizationalUnitCommand,
  CreateOrganizationCommand,
  CreatePolicyCommand,
  EnablePolicyTypeCommand,
  ListRootsCommand,
  MoveAccountCommand,
  OrganizationsClient,
} from '@aws-sdk/client-organizations';
import {
  CreateMembersCommand,
  EnableSecurityHubCommand,
  SecurityHubClient,
} from '@aws-sdk/client-securityhub';
import { CreateDocumentCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { addDoctor } from '../../../generator/cli/doctor.ts';
import { CHECKS } from '../../../generator/deploy/doctor/all-checks.ts';
import { examine } from '../../../generator/deploy/doctor/examine.ts';
import { planImport } from '../../../generator/deploy/doctor/import-settings.ts';
import { readInstalledBuild } from '../../../generator/deploy/doctor/installed-build.ts';
import { connect } from '../../../generator/deploy/members/access.ts';
import type { Access } from '../../../generator/deploy/members/access.ts';
import { createDisplay } from '../../../generator/deploy/terminal.ts';
import { describeWithEmulator } from '../../support/emulator.ts';
import { writeBuild } from './deploy-support.ts';
import { BUILD, handTrust, PARAMETERS, REMEDIATION_TRUST } from './doctor-facts.ts';
import { ADMIN, answering, awsError, HOME, play, World } from './members-world.ts';

const ROLE = 'SO0111-RemoveCodeBuildPrivilegedMode';
const dist = writeBuild({
  'member-roles': {
    Resources: {
      OrchestratorMember: {
        Type: 'AWS::IAM::Role',
        Properties: { RoleName: 'SO0111-ASR-Orchestrator-Member', Policies: [] },
      },
    },
  },
});
writeFileSync(join(dist, 'manifest.json'), '{"version":"1.2.3","solutionId":"SO0111"}');
writeFileSync(
  join(dist, 'catalog.json'),
  JSON.stringify({
    controls: [
      {
        securityControlId: 'CodeBuild.5',
        remediation: 'RemoveCodeBuildPrivilegedMode',
        standards: { SC: ['CodeBuild.5'] },
        permissions: ['codebuild:UpdateProject'],
      },
      {
        securityControlId: 'ACM.1',
        remediation: null,
        standards: { SC: ['ACM.1'] },
        permissions: [],
      },
    ],
  }),
);
writeFileSync(
  join(dist, 'iam-proof.json'),
  JSON.stringify({
    roles: {
      [`${ROLE}-<Namespace>`]: {
        'codebuild:UpdateProject': {
          'arn:${AWS::Partition}:codebuild:*:${AWS::AccountId}:project/*': [
            'change[0] codebuild:UpdateProject',
          ],
        },
      },
    },
  }),
);
const empty = mkdtempSync(join(tmpdir(), 'asr-doctor-'));
afterAll(() => {
  rmSync(dist, { recursive: true });
  rmSync(empty, { recursive: true });
});

const doctor = (connected: typeof connect, ...args: readonly string[]) =>
  play({ connect: connected, add: addDoctor }, 'doctor', '--dist', dist, ...args);
const nobody = (): Promise<Access> => Promise.reject(new Error('AWS was asked'));

describe('the command line of asr doctor', () => {
  it('lists the checks with the permissions that they need, without asking AWS', async () => {
    const ended = await doctor(nobody, '--list-checks');
    expect(ended.code).toBe(0);
    expect(ended.out).toContain('service-control-policies  No service control policy denies what');
    expect(ended.out.trim().split('\n')).toHaveLength(CHECKS.length + 1);
    expect(JSON.parse((await doctor(nobody, '--list-checks', '--json')).out)).toHaveLength(
      CHECKS.length,
    );
  });

  it.each([
    ['a check that is not known', ['--check', 'nonsense'], 2, 'Known: security-hub, aws-config'],
    [
      'a table without --import-settings',
      ['--table', 'x'],
      2,
      '--table belongs to --import-settings.',
    ],
    ['no build', ['--dist', empty], 1, `There is no build in ${empty}`],
    ['no Region', ['--regions', 'x'], 2, 'A Region looks like us-east-1'],
  ])('stops at %s', async (_what, args, code, message) => {
    const ended = await doctor(nobody, ...args);
    expect(ended.code).toBe(code);
    expect(ended.err).toContain(message);
  });
});

describe('a build', () => {
  it('says what should be installed', () => {
    expect(readInstalledBuild(dist)).toEqual({
      version: '1.2.3',
      solutionId: 'SO0111',
      controls: [
        {
          id: 'CodeBuild.5',
          remediation: 'RemoveCodeBuildPrivilegedMode',
          standards: ['SC'],
          permissions: ['codebuild:UpdateProject'],
        },
      ],
      roleStems: [ROLE],
      needs: [
        {
          role: `${ROLE}-\${Namespace}`,
          action: 'codebuild:UpdateProject',
          scope: 'arn:${AWS::Partition}:codebuild:*:${AWS::AccountId}:project/*',
          onlyUndo: false,
        },
      ],
      ownPolicy: undefined,
    });
  });
});

describe('settings of another solution', () => {
  const plan = (automatic: readonly string[], filters: Readonly<Record<string, string>>) =>
    planImport(
      { table: 'T', automatic, filters: new Map(Object.entries(filters)) },
      ['EC2.2', 'S3.1'],
      'eu-west-1',
    );

  it('become commands, in the spelling of our controls', () => {
    expect(plan(['ec2.2', 'S3.1', 'SageMaker.1'], {})).toEqual({
      commands: ['npx asr controls enable EC2.2 S3.1 --region eu-west-1'],
      notes: [
        'T: 3 controls automatic.',
        'No remediation here: SageMaker.1. They stay manual.',
        'asr controls enable says first how many open findings it would fix; --yes does it.',
        'No filter is on.',
      ],
    });
  });

  it('put the filters in place before anything is switched on', () => {
    const { commands } = plan(['EC2.2'], { '/ASR/Filters/AccountFilterMode': 'Exclude' });
    expect(commands.map((one) => one.split(' ').slice(0, 3).join(' '))).toEqual([
      'aws ssm put-parameter',
      'npx asr controls',
    ]);
  });

  it('keep the filters that are on, quoted for the shell', () => {
    const { commands, notes } = plan([], {
      '/ASR/Filters/AccountFilterMode': 'Exclude',
      '/ASR/Filters/AccountFilters': '111122223333, 444455556666',
      '/ASR/Filters/OUFilterMode': 'Include',
      '/ASR/Filters/OUFilters': "o-abcde12345,it's",
      '/ASR/Filters/TagFilterMode': 'Disabled',
      '/ASR/Filters/TagFilters': 'none',
    });
    expect(commands).toEqual([
      'aws ssm put-parameter --overwrite --type String --region eu-west-1 --name /ASR/Filters/AccountFilterMode --value Exclude',
      "aws ssm put-parameter --overwrite --type String --region eu-west-1 --name /ASR/Filters/AccountFilters --value '111122223333, 444455556666'",
      'aws ssm put-parameter --overwrite --type String --region eu-west-1 --name /ASR/Filters/OUFilterMode --value Include',
      `aws ssm put-parameter --overwrite --type String --region eu-west-1 --name /ASR/Filters/OUFilters --value 'o-abcde12345,it'\\''s'`,
    ]);
    expect(notes.join('\n')).toContain('write the id of the root (r-...)');
    expect(notes.join('\n')).toContain('at any depth');
  });
});

describe('5,000 accounts', () => {
  it('are looked into, a few at a time, and told in few lines', async () => {
    const world = new World();
    for (let index = 0; index < 5000; index += 1)
      world.hub(ADMIN).members.set(String(200_000_000_000 + index), { status: 'Enabled' });
    const settings = { region: HOME };
    let inside = 0;
    let most = 0;
    const iam = answering(new IAMClient(settings), () => ({ Roles: [] }));
    const ssm = answering(new SSMClient(settings), () => ({
      Parameters: [],
      DocumentIdentifiers: [],
    }));
    const cloudFormation = answering(new CloudFormationClient(settings), () => {
      throw awsError('ValidationError', 'Stack for SO0111-ASR-Orchestrator-Member does not exist');
    });
    const outer = world.access();
    const hub = outer.securityHub(HOME);
    const access = (account: string): Access => ({
      ...outer,
      account,
      ...{ iam: () => iam, ssm: () => ssm, cloudFormation: () => cloudFormation },
      securityHub: () => hub,
      enter: async (other) => {
        inside += 1;
        most = Math.max(most, inside);
        await Promise.resolve();
        inside -= 1;
        return access(other);
      },
    });
    const display = createDisplay({ note: () => undefined, result: () => undefined });
    const report = await examine(
      access(ADMIN),
      { build: BUILD, checks: CHECKS, role: 'Audit' },
      display,
    );
    expect(report.accounts).toBe(5001);
    expect(most).toBeLessThanOrEqual(8);
    const missing = report.findings.find(
      ({ check, level }) => check === 'member-stack' && level === 'problem',
    );
    expect(missing?.where).toHaveLength(5000);
    expect(report.findings.length).toBeLessThan(40);
  });
});

describeWithEmulator('asr doctor against the emulator', ({ emulator }) => {
  beforeEach(() => {
    vi.stubEnv('AWS_ENDPOINT_URL', emulator().endpoint);
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAEXAMPLE');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'example');
    vi.stubEnv('AWS_REGION', HOME);
    // What the emulator lacks, it answers with an internal error.
    vi.stubEnv('AWS_MAX_ATTEMPTS', '3');
  });
  afterEach(() => vi.unstubAllEnvs());

  /** The emulator's account, as management account of an organization with one member. */
  async function install(): Promise<{
    readonly admin: string;
    readonly member: string;
    readonly unit: string;
  }> {
    const settings = { region: HOME };
    const organizations = new OrganizationsClient(settings);
    await organizations.send(new CreateOrganizationCommand({ FeatureSet: 'ALL' }));
    const { Roots: roots = [] } = await organizations.send(new ListRootsCommand({}));
    const root = roots[0]?.Id ?? '';
    await organizations.send(
      new EnablePolicyTypeCommand({ RootId: root, PolicyType: 'SERVICE_CONTROL_POLICY' }),
    );
    const { OrganizationalUnit: made } = await organizations.send(
      new CreateOrganizationalUnitCommand({ ParentId: root, Name: 'Production' }),
    );
    const unit = made?.Id ?? '';
    const { CreateAccountStatus: created } = await organizations.send(
      new CreateAccountCommand({ AccountName: 'shop', Email: 'shop@example.com' }),
    );
    const member = created?.AccountId ?? '';
    await organizations.send(
      new MoveAccountCommand({
        AccountId: member,
        SourceParentId: root,
        DestinationParentId: unit,
      }),
    );
    const hub = new SecurityHubClient(settings);
    await hub.send(new EnableSecurityHubCommand({}));
    await hub.send(new CreateMembersCommand({ AccountDetails: [{ AccountId: member }] }));
    const { account: admin } = await connect({});
    const inside = await (await connect({})).enter(member, 'Audit');
    await inside.securityHub(HOME).send(new EnableSecurityHubCommand({}));
    await put(new SSMClient(settings), PARAMETERS);
    await put(inside.ssm(HOME), {
      '/Solutions/SO0111/member/admin-account': admin,
      '/Solutions/SO0111/member/namespace': 'shtest',
      '/Solutions/SO0111/member/version': '1.2.3',
    });
    for (const [name, trust] of [
      ['SO0111-ASR-Orchestrator-Member', handTrust(admin)],
      [`${ROLE}-shtest`, REMEDIATION_TRUST.replaceAll('<account>', member)],
    ] as const)
      await inside
        .iam()
        .send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: trust }));
    return { admin, member, unit };
  }

  async function put(ssm: SSMClient, values: Readonly<Record<string, string>>): Promise<void> {
    for (const [Name, Value] of Object.entries(values))
      await ssm.send(new PutParameterCommand({ Name, Value, Type: 'String' }));
  }

  it('finds a missing document and a policy that denies, and is content when both are put right', async () => {
    const { member, unit } = await install();
    const organizations = new OrganizationsClient({ region: HOME });
    const { Policy: policy } = await organizations.send(
      new CreatePolicyCommand({
        Name: 'NoBuilds',
        Description: 'x',
        Type: 'SERVICE_CONTROL_POLICY',
        Content:
          '{"Version":"2012-10-17","Statement":[{"Sid":"Builds","Effect":"Deny","Action":"codebuild:*","Resource":"*"}]}',
      }),
    );
    await organizations.send(
      new AttachPolicyCommand({ PolicyId: policy?.PolicySummary?.Id ?? '', TargetId: unit }),
    );
    // The list of services is long, and read elsewhere.
    const quick = CHECKS.flatMap(({ id }) => (id === 'regional-services' ? [] : ['--check', id]));
    const ended = await doctor(connect, '--role', 'Audit', '--accounts', member, ...quick);
    expect(ended.code).toBe(1);
    expect(ended.out).toContain(
      'PROBLEM documents: 1 document is missing: ASR-RemoveCodeBuildPrivilegedMode.',
    );
    expect(ended.out).toMatch(
      /PROBLEM service-control-policies: The policy NoBuilds \[p-\w+\] \(Builds\) denies codebuild:UpdateProject\.\n {2}Remediations need it: SO0111-RemoveCodeBuildPrivilegedMode-\*\./u,
    );
    expect(ended.out).toContain(`Where: ${member} us-east-1.`);
    // The emulator has no automations, and the roles are of no stack.
    expect(ended.out).toContain('UNKNOWN automation-concurrency');
    expect(ended.out).toContain(
      'UNKNOWN versions: The version of the member-roles stack is not known.',
    );

    const inside = await (await connect({})).enter(member, 'Audit');
    await inside.ssm(HOME).send(
      new CreateDocumentCommand({
        Name: 'ASR-RemoveCodeBuildPrivilegedMode',
        DocumentType: 'Automation',
        Content: '{"schemaVersion":"0.3","mainSteps":[]}',
      }),
    );
    const args = [
      '--role',
      'Audit',
      '--accounts',
      member,
      '--check',
      'documents',
      '--check',
      'roles',
      '--check',
      'trust',
    ];
    const again = await doctor(connect, ...args, '--strict', '--json');
    const report = JSON.parse(again.out) as { readonly summary: object };
    expect(report.summary).toEqual({ problem: 0, unknown: 0, warn: 0, ok: 3 });
    expect(again.code).toBe(0);
  });

  it('knows from AWS’s list which Region lacks a service', async () => {
    const args = ['--check', 'regional-services', '--region', 'ap-southeast-7'];
    expect((await doctor(connect, ...args)).out).toContain(
      'OK regional-services: ap-southeast-7 has no codebuild, so it has no findings of CodeBuild.5.',
    );
  });

  it('says that accounts need a role, and ends with 1 only when asked to be strict', async () => {
    await install();
    const lenient = await doctor(connect, '--check', 'access');
    expect(lenient.out).toContain('No role was named to enter the accounts by (--role).');
    expect(lenient.code).toBe(0);
    expect((await doctor(connect, '--check', 'access', '--strict')).code).toBe(1);
  });

  it('takes over the settings of AWS’s own solution, whose table its stack names', async () => {
    const cloudFormation = new CloudFormationClient({ region: HOME });
    await cloudFormation.send(
      new CreateStackCommand({
        StackName: 'theirs',
        TemplateBody: JSON.stringify({
          Description: '(SO0111) Automated Security Response on AWS Administrator Stack, v3.1.5',
          Resources: {
            Rows: {
              Type: 'AWS::DynamoDB::Table',
              Properties: {
                TableName: 'their-rows',
                BillingMode: 'PAY_PER_REQUEST',
                KeySchema: [{ AttributeName: 'controlId', KeyType: 'HASH' }],
                AttributeDefinitions: [{ AttributeName: 'controlId', AttributeType: 'S' }],
              },
            },
          },
          Outputs: { RemediationConfigurationDynamoDBTable: { Value: { Ref: 'Rows' } } },
        }),
      }),
    );
    const dynamodb = new DynamoDBClient({ region: HOME });
    for (const [id, on] of [
      ['CodeBuild.5', { BOOL: true }],
      ['EC2.2', { S: 'true' }],
      ['S3.1', { BOOL: false }],
    ] as const)
      await dynamodb.send(
        new PutItemCommand({
          TableName: 'their-rows',
          Item: { controlId: { S: id }, automatedRemediationEnabled: on },
        }),
      );
    await put(new SSMClient({ region: HOME }), { '/ASR/Filters/AccountFilterMode': 'Exclude' });
    const ended = await doctor(connect, '--import-settings');
    expect(ended).toMatchObject({ code: 0 });
    expect(ended.out).toBe(
      'aws ssm put-parameter --overwrite --type String --region us-east-1 --name /ASR/Filters/AccountFilterMode --value Exclude\nnpx asr controls enable CodeBuild.5 --region us-east-1\n',
    );
    expect(ended.err).toContain('No remediation here: EC2.2. They stay manual.');
    expect((await doctor(connect, '--import-settings', '--table', 'their-rows')).out).toBe(
      ended.out,
    );
    const found = await doctor(connect, '--check', 'other-solution');
    expect(found.out).toContain(
      "PROBLEM other-solution: AWS's own solution is installed: theirs (v3.1.5).",
    );
    const missing = await doctor(connect, '--import-settings', '--table', 'nothing');
    expect(missing.code).toBe(1);
    expect(missing.err).toContain('Reading the table nothing failed');
  });

  it('says where the table is looked for when no stack names one', async () => {
    const ended = await doctor(connect, '--import-settings');
    expect(ended.code).toBe(1);
    expect(ended.err).toContain(
      'If the stack is deleted, its table is still there: name it with --table.',
    );
  });
});
