import { RegionInfo } from 'aws-cdk-lib/region-info';
import { PARTITIONS } from '../../../templates/launch/links.ts';
import { pack } from '../../../templates/launch/catalogue.ts';
import type { ControlRow, RemediationRow } from '../../../templates/launch/catalogue.ts';
import { STACKS } from '../../../templates/launch/settings.ts';
import type {
  FieldRule,
  LaunchData,
  LaunchStack,
  StackKind,
} from '../../../templates/launch/settings.ts';
import type { Standard, Standards } from '../../model/standard.ts';
import type { Catalog, CatalogControl } from '../catalog.ts';
import type { TemplateFile } from '../types.ts';

/** What the launch page is made from. */
export interface LaunchInput {
  readonly version: string;
  readonly catalog: Catalog;
  readonly standards: Standards;
  /** The three templates that the page launches; others are left out. */
  readonly templates: readonly TemplateFile[];
}

const ACCOUNT = 'SecHubAdminAccount';
const NAMESPACE = 'Namespace';
const EXTENSION = '.template';

/**
 * All that the page knows. Names of parameters, their patterns and defaults come from the templates themselves, so a link
 * can't fill in what a template doesn't have. Throws when a template or one of these two parameters is missing.
 */
export function launchData({ version, catalog, standards, templates }: LaunchInput): LaunchData {
  const files = STACKS.map((kind) => [kind, templateOf(kind, templates)] as const);
  const members = templateOf('member-roles', templates);
  const [, admin] = files[0] ?? [];
  return {
    version,
    regions: regions(),
    stacks: files.map(([kind, file]) => launchStack(kind, file, standards)),
    standards: standards.all.map((standard) => ({
      id: standard.id,
      name: label(standard, admin),
      on: parametersOf(admin)[`Load${standard.id}AdminStack`]?.['Default'] === 'yes',
    })),
    account: fieldRule(members, ACCOUNT),
    namespace: fieldRule(members, NAMESPACE),
    catalogue: pack(
      catalog.controls.map(toRow),
      standards.all.map(({ id }) => id),
    ),
  };
}

function templateOf(kind: StackKind, templates: readonly TemplateFile[]): TemplateFile {
  const name = `automated-security-response-${kind}${EXTENSION}`;
  const found = templates.find(({ fileName }) => fileName === name);
  if (found === undefined) throw new Error(`The launch page needs the template ${name}.`);
  return found;
}

function launchStack(kind: StackKind, file: TemplateFile, standards: Standards): LaunchStack {
  const parameters = parametersOf(file);
  const loads = standards.all.flatMap(({ id }) => {
    const name = [`Load${id}AdminStack`, `Load${id}MemberStack`].find((one) => one in parameters);
    return name === undefined ? [] : [[id, name] as const];
  });
  return {
    kind,
    file: file.fileName,
    stackName: file.fileName.slice(0, -EXTENSION.length),
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

/** The label that the console shows for a standard, so that people find it again there. */
function label({ id, name }: Standard, admin: TemplateFile | undefined): string {
  const all = admin?.json.Metadata?.['AWS::CloudFormation::Interface'] as
    | { readonly ParameterLabels?: Readonly<Record<string, { readonly default?: string }>> }
    | undefined;
  return all?.ParameterLabels?.[`Load${id}AdminStack`]?.default ?? name;
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
