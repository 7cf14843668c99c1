import { fileURLToPath } from 'node:url';
import type { SolutionNames } from '../compile/compiled.ts';
import { loadTemplate } from './template.ts';
import type { Template, TemplateFile } from './types.ts';

/** Name of the template in `dist/`. */
const ORGANIZATION_FILE = 'automated-security-response-organization.template';

const ORGANIZATION_BASE = fileURLToPath(
  new URL('../../templates/organization/template.yaml', import.meta.url),
);

type Fields = Readonly<Record<string, unknown>>;

interface Interface {
  readonly ParameterGroups: readonly {
    readonly Label: Fields;
    readonly Parameters: readonly string[];
  }[];
  readonly ParameterLabels: Fields;
}

const INTERFACE = 'AWS::CloudFormation::Interface';

/**
 * The template that rolls out to an organization from the console: two stack sets, and two more for a canary. Their parameters are
 * those of the two templates, with the same names, groups and defaults, so whoever knows these knows the third.
 */
export function emitOrganization(
  names: SolutionNames,
  { roles, member }: { readonly roles: TemplateFile; readonly member: TemplateFile },
): TemplateFile {
  const template = loadTemplate(ORGANIZATION_BASE, names, (base) =>
    withStackSetParameters(base, {
      MemberRolesStackSet: roles.json,
      MemberStackSet: member.json,
      CanaryMemberRolesStackSet: roles.json,
      CanaryMemberStackSet: member.json,
    }),
  );
  return template.toFile(ORGANIZATION_FILE);
}

function withStackSetParameters(
  base: Template,
  stackSets: Readonly<Record<string, Template>>,
): Template {
  const templates = Object.values(stackSets);
  const resources = Object.entries(base.Resources).map(([id, resource]) => {
    const parameters = Object.keys(stackSets[id]?.Parameters ?? {});
    const values = parameters.map((name) => ({
      ParameterKey: name,
      ParameterValue: { Ref: name },
    }));
    return [
      id,
      { ...resource, Properties: { ...resource.Properties, Parameters: values } },
    ] as const;
  });
  return {
    ...base,
    Metadata: { ...base.Metadata, [INTERFACE]: joinInterfaces(base, templates) },
    // A parameter that both have stands here once, with the text of the roles, which are there first.
    Parameters: Object.assign(
      {},
      base.Parameters,
      ...templates.toReversed().map(({ Parameters: own = {} }) => own),
    ) as NonNullable<Template['Parameters']>,
    Resources: Object.fromEntries(resources),
  };
}

/** The groups of the base, then those of the templates with what is not in an earlier one. */
function joinInterfaces(base: Template, templates: readonly Template[]): Interface {
  const all = [base, ...templates].flatMap(({ Metadata: metadata }) => {
    const own = metadata?.[INTERFACE] as Interface | undefined;
    return own === undefined ? [] : [own];
  });
  const seen = new Set<string>();
  const groups = all.flatMap(({ ParameterGroups: own }) =>
    own.flatMap((group) => {
      const fresh = group.Parameters.filter((name) => !seen.has(name));
      for (const name of fresh) seen.add(name);
      return fresh.length === 0 ? [] : [{ ...group, Parameters: fresh }];
    }),
  );
  return {
    ParameterGroups: groups,
    ParameterLabels: Object.assign({}, ...all.map(({ ParameterLabels: own }) => own)) as Fields,
  };
}
