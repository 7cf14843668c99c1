import { isDeepStrictEqual } from 'node:util';
import type { Template, TemplateResource } from '../emit/types.ts';
import { evaluateCondition, resolveValue, scopeOf, textOf } from './intrinsics.ts';
import type { Scope } from './intrinsics.ts';
import { grantsPermissions, permissionChange } from './permission-changes.ts';
import type { ResourceDiff } from './stack-diff.ts';

/** A template and the values of its parameters. */
export interface FilledTemplate {
  readonly template: Template;
  readonly parameters: ReadonlyMap<string, string>;
}

/** Attributes of a resource, besides its properties, that CloudFormation would change. */
const ATTRIBUTES = ['DeletionPolicy', 'UpdateReplacePolicy', 'Metadata'] as const;

/**
 * Compares what two templates make, resource by resource, without asking AWS; so it can't say which changes need a
 * replacement. A resource whose condition can't be known here counts as being there.
 * @param before undefined when nothing is deployed
 */
export function compareTemplates(
  before: FilledTemplate | undefined,
  after: FilledTemplate,
): readonly ResourceDiff[] {
  const old = before === undefined ? new Map<string, TemplateResource>() : made(before);
  const fresh = made(after);
  return [...new Set([...old.keys(), ...fresh.keys()])]
    .toSorted()
    .flatMap((id) => compareResource(id, old.get(id), fresh.get(id)));
}

/** The resources that a template makes with its parameters, resolved as far as they can be. */
function made({ template, parameters }: FilledTemplate): ReadonlyMap<string, TemplateResource> {
  const scope: Scope = scopeOf(template, withDefaults(template, parameters));
  return new Map(
    Object.entries(template.Resources)
      .filter(
        ([, { Condition: condition }]) =>
          condition === undefined || evaluateCondition({ Condition: condition }, scope) !== false,
      )
      .map(([id, resource]) => [id, resolveValue(resource, scope) as TemplateResource]),
  );
}

function withDefaults(
  { Parameters: declared = {} }: Template,
  parameters: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const defaults = Object.entries(declared).flatMap(([name, { Default: value }]) => {
    const text = textOf(value);
    return text === undefined ? [] : [[name, text] as const];
  });
  return new Map([...defaults, ...parameters]);
}

function compareResource(
  id: string,
  before: TemplateResource | undefined,
  after: TemplateResource | undefined,
): readonly ResourceDiff[] {
  const type = after?.Type ?? before?.Type ?? '';
  const properties = before === undefined || after === undefined ? [] : changed(before, after);
  const action = actionOf(before, after);
  if (action === 'change' && properties.length === 0) return [];
  const common = { id, type, action, properties, causes: [], keepsOld: false };
  if (!grantsPermissions(type)) return [common];
  return [
    { ...common, permissions: permissionChange(type, before?.Properties, after?.Properties) },
  ];
}

function actionOf(
  before: TemplateResource | undefined,
  after: TemplateResource | undefined,
): ResourceDiff['action'] {
  if (before === undefined) return 'add';
  if (after === undefined) return staysBehind(before) ? 'leave' : 'remove';
  return before.Type === after.Type ? 'change' : 'replace';
}

/** Whether a resource stays in the account when it leaves its stack or the stack is deleted. */
export function staysBehind({ DeletionPolicy: policy }: TemplateResource): boolean {
  return policy === 'Retain' || policy === 'RetainExceptOnCreate';
}

function changed(before: TemplateResource, after: TemplateResource): readonly string[] {
  const { Properties: old = {} } = before;
  const { Properties: fresh = {} } = after;
  const properties = [...new Set([...Object.keys(old), ...Object.keys(fresh)])].filter(
    (name) => !isDeepStrictEqual(old[name], fresh[name]),
  );
  const attributes = ATTRIBUTES.filter((name) => !isDeepStrictEqual(before[name], after[name]));
  return [...properties, ...attributes].toSorted();
}
