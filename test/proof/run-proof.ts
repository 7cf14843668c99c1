import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { CHECKS } from './checks.ts';
import type { Check, CheckContext } from './checks.ts';
import { resultTable } from './claims.ts';
import type { ClaimResult } from './claims.ts';
import { cleanUp } from './clean-up.ts';
import type { Clients } from './clients.ts';
import { Executions } from './executions.ts';
import { announce } from './names.ts';
import type { Names, Place } from './names.ts';
import type { ProofOptions } from './options.ts';
import { errorText, Interrupted } from './patience.ts';
import type { Patience } from './patience.ts';
import { createStack } from './stack-control.ts';

export const EXIT = { ok: 0, failed: 1, refused: 2, interrupted: 130 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export interface ProofInput {
  readonly clients: Clients;
  readonly options: ProofOptions;
  readonly names: Names;
  /** First and second edition of the stack. */
  readonly templates: { readonly first: string; readonly second: string };
  readonly patience: Patience;
  readonly print: (text: string) => void;
  /** What the person answers; undefined when there is nobody to ask. */
  readonly ask: (question: string) => Promise<string | undefined>;
}

/** Asks, makes, checks, and always cleans up. Failures become exit codes; it throws only when AWS can't be reached. */
export async function runProof(input: ProofInput): Promise<ExitCode> {
  const place = await whereAmI(input.clients);
  const refusal = await refused(input, place);
  if (refusal !== undefined) {
    input.print(`Nothing was done: ${refusal}`);
    return EXIT.refused;
  }
  const executions = new Executions(input.clients, input.patience);
  let code: ExitCode = EXIT.failed;
  try {
    code = await prove(input, place, executions);
  } catch (error) {
    if (error instanceof Interrupted) code = EXIT.interrupted;
    input.print(errorText(error));
  } finally {
    input.print('Cleaning up...');
    const left = await cleanUp({
      clients: input.clients,
      names: input.names,
      executions: executions.ids,
      sleep: input.patience.sleep,
    });
    input.print(left.length === 0 ? 'Nothing is left.' : `Left over:\n  ${left.join('\n  ')}`);
    if (left.length > 0 && code === EXIT.ok) code = EXIT.failed;
  }
  return code;
}

async function whereAmI({ sts, ssm }: Clients): Promise<Place> {
  const region = await ssm.config.region();
  const { Account: account, Arn: arn } = await sts.send(new GetCallerIdentityCommand({}));
  const partition = arn?.split(':')[1];
  if (account === undefined || partition === undefined)
    throw new Error('AWS does not say whose credentials these are.');
  return { account, partition, region };
}

async function refused(input: ProofInput, place: Place): Promise<string | undefined> {
  const { options, names, print, ask } = input;
  if (options.account !== undefined && options.account !== place.account)
    return `the credentials belong to account ${place.account}, not to ${options.account}.`;
  print(announce(place, names));
  if (options.yes) return undefined;
  const answer = await ask(`Type the account id ${place.account} to go on: `);
  if (answer === undefined) return 'there is nobody to ask. Give --account and --yes.';
  return answer.trim() === place.account ? undefined : 'it was not confirmed.';
}

async function prove(input: ProofInput, place: Place, executions: Executions): Promise<ExitCode> {
  const { clients, names, templates, patience, print } = input;
  print(`Creating stack ${names.stack}...`);
  await createStack(clients, names, templates.first, patience);
  const context = { clients, executions, names, place, patience, update: templates.second };
  const results: ClaimResult[] = [];
  for (const check of CHECKS) {
    print(`Checking ${check.claims.join(', ')}...`);
    results.push(...(await tried(check, context)));
  }
  print(`\n${resultTable(results)}\n`);
  return results.every(({ status }) => status === 'holds') ? EXIT.ok : EXIT.failed;
}

/** A check that breaks leaves its claims unknown, and the others go on. */
async function tried(check: Check, context: CheckContext): Promise<readonly ClaimResult[]> {
  try {
    return await check.run(context);
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    return check.claims.map((claim) => ({ claim, status: 'unknown', seen: errorText(error) }));
  }
}
