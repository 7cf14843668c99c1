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
import type { Role } from '../contract.ts';
import { createEmulatedWorld } from './emulated-world.ts';
import { CLIENT, ISSUER, claimsOf, roleOf } from './identity.ts';
import { isIdentityPath, serveIdentity } from './identity-page.ts';
import { createMemoryWorld } from './memory-world.ts';
import type { Records, Worker, World } from './records.ts';
import { SAMPLE_SETTINGS } from './sample.ts';
import { sampleWorld } from './sample-world.ts';
import { createSimulation } from './simulate.ts';

export interface LocalOptions {
  readonly catalog: Catalog;
  readonly controls: Readonly<Record<string, ShownControl>>;
  readonly files: Readonly<Record<string, StaticFile>>;
  readonly version: string;
  /** Who one is until one chooses. @default administrator */
  readonly role?: Role;
  /** An emulator of AWS on this machine, such as http://localhost:5000. @default everything is in memory */
  readonly endpoint?: string;
  /** Milliseconds that a made-up automation takes. @default 1000 */
  readonly automationTakes?: number;
  /** @default 200 */
  readonly findings?: number;
  /** Attempts of the last month. @default 140 */
  readonly history?: number;
  readonly now?: () => Date;
}

export interface Local {
  /** Such as http://127.0.0.1:8080 */
  readonly url: string;
  /** What is different from AWS, a sentence each. */
  readonly differences: readonly string[];
  readonly close: () => Promise<void>;
}

const ADMIN_ACCOUNT = '012345678901';
const SOLUTION_ID = 'SO0111';
const LONGEST_BODY = 100_000;

/**
 * Starts the console on the loopback interface: the real API on a memory or an emulator with sample findings, without
 * signing in. Throws when the emulator is not on this machine or doesn't answer, and when the port is taken.
 */
export async function startLocal(options: LocalOptions, port = 0): Promise<Local> {
  const world = await createWorld(options);
  const handle = createHandle(options, world);
  const server = createServer(
    (request, response) => void serve(options, world, handle, request, response),
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const { port: own } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${own}`,
    differences: world.differences,
    close: async () => {
      await close(server);
      await world.close();
    },
  };
}

function newId(): string {
  return randomBytes(8).toString('hex');
}

async function createWorld({
  catalog,
  controls,
  endpoint,
  automationTakes = 1000,
  findings = 200,
  history = 140,
  now = () => new Date(),
}: LocalOptions): Promise<World> {
  const samples = sampleWorld(catalog, controls, { findings, history }, now());
  const workerOf = ({ backend }: Pick<World, 'backend'>, records: Records): Worker =>
    createSimulation({
      backend,
      records,
      catalog,
      controls,
      adminAccount: ADMIN_ACCOUNT,
      now,
      newId,
      later: (work) => void setTimeout(() => void work().catch(report), automationTakes).unref(),
    });
  if (endpoint === undefined) return createMemoryWorld(samples, SAMPLE_SETTINGS, workerOf);
  const emulated = { endpoint, adminAccount: ADMIN_ACCOUNT, solutionId: SOLUTION_ID, now };
  return createEmulatedWorld(emulated, samples, SAMPLE_SETTINGS, workerOf);
}

function report(error: unknown): void {
  process.stderr.write(`A made-up automation failed: ${String(error)}\n`);
}

function createHandle(
  { catalog, controls, files, version, now = () => new Date() }: LocalOptions,
  { backend }: World,
): Handle {
  return createApi({
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
}

type Handle = (event: HttpEvent) => Promise<HttpAnswer>;

async function serve(
  { role: first = 'administrator', now = () => new Date() }: LocalOptions,
  world: World,
  handle: Handle,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  // Another site that resolves its name to this machine is not to read anything.
  if (!/^(?:localhost|127\.0\.0\.1)(?::\d+)?$/u.test(request.headers.host ?? ''))
    return void response.writeHead(421).end();
  const role = roleOf(request.headers.cookie) ?? first;
  const event: HttpEvent = {
    rawPath: url.pathname,
    rawQueryString: url.search.slice(1),
    headers: Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    ),
    body: await bodyOf(request),
    requestContext: {
      http: { method: request.method ?? 'GET' },
      authorizer: { jwt: { claims: claimsOf(role, world.users[role], now()) } },
    },
  };
  const answer = isIdentityPath(url.pathname)
    ? await serveIdentity(world, role, event)
    : await handle(event);
  const { statusCode, headers, body, isBase64Encoded = false } = answer;
  response.writeHead(statusCode, headers).end(isBase64Encoded ? Buffer.from(body, 'base64') : body);
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
