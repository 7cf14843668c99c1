import type { Runbook } from '../model/runbook.ts';

/** One statement of an IAM policy; resources hold `${AWS::Partition}` and `${AWS::AccountId}` where they apply. */
export interface PolicyStatement {
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Why a role has a permission: action, resource scope, and the steps (or the unit's own reason) that need it. */
export interface PermissionProof {
  readonly action: string;
  readonly resources: readonly string[];
  /** `before[0] ec2:DescribeSecurityGroupRules`, or the reason given in the unit. */
  readonly neededBy: readonly string[];
}

export interface CompiledSupportingRole {
  /** Stem: the role is `<prefix>-<name>-<Namespace>`. */
  readonly name: string;
  /** Service principal without suffix, for example `vpc-flow-logs.amazonaws.com`. */
  readonly service: string;
  readonly statements: readonly PolicyStatement[];
}

/** Content of an Automation document, schemaVersion 0.3. */
export interface AutomationDocument {
  readonly schemaVersion: '0.3';
  readonly description: string;
  readonly assumeRole: string;
  readonly parameters: Readonly<Record<string, DocumentParameter>>;
  readonly variables?: Readonly<
    Record<string, { readonly type: string; readonly default: unknown }>
  >;
  readonly outputs: readonly string[];
  readonly mainSteps: readonly DocumentStep[];
}

export interface DocumentParameter {
  readonly type: 'String' | 'StringList';
  readonly description: string;
  readonly default?: string | readonly string[];
  readonly allowedValues?: readonly string[];
  readonly allowedPattern?: string;
  readonly maxItems?: number;
}

export interface DocumentStep {
  readonly name: string;
  readonly action: string;
  readonly description?: string;
  readonly [key: string]: unknown;
}

/** A unit after compilation: all that the emitters need. */
export interface CompiledRunbook {
  readonly runbook: Runbook;
  /** `ASR-<Name>`. */
  readonly documentName: string;
  /** Stem of the role: `<prefix>-<Name>`. */
  readonly roleStem: string;
  /** For people and `aws ssm create-document`: patterns accept any account and namespace, stack defaults are empty. */
  readonly document: AutomationDocument;
  /** In the member template, these document parameters take a stack parameter or supporting resource as default. */
  readonly stackDefaults: Readonly<Record<string, string>>;
  readonly script: string;
  readonly statements: readonly PolicyStatement[];
  readonly proof: readonly PermissionProof[];
  readonly supportingRoles: readonly CompiledSupportingRole[];
  /** `service:Operation` of all steps that only read; what a preview may call. */
  readonly reads: readonly string[];
}

/** Names that the whole build shares. */
export interface SolutionNames {
  /** `SO0111` unless `--solution-id` says otherwise. */
  readonly solutionId: string;
  readonly version: string;
}
