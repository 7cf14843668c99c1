import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import type { ErrorObject, ValidateFunction } from 'ajv';
import { suggest } from '../data/operations.ts';
import type { Diagnostic } from './diagnostics.ts';
import { isStepViolation, usefulViolations } from './schema-errors.ts';
import type { Violation } from './schema-errors.ts';
import { unquotedReference } from './source.ts';
import type { Path, YamlSource } from './source.ts';

export type SchemaName =
  | 'runbook'
  | 'standard'
  | 'unit-test'
  | 'automation-document'
  | 'resource-kinds'
  | 'parameter-kinds'
  | 'deploy-parameters'
  | 'exceptions';

const ajv = new Ajv({
  allErrors: true,
  strict: true,
  strictRequired: false,
  strictTypes: false,
  allowUnionTypes: true,
  verbose: true,
  // Compiling the schemas takes longer than validating with them.
  code: { optimize: false },
});
const validators = new Map<SchemaName, ValidateFunction>();

function validator(name: SchemaName): ValidateFunction {
  const known = validators.get(name);
  if (known !== undefined) return known;
  const file = new URL(`./schemas/${name}.schema.json`, import.meta.url);
  const made = ajv.compile(JSON.parse(readFileSync(file, 'utf8')) as object);
  validators.set(name, made);
  return made;
}

/** Where data breaks one of our JSON Schemas: a JSON pointer and what is wrong, one for each place. */
export function violations(value: unknown, name: SchemaName): readonly string[] {
  const check = validator(name);
  if (check(value)) return [];
  const useful = (check.errors ?? []).filter(
    ({ keyword, propertyName }) => keyword !== 'if' && propertyName === undefined,
  );
  return [...new Set(useful.map(violationText))];
}

function violationText({ instancePath, message, keyword, params }: ErrorObject): string {
  const where = instancePath || '/';
  return keyword === 'propertyNames'
    ? `${where} must not hold the name ${String(params['propertyName'])}`
    : `${where} ${message ?? 'is wrong'}`;
}

/** Validates a source against one of our JSON Schemas; each violation has the position of what is wrong. */
export function validate(source: YamlSource, name: SchemaName): readonly Diagnostic[] {
  if (source.problems.length > 0) return source.problems;
  const check = validator(name);
  if (check(source.value)) return [];
  return usefulViolations(check.errors ?? []).map((violation) => describe(source, violation));
}

function describe(source: YamlSource, violation: Violation): Diagnostic {
  const [error] = violation;
  const path = toPath(error.instancePath);
  if (isStepViolation(error)) return describeStep(source, path, error.data);
  if (error.propertyName !== undefined)
    return source.reportKey(
      [...path, error.propertyName],
      'wrong-value',
      `${error.propertyName} is not a name that can stand here.`,
      formOf(error),
    );
  switch (error.keyword) {
    case 'additionalProperties':
      return unknownKey(source, path, violation);
    case 'required':
      return missingKey(source, path, violation);
    case 'dependencies':
      return source.report(
        path,
        'missing-key',
        `${describePath(path)} has ${String(error.params['property'])}, but no ${String(error.params['missingProperty'])}.`,
        `Add ${String(error.params['missingProperty'])}.`,
      );
    case 'type':
      return wrongType(source, path, violation);
    case 'enum':
    case 'const':
      return notAllowed(source, path, error);
    case 'pattern':
      return source.report(
        path,
        'wrong-value',
        `${shorten(show(error.data))} does not have the form of ${describePath(path)}.`,
        formOf(error),
      );
    case 'not':
      return excluded(source, path, error);
    default:
      return source.report(
        path,
        'wrong-value',
        `${describePath(path)} ${measureOf(error)}.`,
        formOf(error),
      );
  }
}

function unknownKey(source: YamlSource, path: Path, violation: Violation): Diagnostic {
  const key = String(violation[0].params['additionalProperty']);
  const known = [
    ...new Set(
      violation.flatMap(({ parentSchema }) =>
        Object.keys((parentSchema?.['properties'] ?? {}) as object),
      ),
    ),
  ];
  const near = suggest(key, known);
  const fix = near === undefined ? `Known here: ${known.join(', ')}.` : `Did you mean ${near}?`;
  return source.reportKey([...path, key], 'unknown-key', `${key} is not a key here.`, fix);
}

function missingKey(source: YamlSource, path: Path, violation: Violation): Diagnostic {
  const keys = [...new Set(violation.map(({ params }) => String(params['missingProperty'])))].join(
    ' or ',
  );
  const where = path.length === 0 ? 'The file' : describePath(path);
  if (keys === 'undo' && path.length === 0)
    return source.report(
      path,
      'missing-undo',
      'The file has no undo.',
      'Add the steps that restore, or `undo: { none: reason }`.',
    );
  return source.report(path, 'missing-key', `${where} has no ${keys}.`, `Add ${keys}.`);
}

