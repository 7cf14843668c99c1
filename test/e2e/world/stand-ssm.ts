import { inputOf } from './api-request.ts';
import type { ApiRequest } from './api-request.ts';
import type { Automation, Automations } from './automations.ts';
import { AwsError } from './front.ts';
import type { Stand } from './front.ts';
import type { Members, Place } from './places.ts';
import type { Roles } from './roles.ts';
import type { Sessions } from './sessions.ts';

interface SsmOptions {
  readonly automations: Automations;
  readonly sessions: Sessions;
  readonly roles: Roles;
}

/**
 * Plays Automation, which the emulator lacks, and DescribeDocument, which fails there for content that a template gives
 * as an object. Parameters and documents themselves are the emulator's.
 */
export function createSsm(options: SsmOptions): Stand {
  return async (request) => {
    if (request.service !== 'ssm') return undefined;
    const input = inputOf(request);
    const { account } = options.sessions.of(request.accessKey);
    const place = { account, region: request.region };
    switch (request.operation) {
      case 'DescribeDocument':
        return describeDocument(options, place, String(input['Name']));
      case 'StartAutomationExecution':
        return start(options, request, place, input);
      case 'GetAutomationExecution':
        return { AutomationExecution: described(find(options, place, input)) };
      case 'DescribeAutomationExecutions':
        return { AutomationExecutionMetadataList: list(options, place, input) };
      default:
        return undefined;
    }
  };
}

async function describeDocument(
  { automations }: SsmOptions,
  place: Place,
  name: string,
): Promise<object> {
  if ((await automations.document(place, name)) === undefined)
    throw new AwsError('InvalidDocument', `Document with name ${name} does not exist.`);
  return { Document: { Name: name, Owner: place.account, Status: 'Active', DocumentVersion: '1' } };
}

async function start(
  { automations, sessions, roles }: SsmOptions,
  { accessKey }: ApiRequest,
  place: Place,
  input: Members,
): Promise<object> {
  const { account, region } = place;
  const document = String(input['DocumentName']);
  const parameters = input['Parameters'] as Readonly<Record<string, readonly string[]>>;
  const [role = ''] = parameters['AutomationAssumeRole'] ?? [];
  const { principal } = sessions.of(accessKey);
  const needed = [
    ['ssm:StartAutomationExecution', `arn:aws:ssm:${region}:${account}:document/${document}`, {}],
    ['iam:PassRole', role, { 'iam:PassedToService': 'ssm.amazonaws.com' }],
    ['ssm:AddTagsToResource', `arn:aws:ssm:${region}:${account}:automation-execution/any`, {}],
  ] as const;
  for (const [action, resource, context] of needed)
    if (!roles.memberMay(account, action, resource, context))
      throw new AwsError(
        'AccessDeniedException',
        `${principal} is not authorized to perform ${action} on ${resource}`,
      );
  if (input['DocumentVersion'] !== '1')
    throw new AwsError('AutomationDefinitionVersionNotFoundException', 'No such version.');
  const started = await automations.start({
    ...place,
    document,
    parameters,
    token: String(input['ClientToken']),
    tags: ((input['Tags'] ?? []) as readonly Members[]).map(({ Key }) => String(Key)),
  });
  if (started === undefined)
    throw new AwsError('AutomationDefinitionNotFoundException', `There is no ${document}.`);
  return { AutomationExecutionId: started.id };
}

function find({ automations }: SsmOptions, { account, region }: Place, input: Members): Automation {
  const found = automations
    .all()
    .find(
      (one) =>
        one.id === input['AutomationExecutionId'] &&
        one.account === account &&
        one.region === region,
    );
  if (found === undefined)
    throw new AwsError('AutomationExecutionNotFoundException', 'No such execution.');
  return found;
}

/** SSM API, AutomationExecution. A failed execution has no outputs of its own, only those of its steps. */
function described({ id, document, parameters, ended }: Automation): object {
  const result = ended?.steps.findLast(
    ({ name, status }) => name === 'Result' && status === 'Success',
  );
  return {
    AutomationExecutionId: id,
    DocumentName: document,
    Parameters: parameters,
    AutomationExecutionStatus: ended?.status ?? 'InProgress',
    ...(ended?.failure === undefined ? {} : { FailureMessage: ended.failure }),
    Outputs: ended?.status === 'Success' ? texts(ended.outputs) : {},
    StepExecutions:
      result === undefined ? [] : [{ StepName: 'Result', Outputs: texts(result.outputs) }],
  };
}

/** Outputs are lists of texts over the wire. */
function texts(outputs: Members): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    Object.entries(outputs).map(([name, value]) => [name, [value].flat().map(String)]),
  );
}

/** SSM API, AutomationExecutionFilter: each filter must hold. */
function list({ automations }: SsmOptions, place: Place, input: Members): readonly object[] {
  const filters = (input['Filters'] ?? []) as readonly {
    readonly Key: string;
    readonly Values: readonly string[];
  }[];
  const holds = (one: Automation): boolean =>
    filters.every(({ Key, Values }) => {
      switch (Key) {
        case 'ExecutionStatus':
          return Values.includes(one.ended?.status ?? 'InProgress');
        case 'DocumentNamePrefix':
          return Values.some((prefix) => one.document.startsWith(prefix));
        case 'TagKey':
          return Values.some((key) => one.tags.includes(key));
        default:
          throw new Error(`The filter ${Key} is not played.`);
      }
    });
  return automations
    .all()
    .filter(({ account, region }) => account === place.account && region === place.region)
    .filter(holds)
    .map(({ id, document }) => ({ AutomationExecutionId: id, DocumentName: document }));
}
