import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import { adminCatalog } from '../emit/admin-catalog.ts';
import { buildCatalog } from '../emit/catalog.ts';
import { knownControl, knownImpact, knownStandard } from '../operate/controls.ts';
import type { Query } from '../operate/query.ts';
import { SEVERITIES } from '../operate/query.ts';
import type { Catalogs } from '../operate/select.ts';
import type { SourcesOptions } from './own-sources.ts';
import { projectWith } from './own-sources.ts';
import { DEFAULT_SOLUTION_ID, requireProject } from './project.ts';
import type { Project } from './project.ts';

/** The options that choose findings or attempts. */
export interface QueryOptions {
  readonly account?: readonly string[];
  readonly findingRegion?: readonly string[];
  readonly control?: readonly string[];
  readonly severity?: readonly string[];
  readonly resource?: readonly string[];
  readonly standard?: string;
  readonly impact?: string;
}

/** Adds them. */
export function withQuery(command: Command): Command {
  return command
    .option('--account <ids>', 'accounts, with commas between', parseAccounts)
    .option('--finding-region <regions>', 'Regions of the findings', parseRegions)
    .option('--control <ids>', 'security controls, such as EC2.2,S3.1', parseTexts)
    .option('--standard <id>', 'controls of a standard, such as CIS300')
    .option('--severity <words>', 'severities, such as HIGH,CRITICAL', parseSeverities)
    .option(
      '--resource <arns>',
      'resources; an ARN that ends in * stands for all that begin so',
      parseTexts,
    )
    .option('--impact <word>', 'only what can do no worse than this, such as config-only');
}

/** Whether any of them is given. */
export function isQuery(options: QueryOptions): boolean {
  const { account, findingRegion, control, severity, resource, standard, impact } = options;
  return [account, findingRegion, control, severity, resource, standard, impact].some(
    (one) => one !== undefined,
  );
}

/** What they mean. Throws `DeployError` on a control, standard or impact that isn't known. */
export function queryOf(options: QueryOptions, { catalog }: Catalogs): Query {
  const { account = [], findingRegion = [], control = [], severity = [], resource = [] } = options;
  const controls = Object.keys(catalog.controls).map((id) => ({ id }));
  const standards = catalog.standards.map(({ id }) => id);
  return {
    accounts: account,
    regions: findingRegion,
    controls: control.map((one) => knownControl(one, controls)),
    severities: severity,
    resources: resource,
    ...(options.standard === undefined
      ? {}
      : { standard: knownStandard(options.standard, standards) }),
    ...(options.impact === undefined ? {} : { impact: knownImpact(options.impact) }),
  };
}

/** What the sources say, own ones included. Throws `CommandError` when they don't compile. */
export async function catalogsOf(project: Project, options: SourcesOptions): Promise<Catalogs> {
  const { compiled, sources } = await requireProject(projectWith(project, options));
  const { standards } = sources;
  const names = { solutionId: DEFAULT_SOLUTION_ID, version: project.version };
  return {
    catalog: adminCatalog({ compiled, standards }),
    controls: buildCatalog({ compiled, standards, names }),
  };
}

export function parseTexts(text: string, before: readonly string[] = []): readonly string[] {
  const texts = text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
  if (texts.length === 0) throw new InvalidArgumentError('Name one at least.');
  return [...new Set([...before, ...texts])];
}

export function parseAccounts(text: string, before?: readonly string[]): readonly string[] {
  const accounts = parseTexts(text, before);
  if (!accounts.every((one) => /^\d{12}$/u.test(one)))
    throw new InvalidArgumentError('An account id has 12 digits.');
  return accounts;
}

export function parseRegions(text: string, before?: readonly string[]): readonly string[] {
  const regions = parseTexts(text, before);
  if (!regions.every((one) => /^[a-z]{2,}(?:-[a-z]+)+-\d{1,2}$/u.test(one)))
    throw new InvalidArgumentError('A Region looks like us-east-1.');
  return regions;
}

function parseSeverities(text: string, before?: readonly string[]): readonly string[] {
  const words = parseTexts(text.toUpperCase(), before);
  if (!words.every((one) => SEVERITIES.some((known) => known === one)))
    throw new InvalidArgumentError(`Use ${SEVERITIES.join(', ')}.`);
  return words;
}

/** A whole number of at least `least`, for the parser of an option. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}$/u.test(text) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= most))
      throw new InvalidArgumentError(`Use a whole number from ${least} to ${most}.`);
    return value;
  };
}

/** 32 hexadecimal digits. */
export function parseAttempts(text: string, before?: readonly string[]): readonly string[] {
  return parseTexts(text, before).map(parseAttempt);
}

export function parseAttempt(text: string): string {
  if (!/^[0-9a-f]{32}$/u.test(text))
    throw new InvalidArgumentError('An attempt id has 32 digits from 0 to f.');
  return text;
}

/** A day such as 2026-03-01. */
export function parseDay(text: string): string {
  const isDay =
    /^\d{4}-\d{2}-\d{2}$/u.test(text) &&
    !Number.isNaN(Date.parse(text)) &&
    new Date(text).toISOString().startsWith(text);
  if (!isDay) throw new InvalidArgumentError('Write a day as 2026-03-01.');
  return text;
}
