import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { actionFacts, actionsForOperation, arnMatchesType } from '../../../generator/data/iam.ts';
import { emitMemberRoles } from '../../../generator/emit/member-roles.ts';
import type { TemplateFile } from '../../../generator/emit/types.ts';
import { evaluate } from '../../../generator/simulate/policy.ts';
import type { PolicyStatement } from '../../../generator/simulate/policy.ts';
import { inputOf, unit } from '../../generator/emit/fixtures.ts';
import { emittedSmall, propertyOf } from './emitted.ts';
import { arnOf } from './intrinsics.ts';
import { rolePolicy } from './policies.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

let file: TemplateFile;
beforeAll(async () => {
  file = await emittedSmall();
}, 60_000);

const WITH_TICKETS = {
  parameters: { TicketGenFunctionName: 'tickets' },
  conditions: ['HasTickets'],
};

/** Functions, their source and the role that they run under. */
const FUNCTIONS = [
  ['Ingest', 'ingest', 'IngestRole'],
  ['Sweep', 'sweep', 'SweepRole'],
  ['Start', 'start', 'OrchestratorAdminRole'],
  ['Check', 'check', 'OrchestratorAdminRole'],
  ['Finish', 'finish', 'FinishRole'],
  ['Setup', 'setup', 'SetupRole'],
] as const;
const ROLES = [...new Set(FUNCTIONS.map(([, , role]) => role))];

/** The SDK's clients, by the names that the index of operations has. */
const SERVICES: Readonly<Record<string, string>> = {
  'client-dynamodb': 'dynamodb',
  'client-eventbridge': 'events',
  'client-lambda': 'lambda',
  'client-organizations': 'organizations',
  'client-resource-groups-tagging-api': 'resourcegroupstaggingapi',
  'client-securityhub': 'securityhub',
  'client-sfn': 'stepfunctions',
  'client-sns': 'sns',
  'client-sqs': 'sqs',
  'client-ssm': 'ssm',
  'client-sts': 'sts',
};

/** What the store's methods need: on the state table, its index, or the configuration table. */
const STORE: Readonly<Record<string, readonly string[]>> = {
  awaitApproval: ['PutItem', 'GetItem'],
  claim: ['PutItem', 'UpdateItem', 'DeleteItem', 'GetItem'],
  countFailure: ['GetItem', 'PutItem'],
  deleteHeld: ['DeleteItem'],
  deleteHold: ['DeleteItem'],
  due: ['Query due'],
  end: ['PutItem', 'UpdateItem', 'DeleteItem', 'GetItem'],
  exceptions: ['Query'],
  extendApproval: ['UpdateItem'],
  findAttempt: ['Query byId', 'GetItem'],
  join: ['UpdateItem'],
  listHeld: ['Query'],
  postpone: ['UpdateItem'],
  putBreaker: ['PutItem'],
  putHeld: ['PutItem'],
  putTarget: ['PutItem'],
  readAttempt: ['GetItem'],
  readBreaker: ['GetItem'],
  readHeld: ['GetItem'],
  readRemembered: ['Query', 'BatchGetItem'],
  readRows: ['BatchGetItem rows'],
  readTarget: ['GetItem'],
  unclaim: ['PutItem', 'UpdateItem', 'DeleteItem'],
};

/** What start and check do in the member account, under the role there. */
const IN_MEMBER: ReadonlySet<string> = new Set([
  'securityhub:BatchGetSecurityControls',
  'ssm:DescribeAutomationExecutions',
  'ssm:DescribeDocument',
  'ssm:GetAutomationExecution',
  'ssm:StartAutomationExecution',
  'tag:GetResources',
]);

/** Every source file of a function, but the SDK. */
async function sourcesOf(name: string): Promise<readonly (readonly [string, string])[]> {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: [`templates/admin/functions/${name}.ts`],
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    external: ['@aws-sdk/*'],
    logLevel: 'silent',
  });
  return Object.keys(metafile.inputs).map((path) => [path, readFileSync(join(ROOT, path), 'utf8')]);
}

/** The IAM actions behind the calls of a function, besides DynamoDB. */
async function calledActions(name: string): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const [, text] of await sourcesOf(name))
    for (const [, names = '', client = ''] of text.matchAll(
      /import \{([^}]*)\} from '@aws-sdk\/([a-z-]+)'/gu,
    ))
      for (const [, operation = ''] of names.matchAll(/(?<!type )\b(\w+)Command\b/gu)) {
        const service = SERVICES[client];
        if (service === undefined) throw new Error(`The client ${client} is not known here.`);
        if (service === 'dynamodb') continue;
        const actions = await actionsForOperation(service, operation);
        if (actions === undefined) throw new Error(`${service}:${operation} is not known.`);
        for (const action of actions) found.add(action);
      }
  return [...found];
}

