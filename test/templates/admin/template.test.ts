import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { adminCatalog } from '../../../generator/emit/admin-catalog.ts';
import { emitAdmin } from '../../../generator/emit/admin.ts';
import { bundleConsole } from '../../../generator/emit/console-web.ts';
import type { EmitInput, TemplateFile } from '../../../generator/emit/types.ts';
import type { Catalog } from '../../../templates/admin/functions/model/catalog.ts';
import { COUNTED } from '../../../templates/admin/functions/ingest/options.ts';
import type { Kind } from '../../../templates/admin/functions/run/recorded.ts';
import { propertyOf, realInput } from './emitted.ts';

// Compiling everything takes seconds on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

let input: EmitInput;
let file: TemplateFile;
beforeAll(async () => {
  input = await realInput();
  file = await emitAdmin(input, await bundleConsole());
}, 240_000);

const STANDARDS = ['SC', 'AFSBP', 'CIS120', 'CIS140', 'CIS300', 'NIST80053', 'PCI321'];

/** Name, type, default, in the order of the console's groups. */
const PARAMETERS = [
  ['LoadSCAdminStack', 'String', 'yes'],
  ['LoadAFSBPAdminStack', 'String', 'no'],
  ['LoadCIS120AdminStack', 'String', 'no'],
  ['LoadCIS140AdminStack', 'String', 'no'],
  ['LoadCIS300AdminStack', 'String', 'no'],
  ['LoadNIST80053AdminStack', 'String', 'no'],
  ['LoadPCI321AdminStack', 'String', 'no'],
  ['ReuseOrchestratorLogGroup', 'String', 'no'],
  ['ShouldDeployWebUI', 'String', 'no'],
  ['AdminUserEmail', 'String', ''],
  ['UseCloudWatchMetrics', 'String', 'yes'],
  ['UseCloudWatchMetricsAlarms', 'String', 'yes'],
  ['EnableEnhancedCloudWatchMetrics', 'String', 'no'],
  ['RemediationFailureAlarmThreshold', 'Number', 5],
  ['TicketGenFunctionName', 'String', ''],
  ['HistoryDays', 'Number', 365],
  ['EnableCloudTrailForASRActionLog', 'String', 'no'],
];

interface Interface {
  readonly ParameterGroups: readonly {
    readonly Label: { readonly default: string };
    readonly Parameters: readonly string[];
  }[];
  readonly ParameterLabels: Readonly<Record<string, unknown>>;
}

describe('what people type into the console', () => {
  it('has the agreed names, types and defaults', () => {
    const parameters = Object.entries(file.json.Parameters ?? {}).map(
      ([name, { Type, Default }]) => [name, Type, Default],
    );
    expect(parameters).toEqual(PARAMETERS);
  });
  it('takes yes and no only, where that is meant', () => {
    for (const [name, { Type, Default, AllowedValues }] of Object.entries(
      file.json.Parameters ?? {},
    ))
      if (Type === 'String' && Default !== '')
        expect([name, AllowedValues]).toEqual([name, ['yes', 'no']]);
  });
  it('is grouped and labelled in the agreed order', () => {
    const { ParameterGroups, ParameterLabels } = (file.json.Metadata ?? {})[
      'AWS::CloudFormation::Interface'
    ] as Interface;
    const names = PARAMETERS.map(([name]) => name);
    expect(ParameterGroups.map((group) => group.Label.default)).toEqual([
      'Consolidated control findings',
      'Security standards',
      'Orchestrator',
      'Web console',
      'Metrics',
      'Enhanced metrics (optional)',
      'Ticketing (optional)',
      'History and safety',
    ]);
    expect(ParameterGroups.flatMap((group) => group.Parameters)).toEqual(names);
    expect(Object.keys(ParameterLabels)).toEqual(names);
  });
  it.each([
    ['', true],
    ['SO0111-ASR-Jira_1', true],
    ['a'.repeat(64), true],
    ['a'.repeat(65), false],
    ['arn:aws:lambda:us-east-1:111122223333:function:x', false],
    ['a b', false],
  ])('accepts %j as ticket function: %s', (value, isAccepted) => {
    const pattern = String(file.json.Parameters?.['TicketGenFunctionName']?.['AllowedPattern']);
    expect(new RegExp(pattern, 'u').test(value)).toBe(isAccepted);
  });
  it('keeps history for a week at least', () => {
    expect(file.json.Parameters?.['HistoryDays']).toMatchObject({ MinValue: 7, MaxValue: 3650 });
  });
  it('says that filters which cannot be evaluated leave out, and that the others work', () => {
    for (const id of ['OUFilterMode', 'TagFilterMode'])
      expect(propertyOf(file, id, 'Description')).toMatch(/^Include .* Disabled .* left out\.$/u);
  });
  it('has no parameter without effect: each is used in a rule, condition or resource', () => {
    const { Rules, Conditions, Resources } = file.json;
    const used = JSON.stringify({ Rules, Conditions, Resources });
    for (const [name] of PARAMETERS)
      expect(used.includes(`"Ref":"${name}"`) || used.includes(`\${${name}}`), String(name)).toBe(
        true,
      );
  });
});

