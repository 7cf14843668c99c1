import type { TemplateFile, TemplateResource } from '../../../generator/emit/types.ts';

const ACCOUNT = '012345678901';
const REGION = 'us-east-1';

/** Pseudo parameters in Region us-east-1 of account 012345678901. */
const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::AccountId': ACCOUNT,
  'AWS::Partition': 'aws',
  'AWS::Region': REGION,
  'AWS::URLSuffix': 'amazonaws.com',
};

export interface Resolved {
  readonly parameters?: Readonly<Record<string, string>>;
  /** Conditions that hold; all others don't. */
  readonly conditions?: readonly string[];
}

/**
 * A value of the template as CloudFormation would make it: `Ref`, `Fn::Sub`, `Fn::GetAtt` of an ARN, `Fn::If`. Names that
 * CloudFormation would invent are the logical ids. Throws on anything that it doesn't know.
 */
export function resolve(file: TemplateFile, value: unknown, given: Resolved = {}): unknown {
  if (Array.isArray(value))
    return value.map((one) => resolve(file, one, given)).filter((one) => one !== undefined);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [name = '', argument] = entries[0] ?? [];
  if (entries.length === 1) {
    if (name === 'Ref') return reference(file, String(argument), given);
    if (name === 'Fn::GetAtt') return attribute(file, argument as readonly string[]);
    if (name === 'Fn::Sub')
      return String(argument).replaceAll(/\$\{([\w:.]+)\}/gu, (_, inner: string) =>
        inner.includes('.')
          ? attribute(file, inner.split('.'))
          : String(reference(file, inner, given)),
      );
    if (name === 'Fn::If') {
      const [condition, then, otherwise] = argument as readonly [string, unknown, unknown];
      const holds = given.conditions?.includes(condition) === true;
      return resolve(file, holds ? then : otherwise, given);
    }
    if (name.startsWith('Fn::')) throw new Error(`${name} is not known here.`);
  }
  return Object.fromEntries(entries.map(([key, one]) => [key, resolve(file, one, given)]));
}

/** The ARN of a resource of the template. */
export function arnOf(file: TemplateFile, logicalId: string): string {
  const { Type, Properties = {} } = resourceOf(file, logicalId);
  const called = (property: string): string => {
    const name = Properties[property];
    return typeof name === 'string' ? name : logicalId;
  };
  const arn = (service: string, rest: string): string =>
    `arn:aws:${service}:${REGION}:${ACCOUNT}:${rest}`;
  switch (Type) {
    case 'AWS::SQS::Queue':
      return arn('sqs', called('QueueName'));
    case 'AWS::DynamoDB::Table':
      return arn('dynamodb', `table/${called('TableName')}`);
    case 'AWS::Lambda::Function':
      return arn('lambda', `function:${called('FunctionName')}`);
    case 'AWS::Logs::LogGroup':
      return arn('logs', `log-group:${called('LogGroupName')}:*`);
    case 'AWS::StepFunctions::StateMachine':
      return arn('states', `stateMachine:${called('StateMachineName')}`);
    case 'AWS::SNS::Topic':
      return arn('sns', called('TopicName'));
    case 'AWS::Events::Rule':
      return arn('events', `rule/${called('Name')}`);
    case 'AWS::KMS::Key':
      return arn('kms', `key/${logicalId}`);
    case 'AWS::IAM::Role':
      return `arn:aws:iam::${ACCOUNT}:role/${called('RoleName')}`;
    default:
      throw new Error(`The ARN of ${logicalId}, a ${Type}, is not known here.`);
  }
}

const REF_IS_ARN = ['AWS::StepFunctions::StateMachine', 'AWS::SNS::Topic'];

function reference(file: TemplateFile, name: string, { parameters = {} }: Resolved): unknown {
  if (name === 'AWS::NoValue') return undefined;
  const known = parameters[name] ?? PSEUDO[name] ?? file.json.Parameters?.[name]?.['Default'];
  if (known !== undefined) return known;
  return REF_IS_ARN.includes(resourceOf(file, name).Type) ? arnOf(file, name) : name;
}

function attribute(file: TemplateFile, [logicalId = '', name = '']: readonly string[]): string {
  if (name === 'QueueName') return String(resourceOf(file, logicalId).Properties?.[name]);
  if (name !== 'Arn') throw new Error(`${logicalId}.${name} is not known here.`);
  return arnOf(file, logicalId);
}

/** One resource of the template; throws when it isn't there. */
export function resourceOf({ json }: TemplateFile, logicalId: string): TemplateResource {
  const resource = json.Resources[logicalId];
  if (resource === undefined) throw new Error(`The template has no ${logicalId}.`);
  return resource;
}
