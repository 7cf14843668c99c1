import { join } from 'node:path';
import type { ShownControl } from '../../templates/admin/console/api/backend.ts';
import type { SolutionNames } from '../compile/compiled.ts';
import { ADMIN_FOLDER } from './admin-template.ts';
import { buildCatalog } from './catalog.ts';
import type { CatalogControl } from './catalog.ts';
import { readBaseTemplate } from './template.ts';
import type { EmitInput, Template, TemplateResource } from './types.ts';

const FRAGMENT = join(ADMIN_FOLDER, 'console', 'template', 'console.yaml');
/** Condition of all that belongs to the console. */
const CONDITION = 'DeployConsole';
const SWITCH = 'ShouldDeployWebUI';
const RULE = 'WebConsole';

/**
 * Adds to the administrator template what the console needs besides its resources: conditions, output, and that the
 * command queue believes it who asks. The rule no longer says that there is no console.
 */
export function addConsole(template: Template, names: SolutionNames): Template {
  const { Conditions, Outputs } = readBaseTemplate(FRAGMENT, names);
  const roleId = { 'Fn::If': [CONDITION, { 'Fn::GetAtt': ['ConsoleRole', 'RoleId'] }, ''] };
  return {
    ...described(
      template,
      'Deploy the web console, at a URL that the output ConsoleUrl names. Not available in the China Regions. It costs nothing while nobody uses it.',
    ),
    Rules: withRule(template, (assertions) => assertions.filter((one) => !refusesAll(one))),
    Conditions: { ...template.Conditions, ...Conditions },
    Resources: {
      ...template.Resources,
      IngestFunction: withVariable(template.Resources['IngestFunction'], 'CONSOLE_ROLE_ID', roleId),
    },
    Outputs: { ...template.Outputs, ...Outputs },
  };
}

/** The administrator template without the console, for the partition that lacks what it needs. */
export function withoutConsole(template: Template): Template {
  const resources = Object.entries(template.Resources).filter(
    ([, { Condition }]) => Condition !== CONDITION,
  );
  return {
    ...described(template, 'There is no web console in the China Regions: this must be no.'),
    Rules: withRule(template, (assertions) =>
      assertions.map((one) =>
        refusesAll(one)
          ? {
              ...(one as object),
              AssertDescription: `This template has no web console. Set ${SWITCH} to no.`,
            }
          : one,
      ),
    ),
    Resources: Object.fromEntries(resources),
  };
}

function described(template: Template, text: string): Template {
  const { Parameters = {} } = template;
  return {
    ...template,
    Parameters: { ...Parameters, [SWITCH]: { ...Parameters[SWITCH], Description: text } },
  };
}

function withRule(
  { Rules = {} }: Template,
  change: (assertions: readonly unknown[]) => readonly unknown[],
): Readonly<Record<string, unknown>> {
  const rule = Rules[RULE] as { readonly Assertions: readonly unknown[] };
  return { ...Rules, [RULE]: { ...rule, Assertions: change(rule.Assertions) } };
}

/** The assertion that holds only without the console. */
function refusesAll(assertion: unknown): boolean {
  const { Assert } = assertion as { readonly Assert?: unknown };
  return JSON.stringify(Assert) === JSON.stringify({ 'Fn::Equals': [{ Ref: SWITCH }, 'no'] });
}

function withVariable(
  resource: TemplateResource | undefined,
  name: string,
  value: unknown,
): TemplateResource {
  if (resource === undefined) throw new Error('The function that takes in commands is missing.');
  const { Properties = {} } = resource;
  const { Variables } = Properties['Environment'] as { readonly Variables: object };
  return {
    ...resource,
    Properties: { ...Properties, Environment: { Variables: { ...Variables, [name]: value } } },
  };
}

/** Controls with a remediation as the pages show them, by id. */
export function shownControls(input: EmitInput): Readonly<Record<string, ShownControl>> {
  return Object.fromEntries(
    buildCatalog(input).controls.flatMap((control) => {
      const { impact, undo } = control;
      if (impact === null || undo === null) return [];
      const shown: ShownControl = {
        title: control.title ?? control.securityControlId,
        impact: typeof impact === 'string' ? impact : impact.then,
        impactText: impactText(impact),
        undo: undo === 'yes' ? undo : `none: ${undo.none}`,
        permissions: control.permissions,
        standards: Object.keys(control.standards),
      };
      return [[control.securityControlId, shown] as const];
    }),
  );
}

function impactText(impact: NonNullable<CatalogControl['impact']>): string {
  return typeof impact === 'string'
    ? impact
    : `${impact.then} when ${impact.when}, otherwise ${impact.else}`;
}
