import { isDeepStrictEqual } from 'node:util';
import type { ParameterValue } from '../parameters.ts';
import type { BuiltTemplate } from '../read-build.ts';
import type { TemplateSource } from '../template-source.ts';
import type { RolloutKind } from './model.ts';
import type { DeployedSet } from './stack-set-records.ts';

/** Who creates the stacks: StackSets' own roles in every account of the organization, or roles that were made by hand. */
export type Permissions =
  | { readonly type: 'organization'; readonly callAs: 'SELF' | 'DELEGATED_ADMIN' }
  | {
      readonly type: 'self-managed';
      /** ARN; `AWSCloudFormationStackSetAdministrationRole` when it is undefined. */
      readonly administrationRole?: string;
      /** Name; `AWSCloudFormationStackSetExecutionRole` when it is undefined. */
      readonly executionRole?: string;
    };

/** A stack set as it is wanted. */
export interface Definition {
  readonly kind: RolloutKind;
  readonly name: string;
  readonly build: BuiltTemplate;
  readonly source: TemplateSource;
  readonly parameters: readonly ParameterValue[];
  /** Whether accounts that join get the stack by themselves; undefined leaves it as it is. */
  readonly isAutomatic: boolean | undefined;
}

/** What a stack set has otherwise than it is wanted, as phrases for people. */
export interface Differences {
  readonly content: readonly string[];
  readonly settings: readonly string[];
}

/** The version that a description of one of our templates tells, for example `v0.1.0`. */
export function versionIn(description: string): string | undefined {
  return /, version (?<version>\S+?)\.(?:\s|$)/u.exec(description)?.groups?.['version'];
}

/** Compares a stack set with what is wanted. @param rolesArn the stack set that new accounts must get before */
export function differences(
  deployed: DeployedSet,
  wanted: Definition,
  rolesArn: string | undefined,
): Differences {
  const content: string[] = [];
  if (!isDeepStrictEqual(parse(deployed.templateText), parse(wanted.build.text))) {
    const [from = 'another template', to = 'this build'] = [
      versionIn(deployed.description),
      versionIn(wanted.build.template.Description ?? ''),
    ];
    content.push(from === to ? `another build of version ${to}` : `version ${from} -> ${to}`);
  }
  for (const { name, value } of wanted.parameters) {
    const before = deployed.parameters.get(name);
    if (before !== value)
      content.push(
        `${name} ${before === undefined ? 'unset' : quoted(before)} -> ${quoted(value)}`,
      );
  }
  return { content, settings: settingsOf(deployed, wanted, rolesArn) };
}

function settingsOf(
  deployed: DeployedSet,
  wanted: Definition,
  rolesArn: string | undefined,
): readonly string[] {
  const settings: string[] = [];
  if (!deployed.isManagedExecution) settings.push('managed execution off -> on');
  if (!deployed.isServiceManaged) return settings;
  const { isEnabled } = deployed.autoDeployment;
  const isWanted = wanted.isAutomatic ?? isEnabled;
  if (isWanted !== isEnabled)
    settings.push(`automatic deployment ${word(isEnabled)} -> ${word(isWanted)}`);
  const isOrdered = rolesArn === undefined || deployed.autoDeployment.dependsOn.includes(rolesArn);
  if (isWanted && wanted.kind === 'member' && !isOrdered)
    settings.push('new accounts get the member stack after their roles');
  return settings;
}

function word(isOn: boolean): string {
  return isOn ? 'on' : 'off';
}

function quoted(value: string): string {
  return JSON.stringify(value);
}

/** The bytes may differ where the template doesn't. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
