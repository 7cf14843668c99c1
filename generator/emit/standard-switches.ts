import type { Standard, Standards } from '../model/standard.ts';
import type { Template, TemplateResource } from './types.ts';

/** A stack whose parameters say which standards are loaded. */
export type StandardStack = 'Admin' | 'Member';

type Fields = Readonly<Record<string, unknown>>;

/** Resource of the administrator stack that tells its functions which standards are loaded. */
const LOADED_STANDARDS = 'StandardsParameter';

/**
 * The template with a switch for each standard of a user's own folder, in the same group and of the same form as those
 * of the project's standards. In the administrator's template the functions hear of it, too; throws when their
 * parameter isn't text.
 */
export function withStandardSwitches(
  template: Template,
  { all }: Standards,
  stack: StandardStack,
): Template {
  const own = all.filter(({ isOwn }) => isOwn === true);
  if (own.length === 0) return template;
  const switches = own.map(({ id }) => `Load${id}${stack}Stack`);
  const parameters = own.map((standard, index) => [switches[index] ?? '', toSwitch(standard)]);
  const labels = own.map(({ name, version }, index) => [
    switches[index] ?? '',
    { default: `${name} ${version}` },
  ]);
  return {
    ...template,
    Metadata: withInterface(template.Metadata, switches, Object.fromEntries(labels)),
    Parameters: { ...template.Parameters, ...Object.fromEntries(parameters) },
    Resources: withLoaded(template.Resources, own, stack),
  };
}

function toSwitch({ name, version }: Standard): Fields {
  return {
    Type: 'String',
    Default: 'no',
    AllowedValues: ['yes', 'no'],
    Description: `Remediate findings of ${name} ${version}, a standard of your own sources.`,
  };
}

const INTERFACE = 'AWS::CloudFormation::Interface';

/** New switches stand at the end of the group that holds the other standards' (the last one with a switch in it). */
function withInterface(
  metadata: Fields | undefined,
  switches: readonly string[],
  labels: Fields,
): Fields {
  const known = (metadata?.[INTERFACE] ?? {}) as {
    readonly ParameterGroups?: readonly { readonly Parameters: readonly string[] }[];
    readonly ParameterLabels?: Fields;
  };
  const groups = known.ParameterGroups ?? [];
  const last = groups.findLastIndex(({ Parameters }) =>
    Parameters.some((name) => /^Load\w+Stack$/u.test(name)),
  );
  return {
    ...metadata,
    [INTERFACE]: {
      ...known,
      ParameterGroups: groups.map((group, index) =>
        index === last ? { ...group, Parameters: [...group.Parameters, ...switches] } : group,
      ),
      ParameterLabels: { ...known.ParameterLabels, ...labels },
    },
  };
}

/** The parameter's value is JSON with one entry for each standard: `{"SC":"${LoadSCAdminStack}",...}`. */
function withLoaded(
  resources: Template['Resources'],
  own: readonly Standard[],
  stack: StandardStack,
): Readonly<Record<string, TemplateResource>> {
  const loaded = resources[LOADED_STANDARDS];
  if (stack === 'Member' || loaded === undefined) return resources;
  const value = loaded.Properties?.['Value'] as { readonly 'Fn::Sub'?: string } | undefined;
  const text = value?.['Fn::Sub'];
  if (text === undefined) throw new Error(`${LOADED_STANDARDS} has no text to add standards to`);
  const added = own.map(({ id }) => `,"${id}":"\${Load${id}AdminStack}"`).join('');
  const longer = { 'Fn::Sub': `${text.trimEnd().replace(/\}$/u, '')}${added}}` };
  return {
    ...resources,
    [LOADED_STANDARDS]: { ...loaded, Properties: { ...loaded.Properties, Value: longer } },
  };
}
