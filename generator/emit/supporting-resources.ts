import { suggest } from '../data/operations.ts';
import type { CompiledRunbook } from '../compile/compiled.ts';
import type { SupportingResource } from '../model/runbook.ts';
import type { Diagnostic } from '../read/diagnostics.ts';
import { referencedNames } from './references.ts';
import type { Template, TemplateResource } from './types.ts';

/** What units ask of the member stack besides their documents. */
export interface Supporting {
  readonly conditions: Readonly<Record<string, unknown>>;
  readonly resources: Readonly<Record<string, TemplateResource>>;
  readonly problems: readonly Diagnostic[];
}

/** Name of the condition that a `yes`/`no` parameter is `yes`. */
function wantedCondition(parameter: string): string {
  return `${parameter}IsYes`;
}

/** Collects the supporting resources of all units, each behind its switch. */
export function collectSupporting(units: readonly CompiledRunbook[], base: Template): Supporting {
  const all = units.flatMap((unit) =>
    unit.runbook.supportingResources.map((supporting) => ({ unit, supporting })),
  );
  const inBase = Object.keys(base.Parameters ?? {});
  const known = new Set([
    ...inBase,
    ...Object.keys(base.Resources),
    ...all.map(({ supporting }) => supporting.name),
  ]);
  const problems: Diagnostic[] = [];
  const conditions: Record<string, unknown> = {};
  const resources: Record<string, TemplateResource> = {};
  for (const { unit, supporting } of all) {
    const wrong = check(unit, supporting, { base, inBase, known, taken: Object.keys(resources) });
    problems.push(...wrong);
    if (wrong.length > 0) continue;
    const condition = wantedCondition(supporting.when);
    conditions[condition] = { 'Fn::Equals': [{ Ref: supporting.when }, 'yes'] };
    resources[supporting.name] = {
      ...(supporting.resource as unknown as TemplateResource),
      Condition: condition,
    };
  }
  return { conditions, resources, problems };
}

interface Known {
  readonly base: Template;
  readonly inBase: readonly string[];
  readonly known: ReadonlySet<string>;
  readonly taken: readonly string[];
}

function check(
  { runbook }: CompiledRunbook,
  { name, when, resource, path }: SupportingResource,
  { base, inBase, known, taken }: Known,
): readonly Diagnostic[] {
  const { source } = runbook;
  if (!inBase.includes(when)) {
    const what = `The member stack has no parameter ${when}.`;
    const near = suggest(when, inBase);
    const fix =
      near === undefined ? `Known parameters: ${inBase.join(', ')}.` : `Did you mean ${near}?`;
    return [source.report([...path, 'when'], 'stack-parameter', what, fix)];
  }
  if (taken.includes(name) || name in base.Resources || inBase.includes(name)) {
    const what = `The member stack already has something named ${name}.`;
    return [source.reportKey(path, 'bad-name', what, 'Give the resource another name.')];
  }
  return [...referencedNames(resource)]
    .filter((reference) => !known.has(reference))
    .map((reference) =>
      source.report(
        path,
        'stack-parameter',
        `${name} refers to ${reference}, which the member stack does not have.`,
        `Refer to one of its parameters or to a resource of the unit.`,
      ),
    );
}
