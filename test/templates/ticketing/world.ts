import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { createTicketing } from '../../../templates/ticketing/create-ticketing.ts';
import type { TicketAnswer } from '../../../templates/ticketing/create-ticketing.ts';
import type { TicketService } from '../../../templates/ticketing/service.ts';
import { jira } from '../../../templates/jira/functions/jira.ts';
import { serviceNow } from '../../../templates/servicenow/functions/service-now.ts';
import type { Fake } from './fake.ts';
import { startJira } from './fake-jira.ts';
import { startServiceNow } from './fake-service-now.ts';

export const secretsManager = mockClient(SecretsManagerClient);

const SECRET_ARN = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:tickets-a1B2c3';
/** Milliseconds of one invocation. */
const TIME = 50_000;

/** One ticket system on this machine, and what differs between the systems in tests. */
export interface System {
  readonly name: 'Jira' | 'ServiceNow';
  start(token: () => string): Promise<Fake>;
  service(url: string): TicketService;
  /** Text of the secret for a token. */
  secret(token: string): string;
  /** Address and id of the first ticket. */
  first(url: string): { readonly TicketURL: string; readonly TicketId: string };
}

export const SYSTEMS: readonly System[] = [
  {
    name: 'Jira',
    start: async (token) => startJira({ user: 'bot@example.com', token, project: 'SEC' }),
    service: (url) => jira({ site: url, api: url, projectKey: 'SEC', issueType: 'Task' }),
    secret: (token) => JSON.stringify({ Username: 'bot@example.com', Password: token }),
    first: (url) => ({ TicketURL: `${url}/browse/SEC-1`, TicketId: 'SEC-1' }),
  },
  {
    name: 'ServiceNow',
    start: async (key) => startServiceNow({ key, table: 'incident' }),
    service: (url) => serviceNow({ instance: url, table: 'incident' }),
    secret: (token) => JSON.stringify({ API_Key: token }),
    first: (url) => ({
      TicketURL: `${url}/nav_to.do?uri=incident.do%3Fsys_id%3D${'1'.padStart(32, '0')}`,
      TicketId: 'INC0000001',
    }),
  },
];

/** A function with its clock, which only pauses move, and all that it logged. */
export interface TicketFunction {
  readonly open: (event: unknown) => Promise<TicketAnswer>;
  readonly pauses: readonly number[];
  readonly logs: readonly string[];
  /** Lets time go by between invocations, in milliseconds. */
  readonly later: (milliseconds: number) => void;
}

/** A cold function. `time`: milliseconds that each invocation has. */
export function createFunction(service: TicketService, time = TIME): TicketFunction {
  const pauses: number[] = [];
  const logs: string[] = [];
  let clock = Date.parse('2026-02-03T04:05:06Z');
  const handler = createTicketing({
    service,
    secretsManager: new SecretsManagerClient({ region: 'eu-west-1' }),
    secretArn: SECRET_ARN,
    now: () => new Date(clock),
    pause: async (milliseconds) => {
      pauses.push(milliseconds);
      clock += milliseconds;
      await Promise.resolve();
    },
    random: () => 0.5,
    requestTimeout: 300,
    log: (line) => logs.push(line),
  });
  const open = async (event: unknown): Promise<TicketAnswer> => {
    const end = clock + time;
    return handler(event, { getRemainingTimeInMillis: () => end - clock });
  };
  const later = (milliseconds: number): void => {
    clock += milliseconds;
  };
  return { open, pauses, logs, later };
}

export function holdSecret(text: string): void {
  secretsManager.on(GetSecretValueCommand).resolves({ SecretString: text });
}

export function secretReads(): number {
  return secretsManager.commandCalls(GetSecretValueCommand).length;
}