/** Evaluates the functions that rules use. */
function holds(expression: unknown, parameters: Readonly<Record<string, string>>): unknown {
  if (typeof expression !== 'object' || expression === null || Array.isArray(expression))
    return expression;
  const [[name, value] = ['', undefined]] = Object.entries(expression);
  const list = (Array.isArray(value) ? value : []).map((one) => holds(one, parameters));
  switch (name) {
    case 'Ref':
      return parameters[String(value)];
    case 'Fn::Equals':
      return list[0] === list[1];
    case 'Fn::Not':
      return list[0] !== true;
    case 'Fn::Contains':
      return (list[0] as readonly unknown[]).includes(list[1]);
    default:
      throw new Error(`${name} is not evaluated here.`);
  }
}

interface Rule {
  readonly RuleCondition: unknown;
  readonly Assertions: readonly { readonly Assert: unknown; readonly AssertDescription: string }[];
}

function broken(parameters: Readonly<Record<string, string>>): readonly string[] {
  const defaults = Object.fromEntries(PARAMETERS.map(([name, , value]) => [name, String(value)]));
  const all = { ...defaults, 'AWS::Region': 'eu-west-1', ...parameters };
  return Object.values(file.json.Rules ?? {}).flatMap((raw) => {
    const rule = raw as Rule;
    if (holds(rule.RuleCondition, all) !== true) return [];
    return rule.Assertions.flatMap((one) =>
      holds(one.Assert, all) === true ? [] : [one.AssertDescription],
    );
  });
}

describe('rules', () => {
  it('accept the defaults and the walkthrough', () => {
    expect(broken({})).toEqual([]);
    expect(broken({ LoadAFSBPAdminStack: 'yes' })).toEqual([]);
  });
  it('say what the web console needs', () => {
    expect(broken({ ShouldDeployWebUI: 'yes' })).toEqual([
      'The web console needs AdminUserEmail, the address of its first administrator.',
    ]);
    expect(broken({ ShouldDeployWebUI: 'yes', AdminUserEmail: 'a@b.cd' })).toEqual([]);
  });
  it('refuse the web console in the China Regions', () => {
    expect(
      broken({ ShouldDeployWebUI: 'yes', AdminUserEmail: 'a@b.cd', 'AWS::Region': 'cn-north-1' }),
    ).toHaveLength(1);
  });
  it('refuse alarms and enhanced metrics without metrics', () => {
    expect(broken({ UseCloudWatchMetrics: 'no' })).toHaveLength(1);
    expect(broken({ UseCloudWatchMetrics: 'no', UseCloudWatchMetricsAlarms: 'no' })).toEqual([]);
    expect(
      broken({
        UseCloudWatchMetrics: 'no',
        UseCloudWatchMetricsAlarms: 'no',
        EnableEnhancedCloudWatchMetrics: 'yes',
      }),
    ).toHaveLength(1);
  });
});

