import { Failure } from './failure.ts';
import { asJson, isList, isObject, kindOf, member } from './json.ts';
import type { Json, JsonObject } from './json.ts';

/** Declaration of a document's parameter. */
export interface ParameterDeclaration {
  readonly type: string;
  readonly default?: Json;
  readonly allowedValues?: readonly Json[];
  readonly allowedPattern?: string;
  readonly minChars?: number;
  readonly maxChars?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

/** Declaration of a variable that aws:updateVariable changes. */
export interface VariableDeclaration {
  readonly type: string;
  readonly default?: Json;
}

/** An output that a step picks from its result. */
export interface OutputDeclaration {
  readonly name: string;
  readonly selector: string;
  readonly type: string;
}

/** What happens after a failed step. */
export type OnFailure =
  | { readonly kind: 'abort' }
  | { readonly kind: 'continue' }
  | { readonly kind: 'step'; readonly step: string };

/** One step of a document or of a loop. */
export interface Step {
  readonly name: string;
  readonly action: string;
  readonly inputs: JsonObject;
  readonly outputs: readonly OutputDeclaration[];
  readonly nextStep?: string;
  readonly isEnd: boolean;
  readonly isCritical?: boolean;
  readonly onFailure: OnFailure;
  readonly maxAttempts: number;
  readonly timeoutSeconds?: number;
}

/** An Automation document of schema 0.3. */
export interface AutomationDocument {
  readonly assumeRole?: string;
  readonly parameters: ReadonlyMap<string, ParameterDeclaration>;
  readonly variables: ReadonlyMap<string, VariableDeclaration>;
  readonly steps: readonly Step[];
  readonly outputs: readonly string[];
}

const documentKeys = [
  'schemaVersion',
  'description',
  'assumeRole',
  'parameters',
  'variables',
  'mainSteps',
  'outputs',
];
const stepKeys = [
  'name',
  'action',
  'description',
  'inputs',
  'outputs',
  'nextStep',
  'isEnd',
  'isCritical',
  'onFailure',
  'onCancel',
  'maxAttempts',
  'timeoutSeconds',
];
const parameterKeys = [
  'type',
  'description',
  'default',
  'allowedValues',
  'allowedPattern',
  'minChars',
  'maxChars',
  'minItems',
  'maxItems',
];

/**
 * Reads the content of an Automation document.
 * @throws Failure when it isn't one that Systems Manager would accept, as far as the simulator looks.
 */
export function readDocument(content: unknown): AutomationDocument {
  const document = objectOf(asJson(content), 'the document');
  refuseOthers(document, documentKeys, 'the document');
  if (document['schemaVersion'] !== '0.3')
    throw new Failure('the document: schemaVersion must be the text 0.3');
  const assumeRole = optional(document, 'assumeRole', 'string', 'the document');
  return {
    ...(assumeRole === undefined ? {} : { assumeRole }),
    parameters: entriesOf(document, 'parameters', readParameter),
    variables: entriesOf(document, 'variables', readVariable),
    steps: readSteps(document['mainSteps'], 'mainSteps'),
    outputs: listOf(document['outputs'] ?? [], 'outputs').map((item) => textOf(item, 'outputs')),
  };
}

/**
 * Reads a list of steps, of a document or of a loop.
 * @throws Failure on what Systems Manager would refuse: unknown keys, names used twice, jumps to nowhere.
 */
export function readSteps(value: Json | undefined, where: string): readonly Step[] {
  const steps = listOf(value, where).map((item, index) => readStep(item, `${where}[${index}]`));
  if (steps.length === 0) throw new Failure(`${where}: there are no steps`);
  const names = new Set(steps.map((step) => step.name));
  if (names.size !== steps.length) throw new Failure(`${where}: two steps have the same name`);
  for (const step of steps) {
    const targets = [
      step.nextStep,
      step.onFailure.kind === 'step' ? step.onFailure.step : undefined,
    ];
    for (const target of targets) {
      if (target !== undefined && !names.has(target)) {
        throw new Failure(`step ${step.name}: there is no step ${target} to go to`);
      }
    }
  }
  return steps;
}

function readStep(value: Json, where: string): Step {
  const step = objectOf(value, where);
  const name = textOf(member(step, 'name'), `${where}.name`);
  const place = `step ${name}`;
  refuseOthers(step, stepKeys, place);
  const nextStep = optional(step, 'nextStep', 'string', place);
  const isCritical = optional(step, 'isCritical', 'boolean', place);
  const timeoutSeconds = optional(step, 'timeoutSeconds', 'number', place);
  return {
    name,
    action: textOf(member(step, 'action'), `${place}.action`),
    inputs: objectOf(step['inputs'] ?? {}, `${place}.inputs`),
    outputs: listOf(step['outputs'] ?? [], `${place}.outputs`).map((item) =>
      readOutput(item, place),
    ),
    ...(nextStep === undefined ? {} : { nextStep }),
    isEnd: optional(step, 'isEnd', 'boolean', place) ?? false,
    ...(isCritical === undefined ? {} : { isCritical }),
    onFailure: readOnFailure(optional(step, 'onFailure', 'string', place) ?? 'Abort', place),
    maxAttempts: optional(step, 'maxAttempts', 'number', place) ?? 1,
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
  };
}

function readOnFailure(text: string, where: string): OnFailure {
  if (text === 'Abort') return { kind: 'abort' };
  if (text === 'Continue') return { kind: 'continue' };
  if (text.startsWith('step:')) return { kind: 'step', step: text.slice('step:'.length).trim() };
  throw new Failure(`${where}: onFailure is Abort, Continue or step:<name>, not ${text}`);
}

function readOutput(value: Json, where: string): OutputDeclaration {
  const output = objectOf(value, `${where}.outputs`);
  refuseOthers(output, ['Name', 'Selector', 'Type'], `${where}.outputs`);
  return {
    name: textOf(member(output, 'Name'), `${where}.outputs.Name`),
    selector: textOf(member(output, 'Selector'), `${where}.outputs.Selector`),
    type: optional(output, 'Type', 'string', `${where}.outputs`) ?? 'String',
  };
}

function readParameter(value: Json, where: string): ParameterDeclaration {
  const declared = objectOf(value, where);
  refuseOthers(declared, parameterKeys, where);
  const { description: _, ...rest } = declared;
  const allowedValues = member(declared, 'allowedValues');
  for (const key of ['minChars', 'maxChars', 'minItems', 'maxItems'])
    optional(declared, key, 'number', where);
  optional(declared, 'allowedPattern', 'string', where);
  return {
    ...rest,
    type: textOf(member(declared, 'type'), `${where}.type`),
    ...(allowedValues === undefined
      ? {}
      : { allowedValues: listOf(allowedValues, `${where}.allowedValues`) }),
  };
}

function readVariable(value: Json, where: string): VariableDeclaration {
  const declared = objectOf(value, where);
  refuseOthers(declared, ['type', 'default', 'description'], where);
  const initial = member(declared, 'default');
  return {
    type: textOf(member(declared, 'type'), `${where}.type`),
    ...(initial === undefined ? {} : { default: initial }),
  };
}

function entriesOf<T>(
  document: JsonObject,
  key: string,
  read: (value: Json, where: string) => T,
): Map<string, T> {
  const entries = Object.entries(objectOf(document[key] ?? {}, key));
  return new Map(entries.map(([name, value]) => [name, read(value, `${key}.${name}`)]));
}

function refuseOthers(object: JsonObject, known: readonly string[], where: string): void {
  const other = Object.keys(object).find((key) => !known.includes(key));
  if (other !== undefined)
    throw new Failure(`${where}: ${other} is not a key of Automation documents`);
}

/** The value as an object. @throws Failure */
export function objectOf(value: Json | undefined, where: string): JsonObject {
  if (!isObject(value)) throw new Failure(`${where} must be a map, not ${kindOf(value)}`);
  return value;
}

/** The value as a list. @throws Failure */
export function listOf(value: Json | undefined, where: string): readonly Json[] {
  if (!isList(value)) throw new Failure(`${where} must be a list, not ${kindOf(value)}`);
  return value;
}

/** The value as text. @throws Failure */
export function textOf(value: Json | undefined, where: string): string {
  if (typeof value !== 'string') throw new Failure(`${where} must be text, not ${kindOf(value)}`);
  return value;
}

interface Scalars {
  readonly string: string;
  readonly boolean: boolean;
  readonly number: number;
}

function optional<K extends keyof Scalars>(
  object: JsonObject,
  key: string,
  type: K,
  where: string,
): Scalars[K] | undefined {
  const value = member(object, key);
  if (value === undefined) return undefined;
  if (!isScalar(value, type))
    throw new Failure(`${where}: ${key} must be a ${type}, not ${kindOf(value)}`);
  return value;
}

function isScalar<K extends keyof Scalars>(value: Json, type: K): value is Json & Scalars[K] {
  return typeof value === type;
}
