import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseRequest } from './api-request.ts';
import type { ApiRequest } from './api-request.ts';

/** What goes back over the wire. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** An AWS API error, by its code. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/**
 * Answers requests in the place of AWS: an object is sent as JSON, a `Reply` as it is, undefined leaves the request to
 * the emulator. Throws `AwsError`.
 */
export type Stand = (
  request: ApiRequest,
  forward: () => Promise<Reply>,
) => Promise<Reply | object | undefined>;

export interface Front {
  /** URL for all services. */
  readonly endpoint: string;
  readonly stop: () => Promise<void>;
}

export interface FrontOptions {
  /** URL of the emulator. */
  readonly emulator: string;
  readonly stands: readonly Stand[];
  /** Sees every request before it is answered; throws `AwsError` to fail it. */
  readonly watch: (request: ApiRequest) => Promise<void>;
  /** Told what neither AWS nor the functions would do: the emulator failed, or a stand-in did. */
  readonly surprise: (what: string) => void;
}

/** Starts the server to which the functions send all their calls. */
export async function startFront(options: FrontOptions): Promise<Front> {
  const server = createServer((message, response) => {
    void parseRequest(message)
      .then(async (request) => answer(options, request))
      .catch((error: unknown) => {
        options.surprise(String(error));
        return failure(error);
      })
      .then((reply) => send(response, reply));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

async function answer(
  { emulator, stands, watch, surprise }: FrontOptions,
  request: ApiRequest,
): Promise<Reply> {
  const forward = async (): Promise<Reply> => pass(emulator, request);
  try {
    await watch(request);
    for (const stand of stands) {
      const given = await stand(request, forward);
      if (given !== undefined) return isReply(given) ? given : json(200, given);
    }
    const reply = await forward();
    if (reply.status >= 500) surprise(`${nameOf(request)}: ${reply.body.toString('utf8')}`);
    return reply;
  } catch (error) {
    if (!(error instanceof AwsError)) surprise(`${nameOf(request)}: ${String(error)}`);
    return failure(error, request);
  }
}

function nameOf({ service, operation }: ApiRequest): string {
  return `${service}:${operation}`;
}

function isReply(given: object): given is Reply {
  return 'status' in given && 'headers' in given && Buffer.isBuffer((given as Reply).body);
}

function json(status: number, body: object, headers: Reply['headers'] = {}): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: Buffer.from(JSON.stringify(body)),
  };
}

/** Errors in the form of the request's protocol. What is no AWS error is ours, and looks like no error of AWS. */
function failure(error: unknown, request?: ApiRequest): Reply {
  if (!(error instanceof AwsError))
    return json(418, { message: String(error) }, { 'x-amzn-errortype': 'BrokenWorld' });
  const { code, message, status } = error;
  const isQuery =
    request?.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
  if (!isQuery)
    return json(status, { __type: code, message, Message: message }, { 'x-amzn-errortype': code });
  const text = `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;
  return { status, headers: { 'content-type': 'text/xml' }, body: Buffer.from(text) };
}

/** Hands a request to the emulator as it came, but for the host. */
async function pass(emulator: string, { method, path, headers, body }: ApiRequest): Promise<Reply> {
  const {
    host: _host,
    connection: _connection,
    'content-length': _length,
    expect: _expect,
    ...kept
  } = headers;
  const response = await fetch(`${emulator}${path}`, {
    method,
    headers: kept,
    ...(body.length === 0 ? {} : { body: new Uint8Array(body) }),
  });
  const {
    'content-length': _size,
    'content-encoding': _coding,
    ...back
  } = Object.fromEntries(response.headers);
  return {
    status: response.status,
    headers: back,
    body: Buffer.from(await response.arrayBuffer()),
  };
}

function send(response: ServerResponse, { status, headers, body }: Reply): void {
  response.writeHead(status, {
    ...headers,
    'content-length': String(body.length),
    connection: 'keep-alive',
  });
  response.end(body);
}
