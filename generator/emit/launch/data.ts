import { RegionInfo } from 'aws-cdk-lib/region-info';
import { PARTITIONS } from '../../../templates/launch/links.ts';
import type { Partition } from '../../../templates/launch/links.ts';
import { pack } from '../../../templates/launch/catalogue.ts';
import type { ControlRow, RemediationRow } from '../../../templates/launch/catalogue.ts';
import {
  STACK_KINDS,
  defaultStackName,
  templateFileName,
} from '../../../templates/launch/stacks.ts';
import type { StackKind } from '../../../templates/launch/stacks.ts';
import type {
  FieldRule,
  LaunchData,
  LaunchOption,
  LaunchStack,
} from '../../../templates/launch/settings.ts';
import type { Standards } from '../../model/standard.ts';
import type { Catalog, CatalogControl } from '../catalog.ts';
import type { TemplateFile } from '../types.ts';

/** What the launch page is made from. */
export interface LaunchInput {
  readonly version: string;
  readonly catalog: Catalog;
  readonly standards: Standards;
  /** The templates that the page launches; others are left out. */
  readonly templates: readonly TemplateFile[];
}

const ACCOUNT = 'SecHubAdminAccount';
const NAMESPACE = 'Namespace';

/**
 * Further parameters with a field on the page: those without which some launches fail, and the web console. The console
 * shows all others, with their defaults, before a stack is created.
 */
const OPTIONS = [
  ['admin', 'ReuseOrchestratorLogGroup'],
  ['admin', 'ShouldDeployWebUI'],
  ['admin', 'AdminUserEmail'],
  ['member-roles', 'ReuseServiceRoles'],
  ['member-roles', 'RolePermissionsBoundary'],
] as const satisfies readonly (readonly [StackKind, string])[];

/** A further parameter as the page shows it. */
export interface OptionField extends LaunchOption {
  readonly label: string;
  readonly hint: string;
}

/**
 * All that the page knows. Names of parameters, their patterns and defaults come from the templates themselves, so a link
 * can't fill in what a template doesn't have. Throws when a template or one of its parameters is missing.
 */
export function launchData({ version, catalog, standards, templates }: LaunchInput): LaunchData {
  const files = STACK_KINDS.map((kind) => [kind, templateOf(kind, templates)] as const);
  const members = templateOf('member-roles', templates);
  const [, admin] = files[0] ?? [];
  return {
    version,
    regions: regions(),
    stacks: files.map(([kind, file]) => launchStack(kind, { file, standards, templates })),
    standards: standards.all.map((standard) => ({
      id: standard.id,
      name: labelOf(admin, `Load${standard.id}AdminStack`) ?? standard.name,
      on: parametersOf(admin)[`Load${standard.id}AdminStack`]?.['Default'] === 'yes',
    })),
    options: optionFields(templates).map(({ parameter, kind, rule }) => ({
      parameter,
      kind,
      rule,
    })),
    account: fieldRule(members, ACCOUNT),
    namespace: fieldRule(members, NAMESPACE),
    catalogue: pack(
      catalog.controls.map(toRow),
      standards.all.map(({ id }) => id),
    ),
  };
}

/** The fields for further parameters, with their texts from the templates. Throws when a template lacks one. */
export function optionFields(templates: readonly TemplateFile[]): readonly OptionField[] {
  return OPTIONS.map(([kind, parameter]) => {
    const file = templateOf(kind, templates);
    const { Description: hint, AllowedValues: values } = parametersOf(file)[parameter] ?? {};
    if (typeof hint !== 'string')
      throw new Error(`${file.fileName} needs the parameter ${parameter} with a Description.`);
    const rule = Array.isArray(values) ? undefined : fieldRule(file, parameter);
    return { parameter, kind, rule, label: labelOf(file, parameter) ?? parameter, hint };
  });
}

function templateOf(
  kind: StackKind,
  templates: readonly TemplateFile[],
  partition: Partition = 'aws',
): TemplateFile {
  const name = templateFileName(kind, partition);
  const found = templates.find(({ fileName }) => fileName === name);
  if (found === undefined) throw new Error(`The launch page needs the template ${name}.`);
  return found;
}

function launchStack(
  kind: StackKind,
  {
    file,
    standards,
    templates,
  }: Pick<LaunchInput, 'standards' | 'templates'> & { readonly file: TemplateFile },
): LaunchStack {
  const fileIn = (partition: Partition): string => templateOf(kind, templates, partition).fileName;
  const parameters = parametersOf(file);
  const loads = standards.all.flatMap(({ id }) => {
    const name = [`Load${id}AdminStack`, `Load${id}MemberStack`].find((one) => one in parameters);
    return name === undefined ? [] : [[id, name] as const];
  });
  return {
    kind,
    files: {
      aws: fileIn('aws'),
      'aws-us-gov': fileIn('aws-us-gov'),
      'aws-cn': fileIn('aws-cn'),
    },
    stackName: defaultStackName(kind),
    loads: Object.fromEntries(loads),
    asksAccount: ACCOUNT in parameters,
    asksNamespace: NAMESPACE in parameters,
  };
}

function parametersOf(file: TemplateFile | undefined) {
  return file?.json.Parameters ?? {};
}

function fieldRule(file: TemplateFile, parameter: string): FieldRule {
  const { AllowedPattern: pattern, ConstraintDescription: says } =
    parametersOf(file)[parameter] ?? {};
  if (typeof pattern !== 'string' || typeof says !== 'string')
    throw new Error(
      `${parameter} of ${file.fileName} needs an AllowedPattern and a ConstraintDescription.`,
    );
  return { pattern, says };
}

/** The label that the console shows for a parameter, so that people find it again there. */
function labelOf(file: TemplateFile | undefined, parameter: string): string | undefined {
  const all = file?.json.Metadata?.['AWS::CloudFormation::Interface'] as
    | { readonly ParameterLabels?: Readonly<Record<string, { readonly default?: string }>> }
    | undefined;
  return all?.ParameterLabels?.[parameter]?.default;
}

/** Regions of the three partitions that the templates support, as the CDK knows them. */
function regions(): readonly string[] {
  const known = new Set<string | undefined>(PARTITIONS);
  return RegionInfo.regions
    .filter(({ partition }) => known.has(partition))
    .map(({ name }) => name)
    .toSorted();
}

function toRow(control: CatalogControl): ControlRow {
  return {
    id: control.securityControlId,
    title: control.title ?? '',
    severity: control.severity,
    retired: control.retired === true,
    standards: control.standards,
    remediation: toRemediation(control),
  };
}

function toRemediation(control: CatalogControl): RemediationRow | undefined {
  const { remediation, impact, undo } = control;
  if (remediation === null || impact === null || undo === null) return undefined;
  return {
    name: remediation,
    impact: typeof impact === 'string' ? impact : [impact.when, impact.then, impact.else],
    noUndo: undo === 'yes' ? undefined : undo.none,
    permissions: control.permissions,
  };
}
