export type Severity = 'INFORMATIONAL' | 'LOW' | 'MEDIUM' | 'HIGH' | 'CRITICAL';

/** Ids of the standards, as they stand in the stacks' `Load<Std>...` parameters. */
export type StandardId = string;

/** A control in Security Hub's consolidated list. */
export interface SecurityControl {
  readonly id: string;
  readonly title?: string;
  readonly severity: Severity;
  /** Names of the control parameters that customers can set in Security Hub. */
  readonly parameters: readonly string[];
  /** No longer checked by Security Hub; findings of it may linger. */
  readonly retired: boolean;
}

/** A standard: how its findings look, and which security control each of its own ids is. */
export interface Standard {
  readonly id: StandardId;
  readonly name: string;
  readonly version: string;
  /** Generator id of its findings; `{partition} {region} {control}` stand for values. */
  readonly generatorId: string;
  /** Absent for consolidated control findings, which belong to no single standard. */
  readonly standardsArn?: string;
  /** Own control id to security control id, in the order of the file. */
  readonly controls: ReadonlyMap<string, string>;
  /** It comes from a user's own folder, so the base templates have no parameter for it. */
  readonly isOwn?: true;
}

export interface Standards {
  readonly all: readonly Standard[];
  readonly controls: ReadonlyMap<string, SecurityControl>;
}

/** The standard whose own ids are the security control ids themselves. */
export const CONSOLIDATED: StandardId = 'SC';

const inverted = new WeakMap<Standard, ReadonlyMap<string, readonly string[]>>();

/** Own ids of a security control in a standard, empty when the standard lacks it. */
export function ownIds(standard: Standard, securityControlId: string): readonly string[] {
  const known = inverted.get(standard) ?? invert(standard);
  inverted.set(standard, known);
  return known.get(securityControlId) ?? [];
}

function invert({ controls }: Standard): ReadonlyMap<string, readonly string[]> {
  const byId = new Map<string, string[]>();
  for (const [own, id] of controls) byId.set(id, [...(byId.get(id) ?? []), own]);
  return byId;
}
