/** One row of the catalogue, as the page shows it. */
export interface ControlRow {
  readonly id: string;
  readonly title: string;
  readonly severity: string;
  /** Security Hub no longer checks it. */
  readonly retired: boolean;
  /** The control's own ids by standard, only of the standards that have it. */
  readonly standards: Readonly<Record<string, readonly string[]>>;
  /** Undefined when the control is only detected. */
  readonly remediation: RemediationRow | undefined;
}

export interface RemediationRow {
  readonly name: string;
  /** One word, or two that depend on the remediation's parameters. */
  readonly impact: string | readonly [when: string, then: string, otherwise: string];
  /** Why it can't be undone; undefined when it can. */
  readonly noUndo: string | undefined;
  /** IAM actions of the remediation's role. */
  readonly permissions: readonly string[];
}

type PackedRemediation = readonly [
  name: string,
  noUndo: string | 0,
  permissions: readonly number[],
];

/** Own ids in one standard: 0 for none, 1 for the control's own id and nothing else. */
type PackedIds = 0 | 1 | readonly string[];

type PackedControl = readonly [
  id: string,
  title: string,
  severity: number,
  retired: 0 | 1,
  ids: readonly PackedIds[],
  remediation?: number,
  impact?: RemediationRow['impact'],
];

/** The catalogue with each text once: rows refer to the lists by position. */
export interface PackedCatalogue {
  readonly standards: readonly string[];
  readonly severities: readonly string[];
  readonly actions: readonly string[];
  readonly remediations: readonly PackedRemediation[];
  readonly controls: readonly PackedControl[];
}

/** Packs rows for the page; `unpack` is its inverse. `standards` gives the order of columns. */
export function pack(rows: readonly ControlRow[], standards: readonly string[]): PackedCatalogue {
  const severities = listOf(rows.map((row) => row.severity));
  const found = rows.flatMap(({ remediation }) => (remediation === undefined ? [] : [remediation]));
  const actions = listOf(found.flatMap(({ permissions }) => permissions));
  const byName = new Map(found.map((one) => [one.name, one] as const));
  const names = listOf([...byName.keys()]);
  return {
    standards,
    severities: severities.all,
    actions: actions.all,
    remediations: names.all.map((name) => [
      name,
      byName.get(name)?.noUndo ?? 0,
      (byName.get(name)?.permissions ?? []).map(actions.position),
    ]),
    controls: rows.map((row): PackedControl => {
      const ids = standards.map((standard) => packIds(row, standard));
      const start = [
        row.id,
        row.title,
        severities.position(row.severity),
        row.retired ? 1 : 0,
        ids,
      ] as const;
      if (row.remediation === undefined) return start;
      return [...start, names.position(row.remediation.name), row.remediation.impact];
    }),
  };
}

/** The rows of a packed catalogue, in its order. */
export function unpack(packed: PackedCatalogue): readonly ControlRow[] {
  return packed.controls.map(([id, title, severity, retired, ids, remediation, impact]) => {
    const [name, noUndo, permissions] = packed.remediations[remediation ?? -1] ?? [];
    const own = packed.standards.flatMap((standard, index) => {
      const found = ids[index] ?? 0;
      return found === 0 ? [] : [[standard, found === 1 ? [id] : found] as const];
    });
    return {
      id,
      title,
      severity: packed.severities[severity] ?? '',
      retired: retired === 1,
      standards: Object.fromEntries(own),
      remediation:
        name === undefined || impact === undefined
          ? undefined
          : {
              name,
              impact,
              noUndo: noUndo === 0 ? undefined : noUndo,
              permissions: (permissions ?? []).map((index) => packed.actions[index] ?? ''),
            },
    };
  });
}

function packIds(row: ControlRow, standard: string): PackedIds {
  const ids = row.standards[standard] ?? [];
  if (ids.length === 0) return 0;
  return ids.length === 1 && ids[0] === row.id ? 1 : ids;
}

function listOf(texts: readonly string[]) {
  const all = [...new Set(texts)].toSorted();
  const positions = new Map(all.map((text, index) => [text, index] as const));
  return { all, position: (text: string): number => positions.get(text) ?? -1 };
}

/** What the rows are narrowed to; an empty text means no narrowing. */
export interface CatalogueFilter {
  /** Words that must all begin a word of the id, title, remediation, permissions or a standard's own id. */
  readonly words: string;
  readonly standard: string;
  readonly kind: '' | 'remediated' | 'detect-only';
  readonly impact: string;
  readonly undo: '' | 'yes' | 'no';
}

/** The words of an impact: one, or the two it can be. */
function impactWords(impact: RemediationRow['impact']): readonly string[] {
  return typeof impact === 'string' ? [impact] : [impact[1], impact[2]];
}

/** A function that says whether a row passes; the texts of rows are put together once. */
export function createMatcher(): (row: ControlRow, filter: CatalogueFilter) => boolean {
  const texts = new WeakMap<ControlRow, string>();
  return (row, filter) => {
    const text = texts.get(row) ?? searchText(row);
    texts.set(row, text);
    return (
      (filter.standard === '' || filter.standard in row.standards) &&
      passes(row.remediation, filter) &&
      wordsOf(filter.words).every((word) => text.includes(` ${word}`))
    );
  };
}

/** What is only detected has no impact and no undo to ask for. */
function passes(
  remediation: RemediationRow | undefined,
  { kind, impact, undo }: CatalogueFilter,
): boolean {
  if (remediation === undefined) return kind !== 'remediated' && impact === '' && undo === '';
  return (
    kind !== 'detect-only' &&
    (impact === '' || impactWords(remediation.impact).includes(impact)) &&
    (undo === '' || (remediation.noUndo === undefined) === (undo === 'yes'))
  );
}

function wordsOf(text: string): readonly string[] {
  return text
    .toLowerCase()
    .split(/\s+/u)
    .filter((word) => word !== '');
}

/** The places where a name such as `MakeRDSSnapshotPrivate` falls into words. */
export const INNER_WORDS = /(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/u;

/** All words, each after a space: whole as they are written, and the words inside them. */
function searchText({ id, title, remediation, standards }: ControlRow): string {
  const own = Object.entries(standards).flatMap(([standard, ids]) => [standard, ...ids]);
  const all = [id, title, ...own, remediation?.name ?? '', ...(remediation?.permissions ?? [])];
  const words = all.flatMap((text) => text.split(/\s+/u));
  const parts = words.flatMap((word) => word.split(/[^\p{L}\p{N}]+/u));
  const inner = parts.flatMap((part) => part.split(INNER_WORDS));
  return ` ${[...new Set([...words, ...parts, ...inner])].join(' ')}`.toLowerCase();
}
