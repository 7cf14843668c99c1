import { parseFinding } from '../../templates/admin/functions/model/finding.ts';
import { isRefusal } from '../../templates/admin/functions/model/refusal.ts';
import { isSameControl } from '../../templates/admin/functions/model/same-control.ts';
import type { Connection } from './connect.ts';
import { findFindings } from './find-findings.ts';
import { searchOf } from './query.ts';
import type { Query } from './query.ts';

/** How many findings fail now. */
export interface OpenFindings {
  readonly byControl: ReadonlyMap<string, number>;
  /** Counting stopped early, so there may be more of each control. */
  readonly isPartial: boolean;
}

const EVERYTHING: Query = {
  accounts: [],
  regions: [],
  controls: [],
  severities: [],
  resources: [],
};

/**
 * Counts the open findings of controls: Security Hub has no count, so they are read, up to `atMost`. Throws `AwsProblem`,
 * and `Interrupted` on Ctrl-C.
 */
export async function countOpenFindings(
  connection: Pick<Connection, 'securityHub'>,
  controls: readonly string[],
  {
    atMost,
    signal,
    note,
    onProgress,
  }: {
    readonly atMost: number;
    readonly signal: AbortSignal;
    /** Told what could not be searched. */
    readonly note: (text: string) => void;
    readonly onProgress: (read: number) => void;
  },
): Promise<OpenFindings> {
  const byControl = new Map(controls.map((control) => [control, 0]));
  const search = searchOf(EVERYTHING, controls);
  // Those in OCSF have the ids of those in the other format.
  const counted = new Set<string>();
  let read = 0;
  for await (const page of findFindings(connection, search, { signal, note })) {
    for (const raw of page) {
      const finding = parseFinding(raw);
      if (isRefusal(finding) || counted.has(finding.id)) continue;
      counted.add(finding.id);
      const id = finding.securityControlId ?? '';
      const control = controls.find((one) => isSameControl(one, id));
      if (control !== undefined) byControl.set(control, (byControl.get(control) ?? 0) + 1);
    }
    read += page.length;
    onProgress(read);
    if (read >= atMost) return { byControl, isPartial: true };
  }
  return { byControl, isPartial: false };
}
