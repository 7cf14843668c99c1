import { GetParametersCommand } from '@aws-sdk/client-ssm';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { objectOf } from './json.ts';
import { refuse } from './refusal.ts';
import type { Refusal } from './refusal.ts';

const FILTERS = ['Account', 'OU', 'Tag'] as const;
const MODES = ['Include', 'Exclude', 'Disabled'] as const;
type Mode = (typeof MODES)[number];

/** What people set in the administrator account, read anew for every finding. */
export interface Settings {
  /** Ids of the standards whose findings may be remediated. */
  readonly standards: readonly string[];
  readonly filters: Readonly<Record<(typeof FILTERS)[number], Filter>>;
}

export interface Filter {
  readonly mode: Mode;
  readonly values: readonly string[];
}

/**
 * Reads the settings from Parameter Store (SSM API, GetParameters: at most ten names). A missing parameter or a value
 * that isn't understood is a refusal: what can't be read denies.
 */
export async function readSettings(
  ssm: SSMClient,
  solutionId: string,
): Promise<Settings | Refusal> {
  const standards = `/Solutions/${solutionId}/standards`;
  const names = FILTERS.flatMap((kind) => [
    `/ASR/Filters/${kind}Filters`,
    `/ASR/Filters/${kind}FilterMode`,
  ]);
  const answer = await ssm.send(new GetParametersCommand({ Names: [standards, ...names] }));
  const values = new Map((answer.Parameters ?? []).map(({ Name, Value }) => [Name, Value]));
  const loaded = loadedStandards(values.get(standards));
  if (loaded === undefined) return unreadable(standards);
  const filters: [string, Filter][] = [];
  for (const kind of FILTERS) {
    const filter = parseFilter(
      values.get(`/ASR/Filters/${kind}FilterMode`),
      values.get(`/ASR/Filters/${kind}Filters`),
    );
    if (filter === undefined) return unreadable(`/ASR/Filters/${kind}FilterMode`);
    filters.push([kind, filter]);
  }
  return { standards: loaded, filters: Object.fromEntries(filters) as Settings['filters'] };
}

/** Whether a finding passes the filters; nothing when it does. */
export function filtered(settings: Settings, account: string): Refusal | undefined {
  const { Account: accounts, OU: units, Tag: tags } = settings.filters;
  const unknowable = [
    units.mode === 'Disabled' ? '' : 'OU',
    tags.mode === 'Disabled' ? '' : 'Tag',
  ].find(Boolean);
  if (unknowable !== undefined)
    return refuse(
      'filtered',
      `/ASR/Filters/${unknowable}FilterMode is set, but this version can't evaluate that filter, so it starts nothing.`,
    );
  const isListed = accounts.values.includes(account);
  if ((accounts.mode === 'Include' && !isListed) || (accounts.mode === 'Exclude' && isListed))
    return refuse(
      'filtered',
      `/ASR/Filters/AccountFilters (${accounts.mode}) leaves account ${account} out.`,
    );
  return undefined;
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

function parseFilter(mode: string | undefined, list: string | undefined): Filter | undefined {
  const known = MODES.find((one) => one === mode);
  if (known === undefined || list === undefined) return undefined;
  return {
    mode: known,
    values: list
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== '' && one !== 'none'),
  };
}
