import type { Command } from 'commander';
import { REAL_OUTSIDE, withPorts } from '../deploy/command.ts';
import type { Outside } from '../deploy/command.ts';
import { DeployError, Interrupted } from '../deploy/deploy-error.ts';
import { readBuild } from '../deploy/read-build.ts';
import { connectRollout } from '../deploy/rollout/connect.ts';
import type { AccountQuery } from '../deploy/rollout/find-accounts.ts';
import { perKind } from '../deploy/rollout/model.ts';
import type { RolloutKind } from '../deploy/rollout/model.ts';
import { rollOut } from '../deploy/rollout/rollout.ts';
import type { RolloutPorts, RolloutRequest } from '../deploy/rollout/rollout.ts';
import { readStatus, statusText } from '../deploy/rollout/status.ts';
import type { CommandContext } from './context.ts';
import { asCommand, exitCodeOf, readInput } from './deploy.ts';
import { EXIT } from './exit-codes.ts';
import { table } from './print.ts';
import { withRolloutOptions, withStatusOptions } from './rollout-options.ts';
import type { AudienceOptions, RolloutOptions, StatusOptions } from './rollout-options.ts';

/** The outside world of `asr rollout`; tests bring their own. */
export interface RolloutOutside extends Outside {
  readonly connect: (
    options: { readonly profile?: string },
    region: string,
  ) => Pick<RolloutPorts, 'organization' | 'stackSets'>;
}

const REAL: RolloutOutside = { ...REAL_OUTSIDE, connect: connectRollout };

/** `asr rollout` and `asr rollout status`: the roles and the member stack in every account of an organization. */
export function addRollout(
  program: Command,
  { printer, project, exit }: CommandContext,
  outside: RolloutOutside = REAL,
): void {
  const command = program
    .command('rollout')
    .description(
      'bring the roles and the member stack to the accounts of an organization with StackSets; a second run does only what is missing',
    );
  withRolloutOptions(command, project.root)
    .addHelpText('after', NOTES)
    .action((options: RolloutOptions) =>
      asCommand(async () => {
        if (options.regions === undefined)
          throw new DeployError('Name the Regions of the member stack with --regions.', {
            isUsage: true,
          });
        if (options.autoDeploy === true && options.accounts !== undefined)
          throw new DeployError(
            '--auto-deploy would bring the stacks to every account that joins the target units, not only to those of --accounts. Leave one of them out.',
            { isUsage: true },
          );
        const { regions } = options;
        const inputs = readInputs(options, printer.note);
        const outcome = await withPorts(
          { outside, printer, awsOptions: options },
          (ports, region) =>
            rollOut(
              {
                region,
                query: queryOf(options),
                regions,
                rolesRegion: options.rolesRegion,
                only: options.only === undefined ? undefined : new Set(options.only),
                name: options.name,
                inputs,
                pace: {
                  concurrency: options.concurrency,
                  tolerance: options.tolerance,
                  isParallel: options.parallelRegions === true,
                },
                isYes: options.yes === true,
              },
              { ...ports, ...outside.connect(options, region) },
            ),
        );
        exit(exitCodeOf(outcome));
      }),
    );
  addStatus(command, { printer, project, exit }, outside);
}

const NOTES = `
Sign in to the management account, or to a delegated administrator of StackSets. The management account itself is left out by
stack sets of an organization; deploy to it with asr deploy. The Region of the stack sets is --region; use the same for every run.`;

function addStatus(
  parent: Command,
  { printer, project, exit }: CommandContext,
  outside: RolloutOutside,
): void {
  const command = parent
    .command('status')
    .description('show which accounts have the roles and the member stack, Region by Region');
  withStatusOptions(command, project.root).action((own: StatusOptions) =>
    asCommand(async () => {
      // Commander gives an option that both commands have to the outer one, wherever it stands.
      const options: StatusOptions = { ...own, ...written(parent), ...written(command) };
      await withPorts({ outside, printer, awsOptions: options }, async (ports, region) => {
        try {
          const status = await readStatus(
            {
              region,
              query: queryOf(options),
              regions: options.regions ?? [],
              rolesRegion: options.rolesRegion,
              name: options.name,
              buildVersion: versionOf(options.dist),
            },
            { ...ports, ...outside.connect(options, region) },
          );
          ports.display.result(
            options.json === true
              ? JSON.stringify(status, undefined, 2)
              : statusText(status, { isWhole: options.all === true, table }),
          );
          exit(status.isComplete ? EXIT.ok : EXIT.problems);
        } catch (error) {
          if (!(error instanceof Interrupted)) throw error;
          exit(EXIT.problems);
        }
      });
    }),
  );
}

/** The options that stood on the command line; not the defaults. */
function written(command: Command): Readonly<Record<string, unknown>> {
  const all = Object.entries(command.opts<Readonly<Record<string, unknown>>>());
  return Object.fromEntries(all.filter(([name]) => command.getOptionValueSource(name) === 'cli'));
}

function queryOf(options: AudienceOptions): AccountQuery {
  return {
    units: options.ou ?? [],
    canaryUnits: options.canaryOu ?? [],
    accounts: options.accounts,
    excluded: options.exclude ?? [],
    selfManaged:
      options.selfManaged === true
        ? {
            ...(options.administrationRole === undefined
              ? {}
              : { administrationRole: options.administrationRole }),
            ...(options.executionRole === undefined
              ? {}
              : { executionRole: options.executionRole }),
          }
        : undefined,
  };
}

/** Both builds and their parameters. A parameter of the command line goes to each stack that has it. */
function readInputs(
  options: RolloutOptions,
  note: (text: string) => void,
): RolloutRequest['inputs'] {
  const builds = perKind((kind) => readBuild(options.dist, kind));
  const has = (kind: RolloutKind, name: string): boolean =>
    name in (builds[kind].template.Parameters ?? {});
  const flags = options.parameter ?? [];
  // What neither stack has is for the member stack to complain about: it knows other spellings.
  const parameters = {
    'member-roles': flags.filter(({ name }) => has('member-roles', name)),
    member: flags.filter(({ name }) => has('member', name) || !has('member-roles', name)),
  };
  const inputs = perKind((kind) =>
    readInput(builds[kind], { ...options, parameter: parameters[kind] }, note),
  );
  return {
    builds,
    given: perKind((kind) => inputs[kind].checked.values),
    isAutomatic: options.autoDeploy,
    bucket: options.bucket ?? inputs.member.bucket,
    prefix: options.prefix,
  };
}

/** Undefined without a build: the status needs none. */
function versionOf(dist: string): string | undefined {
  try {
    return readBuild(dist, 'member').version;
  } catch (error) {
    if (error instanceof DeployError) return undefined;
    throw error;
  }
}
