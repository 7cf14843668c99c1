import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Catalog } from '../../functions/model/catalog.ts';
import type { ShownControl } from '../api/backend.ts';
import { createApi } from '../api/create-api.ts';
import type { HttpAnswer, HttpEvent } from '../api/http.ts';
import { createPages } from '../api/pages.ts';
import type { StaticFile } from '../api/pages.ts';
import { GROUPS } from '../api/principal.ts';
import { ROLES } from '../contract.ts';
import type { Role } from '../contract.ts';
import { createMemory, memoryBackend } from './memory.ts';
import type { Memory } from './memory.ts';
import { sampleHistory } from './sample-history.ts';
import { SAMPLE_ACCOUNTS, SAMPLE_SETTINGS, sampleFindings } from './sample.ts';
import { createSimulation } from './simulate.ts';

export interface LocalOptions {
  readonly catalog: Catalog;
  readonly controls: Readonly<Record<string, ShownControl>>;
  readonly files: Readonly<Record<string, StaticFile>>;
  readonly version: string;
  /** Who one is until one chooses. @default administrator */
  readonly role?: Role;
  /** Milliseconds that a made-up automation takes. @default 1000 */
  readonly automationTakes?: number;
  /** @default 200 */
  readonly findings?: number;
  /** Attempts of the last month. @default 140 */
  readonly history?: number;
  readonly now?: () => Date;
}

export interface Local {
  readonly memory: Memory;
  /** Such as http://127.0.0.1:8080 */
  readonly url: string;
  readonly close: () => Promise<void>;
}

const ADMIN_ACCOUNT = '012345678901';
const ISSUER = 'https://localhost/local';
const CLIENT = 'local';
/** Choosing another role: sets a cookie and goes back to the pages. */
const CHOOSE = '/local/role/';
const LONGEST_BODY = 100_000;

const SUBS: Readonly<Record<Role, string>> = {
  administrator: '11111111-1111-4111-8111-111111111111',
  'delegated-administrator': '22222222-2222-4222-8222-222222222222',
  'account-operator': '33333333-3333-4333-8333-333333333333',
};

/** Starts the console on the loopback interface: the real API on a memory with sample findings, without signing in. */
export async function startLocal(options: LocalOptions, port = 0): Promise<Local> {
  const { memory, handle } = createLocal(options);
  const server = createServer(
    (request, response) => void serve(options, handle, request, response),
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const { port: own } = server.address() as AddressInfo;
  return { memory, url: `http://127.0.0.1:${own}`, close: async () => close(server) };
}

function createLocal({
  catalog,
  controls,
  files,
  version,
  automationTakes = 1000,
  findings = 200,
  history = 140,
  now = () => new Date(),
}: LocalOptions) {
  const memory = createMemory(SAMPLE_SETTINGS);
  const samples = sampleFindings(catalog, findings + history, now());
  for (const raw of samples.slice(0, findings)) memory.findings.set(String(raw['Id']), raw);
  // The past is about other resources, but for the attempt that waits.
  const past = [...samples.slice(0, 1), ...samples.slice(findings)];
  for (const one of sampleHistory(past, catalog, now())) memory.attempts.set(one.id, one);
  for (const account of SAMPLE_ACCOUNTS) memory.members.add(account);
  for (const controlId of Object.keys(controls))
    memory.rows.set(controlId, {
      controlId,
      automatedRemediationEnabled: controlId === 'S3.5',
      // So that there is something to approve.
      ...(controlId === 'RDS.2' ? { approval: 'always' } : {}),
    });
  for (const role of ROLES)
    memory.people.set(SUBS[role], {
      username: SUBS[role],
      sub: SUBS[role],
      email: `${role}@example.com`,
      status: 'CONFIRMED',
      enabled: true,
      groups: [GROUPS[role]],
    });
  memory.operators.set(SUBS['account-operator'], [SAMPLE_ACCOUNTS[0]]);
  const newId = (): string => randomBytes(8).toString('hex');
  const simulate = createSimulation({
    memory,
    backend: () => backend,
    catalog,
    controls,
    adminAccount: ADMIN_ACCOUNT,
    now,
    newId,
    later: (work) => void setTimeout(work, automationTakes).unref(),
  });
  const backend = memoryBackend(memory, (command) => void simulate(command));
  const handle = createApi({
    catalog,
    controls,
    version,
    partition: 'aws',
    region: 'us-east-1',
    adminAccount: ADMIN_ACCOUNT,
    backend,
    issuer: ISSUER,
    clientId: CLIENT,
    now,
    newId,
    log: () => undefined,
    pages: createPages({ files, config: { local: true, domain: '', clientId: '' } }),
  });
  return { memory, handle };
}

type Handle = (event: HttpEvent) => Promise<HttpAnswer>;

async function serve(
  { role: first = 'administrator', now = () => new Date() }: LocalOptions,
  handle: Handle,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  // Another site that resolves its name to this machine is not to read anything.
  if (!/^(?:localhost|127\.0\.0\.1)(?::\d+)?$/u.test(request.headers.host ?? ''))
    return void response.writeHead(421).end();
  const chosen = ROLES.find((one) => url.pathname === `${CHOOSE}${one}`);
  if (chosen !== undefined)
    return void response
      .writeHead(303, {
        'set-cookie': `asr-role=${chosen}; Path=/; HttpOnly; SameSite=Strict`,
        location: '/',
      })
      .end();
  const body = await bodyOf(request);
  const cookie = /(?:^|;\s*)asr-role=(?<role>[a-z-]+)/u.exec(request.headers.cookie ?? '');
  const role = ROLES.find((one) => one === cookie?.groups?.['role']) ?? first;
  const {
    statusCode,
    headers,
    body: answer,
    isBase64Encoded = false,
  } = await handle({
    rawPath: url.pathname,
    rawQueryString: url.search.slice(1),
    headers: Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    ),
    ...(body === '' ? {} : { body }),
    requestContext: {
      http: { method: request.method ?? 'GET' },
      authorizer: { jwt: { claims: claimsOf(role, now()) } },
    },
  });
  response
    .writeHead(statusCode, headers)
    .end(isBase64Encoded ? Buffer.from(answer, 'base64') : answer);
}

/** The claims that an access token of this user would have. */
function claimsOf(role: Role, now: Date) {
  const seconds = Math.floor(now.getTime() / 1000);
  return {
    iss: ISSUER,
    client_id: CLIENT,
    token_use: 'access',
    scope: 'openid',
    sub: SUBS[role],
    username: SUBS[role],
    iat: seconds,
    exp: seconds + 60,
    'cognito:groups': [GROUPS[role]],
  };
}

/** What is longer is refused by its length. */
async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length <= LONGEST_BODY) parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
}
