import {
  GetAutomationExecutionCommand,
  StartAutomationExecutionCommand,
} from '@aws-sdk/client-ssm';
import type { AutomationExecution } from '@aws-sdk/client-ssm';
import type { Clients } from './clients.ts';
import { until } from './patience.ts';
import type { Patience } from './patience.ts';

type Parameters = Readonly<Record<string, readonly string[]>>;

export interface Started {
  readonly document: string;
  readonly parameters: Parameters;
  readonly token?: string;
}

const RUNNING: ReadonlySet<string> = new Set([
  'Pending',
  'InProgress',
  'Waiting',
  'Cancelling',
  'RunbookInProgress',
]);

/** Starts and follows automations, and remembers all ids, so that clean-up can stop what still runs. */
export class Executions {
  readonly #clients: Clients;
  readonly #patience: Patience;
  readonly #ids: string[] = [];

  constructor(clients: Clients, patience: Patience) {
    this.#clients = clients;
    this.#patience = patience;
  }

  get ids(): readonly string[] {
    return this.#ids;
  }

  /** Starts once; the id. Throws what the API throws. */
  async start({ document, parameters, token }: Started): Promise<string> {
    const answer = await this.#clients.ssm.send(
      new StartAutomationExecutionCommand({
        DocumentName: document,
        Parameters: Object.fromEntries(
          Object.entries(parameters).map(([name, values]) => [name, [...values]]),
        ),
        ...(token === undefined ? {} : { ClientToken: token }),
      }),
    );
    const id = answer.AutomationExecutionId;
    if (id === undefined) throw new Error(`${document}: no execution id.`);
    if (!this.#ids.includes(id)) this.#ids.push(id);
    return id;
  }

  /** Starts; tries again while a role that was just made can't be assumed yet. */
  async startPatiently(started: Started): Promise<string> {
    return until(this.#patience, {
      what: `Start of ${started.document}`,
      every: 10,
      tries: 12,
      look: async () => {
        try {
          return await this.start(started);
        } catch (error) {
          if (error instanceof Error && /assume/iu.test(error.message)) return undefined;
          throw error;
        }
      },
    });
  }

  /** Waits until the execution ended, ten minutes at most. */
  async ended(id: string): Promise<AutomationExecution> {
    return until(this.#patience, {
      what: `Automation ${id}`,
      every: 5,
      tries: 120,
      look: async () => {
        const answer = await this.#clients.ssm.send(
          new GetAutomationExecutionCommand({ AutomationExecutionId: id }),
        );
        const execution = answer.AutomationExecution;
        const status = execution?.AutomationExecutionStatus ?? 'Pending';
        return execution === undefined || RUNNING.has(status) ? undefined : execution;
      },
    });
  }
}

/** Values of an output of the step `Result`; undefined when AWS has none. */
export function output(
  execution: AutomationExecution,
  name: string,
): readonly string[] | undefined {
  const step = execution.StepExecutions?.find(({ StepName }) => StepName === 'Result');
  return step?.Outputs?.[name];
}

/** Status, failure and the answer of an execution, for the table. */
export function summary(execution: AutomationExecution): string {
  const { AutomationExecutionStatus: status, FailureMessage: failure } = execution;
  const outcome = output(execution, 'Outcome')?.[0];
  return [
    `execution ${status ?? 'unknown'}`,
    ...(outcome === undefined ? [] : [`outcome ${outcome}`]),
    ...(failure === undefined ? [] : [failure.slice(0, 200)]),
  ].join(', ');
}
