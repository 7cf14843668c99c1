import {
  CloudFormationClient,
  DescribeStackResourcesCommand,
} from '@aws-sdk/client-cloudformation';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { IAMClient, ListRolesCommand } from '@aws-sdk/client-iam';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { SSMClient, GetParameterCommand, ListDocumentsCommand } from '@aws-sdk/client-ssm';
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { compileProject } from '../../../generator/cli/project.ts';
import { compareReleases } from '../../../generator/emit/compare-releases.ts';
import type { UpgradeStep } from '../../../generator/emit/compare-releases.ts';
import { emitFiles } from '../../../generator/emit/emit-all.ts';
import { releaseOf } from '../../../generator/emit/ledger.ts';
import type { Template, TemplateFile } from '../../../generator/emit/types.ts';
import { probe, startEmulator } from '../../../generator/simulate/emulator.ts';
import type { Emulator } from '../../../generator/simulate/emulator.ts';
import { smallProject } from '../cli/run-cli.ts';
import { play, writeBuild } from '../deploy/deploy-support.ts';
import type { Played } from '../deploy/deploy-support.ts';

// One version of each stack is deployed with asr deploy, the next one over it, and what the ledger says about the update is
// compared with what became of the resources. All of it is in a China Region: there the admin stack has no user pool, and
// the emulator can't update a template that refers to one, even where it isn't wanted. The emulator updates stacks, but not as CloudFormation does: it replaces documents, leaves tables and
// log groups as they are, deletes what a policy keeps, and loses custom resources and managed policies that change. So it
// shows that nothing else disappears, not how AWS gets there.

vi.setConfig({ testTimeout: 120_000 });

const OLD = ['kms/EnableKeyRotation', 'ec2/EnableVPCFlowLogs'];
const NEW = ['kms/EnableKeyRotation', 'ecr/EnablePrivateRepositoryScanning'];
const STACKS = ['admin', 'member-roles', 'member'] as const;
type Stack = (typeof STACKS)[number];

const PARAMETERS: Readonly<Record<Stack, Readonly<Record<string, string>>>> = {
  admin: { LoadSCAdminStack: 'yes' },
  'member-roles': { SecHubAdminAccount: '123456789012', Namespace: 'shtest' },
  member: { SecHubAdminAccount: '123456789012', Namespace: 'shtest', LoadSCMemberStack: 'yes' },
};

/** Resources that change between the two versions and that the emulator then loses. */
const LOST = ['ConfigurationRows', 'PassRemediationRoles1'];

const lacking = probe().emulator;

async function build(version: string, units: readonly string[]): Promise<readonly TemplateFile[]> {
  const root = smallProject(units);
  try {
    const { compiled, sources } = await compileProject({ root, version }, 'build');
    const names = { solutionId: 'SO0111', version };
    return (await emitFiles({ compiled, standards: sources.standards, names })).templates;
  } finally {
    rmSync(root, { recursive: true });
  }
}

const REGION = 'cn-north-1';
const PREFIX = 'automated-security-response-';
const fileOf = (stack: Stack): string => (stack === 'admin' ? 'admin-cn' : stack);
const bodyOf = (templates: readonly TemplateFile[], stack: Stack): string =>
  templates.find(({ fileName }) => fileName === `${PREFIX}${fileOf(stack)}.template`)?.text ?? '';

