import type { Path } from '../read/source.ts';
import type { YamlSource } from '../read/source.ts';
import type { ParameterKind, ResourceKind } from './kinds/kinds.ts';
import type { Reference, Value } from './reference.ts';

/** What a change can do to its surroundings, from harmless to irreversible. */
export const IMPACTS = [
  'none',
  'config-only',
  'cost',
  'access-loss',
  'availability',
  'credential-loss',
  'data-loss',
] as const;
export type ImpactWord = (typeof IMPACTS)[number];

export type Impact =
  | { readonly type: 'fixed'; readonly word: ImpactWord }
  | {
      readonly type: 'depends';
      readonly when: Check;
      readonly then: ImpactWord;
      readonly else: ImpactWord;
    };

/** One line of a check: a reference (or JMESPath in a wait) and what it must be. */
export interface CheckLine {
  readonly left: string;
  /** Undefined when `left` is JMESPath on the answer of a wait. */
  readonly reference: Reference | undefined;
  readonly expected:
    | { readonly type: 'present' }
    | { readonly type: 'absent' }
    | { readonly type: 'is'; readonly value: Value }
    | { readonly type: 'is-not'; readonly value: Value };
  readonly path: Path;
}
export type Check = readonly CheckLine[];

interface StepCommon {
  /** Where the step stands in the unit's file. */
  readonly path: Path;
  readonly when?: Check;
  readonly each?: Value;
  readonly with: Extract<Value, { type: 'map' }>;
  readonly as?: string;
}

interface ApiStep extends StepCommon {
  readonly service: string;
  readonly operation: string;
  /** Resource kinds or ARN patterns that replace the unit's own resource as IAM scope. */
  readonly on: readonly string[];
}

export interface Keep {
  readonly name: string;
  readonly jmespath: string;
}

export interface ReadStep extends ApiStep {
  readonly type: 'read';
  readonly keep: readonly Keep[];
  readonly absent: readonly string[];
}

export interface CallStep extends ApiStep {
  readonly type: 'call';
  readonly ok: readonly string[];
  readonly retry: readonly string[];
  /** Members of `with` that may hold secrets. */
  readonly hide: readonly string[];
}

export interface WaitStep extends ApiStep {
  readonly type: 'wait';
  readonly until: Check;
  readonly fail: Check;
  readonly withinSeconds: number;
  readonly everySeconds: number;
}

export interface ComputeStep extends StepCommon {
  readonly type: 'compute';
  readonly function: string;
  readonly keep: readonly Keep[];
}

export type Step = ReadStep | CallStep | WaitStep | ComputeStep;

export interface Parameter {
  readonly name: string;
  readonly kind: ParameterKind;
  readonly default?: string | readonly string[];
  readonly optional: boolean;
  /** Name of the control's parameter in Security Hub, per control or `*` for all. */
  readonly finding: ReadonlyMap<string, string>;
  readonly fromStack: boolean;
  readonly missing?: string;
  readonly describes?: string;
  readonly path: Path;
}

/** A role that AWS services assume on behalf of the remediated resource. */
export interface SupportingRole {
  readonly name: string;
  readonly service: string;
  readonly allow: readonly string[];
  readonly on: readonly string[];
  readonly path: Path;
}

/** A resource of the member stack that a remediation needs. */
export interface SupportingResource {
  readonly name: string;
  /** The `yes`/`no` stack parameter that turns it on. */
  readonly when: string;
  readonly resource: Readonly<Record<string, unknown>>;
  readonly path: Path;
}

export type Verify =
  | { readonly type: 'again'; readonly withinSeconds: number }
  | { readonly type: 'none'; readonly reason: string };

export type Undo =
  | { readonly type: 'steps'; readonly steps: readonly Step[] }
  | { readonly type: 'none'; readonly reason: string };

/** What must be as the change left it, or Undo refuses: names that `before` keeps, or nothing and why. */
export type Unchanged =
  | { readonly type: 'names'; readonly names: readonly string[] }
  | { readonly type: 'none'; readonly reason: string };

export interface AddedPermission {
  readonly action: string;
  readonly on: readonly string[];
  readonly why: string;
  /** For iam:PassRole: the service that the role is passed to. */
  readonly to?: string;
  readonly path: Path;
}

export interface ClaimedControl {
  readonly id: string;
  readonly constants: Readonly<Record<string, unknown>>;
  readonly path: Path;
}

/** One remediation, as its source file says it. */
export interface Runbook {
  readonly name: string;
  readonly service: string;
  readonly source: YamlSource;
  readonly title: string;
  readonly why: string;
  readonly checks: string;
  readonly controls: readonly ClaimedControl[];
  readonly resources: readonly ResourceKind[];
  readonly scope: 'regional' | 'global';
  readonly impact: Impact;
  readonly warning?: string;
  readonly parameters: readonly Parameter[];
  readonly roles: readonly SupportingRole[];
  readonly supportingResources: readonly SupportingResource[];
  readonly before: readonly Step[];
  readonly compliant: Check;
  readonly change: readonly Step[];
  readonly verify: Verify;
  readonly undo: Undo;
  /** @default what undo refers to and, unless `verify` is none, what `compliant` checks */
  readonly unchanged?: Unchanged;
  readonly leaves?: string;
  readonly preview?: Value;
  readonly note: Value;
  readonly permissions: readonly AddedPermission[];
  readonly aliases: readonly string[];
  readonly deprecated?: string;
  /** The unit's own Python, when it has any. */
  readonly python?: PythonSource;
}

export interface PythonSource {
  readonly file: string;
  readonly text: string;
}

/** A step that calls AWS. */
export type AwsStep = ReadStep | CallStep | WaitStep;

/** Every step of a unit: before, change, undo. */
export function allSteps(runbook: Runbook): readonly Step[] {
  return [...runbook.before, ...runbook.change, ...undoSteps(runbook)];
}

export function undoSteps(runbook: Runbook): readonly Step[] {
  return runbook.undo.type === 'steps' ? runbook.undo.steps : [];
}

/** `before[0]`, as people find the step in the file. */
export function stepName(step: Step): string {
  return step.path.map((part) => (typeof part === 'number' ? `[${part}]` : part)).join('');
}
