import { runMachine } from '../../templates/admin/asl.ts';
import type { Execution, Machine } from '../../templates/admin/asl.ts';
import { inputOf } from './api-request.ts';
import type { WorldClock } from './clock.ts';
import type { Handler } from './functions.ts';
import { AwsError } from './front.ts';
import type { Stand } from './front.ts';
import type { Meter } from './meter.ts';

/** An execution of the orchestrator, as people see it in Step Functions. */
export interface MachineRun {
  readonly name: string;
  readonly arn: string;
  readonly input: unknown;
  /** Absent while it runs. */
  readonly ended?: Execution;
}

/** Step Functions: executions start when they are asked for, and run when the world lets them. */
export interface Machines {
  readonly stand: Stand;
  /** Runs the oldest execution that waits to its end, its waits in the world's time. False when none waits. */
  readonly runNext: () => Promise<boolean>;
  readonly all: () => readonly MachineRun[];
  readonly forget: () => void;
}

export interface MachineOptions {
  readonly clock: WorldClock;
  readonly meter: Meter;
  /** The deployed definition. */
  readonly definition: () => Machine;
  /** The functions by their ARNs. */
  readonly functions: () => Readonly<Record<string, Handler>>;
}

export function createMachines(options: MachineOptions): Machines {
  const { clock, meter } = options;
  const known = new Map<string, MachineRun>();
  return {
    all: () => [...known.values()],
    forget: () => known.clear(),
    stand: async (request) => {
      if (request.service !== 'states') return undefined;
      const input = inputOf(request);
      switch (request.operation) {
        case 'StartExecution':
          return start(known, input as unknown as StartInput);
        case 'DescribeExecution': {
          const found = known.get(String(input['executionArn']));
          if (found === undefined)
            throw new AwsError('ExecutionDoesNotExist', 'No such execution.');
          return { executionArn: found.arn, name: found.name, status: statusOf(found) };
        }
        default:
          return undefined;
      }
    },
    runNext: async () => {
      const next = [...known.values()].find(({ ended }) => ended === undefined);
      if (next === undefined) return false;
      meter.turn(next.name);
      const ended = await runMachine(options.definition(), next.input, {
        functions: counted(options.functions(), meter),
        waited: clock.advance,
        execution: next.arn,
      });
      meter.add('transitions', ended.transitions);
      meter.turn('nobody');
      known.set(next.arn, { ...next, ended });
      return true;
    },
  };
}

interface StartInput {
  readonly stateMachineArn: string;
  readonly name: string;
  readonly input: string;
}

/** Step Functions API, StartExecution: the same name and input answer with the execution that runs; one that is over is there already. */
function start(
  known: Map<string, MachineRun>,
  { stateMachineArn, name, input }: StartInput,
): object {
  const arn = `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${name}`;
  const before = known.get(arn);
  const isSame =
    before !== undefined && JSON.stringify(before.input) === JSON.stringify(JSON.parse(input));
  if (before !== undefined && (before.ended !== undefined || !isSame))
    throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
  if (before === undefined) known.set(arn, { name, arn, input: JSON.parse(input) as unknown });
  return { executionArn: arn, startDate: 0 };
}

function statusOf({ ended }: MachineRun): string {
  if (ended === undefined) return 'RUNNING';
  return ended.error === undefined ? 'SUCCEEDED' : 'FAILED';
}

function counted(
  functions: Readonly<Record<string, Handler>>,
  meter: Meter,
): Readonly<Record<string, Handler>> {
  return Object.fromEntries(
    Object.entries(functions).map(([arn, call]) => [
      arn,
      async (payload: unknown) => {
        meter.add('functionCalls', 1);
        return call(payload);
      },
    ]),
  );
}
