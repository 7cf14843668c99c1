// npm run proof:aws: asks, then checks in a sandbox account what docs/aws-assumptions.md claims.
import { createInterface } from 'node:readline/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { createClients } from './clients.ts';
import { newNames } from './names.ts';
import { parseOptions, USAGE } from './options.ts';
import type { ProofOptions } from './options.ts';
import { errorText } from './patience.ts';
import { EXIT, runProof } from './run-proof.ts';
import type { ExitCode } from './run-proof.ts';
import { compileProofUnit, proofTemplate } from './stack.ts';

/** Ctrl-C or the end of the input while asking is an answer too: an empty one. */
async function ask(question: string): Promise<string | undefined> {
  if (!process.stdin.isTTY) return undefined;
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  const closed = new Promise<string>((resolve) => void lines.once('close', () => resolve('')));
  try {
    return await Promise.race([lines.question(question), closed]);
  } finally {
    lines.close();
  }
}

async function prove(options: ProofOptions): Promise<ExitCode> {
  const stop = new AbortController();
  process.on('SIGINT', () => {
    // Said again and again on purpose: a second Ctrl-C must not end the clean-up.
    process.stderr.write('\nStopping; what was made is removed, please wait.\n');
    stop.abort();
  });
  process.on('SIGTERM', () => stop.abort());
  // A sleep ends early when interrupted, except while cleaning up: then each takes its time.
  const sleep = async (milliseconds: number): Promise<void> => {
    const parts = Math.ceil(milliseconds / 500);
    const wasAborted = stop.signal.aborted;
    for (let part = 0; part < parts; part += 1) {
      if (stop.signal.aborted && !wasAborted) return;
      await wait(500);
    }
  };
  const names = newNames();
  const unit = await compileProofUnit();
  return runProof({
    clients: createClients(options.region),
    options,
    names,
    templates: { first: proofTemplate(unit, names, 1), second: proofTemplate(unit, names, 2) },
    patience: { sleep, signal: stop.signal },
    print: (text) => void process.stdout.write(`${text}\n`),
    ask,
  });
}

async function main(args: readonly string[]): Promise<ExitCode> {
  let options: ProofOptions;
  try {
    options = parseOptions(args);
  } catch (error) {
    process.stderr.write(`${errorText(error)}\n\n${USAGE}\n`);
    return EXIT.refused;
  }
  if (options.help) {
    process.stdout.write(`${USAGE}\n`);
    return EXIT.ok;
  }
  try {
    return await prove(options);
  } catch (error) {
    process.stderr.write(`Nothing was done: ${errorText(error)}\n`);
    return EXIT.refused;
  }
}

// The AWS SDK would tell at every start that it will drop this Node version one day.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
process.exitCode = await main(process.argv.slice(2));