describe('the template', () => {
  it('has the agreed outputs', () => {
    expect(file.json.Outputs).toMatchObject({
      RemediationConfigurationDynamoDBTable: { Value: { Ref: 'RemediationConfigurationTable' } },
      OrchestratorArn: { Value: { Ref: 'Orchestrator' } },
      NotificationTopicArn: { Value: { Ref: 'NotificationTopic' } },
      RemediationHistoryDynamoDBTable: { Value: { Ref: 'StateTable' } },
      CommandQueueUrl: { Value: { Ref: 'CommandQueue' } },
      DeadLetterQueueUrl: { Value: { Ref: 'DeadLetterQueue' } },
    });
  });
  it('has the agreed names', () => {
    expect(propertyOf(file, 'Orchestrator', 'StateMachineName')).toBe('SO0111-ASR-Orchestrator');
    expect(propertyOf(file, 'OrchestratorLogGroup', 'LogGroupName')).toBe(
      'SO0111-ASR-Orchestrator',
    );
    expect(propertyOf(file, 'OrchestratorAdminRole', 'RoleName')).toBe(
      'SO0111-ASR-Orchestrator-Admin',
    );
    expect(propertyOf(file, 'NotificationTopic', 'TopicName')).toBe('SO0111-ASR_Topic');
    const actions = ['RemediateAction', 'PreviewAction', 'UndoAction', 'TicketAction'].map((id) => [
      propertyOf(file, id, 'Id'),
      propertyOf(file, id, 'Name'),
    ]);
    expect(actions).toEqual([
      ['ASRRemediation', 'Remediate with ASR'],
      ['ASRPreview', 'Preview with ASR'],
      ['ASRUndo', 'Undo with ASR'],
      ['ASRTicketing', 'ASR:Remediate&Ticket'],
    ]);
    expect(actions.flat().every((text) => String(text).length <= 20)).toBe(true);
  });
  it('is flat, small, partition-neutral and the same every time', async () => {
    const types = Object.values(file.json.Resources).map(({ Type }) => Type);
    expect(types).not.toContain('AWS::CloudFormation::Stack');
    expect(/"Transform"|"S3Bucket":|"S3Key":|arn:aws:/u.exec(file.text)?.[0]).toBeUndefined();
    expect(Buffer.byteLength(file.text)).toBeLessThan(700_000);
    expect((await emitAdmin(input, await bundleConsole())).text === file.text).toBe(true);
  });
  it('loads exactly the standards that exist', () => {
    const value = String(propertyOf(file, 'StandardsParameter', 'Value', 'Fn::Sub'));
    const loaded = JSON.parse(value) as Readonly<Record<string, string>>;
    expect(loaded).toEqual(
      Object.fromEntries(STANDARDS.map((id) => [id, `\${Load${id}AdminStack}`])),
    );
    expect(input.standards.all.map(({ id }) => id).toSorted()).toEqual(STANDARDS.toSorted());
  });
  it('has a dashboard whose numbers are numbers', () => {
    const text = String(propertyOf(file, 'Dashboard', 'DashboardBody', 'Fn::Sub'));
    const body = text
      .replaceAll('${RemediationFailureAlarmThreshold}', '5')
      .replaceAll(/\$\{[^}]+\}/gu, 'x');
    const { widgets } = JSON.parse(body) as {
      readonly widgets: readonly Readonly<Record<string, unknown>>[];
    };
    expect(
      widgets.map(({ x, y, width, height }) => [x, y, width, height].every(Number.isInteger)),
    ).not.toContain(false);
    expect(body).toContain('"value":5');
  });
  it('shows every metric that the functions count, and counts what it shows', () => {
    const body = String(propertyOf(file, 'Dashboard', 'DashboardBody', 'Fn::Sub'));
    const shown = [...body.matchAll(/\["SO0111-ASR","(\w+)","Solution"/gu)].map(
      ([, one = '']) => one,
    );
    const kinds: readonly Kind[] = ['Succeeded', 'Failed', 'Refused', 'Previewed', 'Undone'];
    const counted = COUNTED.map((one) => one.charAt(0).toUpperCase() + one.slice(1));
    expect([...new Set(shown)].toSorted()).toEqual([...kinds, ...counted].toSorted());
    expect(file.json.Parameters?.['UseCloudWatchMetrics']?.['Description']).toContain('Twelve');
    expect(new Set(shown).size).toBe(12);
  });
  it('watches each control with a remediation, when enhanced metrics are on', () => {
    const alarms = Object.values(file.json.Resources).filter(
      ({ Condition }) => Condition === 'HasControlAlarms',
    );
    const controls = alarms.map(
      ({ Properties = {} }) => (Properties['Dimensions'] as { Value: string }[])[0]?.Value ?? '',
    );
    expect(controls.toSorted()).toEqual(Object.keys(adminCatalog(input).controls).toSorted());
    for (const { Properties } of alarms)
      expect(Properties?.['Threshold']).toEqual({ Ref: 'RemediationFailureAlarmThreshold' });
  });
  it('adds rows again when the list of controls changes, and only then', async () => {
    const hash = propertyOf(file, 'ConfigurationRows', 'Controls');
    const fewer = await emitAdmin({ ...input, compiled: input.compiled.slice(1) });
    const renamed = await emitAdmin({ ...input, names: { ...input.names, version: 'v9' } });
    expect(propertyOf(fewer, 'ConfigurationRows', 'Controls')).not.toBe(hash);
    expect(propertyOf(renamed, 'ConfigurationRows', 'Controls')).toBe(hash);
  });
  it('keeps what people need when the stack goes', () => {
    const kept = Object.entries(file.json.Resources).flatMap(
      ([id, { DeletionPolicy = 'Delete' }]) =>
        DeletionPolicy === 'Delete' ? [] : [[id, DeletionPolicy]],
    );
    expect(kept).toEqual([
      ['ActionLogBucket', 'RetainExceptOnCreate'],
      ['ActionLogBucketPolicy', 'RetainExceptOnCreate'],
      ['ConsoleUserPool', 'Retain'],
      ['OrchestratorLogGroup', 'RetainExceptOnCreate'],
      ['RemediationConfigurationTable', 'Retain'],
      ['StateTable', 'Retain'],
    ]);
  });
  it("records what its own roles change, apart from the member stack's log", () => {
    const rule = propertyOf(file, 'ActionLogRule', 'EventPattern') as {
      readonly detail: {
        readonly userIdentity: {
          readonly sessionContext: { readonly sessionIssuer: { readonly userName: unknown } };
        };
      };
    };
    const roles = Object.entries(file.json.Resources).flatMap(([id, { Type, Condition }]) =>
      Type === 'AWS::IAM::Role' && Condition === undefined ? [{ Ref: id }] : [],
    );
    expect(rule.detail.userIdentity.sessionContext.sessionIssuer.userName).toEqual(
      expect.arrayContaining(roles),
    );
    expect(roles).toContainEqual({ Ref: 'OrchestratorAdminRole' });
    const log = Object.entries(file.json.Resources).filter(([id]) => id.startsWith('ActionLog'));
    expect(log.map(([, { Condition }]) => Condition)).toEqual(log.map(() => 'ActionLogWanted'));
    expect(JSON.stringify(log)).toContain('SO0111-ASR-AdminActionLog');
    expect(JSON.stringify(log)).not.toMatch(/SO0111-ASR-ActionLog/u);
  });
  it('carries another solution id everywhere', async () => {
    const other = await emitAdmin(await realInput({ solutionId: 'DEV01', version: 'v0.1.0' }));
    expect(other.text.indexOf('SO0111')).toBe(-1);
    expect(propertyOf(other, 'OrchestratorAdminRole', 'RoleName')).toBe(
      'DEV01-ASR-Orchestrator-Admin',
    );
  });
});

