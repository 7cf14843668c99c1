import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { addDeploy } from '../../../generator/cli/deploy.ts';
import { addDestroy } from '../../../generator/cli/destroy.ts';
import { addDiff } from '../../../generator/cli/diff.ts';
import { CommandError } from '../../../generator/cli/exit-codes.ts';
import { createPrinter } from '../../../generator/cli/print.ts';
import { createAws } from '../../../generator/deploy/aws.ts';
import type { Outside } from '../../../generator/deploy/command.ts';
import { Interrupted } from '../../../generator/deploy/deploy-error.ts';
import { createDisplay } from '../../../generator/deploy/terminal.ts';
import type { Ended } from '../cli/run-cli.ts';

/** What people answer, in order; `interrupt` is Ctrl-C. */
export type Answer = string | { readonly interrupt: true };

export interface Stage {
  /** Answers to questions; undefined means that there is no terminal. */
  readonly answers?: readonly Answer[];
  readonly aws?: Outside['aws'];
  /** Called instead of waiting; with it a test lets time pass. */
  readonly onSleep?: () => void;
  /** A terminal of so many columns instead of a file. */
  readonly columns?: number;
}

/** The end of a command line, and the questions that were asked. */
export interface Played extends Ended {
  readonly questions: readonly string[];
}

/** Runs `asr deploy`, `diff` or `destroy` in this process, away from any terminal and without waiting. */
export async function play(stage: Stage, ...args: readonly string[]): Promise<Played> {
  const written = { out: '', err: '' };
  const questions: string[] = [];
  const answers = [...(stage.answers ?? [])];
  const sink = (name: 'out' | 'err') => ({
    write: (text: string) => {
      written[name] += text;
    },
    ...(stage.columns === undefined ? {} : { isTTY: true, columns: stage.columns }),
  });
  const printer = createPrinter(sink('out'), sink('err'));
  let code: number = 0;
  const context = {
    printer,
    project: { root: '/nowhere', version: '1.2.3' },
    exit: (wanted: number) => {
      code = wanted;
    },
  };
  const outside: Outside = {
    aws: stage.aws ?? ((options) => createAws(options)),
    display: (output) => createDisplay(output, sink('err')),
    prompter: (interrupt) => ({
      isInteractive: stage.answers !== undefined,
      ask: (question) => {
        questions.push(question);
        const answer = answers.shift() ?? '';
        if (typeof answer === 'string') return Promise.resolve(answer);
        interrupt();
        return Promise.reject(new Interrupted('Interrupted.'));
      },
    }),
    now: () => new Date('2027-01-02T03:04:05Z'),
    sleep: (_milliseconds, signal) => {
      stage.onSleep?.();
      return signal.aborted ? Promise.reject(new Interrupted('Interrupted.')) : Promise.resolve();
    },
  };
  const program = new Command('asr').exitOverride().configureOutput({
    writeOut: (text) => sink('out').write(text),
    writeErr: (text) => sink('err').write(text),
  });
  addDeploy(program, context, outside);
  addDiff(program, context, outside);
  addDestroy(program, context, outside);
  for (const command of program.commands) command.exitOverride();
  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) code = error.exitCode === 0 ? 0 : 2;
    else if (error instanceof CommandError) {
      written.err += `${error.message}\n`;
      code = error.exitCode;
    } else throw error;
  }
  return { code, ...written, questions };
}

/** A build with one template, as `asr build` would write it; the caller removes it. */
export function writeBuild(
  templates: Readonly<Record<string, string | object>>,
  folder: string = mkdtempSync(join(tmpdir(), 'asr-deploy-')),
  version: string = '1.2.3',
): string {
  mkdirSync(folder, { recursive: true });
  for (const [kind, template] of Object.entries(templates))
    writeFileSync(
      join(folder, `automated-security-response-${kind}.template`),
      typeof template === 'string' ? template : JSON.stringify(template),
    );
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ version }));
  return folder;
}
