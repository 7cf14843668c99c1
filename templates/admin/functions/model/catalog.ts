import type { ParameterKind } from '../../../../generator/model/kinds/kinds.ts';
import type { ImpactWord } from '../../../../generator/model/runbook.ts';

/** What the build knows about standards and remediations, bundled into the functions that need it. */
export interface Catalog {
  readonly standards: readonly CatalogStandard[];
  /** Security control id to the name of its remediation. */
  readonly controls: Readonly<Record<string, string>>;
  readonly remediations: Readonly<Record<string, CatalogRemediation>>;
}

export interface CatalogStandard {
  readonly id: string;
  readonly name: string;
  /** Anchored regular expression for the generator id, with a group `control`. */
  readonly generatorId: string;
  /** The standard's own control id to the security control id. */
  readonly controls: Readonly<Record<string, string>>;
}

export interface CatalogRemediation {
  readonly document: string;
  /** Name of the remediation's role without `-<Namespace>`. */
  readonly roleStem: string;
  readonly impact: CatalogImpact;
  readonly deprecated: boolean;
  /** Anchored regular expressions of ARNs, with groups `partition`, `region` and `account` where they hold these. */
  readonly resources: readonly string[];
  readonly parameters: readonly CatalogParameter[];
}

/** What a change can do: `then` when all of `when` hold, `else` otherwise. */
export interface CatalogImpact {
  readonly when: readonly {
    readonly parameter: string;
    readonly values: readonly string[];
    /** Whether the parameter's value must be among `values`, or must not. */
    readonly isAmong: boolean;
  }[];
  readonly then: ImpactWord;
  readonly else: ImpactWord;
}

export interface CatalogParameter {
  readonly name: string;
  readonly kind: ParameterKind;
  /** The document has a value of its own: a default, a value of the member stack, or it may stay empty. */
  readonly hasValue: boolean;
  /** The unit's own default, as one text, where it has one. */
  readonly default?: string;
  /** Security control id to the name under which Security Hub keeps the customer's value, where it lets them set one. */
  readonly finding: Readonly<Record<string, string>>;
}
