import { arnPattern, valuePattern } from '../model/kinds/kinds.ts';
import type { Parameter, Runbook } from '../model/runbook.ts';
import type { AutomationDocument, DocumentParameter, DocumentStep } from './compiled.ts';
import { describeDocument } from './describe.ts';
import type { DescribedPermission } from './describe.ts';
import { LIMITS } from './limits.ts';
import { longWaits } from './waits.ts';

/** Newest Python that `aws:executeScript` is known to run (user guide, "aws:executeScript"). */
const RUNTIME = 'python3.11';

interface DocumentInput {
  readonly runbook: Runbook;
  readonly script: string;
  /** The script of the step after the loop; used when the unit has long waits. */
  readonly resultScript: string;
  readonly roleStem: string;
  readonly permissions: readonly DescribedPermission[];
}

/** The Automation document of a unit, as it stands alone: for any account and namespace of its own role. */
export function buildDocument({
  runbook,
  script,
  resultScript,
  roleStem,
  permissions,
}: DocumentInput): AutomationDocument {
  const loops = longWaits(runbook).length > 0;
  return {
    schemaVersion: '0.3',
    description: describeDocument(runbook, permissions),
    assumeRole: '{{ AutomationAssumeRole }}',
    parameters: documentParameters(runbook, roleStem),
    ...(loops
      ? {
          variables: {
            Resume: { type: 'StringList', default: [] },
            Pause: { type: 'String', default: 'PT1S' },
          },
        }
      : {}),
    outputs: ['Result.Outcome', 'Result.Note', 'Result.Error', 'Result.Changes', 'Result.State'],
    mainSteps: [
      ...(loops ? loopSteps(runbook, script, resultScript) : [resultStep(runbook, script)]),
      concludingStep(),
    ],
  };
}

function documentParameters(
  runbook: Runbook,
  roleStem: string,
): Readonly<Record<string, DocumentParameter>> {
  const own = runbook.parameters.map(
    (parameter) => [parameter.name, documentParameter(parameter)] as const,
  );
  const arns = runbook.resources.map((kind) => arnPattern(kind, 'none'));
  return {
    AutomationAssumeRole: {
      type: 'String',
      description: `ARN of ${roleStem}-<Namespace>.`,
      allowedPattern: `^arn:(?:aws|aws-us-gov|aws-cn):iam::\\d{12}:role/${roleStem}-[a-z0-9-]{3,9}$`,
    },
    Mode: modeParameter(runbook),
    ControlId: {
      type: 'String',
      description: 'Security control that failed.',
      allowedValues: runbook.controls.map((control) => control.id),
    },
    AccountId: {
      type: 'String',
      description: 'Account of the finding: this one.',
      allowedPattern: String.raw`^\d{12}$`,
    },
    ResourceArn: {
      type: 'String',
      description: 'Resource of the finding.',
      allowedPattern: arns.length === 1 ? (arns[0] ?? '') : `(?:${arns.join('|')})`,
    },
    ...Object.fromEntries(own),
    State: {
      type: 'StringList',
      description: 'What the change returned, for Undo.',
      default: [],
      maxItems: LIMITS.parameterValues,
    },
  };
}

/** ForceUndo is there where Undo can refuse. A document without undo says in mode Undo why it has none. */
function modeParameter({ undo }: Runbook): DocumentParameter {
  const force = undo.type === 'steps' ? ['ForceUndo'] : [];
  return {
    type: 'String',
    description: 'Preview, Remediate, or Undo with the State of a change.',
    default: 'Preview',
    allowedValues: ['Preview', 'Remediate', 'Undo', ...force],
  };
}

function documentParameter(parameter: Parameter): DocumentParameter {
  const { kind, optional } = parameter;
  const description = parameter.describes ?? `${parameter.name} is ${kind.describes}.`;
  const isList = kind.type === 'list' || kind.type === 'integer-list';
  if (isList) {
    const fallback = Array.isArray(parameter.default)
      ? { default: parameter.default as readonly string[] }
      : {};
    return {
      type: 'StringList',
      description,
      ...(optional ? { default: [] } : fallback),
      ...(kind.maxItems === undefined ? {} : { maxItems: kind.maxItems }),
    };
  }
  const isEmptyAllowed = optional || parameter.fromStack;
  const pattern = valuePattern(kind);
  const allowed = isEmptyAllowed ? `^$|${pattern}` : pattern;
  const fallback = isEmptyAllowed
    ? { default: typeof parameter.default === 'string' ? parameter.default : '' }
    : typeof parameter.default === 'string'
      ? { default: parameter.default }
      : {};
  return { type: 'String', description, ...fallback, allowedPattern: allowed };
}

