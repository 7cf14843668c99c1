import {
  CloudFormationClient,
  CreateStackInstancesCommand,
  CreateStackSetCommand,
  DescribeOrganizationsAccessCommand,
  DescribeStackSetCommand,
  DescribeStackSetOperationCommand,
  ListStackInstancesCommand,
  ListStackSetOperationResultsCommand,
  ListStackSetOperationsCommand,
  UpdateStackSetCommand,
} from '@aws-sdk/client-cloudformation';
import {
  DescribeOrganizationCommand,
  ListAccountsCommand,
  ListAccountsForParentCommand,
  ListOrganizationalUnitsForParentCommand,
  OrganizationsClient,
} from '@aws-sdk/client-organizations';
import { STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Definition, Permissions } from '../../../generator/deploy/rollout/definition.ts';
import { createOrganizationClient } from '../../../generator/deploy/rollout/organization-client.ts';
import { createStackSetClient } from '../../../generator/deploy/rollout/stack-set-client.ts';
import { TEMPLATES } from './rollout-support.ts';
import { awsError } from './staged-stack.ts';

const NAME = 'automated-security-response-member';
const text = JSON.stringify(TEMPLATES.member);
const definition: Definition = {
  kind: 'member',
  name: NAME,
  build: {
    kind: 'member',
    fileName: `${NAME}.template`,
    text,
    bytes: text.length,
    template: TEMPLATES.member,
    version: '1.2.3',
  },
  source: { TemplateURL: 'https://b.s3.us-east-1.amazonaws.com/asr/1.2.3/t' },
  parameters: [{ name: 'Namespace', value: 'shtest', origin: 'given' }],
  isAutomatic: true,
};
const ORGANIZATION: Permissions = { type: 'organization', callAs: 'DELEGATED_ADMIN' };

let cloudFormation = mockClient(CloudFormationClient);
beforeEach(() => {
  cloudFormation = mockClient(CloudFormationClient);
});
afterEach(() => cloudFormation.restore());
const client = (permissions: Permissions = ORGANIZATION) =>
  createStackSetClient(new CloudFormationClient({ region: 'us-east-1' }), {
    permissions,
    newId: () => 'id-1',
  });
const input = (): unknown => cloudFormation.calls().at(-1)?.args[0].input;
const automatic = { isEnabled: true, dependsOn: ['arn:roles'] };

describe('requests to StackSets', () => {
  it('makes a stack set for an organization', async () => {
    cloudFormation.on(CreateStackSetCommand).resolves({});
    await client().make(definition, automatic);
    expect(input()).toEqual({
      StackSetName: NAME,
      TemplateURL: 'https://b.s3.us-east-1.amazonaws.com/asr/1.2.3/t',
      Description: TEMPLATES.member.Description,
      Capabilities: ['CAPABILITY_NAMED_IAM'],
      Parameters: [{ ParameterKey: 'Namespace', ParameterValue: 'shtest' }],
      PermissionModel: 'SERVICE_MANAGED',
      CallAs: 'DELEGATED_ADMIN',
      AutoDeployment: {
        Enabled: true,
        RetainStacksOnAccountRemoval: false,
        DependsOn: ['arn:roles'],
      },
      ManagedExecution: { Active: true },
      ClientRequestToken: 'id-1',
    });
  });

  it('makes one with roles of its own', async () => {
    cloudFormation.on(CreateStackSetCommand).resolves({});
    await client({ type: 'self-managed', executionRole: 'Deployer' }).make(definition, automatic);
    expect(input()).toMatchObject({
      PermissionModel: 'SELF_MANAGED',
      ExecutionRoleName: 'Deployer',
    });
    expect(input()).not.toHaveProperty('AutoDeployment');
    expect(input()).not.toHaveProperty('CallAs');
  });

  it('names units, filter and accounts, and the id by which AWS knows the request', async () => {
    cloudFormation.on(CreateStackInstancesCommand).resolves({ OperationId: 'id-1' });
    const targets = {
      type: 'units',
      units: ['r-ab12'],
      filter: 'INTERSECTION',
      accounts: ['200000000001'],
    } as const;
    const where = { targets, regions: ['us-east-1'] };
    expect(await client().deploy(NAME, where, { MaxConcurrentCount: 1 })).toBe('id-1');
    expect(input()).toEqual({
      StackSetName: NAME,
      DeploymentTargets: {
        OrganizationalUnitIds: ['r-ab12'],
        AccountFilterType: 'INTERSECTION',
        Accounts: ['200000000001'],
      },
      Regions: ['us-east-1'],
      OperationPreferences: { MaxConcurrentCount: 1 },
      OperationId: 'id-1',
      CallAs: 'DELEGATED_ADMIN',
    });
  });

  it('names parts of the stacks without settings, or settings without parts', async () => {
    cloudFormation.on(UpdateStackSetCommand).resolves({ OperationId: 'id-1' });
    const update = { definition, autoDeployment: automatic, preferences: {} };
    const part = {
      targets: { type: 'accounts', accounts: ['200000000001'] },
      regions: ['us-east-1'],
    } as const;
    await client().update({ ...update, hasContent: true, part });
    expect(input()).toMatchObject({ Accounts: ['200000000001'], Regions: ['us-east-1'] });
    expect(input()).not.toHaveProperty('AutoDeployment');
    await client().update({ ...update, hasContent: false });
    expect(input()).toMatchObject({
      UsePreviousTemplate: true,
      Parameters: [{ ParameterKey: 'Namespace', UsePreviousValue: true }],
      AutoDeployment: { Enabled: true },
      ManagedExecution: { Active: true },
    });
    expect(input()).not.toHaveProperty('Regions');
  });
});