function wrongType(source: YamlSource, path: Path, violation: Violation): Diagnostic {
  const [{ data }] = violation;
  const reference = unquotedReference(data);
  if (reference !== undefined)
    return source.report(
      path,
      'unquoted-reference',
      `${reference} is a map here, not a reference.`,
      `Quote it: "${reference}".`,
    );
  const types = violation.flatMap(({ params }) => params['type'] as string | readonly string[]);
  const fix = data === null ? `Fill it in: ${list(types)}.` : `Make it ${list(types)}.`;
  return source.report(path, 'wrong-type', `${describePath(path)} is ${typeOf(data)}.`, fix);
}

function notAllowed(source: YamlSource, path: Path, error: ErrorObject): Diagnostic {
  const { data, params } = error;
  const allowed = (params['allowedValues'] ?? [params['allowedValue']]) as readonly unknown[];
  const near = typeof data === 'string' ? suggest(data, allowed.map(String)) : undefined;
  return source.report(
    path,
    'wrong-value',
    data === null
      ? `${describePath(path)} is empty.`
      : `${shorten(show(data))} is not a value of ${describePath(path)}.`,
    near === undefined ? `Allowed: ${allowed.map(String).join(', ')}.` : `Did you mean ${near}?`,
  );
}

const STEP_TYPES = ['read', 'call', 'wait', 'compute'] as const;

/** The members of a step that don't go together, said from the step's point of view. */
function describeStep(source: YamlSource, path: Path, data: unknown): Diagnostic {
  const keys = Object.keys(data ?? {});
  const types = STEP_TYPES.filter((type) => keys.includes(type));
  const [type, second] = types;
  if (type === undefined)
    return source.report(
      path,
      'missing-key',
      'The step does nothing.',
      'Give it read, call, wait or compute.',
    );
  if (second !== undefined)
    return source.reportKey(
      [...path, second],
      'unknown-key',
      `A step is a ${type} or a ${second}, not both.`,
      'Make two steps of it.',
    );
  const missing = STEP_MEMBERS[type].required.find((key) => !keys.includes(key));
  if (missing !== undefined)
    return source.report(path, 'missing-key', `The ${type} has no ${missing}.`, `Add ${missing}.`);
  const extra = keys.find((key) => STEP_MEMBERS[type].not.includes(key)) ?? '';
  return source.reportKey(
    [...path, extra],
    'unknown-key',
    `${extra} is not a key of a ${type}.`,
    'See "Steps" in docs/runbook-format.md.',
  );
}

interface StepMembers {
  readonly required: readonly string[];
  readonly not: readonly string[];
}

const OF_WAITS = ['until', 'fail', 'within', 'every'];

/** The same rules as the alternatives of `step` in runbook.schema.json. */
const STEP_MEMBERS: Readonly<Record<(typeof STEP_TYPES)[number], StepMembers>> = {
  read: { required: [], not: ['ok', 'retry', 'hide', ...OF_WAITS] },
  call: { required: [], not: ['keep', 'absent', ...OF_WAITS] },
  wait: { required: ['until', 'within'], not: ['keep', 'absent', 'ok', 'retry', 'hide', 'as'] },
  compute: { required: [], not: ['ok', 'retry', 'hide', 'absent', 'on', ...OF_WAITS] },
};

/** A key that another one's value excludes. */
function excluded(source: YamlSource, path: Path, { schema }: ErrorObject): Diagnostic {
  const [key = ''] = (schema as { readonly required?: readonly string[] }).required ?? [];
  const fix = 'See the schema in generator/read/schemas.';
  return source.reportKey([...path, key], 'unknown-key', `${key} can't stand here.`, fix);
}

function measureOf({ keyword, params, message }: ErrorObject): string {
  const limit = String(params['limit']);
  const units: Readonly<Record<string, string>> = {
    Items: 'items',
    Properties: 'lines',
    Length: 'characters',
  };
  const unit = units[keyword.slice(3)];
  if (unit === undefined) return message ?? 'is not valid';
  if (limit === '1' && keyword.startsWith('min')) return 'is empty';
  return `has ${keyword.startsWith('min') ? 'fewer' : 'more'} than ${limit} ${unit}`;
}

function formOf({ parentSchema, params, keyword }: ErrorObject): string {
  const description: unknown = parentSchema?.['description'];
  if (typeof description === 'string') return `Expected: ${description.replace(/\.$/u, '')}.`;
  if (keyword === 'pattern') return `Expected form: ${String(params['pattern'])}`;
  return 'See the schema in generator/read/schemas.';
}

function toPath(pointer: string): (string | number)[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((step) => (/^\d+$/u.test(step) ? Number(step) : step));
}

function describePath(path: Path): string {
  const named = path.filter((step): step is string => typeof step === 'string');
  return named.at(-1) ?? 'The file';
}

function typeOf(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  return typeof value === 'string' ? 'text' : `a ${typeof value}`;
}

function list(types: readonly string[]): string {
  const names: Readonly<Record<string, string>> = {
    object: 'a map',
    array: 'a list',
    string: 'text (quote it)',
    integer: 'a whole number',
    boolean: 'true or false',
    number: 'a number',
  };
  return [...new Set(types)].map((type) => names[type] ?? type).join(' or ');
}

function show(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Long texts are recognizable by their beginning. */
function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
