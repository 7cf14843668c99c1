import { readFileSync } from 'node:fs';
import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { parseAmount } from '../deploy/rollout/preferences.ts';
import type { Amount } from '../deploy/rollout/preferences.ts';
import { withBuildOptions } from './deploy.ts';
import type { BuildOptions } from './deploy.ts';

/** Options that say which accounts and Regions are meant. */
export interface AudienceOptions {
  readonly ou?: readonly string[];
  readonly canaryOu?: readonly string[];
  readonly accounts?: readonly string[];
  readonly exclude?: readonly string[];
  readonly selfManaged?: true;
  readonly administrationRole?: string;
  readonly executionRole?: string;
  readonly regions?: readonly string[];
  readonly rolesRegion?: string;
  readonly name: string;
  readonly region?: string;
  readonly profile?: string;
}

/** Options of `asr rollout`. */
export interface RolloutOptions extends AudienceOptions, BuildOptions {
  readonly only?: readonly string[];
  readonly concurrency: Amount;
  readonly tolerance: Amount;
  readonly parallelRegions?: true;
  readonly autoDeploy?: boolean;
  readonly bucket?: string;
  readonly prefix: string;
  readonly yes?: true;
}

/** Options of `asr rollout status`. */
export interface StatusOptions extends AudienceOptions {
  readonly dist: string;
  readonly all?: true;
  readonly json?: true;
}

/** Adds the options of `asr rollout`. */
export function withRolloutOptions(command: Command, root: string): Command {
  withAudience(command)
    .option(
      '--canary-ou <ids>',
      'roll out to the accounts of these units first, and to everybody else only when all of it went well',
      parseUnits,
    )
    .option(
      '--only <cells>',
      'try again only these, each an account or account/Region, with commas between',
      parseCells,
    )
    .addOption(
      new Option('--concurrency <n>', 'accounts at a time in a Region, a number or a percentage')
        .argParser((text) => amount(text, 1))
        .default(amount('25%', 1), '25%'),
    )
    .addOption(
      new Option(
        '--tolerance <n>',
        'accounts that may fail in a Region before it stops, a number or a percentage; none in the canary',
      )
        .argParser((text) => amount(text, 0))
        .default(amount('5%', 0), '5%'),
    )
    .option('--parallel-regions', 'all Regions at once instead of one after the other')
    .option(
      '--auto-deploy',
      'let accounts that join the target units get the stacks by themselves (default for new stack sets, except with --accounts)',
    )
    .option('--no-auto-deploy', 'do not');
  return withBuildOptions(command, root)
    .option(
      '--bucket <name>',
      'bucket for a template that is too large for a request (see asr publish)',
    )
    .option('--prefix <folder>', 'folder in the bucket, as given to asr publish', 'asr')
    .option('-y, --yes', 'ask nothing');
}

/** Adds the options of `asr rollout status`. */
export function withStatusOptions(command: Command, root: string): Command {
  return withAudience(command)
    .option('--all', 'show complete accounts, too')
    .option('--json', 'print JSON')
    .option('--dist <folder>', 'the build whose version is compared', `${root}/dist`);
}

function withAudience(command: Command): Command {
  return command
    .option(
      '--regions <list>',
      'Regions of the member stack, with commas between, in the order of their deployment',
      parseRegions,
    )
    .option(
      '--roles-region <region>',
      'Region of the roles, which an account takes once (default: where they are, else the first Region)',
      parseRegion,
    )
    .option(
      '--ou <ids>',
      'target units, or the root, with commas between (default: the root)',
      parseUnits,
    )
    .option(
      '--accounts <ids>',
      'only these accounts of the units: 12 digits each with commas between, or @file with one in a line',
      parseAccounts,
    )
    .option('--exclude <ids>', 'none of these accounts, written likewise', parseAccounts)
    .option(
      '--self-managed',
      'without an organization: with roles of your own in every account (CloudFormation User Guide, "Grant self-managed permissions")',
    )
    .option('--administration-role <arn>', 'of self-managed permissions, if it has another name')
    .option('--execution-role <name>', 'of self-managed permissions, if it has another name')
    .option(
      '--name <prefix>',
      'beginning of the names of the stack sets',
      parsePrefix,
      'automated-security-response',
    )
    .option(
      '--region <region>',
      'of the stack sets themselves (default: AWS_REGION, then the profile)',
    )
    .option('--profile <name>', 'profile of the AWS configuration files');
}

function amount(text: string, least: number): Amount {
  const parsed = parseAmount(text, least);
  if (parsed === undefined)
    throw new InvalidArgumentError(`Write a number from ${least} on, or a percentage up to 100%.`);
  return parsed;
}

function list(text: string): readonly string[] {
  const all = text.split(/[\s,]+/u).filter((one) => one !== '');
  return [...new Set(all)];
}

function parseRegion(text: string): string {
  if (/^[a-z]{2,}(?:-[a-z]+)+-\d$/u.test(text)) return text;
  throw new InvalidArgumentError(`${text} is no Region. One looks like us-east-1.`);
}

function parseRegions(text: string): readonly string[] {
  const regions = list(text).map(parseRegion);
  if (regions.length > 0) return regions;
  throw new InvalidArgumentError('Name at least one Region.');
}

/** Organizations API, OrganizationalUnit and Root. */
function parseUnits(text: string): readonly string[] {
  const units = list(text);
  const isUnit = /^(?:r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[a-z0-9]{8,32})$/u;
  if (units.length > 0 && units.every((unit) => isUnit.test(unit))) return units;
  throw new InvalidArgumentError(
    'Write ids with commas between; a unit looks like ou-ab12-cdefghij, a root like r-ab12.',
  );
}

function parseAccounts(text: string): readonly string[] {
  const accounts = list(text.startsWith('@') ? read(text.slice(1)) : text);
  if (accounts.length > 0 && accounts.every((one) => /^\d{12}$/u.test(one))) return accounts;
  throw new InvalidArgumentError('Write account ids of 12 digits with commas between.');
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
}

function parseCells(text: string): readonly string[] {
  const cells = list(text);
  const isCell = /^\d{12}(?:\/[a-z]{2,}(?:-[a-z]+)+-\d)?$/u;
  if (cells.length > 0 && cells.every((cell) => isCell.test(cell))) return cells;
  throw new InvalidArgumentError(
    'Write account ids, each with /Region behind it when only that one is meant.',
  );
}

/** A stack set's name has up to 128 characters [API CreateStackSet], and the longest ending takes 13. */
function parsePrefix(text: string): string {
  if (/^[A-Za-z][A-Za-z0-9-]{0,114}$/u.test(text)) return text;
  throw new InvalidArgumentError(
    'Use up to 115 letters, digits and hyphens, starting with a letter.',
  );
}