describe('answers of StackSets', () => {
  it('reads a stack set', async () => {
    cloudFormation.on(DescribeStackSetCommand).resolves({
      StackSet: {
        StackSetARN: 'arn:member',
        Description: 'd',
        TemplateBody: text,
        Parameters: [{ ParameterKey: 'Namespace', ParameterValue: 'shtest' }],
        PermissionModel: 'SERVICE_MANAGED',
        AutoDeployment: { Enabled: true, DependsOn: ['arn:roles'] },
        ManagedExecution: { Active: true },
      },
    });
    expect(await client().describe(NAME)).toEqual({
      arn: 'arn:member',
      description: 'd',
      templateText: text,
      parameters: new Map([['Namespace', 'shtest']]),
      isServiceManaged: true,
      autoDeployment: { isEnabled: true, dependsOn: ['arn:roles'] },
      isManagedExecution: true,
    });
    cloudFormation.on(DescribeStackSetCommand).rejects(awsError('StackSetNotFoundException', 'no'));
    expect(await client().describe(NAME)).toBeUndefined();
  });

  it('reads stacks page by page, and takes a status that it does not know for none that is good', async () => {
    cloudFormation
      .on(ListStackInstancesCommand)
      .resolvesOnce({
        Summaries: [
          {
            Account: '200000000001',
            Region: 'us-east-1',
            Status: 'CURRENT',
            StackInstanceStatus: { DetailedStatus: 'SUCCEEDED' },
          },
        ],
        NextToken: 'more',
      })
      .resolvesOnce({
        Summaries: [
          {
            Account: '200000000002',
            Region: 'us-east-1',
            Status: 'NEW' as 'CURRENT',
            StatusReason: 'why',
          },
          { Account: '200000000003', Region: 'us-east-1', Status: 'INOPERABLE' },
        ],
      });
    expect(await client().instances(NAME)).toEqual([
      { account: '200000000001', region: 'us-east-1', status: 'current', detail: 'SUCCEEDED' },
      {
        account: '200000000002',
        region: 'us-east-1',
        status: 'outdated',
        detail: '',
        reason: 'why',
      },
      { account: '200000000003', region: 'us-east-1', status: 'inoperable', detail: '' },
    ]);
  });

  it('finds an operation that goes on, and reads what an operation has done', async () => {
    cloudFormation.on(ListStackSetOperationsCommand).resolves({
      Summaries: [
        { OperationId: 'new', Status: 'QUEUED' },
        { OperationId: 'old', Status: 'SUCCEEDED' },
      ],
    });
    expect(await client().activeOperation(NAME)).toEqual({ id: 'new', status: 'QUEUED' });
    cloudFormation
      .on(DescribeStackSetOperationCommand)
      .resolves({ StackSetOperation: { Status: 'FAILED', StatusReason: 'why' } });
    expect(await client().operation(NAME, 'old')).toEqual({
      id: 'old',
      status: 'FAILED',
      reason: 'why',
    });
    cloudFormation.on(ListStackSetOperationResultsCommand).resolves({
      Summaries: [
        { Account: '200000000001', Region: 'us-east-1', Status: 'FAILED', StatusReason: 'why' },
      ],
    });
    expect(await client().results(NAME, 'old', 'FAILED')).toEqual([
      { account: '200000000001', region: 'us-east-1', status: 'FAILED', reason: 'why' },
    ]);
    expect(input()).toMatchObject({
      Filters: [{ Name: 'OPERATION_RESULT_STATUS', Values: 'FAILED' }],
    });
  });

  it('takes an operation that AWS knows already for the one that it has begun', async () => {
    cloudFormation
      .on(CreateStackInstancesCommand)
      .rejects(awsError('OperationIdAlreadyExistsException', 'again'));
    const where = { targets: { type: 'accounts', accounts: [] }, regions: [] } as const;
    expect(await client().deploy(NAME, where, {})).toBe('id-1');
  });

  it.each([
    [
      'OperationInProgressException',
      'Another Operation on StackSet is in progress',
      'StackSetBusy',
      'in progress',
    ],
    [
      'ValidationError',
      'You must be the management account or delegated admin account of an organization before operating a SERVICE_MANAGED stack set',
      'AwsProblem',
      'register-delegated-administrator',
    ],
    [
      'ValidationError',
      'You must enable organizations access to operate a service managed stack set',
      'AwsProblem',
      'activate-organizations-access',
    ],
    ['LimitExceededException', 'Too many.', 'AwsProblem', 'Service Quotas'],
    [
      'AccessDenied',
      'User is not authorized to perform: cloudformation:CreateStackInstances',
      'AwsProblem',
      'Ask for this permission',
    ],
  ])('explains %s: %s', async (name, message, kind, advice) => {
    cloudFormation.on(CreateStackInstancesCommand).rejects(awsError(name, message));
    const where = { targets: { type: 'accounts', accounts: [] }, regions: [] } as const;
    const problem: unknown = await client()
      .deploy(NAME, where, {})
      .catch((error: unknown) => error);
    expect(problem).toMatchObject({
      name: kind,
      message: expect.stringContaining(advice) as string,
    });
  });

  it('knows whether StackSets may act in the organization, or that it may not ask', async () => {
    cloudFormation.on(DescribeOrganizationsAccessCommand).resolves({ Status: 'DISABLED' });
    expect(await client().hasTrustedAccess()).toBe(false);
    cloudFormation.on(DescribeOrganizationsAccessCommand).rejects(awsError('AccessDenied', 'no'));
    expect(await client().hasTrustedAccess()).toBeUndefined();
  });
});

