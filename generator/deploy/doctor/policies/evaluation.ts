import type { PolicyTree } from './organization-facts.ts';
import type { Need } from './needs.ts';
import type { Match } from './statement.ts';

/** What stands in the way of remediations in one or more accounts. */
export interface Obstacle {
  /** A statement that denies, or a level (root, unit or account) whose policies allow too little. */
  readonly by:
    | { readonly type: 'statement'; readonly policy: string; readonly statement: string }
    | { readonly type: 'level'; readonly level: string };
  /** `maybe` when it depends on the resource, or on something that only AWS knows. */
  readonly match: Exclude<Match, 'no'>;
  readonly actions: ReadonlySet<string>;
  readonly roles: ReadonlySet<string>;
  /** Whether only Undo is hindered. */
  readonly onlyUndo: boolean;
  readonly accounts: ReadonlySet<string>;
}

export interface Evaluation {
  readonly obstacles: readonly Obstacle[];
  /** Ids of policies that could not be read as policies. */
  readonly unreadable: readonly string[];
}

export interface EvaluationInput {
  readonly tree: PolicyTree;
  readonly needs: readonly Need[];
  readonly accounts: readonly {
    readonly account: string;
    readonly namespace: string | undefined;
  }[];
  readonly regions: readonly string[];
  readonly partition: string;
  readonly organization: string;
  /** Does not bind the management account (AWS Organizations User Guide, "Service control policies"). */
  readonly managementAccount: string;
  /** Our own policy, which spares our roles by design. */
  readonly ownPolicy: string | undefined;
}
