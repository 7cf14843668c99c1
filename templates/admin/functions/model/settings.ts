import { objectOf } from './json.ts';
import { refuse } from './refusal.ts';
import type { Refusal } from './refusal.ts';

const FILTERS = ['Account', 'OU', 'Tag'] as const;
export type FilterKind = (typeof FILTERS)[number];
const MODES = ['Include', 'Exclude', 'Disabled'] as const;

/** What people set in the administrator account, read anew for every batch of requests and at every start. */
export interface Settings {
  /** Ids of the standards whose findings may be remediated. */
  readonly standards: readonly string[];
  readonly filters: Readonly<Record<FilterKind, Filter>>;
}

export interface Filter {
  readonly mode: (typeof MODES)[number];
  /** Account ids, ids of organizational units (or the root), or keys of tags. */
  readonly values: readonly string[];
}

/** What an entry of a filter looks like; a misspelled one would silently exclude nothing. */
const ENTRIES: Readonly<Record<FilterKind, RegExp>> = {
  Account: /^\d{12}$/u,
  // Organizations API, OrganizationalUnit and Root: patterns of the ids.
  OU: /^(?:ou-[0-9a-z]{4,32}-[0-9a-z]{8,32}|r-[0-9a-z]{4,32})$/u,
  Tag: /^[^\p{C}]{1,128}$/u,
};

/** Names of the parameters in Parameter Store that hold the settings: seven, so one GetParameters reads them. */
export function settingNames(solutionId: string): readonly string[] {
  return [
    standardsName(solutionId),
    ...FILTERS.flatMap((kind) => [modeName(kind), valuesName(kind)]),
  ];
}

/** The settings from the values of the parameters. A missing one, or one that isn't understood, is a refusal. */
export function parseSettings(
  values: ReadonlyMap<string, string>,
  solutionId: string,
): Settings | Refusal {
  const standards = loadedStandards(values.get(standardsName(solutionId)));
  if (standards === undefined) return unreadable(standardsName(solutionId));
  const Account = parseFilter('Account', values);
  if (typeof Account === 'string') return unreadable(Account);
  const OU = parseFilter('OU', values);
  if (typeof OU === 'string') return unreadable(OU);
  const Tag = parseFilter('Tag', values);
  if (typeof Tag === 'string') return unreadable(Tag);
  return { standards, filters: { Account, OU, Tag } };
}

function standardsName(solutionId: string): string {
  return `/Solutions/${solutionId}/standards`;
}

function modeName(kind: FilterKind): string {
  return `/ASR/Filters/${kind}FilterMode`;
}

/** Name of the parameter that lists what a filter includes or excludes. */
export function valuesName(kind: FilterKind): string {
  return `/ASR/Filters/${kind}Filters`;
}

function unreadable(name: string): Refusal {
  return refuse(
    'settings-unreadable',
    `The parameter ${name} is missing or holds a value that isn't understood.`,
  );
}

/** The value is JSON, `{"SC":"yes","AFSBP":"no",...}`, written by the stack. */
function loadedStandards(value: string | undefined): readonly string[] | undefined {
  try {
    const entries = Object.entries(objectOf(JSON.parse(value ?? '')));
    const isWellFormed =
      entries.length > 0 && entries.every(([, on]) => on === 'yes' || on === 'no');
    return isWellFormed ? entries.flatMap(([id, on]) => (on === 'yes' ? [id] : [])) : undefined;
  } catch {
    return undefined;
  }
}

/** The filter, or the name of the parameter that isn't understood. */
function parseFilter(kind: FilterKind, settings: ReadonlyMap<string, string>): Filter | string {
  const mode = MODES.find((one) => one === settings.get(modeName(kind)));
  const list = settings.get(valuesName(kind));
  if (mode === undefined) return modeName(kind);
  if (list === undefined) return valuesName(kind);
  const values = list
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '' && one !== 'none');
  const isUnderstood = mode === 'Disabled' || values.every((one) => ENTRIES[kind].test(one));
  return isUnderstood ? { mode, values } : valuesName(kind);
}
