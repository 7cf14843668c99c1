import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { IAMClient, ListRolesCommand } from '@aws-sdk/client-iam';
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

// One version is deployed, the next one over it, and what the ledger says about the update is compared with what became
// of the resources. The emulator updates stacks, but not as CloudFormation does: it replaces documents, leaves tables and
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

/** The emulator can't update a template that refers to the user pool, even where it isn't wanted: the one without it. */
const fileOf = (stack: Stack): string => (stack === 'admin' ? 'admin-cn' : stack);
const bodyOf = (templates: readonly TemplateFile[], stack: Stack): string =>
  templates.find(({ fileName }) => fileName.endsWith(`response-${fileOf(stack)}.template`))?.text ??
  '';

describe.skipIf(lacking !== undefined)(
  `an update on the emulator${lacking === undefined ? '' : ` (${lacking})`}`,
  () => {
    let emulator: Emulator;
    let client: { readonly region: string; readonly endpoint: string };
    let steps: readonly UpgradeStep[] = [];
    const before = new Map<Stack, ReadonlyMap<string, string>>();
    const after = new Map<Stack, ReadonlyMap<string, string>>();
    let old: readonly TemplateFile[] = [];
    let table = '';
    let rolesAfter: readonly string[] = [];

    /** The emulator can't run the function of custom resources: the test answers in its place. */
    const answer = async (stackId: string, logicalId: string): Promise<void> => {
      await fetch(
        `${emulator.endpoint}/cloudformation_us-east-1/cfnresponse?stack=${encodeURIComponent(stackId)}`,
        {
          method: 'PUT',
          body: JSON.stringify({
            Status: 'SUCCESS',
            StackId: stackId,
            RequestId: 'r',
            LogicalResourceId: logicalId,
            PhysicalResourceId: logicalId,
            Data: {},
          }),
        },
      );
    };

    const launch = async (
      templates: readonly TemplateFile[],
      stack: Stack,
      isUpdate: boolean,
    ): Promise<ReadonlyMap<string, string>> => {
      const cloudFormation = new CloudFormationClient(client);
      const input = {
        StackName: stack,
        TemplateBody: bodyOf(templates, stack),
        Parameters: Object.entries(PARAMETERS[stack]).map(([ParameterKey, ParameterValue]) => ({
          ParameterKey,
          ParameterValue,
        })),
        Capabilities: ['CAPABILITY_NAMED_IAM' as const],
      };
      const { StackId: stackId = '' } = isUpdate
        ? await cloudFormation.send(new UpdateStackCommand(input))
        : await cloudFormation.send(new CreateStackCommand(input));
      if (stack === 'admin' && !isUpdate)
        for (const logicalId of [
          'ConfigurationRows',
          'RemediateAction',
          'PreviewAction',
          'UndoAction',
        ])
          await answer(stackId, logicalId);
      const { Stacks: stacks = [] } = await cloudFormation.send(
        new DescribeStacksCommand({ StackName: stack }),
      );
      expect(stacks[0]?.StackStatus).toBe(isUpdate ? 'UPDATE_COMPLETE' : 'CREATE_COMPLETE');
      const { StackResources: resources = [] } = await cloudFormation.send(
        new DescribeStackResourcesCommand({ StackName: stack }),
      );
      return new Map(
        resources.map(({ LogicalResourceId: id = '', PhysicalResourceId: name = '' }) => [
          id,
          name,
        ]),
      );
    };

    beforeAll(async () => {
      process.env['AWS_ACCESS_KEY_ID'] ??= 'test';
      process.env['AWS_SECRET_ACCESS_KEY'] ??= 'test';
      emulator = await startEmulator();
      client = { region: 'us-east-1', endpoint: emulator.endpoint };
      old = await build('0.1.0', OLD);
      const present = await build('0.2.0', NEW);
      steps = compareReleases(
        new Map([['0.1.0', releaseOf(old, 'SO0111')]]),
        releaseOf(present, 'SO0111'),
      );
      for (const stack of STACKS) before.set(stack, await launch(old, stack, false));
      table = before.get('admin')?.get('RemediationConfigurationTable') ?? '';
      await new DynamoDBClient(client).send(
        new PutItemCommand({
          TableName: table,
          Item: { controlId: { S: 'KMS.4' }, automatedRemediationEnabled: { BOOL: true } },
        }),
      );
      for (const stack of STACKS) after.set(stack, await launch(present, stack, true));
      const { Roles: roles = [] } = await new IAMClient(client).send(new ListRolesCommand({}));
      rolesAfter = roles.map(({ RoleName = '' }) => RoleName);
    }, 240_000);
    afterAll(async () => emulator.stop());

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