/** The store's methods that a function calls, as what they need of DynamoDB. */
async function storeNeeds(name: string): Promise<ReadonlySet<string>> {
  const sources = await sourcesOf(name);
  const methods = sources
    .filter(([path]) => !path.includes('/functions/store/'))
    .flatMap(([, text]) =>
      [...text.matchAll(/\bstore\s*\.\s*(\w+)\(/gu)].map(([, one = '']) => one),
    );
  return new Set(
    methods.flatMap((method) => {
      const needs = STORE[method];
      if (needs === undefined) throw new Error(`The store's method ${method} is not known here.`);
      return needs;
    }),
  );
}

function statementsOf(role: string): readonly PolicyStatement[] {
  return rolePolicy(file, role, WITH_TICKETS).Statement;
}

function actionsOf(statements: readonly PolicyStatement[]): readonly string[] {
  return [...new Set(statements.flatMap(({ Action }) => [Action].flat()))].toSorted();
}

/** Allowed on a resource, with context. */
function may(
  role: string,
  action: string,
  resource: string,
  context: Readonly<Record<string, string>> = {},
): boolean {
  const request = { action, resources: [resource], context };
  return evaluate({ Statement: statementsOf(role) }, request).decision === 'allowed';
}

/** Rights that no call in the code shows: what Lambda does with the role, and what AWS demands behind a call. */
const BEHIND: Readonly<Record<string, readonly string[]>> = {
  IngestRole: [
    'kms:Decrypt',
    'kms:GenerateDataKey',
    'sqs:DeleteMessage',
    'sqs:GetQueueAttributes',
    'sqs:ReceiveMessage',
  ],
  FinishRole: ['kms:Decrypt', 'kms:GenerateDataKey'],
};
const LOGS = ['logs:CreateLogStream', 'logs:PutLogEvents'];

describe('the role of each function', () => {
  it.each(ROLES)('%s allows the calls of its functions and nothing else', async (role) => {
    const called: string[] = [];
    for (const [, source, own] of FUNCTIONS)
      if (own === role) called.push(...(await calledActions(source)));
    const needed = [
      ...called.filter((action) => !IN_MEMBER.has(action)),
      ...(BEHIND[role] ?? []),
      ...LOGS,
    ];
    const given = actionsOf(statementsOf(role)).filter((action) => !action.startsWith('dynamodb:'));
    expect(given).toEqual([...new Set(needed)].toSorted());
  });

  it.each(ROLES.filter((role) => role !== 'SetupRole'))(
    '%s allows what its functions do with DynamoDB and nothing else',
    async (role) => {
      const state = arnOf(file, 'StateTable');
      const places: Readonly<Record<string, string>> = {
        '': state,
        due: `${state}/index/due`,
        byId: `${state}/index/byId`,
        byDay: `${state}/index/byDay`,
        byAccount: `${state}/index/byAccount`,
        rows: arnOf(file, 'RemediationConfigurationTable'),
      };
      const needed = new Set<string>();
      for (const [, source, own] of FUNCTIONS)
        if (own === role) for (const need of await storeNeeds(source)) needed.add(need);
      const actions = ['BatchGetItem', 'ConditionCheckItem', 'DeleteItem', 'GetItem', 'PutItem'];
      const given = [...actions, 'Query', 'Scan', 'UpdateItem'].flatMap((action) =>
        Object.entries(places).flatMap(([place, arn]) =>
          may(role, `dynamodb:${action}`, arn) ? [`${action} ${place}`.trim()] : [],
        ),
      );
      expect(given.toSorted()).toEqual([...needed].toSorted());
    },
  );

  it('allows setup to add rows and read them, and no more', () => {
    const table = arnOf(file, 'RemediationConfigurationTable');
    const actions = ['PutItem', 'Scan', 'UpdateItem', 'DeleteItem'];
    const given = actions.filter((action) => may('SetupRole', `dynamodb:${action}`, table));
    expect(given).toEqual(['PutItem', 'Scan']);
    expect(may('SetupRole', 'dynamodb:PutItem', arnOf(file, 'StateTable'))).toBe(false);
  });

  it('holds only the variables that the function reads, and all that it must have', () => {
    for (const [name, source] of FUNCTIONS) {
      const text = readFileSync(join(ROOT, `templates/admin/functions/${source}.ts`), 'utf8');
      const read = [
        ...text.matchAll(/required\(process\.env, '([A-Z_]+)'\)/gu),
        ...text.matchAll(/process\.env\['([A-Z_]+)'\]/gu),
      ].map(([, variable]) => variable ?? '');
      const shared = ['SOLUTION_ID', 'PARTITION', 'ADMIN_ACCOUNT'];
      const needed = new Set([
        ...read,
        ...(text.includes('...environment(process.env)') ? shared : []),
      ]);
      const given = propertyOf(file, `${name}Function`, 'Environment', 'Variables') ?? {};
      expect([name, Object.keys(given).toSorted()]).toEqual([name, [...needed].toSorted()]);
    }
  });
});

describe('all policies of the stack', () => {
  const statements = (): readonly (PolicyStatement & { readonly role: string })[] =>
    Object.entries(file.json.Resources)
      .filter(([, { Type }]) => Type === 'AWS::IAM::Role')
      .flatMap(([role]) => statementsOf(role).map((one) => ({ ...one, role })));

  it('name actions that exist, without wildcards', async () => {
    expect(statements().length).toBeGreaterThan(20);
    for (const action of actionsOf(statements()))
      expect([action, (await actionFacts(action))?.action]).toEqual([action, action]);
  });
  it('name every resource by wildcard only where AWS knows none', async () => {
    for (const { role, Action, Resource } of statements()) {
      if (Resource !== '*') continue;
      expect(role).toBe('OrchestratorRole');
      for (const action of [Action].flat())
        expect([action, (await actionFacts(action))?.wildcardOnly]).toEqual([action, true]);
    }
  });
  it('name resources that their actions know', async () => {
    for (const { Action, Resource } of statements())
      for (const action of [Action].flat()) {
        const types = (await actionFacts(action))?.resourceTypes ?? [];
        for (const arn of [Resource].flat().filter((one) => one !== '*')) {
          const isKnown = types.some((type) => arnMatchesType(arn, type.arn));
          // One statement may hold several actions, each for some of the resources.
          const others = [Action].flat().filter((one) => one !== action);
          const isForOthers = (
            await Promise.all(others.map(async (one) => (await actionFacts(one))?.resourceTypes))
          ).some((list) => list?.some((type) => arnMatchesType(arn, type.arn)));
          expect([action, arn, isKnown || isForOthers]).toEqual([action, arn, true]);
        }
      }
  });
});

describe('boundaries', () => {
  const member = 'arn:aws:iam::111122223333:role/SO0111-ASR-Orchestrator-Member';

  it('only start and check enter member accounts, by one role', () => {
    expect(ROLES.filter((role) => may(role, 'sts:AssumeRole', member))).toEqual([
      'OrchestratorAdminRole',
    ]);
    const other = 'arn:aws:iam::111122223333:role/Administrator';
    expect(may('OrchestratorAdminRole', 'sts:AssumeRole', other)).toBe(false);
  });
  it('only ingest starts the orchestrator', () => {
    const machine = arnOf(file, 'Orchestrator');
    expect(ROLES.filter((role) => may(role, 'states:StartExecution', machine))).toEqual([
      'IngestRole',
    ]);
  });
  it('nobody sends to the event queue, or changes settings and rows', () => {
    const setting = 'arn:aws:ssm:us-east-1:012345678901:parameter/ASR/Filters/AccountFilters';
    const rows = arnOf(file, 'RemediationConfigurationTable');
    for (const role of ROLES) {
      expect(may(role, 'sqs:SendMessage', arnOf(file, 'EventQueue'))).toBe(false);
      expect(may(role, 'ssm:PutParameter', setting)).toBe(false);
      expect(may(role, 'dynamodb:UpdateItem', rows)).toBe(false);
    }
  });
  it('events are put in our name only', () => {
    const bus = 'arn:aws:events:us-east-1:012345678901:event-bus/default';
    expect(may('FinishRole', 'events:PutEvents', bus, { 'events:source': 'SO0111.asr' })).toBe(
      true,
    );
    expect(may('FinishRole', 'events:PutEvents', bus, { 'events:source': 'other' })).toBe(false);
  });
  it('a ticket function is invoked only where one is named', () => {
    const ticket = 'arn:aws:lambda:us-east-1:012345678901:function:tickets';
    expect(may('FinishRole', 'lambda:InvokeFunction', ticket)).toBe(true);
    const without = actionsOf(rolePolicy(file, 'FinishRole').Statement);
    expect(without).not.toContain('lambda:InvokeFunction');
  });
});

describe("the orchestrator's role in member accounts", () => {
  it('allows what start and check do there, and nothing else', async () => {
    const { file: roles } = emitMemberRoles(inputOf([unit('Simple', ['A.1'])]));
    const parameters = { Namespace: 'shtest', SecHubAdminAccount: '012345678901' };
    const given = actionsOf(rolePolicy(roles, 'OrchestratorMember', { parameters }).Statement);
    const called = [...(await calledActions('start')), ...(await calledActions('check'))];
    // The settings are read in the administrator account, the installation in the member's, with the same operation.
    const there = called.filter(
      (action) => IN_MEMBER.has(action) || action === 'ssm:GetParameters',
    );
    // Passing remediation roles, and the tag that an execution carries.
    const behind = ['iam:PassRole', 'ssm:AddTagsToResource'];
    expect(given).toEqual([...new Set([...there, ...behind])].toSorted());
  });
});