/** What the script is given: all parameters, and where the document really runs. */
function payload(runbook: Runbook): Readonly<Record<string, string>> {
  const names = [
    'Mode',
    'ControlId',
    'AccountId',
    'ResourceArn',
    ...runbook.parameters.map((parameter) => parameter.name),
    'State',
  ];
  return {
    ...(runbook.roles.length > 0 ? { AutomationAssumeRole: '{{ AutomationAssumeRole }}' } : {}),
    ...Object.fromEntries(names.map((name) => [name, `{{ ${name} }}`])),
    ExecutingAccount: '{{ global:ACCOUNT_ID }}',
    ExecutingRegion: '{{ global:REGION }}',
    Partition: '{{ global:AWS_PARTITION }}',
  };
}

const RESULT_OUTPUTS = [
  { Name: 'Outcome', Selector: '$.Payload.Outcome', Type: 'String' },
  { Name: 'Note', Selector: '$.Payload.Note', Type: 'String' },
  { Name: 'Error', Selector: '$.Payload.Error', Type: 'String' },
  { Name: 'Changes', Selector: '$.Payload.Changes', Type: 'String' },
  { Name: 'State', Selector: '$.Payload.State', Type: 'StringList' },
] as const;

function resultStep(runbook: Runbook, script: string): DocumentStep {
  return {
    name: 'Result',
    action: 'aws:executeScript',
    timeoutSeconds: 600,
    onFailure: 'Abort',
    inputs: { Runtime: RUNTIME, Handler: 'main', InputPayload: payload(runbook), Script: script },
    outputs: RESULT_OUTPUTS,
  };
}

/** A wait of hours: the script looks, the document pauses, and the script goes on where it was. */
function loopSteps(
  runbook: Runbook,
  script: string,
  resultScript: string,
): readonly DocumentStep[] {
  const advance: DocumentStep = {
    name: 'Advance',
    action: 'aws:executeScript',
    timeoutSeconds: 600,
    onFailure: 'Abort',
    inputs: {
      Runtime: RUNTIME,
      Handler: 'main',
      InputPayload: { ...payload(runbook), Resume: '{{ variable:Resume }}' },
      Script: script,
    },
    outputs: [
      { Name: 'Pending', Selector: '$.Payload.Pending', Type: 'Boolean' },
      { Name: 'Pause', Selector: '$.Payload.Pause', Type: 'String' },
      { Name: 'Resume', Selector: '$.Payload.Resume', Type: 'StringList' },
    ],
  };
  const loop: DocumentStep = {
    name: 'Work',
    action: 'aws:loop',
    inputs: {
      Steps: [
        { name: 'Sleep', action: 'aws:sleep', inputs: { Duration: '{{ variable:Pause }}' } },
        advance,
        {
          name: 'Remember',
          action: 'aws:updateVariable',
          inputs: { Name: 'variable:Resume', Value: '{{ Advance.Resume }}' },
        },
        {
          name: 'SetPause',
          action: 'aws:updateVariable',
          inputs: { Name: 'variable:Pause', Value: '{{ Advance.Pause }}' },
        },
      ],
      LoopCondition: { Variable: '{{ Advance.Pending }}', BooleanEquals: true },
      MaxIterations: 100,
    },
  };
  const result: DocumentStep = {
    name: 'Result',
    action: 'aws:executeScript',
    timeoutSeconds: 60,
    onFailure: 'Abort',
    inputs: {
      Runtime: RUNTIME,
      Handler: 'main',
      InputPayload: {
        ControlId: '{{ ControlId }}',
        ResourceArn: '{{ ResourceArn }}',
        Resume: '{{ variable:Resume }}',
      },
      Script: resultScript,
    },
    outputs: RESULT_OUTPUTS,
  };
  return [loop, result];
}

const CONCLUDE = `def main(payload, _context):
  """Make a failed run fail for everybody to see; its result was kept by the step before."""
  if payload['Outcome'] == 'failed':
    raise RuntimeError(payload['Error'])
`;

/** A failed outcome fails the execution. A script decides, so nothing rests on how branches end. */
function concludingStep(): DocumentStep {
  return {
    name: 'Conclude',
    action: 'aws:executeScript',
    timeoutSeconds: 60,
    onFailure: 'Abort',
    isEnd: true,
    inputs: {
      Runtime: RUNTIME,
      Handler: 'main',
      InputPayload: { Outcome: '{{ Result.Outcome }}', Error: '{{ Result.Error }}' },
      Script: CONCLUDE,
    },
  };
}