describe.skipIf(lacking !== undefined)(
  `an update on the emulator${lacking === undefined ? '' : ` (${lacking})`}`,
  () => {
    let emulator: Emulator;
    let client: { readonly region: string; readonly endpoint: string };
    let steps: readonly UpgradeStep[] = [];
    const before = new Map<Stack, ReadonlyMap<string, string>>();
    const after = new Map<Stack, ReadonlyMap<string, string>>();
    let old: readonly TemplateFile[] = [];
    const folders: string[] = [];
    let table = '';
    let rolesAfter: readonly string[] = [];

    let built = '';
    const ended: Played[] = [];

    const deploy = async (templates: readonly TemplateFile[], version: string): Promise<void> => {
      built = writeBuild(
        Object.fromEntries(STACKS.map((stack) => [fileOf(stack), bodyOf(templates, stack)])),
        undefined,
        version,
      );
      folders.push(built);
      for (const stack of STACKS) {
        // Only the first deployment says the values; the next one keeps them.
        const given = folders.length > 1 ? [] : Object.entries(PARAMETERS[stack]);
        const flags = given.flatMap(([name, value]) => ['-p', `${name}=${value}`]);
        ended.push(
          await play(
            {},
            ...['deploy', stack, '--dist', built, '--bucket', 'templates', '--yes', ...flags],
          ),
        );
      }
    };

    const resourcesOf = async (stack: Stack): Promise<ReadonlyMap<string, string>> => {
      const { StackResources: resources = [] } = await new CloudFormationClient(client).send(
        new DescribeStackResourcesCommand({ StackName: `${PREFIX}${stack}` }),
      );
      return new Map(
        resources.map(({ LogicalResourceId: id = '', PhysicalResourceId: name = '' }) => [
          id,
          name,
        ]),
      );
    };

    beforeAll(async () => {
      emulator = await startEmulator();
      client = { region: REGION, endpoint: emulator.endpoint };
      vi.stubEnv('AWS_ENDPOINT_URL', emulator.endpoint);
      vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
      vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
      vi.stubEnv('AWS_REGION', REGION);
      vi.stubEnv('AWS_PROFILE', undefined);
      await new S3Client({ ...client, forcePathStyle: true }).send(
        new CreateBucketCommand({
          Bucket: 'templates',
          CreateBucketConfiguration: { LocationConstraint: REGION },
        }),
      );
      old = await build('0.1.0', OLD);
      const present = await build('0.2.0', NEW);
      steps = compareReleases(
        new Map([['0.1.0', releaseOf(old, 'SO0111')]]),
        releaseOf(present, 'SO0111'),
      );
      await deploy(old, '0.1.0');
      for (const stack of STACKS) before.set(stack, await resourcesOf(stack));
      table = before.get('admin')?.get('RemediationConfigurationTable') ?? '';
      await new DynamoDBClient(client).send(
        new PutItemCommand({
          TableName: table,
          Item: { controlId: { S: 'KMS.4' }, automatedRemediationEnabled: { BOOL: true } },
        }),
      );
      await deploy(present, '0.2.0');
      for (const stack of STACKS) after.set(stack, await resourcesOf(stack));
      const { Roles: roles = [] } = await new IAMClient(client).send(new ListRolesCommand({}));
      rolesAfter = roles.map(({ RoleName = '' }) => RoleName);
    }, 240_000);
    afterAll(async () => {
      vi.unstubAllEnvs();
      for (const folder of folders) rmSync(folder, { recursive: true });
      await emulator.stop();
    });

    it('is deployed stack by stack, and shown before', () => {
      const lastLines = ended.map(({ code, err }) => [code, err.trim().split('\n').at(-1)]);
      expect(lastLines).toEqual(
        ['CREATE_COMPLETE', 'UPDATE_COMPLETE'].flatMap((status) =>
          STACKS.map((stack) => [0, `${PREFIX}${stack} is deployed (${status}).`]),
        ),
      );
      const [admin, roles, member] = ended.slice(STACKS.length);
      expect(admin?.err).toContain('  ~ VersionParameter  AWS::SSM::Parameter  Value\n');
      expect(admin?.err).toContain('  - FailureAlarmEC2x6  AWS::CloudWatch::Alarm  DELETED\n');
      expect(admin?.err).toContain(' 0 replaced, 1 removed.\n');
      expect(roles?.err).toContain('  - RoleEnableVPCFlowLogs  AWS::IAM::Role');
      expect(member?.err).toContain(
        '  + DocumentEnablePrivateRepositoryScanning  AWS::SSM::Document',
      );
    });

    it('leaves no difference', async () => {
      for (const stack of STACKS) {
        const { out } = await play({}, 'diff', stack, '--dist', built, '--json');
        expect(JSON.parse(out)).toMatchObject({ resources: [], parameters: [], problems: [] });
      }
    });

    it('does what the ledger says', () => {
      const told = steps
        .filter(({ template }) => !template.includes('response-admin'))
        .map(({ logicalId, does }) => [logicalId, does]);
      expect(told).toEqual([
        ['RoleEnableVPCFlowLogs', 'removed'],
        ['ServiceRoleFlowLogDelivery', 'left-behind'],
        ['DocumentEnableVPCFlowLogs', 'removed'],
      ]);
      expect(steps.filter(({ isError }) => isError)).toEqual([]);
    });

    it('keeps every resource that the ledger does not name, under its name', () => {
      const gone = new Set(steps.map(({ logicalId }) => logicalId));
      for (const stack of STACKS) {
        const kept = [...(before.get(stack) ?? [])].filter(
          ([id]) => id !== '' && !gone.has(id) && !LOST.includes(id),
        );
        expect(kept.length).toBeGreaterThan(1);
        const names = kept.map(([id]) => [id, after.get(stack)?.get(id)]);
        expect(names).toEqual(kept);
      }
    });

    it('keeps what people set', async () => {
      expect(after.get('admin')?.get('RemediationConfigurationTable')).toBe(table);
      const { Item: row } = await new DynamoDBClient(client).send(
        new GetItemCommand({ TableName: table, Key: { controlId: { S: 'KMS.4' } } }),
      );
      expect(row?.['automatedRemediationEnabled']).toEqual({ BOOL: true });
    });

    it('brings the new documents and takes the old ones away', async () => {
      const { DocumentIdentifiers: documents = [] } = await new SSMClient(client).send(
        new ListDocumentsCommand({ Filters: [{ Key: 'Owner', Values: ['Self'] }] }),
      );
      expect(documents.map(({ Name = '' }) => Name).toSorted()).toEqual([
        'ASR-EnableKeyRotation',
        'ASR-EnablePrivateRepositoryScanning',
      ]);
    });

    it('takes a remediation role away; CloudFormation was told to leave one behind that services use', () => {
      expect(rolesAfter).not.toContain('SO0111-EnableVPCFlowLogs-shtest');
      expect(rolesAfter).toContain('SO0111-EnablePrivateRepositoryScanning-shtest');
      const { Resources: resources } = JSON.parse(bodyOf(old, 'member-roles')) as Template;
      expect(resources['ServiceRoleFlowLogDelivery']?.DeletionPolicy).toBe('RetainExceptOnCreate');
    });

    it('is told to the orchestrator', async () => {
      const ssm = new SSMClient(client);
      for (const name of ['/Solutions/SO0111/version', '/Solutions/SO0111/member/version']) {
        const { Parameter: parameter } = await ssm.send(new GetParameterCommand({ Name: name }));
        expect(parameter?.Value).toBe('0.2.0');
      }
    });
  },
);
