import { parseArgs } from 'node:util';

export interface ProofOptions {
  /** The sandbox account; anything else is refused. */
  readonly account?: string;
  readonly region?: string;
  /** Don't ask. Needs `account`. */
  readonly yes: boolean;
  readonly help: boolean;
}

export const USAGE = `Usage: npm run proof:aws -- [--account <id>] [--region <name>] [--yes]

Checks in a sandbox account what docs/aws-assumptions.md claims about AWS, and removes all it made.

  --account <id>    the account that it may run in; others are refused
  --region <name>   Region; by default the one of your environment
  --yes             do not ask; needs --account

Credentials come from your environment, as for the AWS CLI.
Exit codes: 0 every claim holds, 1 a claim does not hold or something is left over,
2 nothing was done (refused, wrong account, wrong command line), 130 interrupted.`;

/** Reads the command line. Throws Error with what is wrong. */
export function parseOptions(args: readonly string[]): ProofOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      account: { type: 'string' },
      region: { type: 'string' },
      yes: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const { account, region, yes, help } = values;
  if (account !== undefined && !/^\d{12}$/u.test(account))
    throw new Error(`--account ${account}: an account id has 12 digits.`);
  if (yes && account === undefined) throw new Error('--yes needs --account.');
  return {
    yes,
    help,
    ...(account === undefined ? {} : { account }),
    ...(region === undefined ? {} : { region }),
  };
}
