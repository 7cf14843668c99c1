import { parseAsff } from './asff.ts';
import { isOcsf, parseOcsf } from './ocsf.ts';
import type { Refusal } from './refusal.ts';

/** A finding whose origin is checked: it comes from Security Hub, and all its parts name one account and Region. */
export interface Finding {
  readonly format: 'asff' | 'ocsf';
  readonly id: string;
  /** Security Hub's own product ARN. */
  readonly productArn: string;
  /** OCSF only: `metadata.uid`, by which Security Hub updates the finding. */
  readonly metadataUid?: string;
  readonly partition: string;
  readonly region: string;
  readonly account: string;
  readonly generatorId: string;
  readonly securityControlId?: string;
  /** As ASFF says it: `FAILED`, `PASSED`, ... */
  readonly compliance?: string;
  readonly recordState?: string;
  /** As ASFF says it: `NEW`, `NOTIFIED`, `RESOLVED`, `SUPPRESSED`. */
  readonly workflow?: string;
  /** ISO 8601 as `toISOString` writes it; when Security Hub's check last wrote the finding. */
  readonly updatedAt: string;
  readonly resources: readonly FindingResource[];
  /** Values of the control, by Security Hub's name; null where they are no list of texts. */
  readonly parameters: Readonly<Record<string, readonly string[] | null>>;
  readonly title: string;
  readonly description: string;
  readonly severity: string;
}

export interface FindingResource {
  /** Mostly an ARN. */
  readonly id: string;
  /** Absent when the finding says nothing of them. */
  readonly tags?: Readonly<Record<string, string>>;
}

/**
 * Reads a finding in the AWS Security Finding Format or in OCSF. Everything in it is data that others wrote: only what
 * has the form it must have gets through. Never throws.
 */
export function parseFinding(raw: unknown): Finding | Refusal {
  return isOcsf(raw) ? parseOcsf(raw) : parseAsff(raw);
}