describe('the state table', () => {
  const property = (name: string): unknown => propertyOf(file, 'StateTable', name);

  it('has the keys and indexes of decision 8, and no other attribute than these', () => {
    expect(property('KeySchema')).toEqual([
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ]);
    const indexes = property('GlobalSecondaryIndexes') as readonly {
      readonly IndexName: string;
      readonly KeySchema: readonly { readonly AttributeName: string }[];
      readonly Projection: { readonly ProjectionType: string };
    }[];
    expect(
      indexes.map(({ IndexName, KeySchema, Projection }) => [
        IndexName,
        ...KeySchema.map(({ AttributeName }) => AttributeName),
        Projection.ProjectionType,
      ]),
    ).toEqual([
      ['byId', 'id', 'KEYS_ONLY'],
      ['byDay', 'day', 'claimedAt', 'ALL'],
      ['byAccount', 'account', 'claimedAt', 'ALL'],
      ['due', 'dueShard', 'dueAt', 'ALL'],
    ]);
    const keys = [
      'pk',
      'sk',
      ...indexes.flatMap(({ KeySchema }) => KeySchema.map((one) => one.AttributeName)),
    ];
    expect(property('AttributeDefinitions')).toEqual(
      [...new Set(keys)].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    );
  });
  it('is encrypted, recoverable, protected, and forgets by itself', () => {
    for (const table of ['StateTable', 'RemediationConfigurationTable'])
      expect(file.json.Resources[table]).toMatchObject({
        DeletionPolicy: 'Retain',
        UpdateReplacePolicy: 'Retain',
        Properties: {
          BillingMode: 'PAY_PER_REQUEST',
          DeletionProtectionEnabled: true,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
          SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
        },
      });
    expect(property('TimeToLiveSpecification')).toEqual({
      AttributeName: 'expiresAt',
      Enabled: true,
    });
  });
});