describe('the organization', () => {
  const organizations = mockClient(OrganizationsClient);
  afterEach(() => organizations.reset());
  const reader = createOrganizationClient({
    organizations: new OrganizationsClient({ region: 'us-east-1' }),
    sts: new STSClient({ region: 'us-east-1' }),
  });

  it('reads accounts page by page; by State where there is one, else by Status', async () => {
    organizations
      .on(ListAccountsCommand)
      .resolvesOnce({
        Accounts: [{ Id: '200000000001', Name: 'a', State: 'ACTIVE' }],
        NextToken: 'more',
      })
      // A page may be empty though more follow [API ListAccounts].
      .resolvesOnce({ Accounts: [], NextToken: 'more' })
      .resolvesOnce({
        Accounts: [
          { Id: '200000000002', Name: 'b', State: 'CLOSED', Status: 'ACTIVE' },
          { Id: '200000000003', Name: 'c', Status: 'ACTIVE' },
        ],
      });
    expect(await reader.allAccounts()).toEqual([
      { id: '200000000001', name: 'a', isActive: true },
      { id: '200000000002', name: 'b', isActive: false },
      { id: '200000000003', name: 'c', isActive: true },
    ]);
  });

  it('goes down into units, and into none twice', async () => {
    const children: Readonly<Record<string, readonly string[]>> = {
      'ou-1': ['ou-2', 'ou-3'],
      'ou-3': ['ou-4'],
    };
    organizations
      .on(ListOrganizationalUnitsForParentCommand)
      .callsFake(({ ParentId: parent }: { ParentId: string }) => ({
        OrganizationalUnits: (children[parent] ?? []).map((Id) => ({ Id })),
      }));
    organizations
      .on(ListAccountsForParentCommand)
      .callsFake(({ ParentId: parent }: { ParentId: string }) => ({
        Accounts: [{ Id: `account of ${parent}`, Name: '', State: 'ACTIVE' }],
      }));
    const found = await reader.accountsUnder(['ou-1', 'ou-4']);
    expect(found.map(({ id }) => id).toSorted()).toEqual(
      ['ou-1', 'ou-2', 'ou-3', 'ou-4'].map((unit) => `account of ${unit}`),
    );
    expect(organizations.commandCalls(ListAccountsForParentCommand)).toHaveLength(4);
  });

  it('names the unit that does not exist', async () => {
    organizations
      .on(ListAccountsForParentCommand)
      .rejects(awsError('ParentNotFoundException', 'no parent'));
    await expect(reader.accountsUnder(['ou-ab12-cdefghij'])).rejects.toThrow(
      'The organization has no unit ou-ab12-cdefghij.',
    );
  });

  it('knows when there is none', async () => {
    organizations
      .on(DescribeOrganizationCommand)
      .rejects(awsError('AWSOrganizationsNotInUseException', 'Your account is not a member.'));
    expect(await reader.organization()).toBeUndefined();
    organizations.on(DescribeOrganizationCommand).resolves({
      Organization: {
        Id: 'o-1',
        MasterAccountId: '111111111111',
        FeatureSet: 'CONSOLIDATED_BILLING',
      },
    });
    expect(await reader.organization()).toEqual({
      id: 'o-1',
      management: '111111111111',
      hasAllFeatures: false,
    });
  });
});
