import type { Command } from 'commander';
import type { ConnectOptions } from '../operate/connect.ts';

/** The options that say which installation is meant. */
export function withInstallation(command: Command): Command {
  return command
    .option(
      '--stack-name <name>',
      'the administrator stack (default: automated-security-response-admin)',
    )
    .option(
      '--region <region>',
      'where the administrator stack is; default: AWS_REGION, then the profile',
    )
    .option('--profile <name>', 'profile of the AWS configuration files');
}

/** Only what says which installation is meant. */
export function connectOptions({ stackName, region, profile }: ConnectOptions): ConnectOptions {
  return {
    ...(stackName === undefined ? {} : { stackName }),
    ...(region === undefined ? {} : { region }),
    ...(profile === undefined ? {} : { profile }),
  };
}
