import type { Judgement } from '../members/judgement.ts';
import type { Facts } from './facts.ts';

/** What is read only when a check judges it. Security Hub itself is always looked at: it says which accounts there are. */
export type FactGroup = 'accounts' | 'admin' | 'organization' | 'services';

/** One thing that the doctor looks at. Its file in `checks/` has the name of its id. */
export interface Check {
  /** Words with hyphens; people choose checks by it. */
  readonly id: string;
  /** What it finds out, as a sentence. */
  readonly title: string;
  /** IAM actions whose answers it judges. */
  readonly reads: readonly string[];
  readonly facts: readonly FactGroup[];
  /** Judges what was read. Pure; what could not be read is `unknown`. */
  readonly judge: (facts: Facts) => readonly Judgement[];
}