describe('alarms', () => {
  const alarms = (condition: string): readonly string[] =>
    Object.values(file.json.Resources)
      .filter(({ Type, Condition }) => Type === 'AWS::CloudWatch::Alarm' && Condition === condition)
      .map(({ Properties }) => String(Properties?.['AlarmName']));

  it('ring for what nobody would see otherwise', () => {
    expect(alarms('HasAlarms').toSorted()).toEqual([
      'SO0111-ASR-BreakerOpened',
      'SO0111-ASR-DeadLetters',
      'SO0111-ASR-EventAge',
      'SO0111-ASR-Orchestrator',
      'SO0111-ASR-Sweep',
    ]);
    expect(alarms('HasTotalAlarm')).toEqual(['SO0111-ASR-Failures']);
  });
  it('tell the topic, and say what to do', () => {
    for (const { Type, Properties } of Object.values(file.json.Resources)) {
      if (Type !== 'AWS::CloudWatch::Alarm') continue;
      expect(Properties?.['AlarmActions']).toEqual([{ Ref: 'NotificationTopic' }]);
      expect(String(Properties?.['AlarmDescription'])).toMatch(/\. .*\.$/u);
    }
  });
});

/** The catalogue as the function's code has it. */
function packedIn(code: string): Catalog {
  const packed = /const CATALOG = .*Buffer\.from\("([^"]+)"/u.exec(code)?.[1] ?? '';
  return JSON.parse(gunzipSync(Buffer.from(packed, 'base64')).toString()) as Catalog;
}

describe('the catalogue in the functions', () => {
  it('finds a control of every standard by generator id, in every partition', () => {
    const { standards } = adminCatalog(input);
    for (const standard of input.standards.all)
      for (const partition of ['aws', 'aws-us-gov', 'aws-cn']) {
        const [own = ''] = standard.controls.keys();
        const generatorId = standard.generatorId
          .replace('{partition}', partition)
          .replace('{control}', own);
        const found = standards.filter(
          (one) => new RegExp(one.generatorId, 'u').exec(generatorId)?.groups?.['control'] === own,
        );
        expect(found.map(({ id }) => id)).toEqual([standard.id]);
      }
  });
  it('knows the resources of each remediation by the examples of their kinds', () => {
    const { controls, remediations } = adminCatalog(input);
    for (const { runbook } of input.compiled)
      for (const [index, kind] of runbook.resources.entries()) {
        const name = controls[runbook.controls[0]?.id ?? ''] ?? '';
        const pattern = new RegExp(remediations[name]?.resources[index] ?? '', 'u');
        for (const arn of kind.accepts) expect(arn).toMatch(pattern);
        for (const arn of kind.refuses) expect(arn).not.toMatch(pattern);
      }
  });
  it('remembers each control of a unit for itself where the unit looks at something else for each', () => {
    const { controls } = adminCatalog(input);
    expect(controls['S3.2']).toBe(controls['S3.8']);
    expect(controls).toMatchObject({
      'EC2.13': 'RemoveUnrestrictedInboundRulesForEC2No13',
      'EC2.14': 'RemoveUnrestrictedInboundRulesForEC2No14',
    });
    for (const name of Object.values(controls))
      expect(name).toMatch(/^[A-Za-z][A-Za-z0-9]{0,63}$/u);
  });
  it('is whole in ingest; start has the remediations, and reads nothing else of it', () => {
    const code = (id: string): string => String(propertyOf(file, id, 'Code', 'ZipFile'));
    const catalog = adminCatalog(input);
    expect(packedIn(code('IngestFunction'))).toEqual(catalog);
    const { remediations } = packedIn(code('StartFunction'));
    expect(Object.keys(remediations)).toEqual(Object.keys(catalog.remediations));
    const read = code('StartFunction').matchAll(/\bcatalog\w*\.(\w+)/gu);
    expect(new Set([...read].map(([, member]) => member))).toEqual(new Set(['remediations']));
    expect(code('StartFunction')).not.toMatch(/remediation\w*\.resources/u);
  });
  it('gives documents only parameters that they have, and reads only outputs that they have', () => {
    const { controls, remediations } = adminCatalog(input);
    const fixed = ['AutomationAssumeRole', 'Mode', 'ControlId', 'AccountId', 'ResourceArn'];
    const read = ['Outcome', 'Note', 'Error', 'Changes', 'State'].map((name) => `Result.${name}`);
    for (const { runbook, document } of input.compiled) {
      const known = controls[runbook.controls[0]?.id ?? ''] ?? '';
      const own = remediations[known]?.parameters.map(({ name }) => name) ?? [];
      expect(own).toEqual(runbook.parameters.map(({ name }) => name));
      expect(Object.keys(document.parameters)).toEqual(expect.arrayContaining([...fixed, ...own]));
      expect(document.outputs).toEqual(expect.arrayContaining(read));
    }
  });
});
