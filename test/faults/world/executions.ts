import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { runMachine } from '../../templates/admin/asl.ts';
import type { Execution, Machine } from '../../templates/admin/asl.ts';
import { AwsError } from './aws.ts';
import type { Call } from './aws.ts';
import type { Clock } from './clock.ts';

const FILE = fileURLToPath(
  new URL('../../../templates/admin/orchestrator.asl.yaml', import.meta.url),
);
const machine = parse(
  readFileSync(FILE, 'utf8')
    .replaceAll(/\$\{(\w+)\.Arn\}/gu, '$1')
    .replaceAll('${AWS::Partition}', 'aws'),
) as Machine;

/** An execution of the orchestrator; `ended` once it has. */
export interface Started {
  readonly name: string;
  readonly input: string;
  ended?: Execution;
}

/** Step Functions, with the real definition. */
export interface Executions {
  readonly all: Map<string, Started>;
  readonly answer: (call: Call) => unknown;
}

interface ExecutionsOptions {
  readonly clock: Clock;
  readonly orchestratorArn: string;
  readonly functions: Readonly<Record<string, (payload: unknown) => Promise<unknown>>>;
  readonly onEnd: (execution: Execution) => void;
}

const LONGEST_PAUSE = 300;

export function createExecutions(options: ExecutionsOptions): Executions {
  const { clock, orchestratorArn } = options;
  const all = new Map<string, Started>();
  const run = async (started: Started): Promise<void> => {
    // Waits of the machine, and pauses before its retries, come due with the next call of a function.
    let pause = 0;
    let failures = 0;
    const functions = Object.entries(options.functions).map(
      ([name, call]) =>
        [
          name,
          async (payload: unknown) => {
            await clock.wait(pause * 1000);
            pause = 0;
            try {
              const answer = await call(payload);
              failures = 0;
              return answer;
            } catch (error) {
              failures += 1;
              pause = Math.min(4 * 2 ** (failures - 1), LONGEST_PAUSE);
              throw error;
            }
          },
        ] as const,
    );
    const execution = await runMachine(machine, JSON.parse(started.input), {
      functions: Object.fromEntries(functions),
      waited: (seconds) => {
        pause = seconds;
      },
      execution: `${orchestratorArn.replace(':stateMachine:', ':execution:')}:${started.name}`,
    });
    started.ended = execution;
    options.onEnd(execution);
  };
  return {
    all,
    answer: ({ operation, input }) => {
      if (operation === 'DescribeExecution') {
        const found = all.get(String(input['executionArn']).split(':').at(-1) ?? '');
        if (found === undefined) throw new AwsError('ExecutionDoesNotExist');
        if (found.ended === undefined) return { status: 'RUNNING' };
        return { status: found.ended.error === undefined ? 'SUCCEEDED' : 'FAILED' };
      }
      if (operation !== 'StartExecution') throw new Error(`${operation} is not played.`);
      const name = String(input['name']);
      const there = all.get(name);
      if (there?.ended !== undefined) throw new AwsError('ExecutionAlreadyExists');
      if (there !== undefined) return {};
      const started: Started = { name, input: String(input['input']) };
      all.set(name, started);
      void run(started);
      return {};
    },
  };
}
