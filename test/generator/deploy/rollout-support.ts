import { Command, CommanderError } from 'commander';
import { CommandError } from '../../../generator/cli/exit-codes.ts';
import { createPrinter } from '../../../generator/cli/print.ts';
import { addRollout } from '../../../generator/cli/rollout.ts';
import type { RolloutOutside } from '../../../generator/cli/rollout.ts';
import { Interrupted } from '../../../generator/deploy/deploy-error.ts';
import type { RolloutPorts } from '../../../generator/deploy/rollout/rollout.ts';
import type { StackClient } from '../../../generator/deploy/stack-client.ts';
import { createDisplay } from '../../../generator/deploy/terminal.ts';
import type { Played } from './deploy-support.ts';
import { createWorld, MANAGEMENT } from './rollout-world.ts';
import type { World, WorldAccount, WorldOptions } from './rollout-world.ts';

/** A template of each stack, small enough for a request. */
export const TEMPLATES = {
  'member-roles': {
    Description:
      '(SO0111R) Automated Security Response, roles of a member account, version v1.2.3. More.',
    Parameters: {
      SecHubAdminAccount: { Type: 'String', AllowedPattern: '^[0-9]{12}$' },
      Namespace: { Type: 'String' },
      RolePermissionsBoundary: { Type: 'String', Default: '' },
    },
    Resources: {
      Role: {
        Type: 'AWS::SSM::Parameter',
        Properties: { Type: 'String', Value: { Ref: 'Namespace' } },
      },
    },
  },
  member: {
    Description:
      '(SO0111M) Automated Security Response, documents of a member account, version v1.2.3. More.',
    Parameters: {
      SecHubAdminAccount: { Type: 'String', AllowedPattern: '^[0-9]{12}$' },
      Namespace: { Type: 'String' },
      LoadSCMemberStack: { Type: 'String', Default: 'yes', AllowedValues: ['yes', 'no'] },
    },
    Resources: {
      Document: {
        Type: 'AWS::SSM::Parameter',
        Properties: { Type: 'String', Value: { Ref: 'LoadSCMemberStack' } },
      },
    },
  },
};

export const GIVEN = ['-p', 'SecHubAdminAccount=222222222222', '-p', 'Namespace=shtest'];

/** `count` accounts in turn in the given units, after the management account. */
export function accountsIn(count: number, units: readonly string[]): readonly WorldAccount[] {
  const members = Array.from({ length: count }, (_, index) => ({
    id: String(200_000_000_000 + index),
    name: `account ${index}`,
    isActive: true,
    unit: units[index % units.length] ?? '',
  }));
  return [{ id: MANAGEMENT, name: 'management', isActive: true, unit: 'r-root' }, ...members];
}

/** Names of the stack sets. */
export const ROLES = 'automated-security-response-member-roles';
export const MEMBER = 'automated-security-response-member';

const UNITS = {
  'ou-test-sandbox1': 'r-root',
  'ou-test-work0000': 'r-root',
  'ou-test-deep0000': 'ou-test-work0000',
};
/** The units in which the accounts of `organization` are, in turn. */
export const IN_UNITS = Object.keys(UNITS);
/** The first accounts of `organization`: one in the sandbox, one at work. */
export const [FIRST, SECOND] = ['200000000000', '200000000001'];

/** Nine accounts in three units, besides the management account. */
export function organization(options: Partial<WorldOptions> = {}): World {
  return createWorld({ accounts: accountsIn(9, IN_UNITS), units: UNITS, ...options });
}

/** Runs `asr rollout` for two Regions on an organization, with a person who says yes. */
export function rollOutTo(
  world: World,
  dist: string,
  args: readonly string[] = [],
  stage: Partial<Stage> = {},
): Promise<Played> {
  return playRollout(
    { ...world, answers: ['yes'], ...stage },
    ...['--regions', 'us-east-1,eu-west-1', '--dist', dist, ...GIVEN, ...args],
  );
}

/** AWS and time as a test has them. */
export interface Stage extends Pick<RolloutPorts, 'organization' | 'stackSets'> {
  readonly now: () => Date;
  readonly wait: (milliseconds: number) => void;
  /** Answers to questions; undefined means that there is no terminal. */
  readonly answers?: readonly string[];
  /** Called at each pause, which ends the command when it gives true. */
  readonly interruptsAt?: () => boolean;
  readonly region?: string;
}

/** Runs `asr rollout`, or `asr rollout status` when that comes first, in this process. */
export async function playRollout(stage: Stage, ...args: readonly string[]): Promise<Played> {
  const written = { out: '', err: '' };
  const questions: string[] = [];
  const answers = [...(stage.answers ?? [])];
  const sink = (name: 'out' | 'err') => ({
    write: (text: string) => {
      written[name] += text;
    },
  });
  let code: number = 0;
  const outside: RolloutOutside = {
    aws: async (options) => ({
      region: options.region ?? stage.region ?? 'us-east-1',
      stacks: {} as StackClient,
      templates: {
        put: async (bucket, key) => ({
          url: `https://${bucket}/${key}`,
          location: key,
          how: 'found',
        }),
      },
    }),
    connect: () => stage,
    display: (output) => createDisplay(output, sink('err')),
    prompter: () => ({
      isInteractive: stage.answers !== undefined,
      ask: async (question) => {
        questions.push(question);
        return answers.shift() ?? '';
      },
    }),
    now: stage.now,
    sleep: async (milliseconds) => {
      stage.wait(milliseconds);
      if (stage.interruptsAt?.() === true) throw new Interrupted('Interrupted.');
    },
  };
  const program = new Command('asr').exitOverride().configureOutput({
    writeOut: (text) => sink('out').write(text),
    writeErr: (text) => sink('err').write(text),
  });
  addRollout(
    program,
    {
      printer: createPrinter(sink('out'), sink('err')),
      project: { root: '/nowhere', version: '1.2.3' },
      exit: (wanted) => {
        code = wanted;
      },
    },
    outside,
  );
  for (const command of [...program.commands, ...program.commands.flatMap((one) => one.commands)])
    command.exitOverride();
  try {
    await program.parseAsync(['rollout', ...args], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) code = error.exitCode === 0 ? 0 : 2;
    else if (error instanceof CommandError) {
      written.err += `${error.message}\n`;
      code = error.exitCode;
    } else throw error;
  }
  return { code, ...written, questions };
}
