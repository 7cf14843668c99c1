import type { CompiledRunbook, DocumentParameter } from '../compile/compiled.ts';
import type { Diagnostic } from '../read/diagnostics.ts';
import { startOf } from './limits.ts';
import { roleName } from './remediation-role.ts';
import { diagnostic } from '../read/diagnostics.ts';
import type { Template } from './types.ts';

type Content = Readonly<Record<string, unknown>>;

/** Logical id of a unit's document in the member template. */
export function documentId(unit: CompiledRunbook): string {
  return `Document${unit.runbook.name}`;
}

/**
 * The document as the member template carries it: it accepts its own role and account only, and takes what the stack
 * knows as defaults. `template` is the base template with the supporting resources in it; `script` says how the
 * template writes a script that shares functions with others.
 */
export function templateContent(
  unit: CompiledRunbook,
  template: Template,
  script: (text: string) => unknown = (text) => text,
): { readonly content: Content; readonly problems: readonly Diagnostic[] } {
  const problems: Diagnostic[] = [...misread(unit)];
  const parameters = Object.entries(unit.document.parameters).map(([name, parameter]) => {
    const from = unit.stackDefaults[name];
    if (from === undefined) return [name, { ...parameter, ...narrowed(name, unit) }] as const;
    const fallback = stackDefault(from, template);
    if (fallback !== undefined && parameter.type === 'String')
      return [name, { ...parameter, default: fallback }] as const;
    problems.push(noDefault(unit, name, from, parameter));
    return [name, parameter] as const;
  });
  const mainSteps = unit.document.mainSteps.map((step) => withScripts(step, script));
  const content = { ...unit.document, parameters: Object.fromEntries(parameters), mainSteps };
  return { content, problems };
}

/** Every script of a document, those of steps in loops too. */
export function scriptsOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(scriptsOf);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]: readonly [string, unknown]) =>
    key === 'Script' && typeof item === 'string' ? [item] : scriptsOf(item),
  );
}

/** The same value, in which scripts stand as the template writes them. */
function withScripts(value: unknown, script: (text: string) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => withScripts(item, script));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]: readonly [string, unknown]) => [
      key,
      key === 'Script' && typeof item === 'string' ? script(item) : withScripts(item, script),
    ]),
  );
}

/** Patterns that the stack can make exact; the document for people must accept any account and namespace. */
function narrowed(name: string, unit: CompiledRunbook): { readonly allowedPattern?: unknown } {
  switch (name) {
    case 'AutomationAssumeRole': {
      const arn = `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/${roleName(unit.roleStem)}`;
      return { allowedPattern: { 'Fn::Sub': `^${arn}$` } };
    }
    case 'AccountId':
      return { allowedPattern: { 'Fn::Sub': '^${AWS::AccountId}$' } };
    default:
      return {};
  }
}

function stackDefault(from: string, template: Template): unknown {
  if (from in (template.Parameters ?? {})) return { Ref: from };
  const resource = template.Resources[from];
  if (resource === undefined) return undefined;
  return resource.Condition === undefined
    ? { Ref: from }
    : { 'Fn::If': [resource.Condition, { Ref: from }, ''] };
}

function noDefault(
  unit: CompiledRunbook,
  name: string,
  from: string,
  parameter: DocumentParameter,
): Diagnostic {
  const { source, parameters } = unit.runbook;
  const path = parameters.find((one) => one.name === name)?.path;
  const at = path === undefined ? startOf(source.file) : source.at(path);
  const what =
    parameter.type === 'String'
      ? `The member stack has no parameter or resource ${from}.`
      : `${name} is a list, and a stack can only give it text.`;
  return diagnostic(
    at,
    'stack-parameter',
    what,
    'Name one of its parameters, or a resource of the unit.',
  );
}

/** What CloudFormation or the template library would take for their own inside a document. */
function misread(unit: CompiledRunbook): readonly Diagnostic[] {
  const found = ownShape(unit.document);
  if (found === undefined) return [];
  const what = `${unit.documentName} holds ${found}, which CloudFormation would take for its own.`;
  const at = startOf(unit.runbook.source.file);
  return [diagnostic(at, 'template-invalid', what, 'Write it in another way.')];
}

function ownShape(value: unknown): string | undefined {
  if (typeof value === 'string') return value.includes('${Token[') ? '${Token[' : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  const keys = Object.keys(value);
  const [key = ''] = keys;
  if (keys.length === 1 && (key === 'Ref' || key.startsWith('Fn::')))
    return `a map with the key ${key}`;
  return Object.values(value)
    .map(ownShape)
    .find((shape) => shape !== undefined);
}
