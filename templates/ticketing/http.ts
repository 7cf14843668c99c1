/** What a request came to. `lost`: nobody knows whether the other side did what was asked. */
export type Reply =
  | {
      readonly is: 'answer';
      readonly status: number;
      readonly headers: Headers;
      /** The parsed JSON; undefined when it is none, or longer than we read. */
      readonly body: unknown;
    }
  | { readonly is: 'lost'; readonly reason: string };

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Milliseconds for all of it, the answer's body included. */
  readonly timeout: number;
}

/** Bytes of an answer that are read: ours are a few hundred, an error page may be anything. */
const LONGEST_BODY = 256 * 1024;

/**
 * Sends one request and reads its answer. Never throws, and never repeats what an error of the platform says: such texts
 * may hold headers. Redirects are not followed: they would take the credentials to another host.
 */
export async function send({ timeout, ...request }: HttpRequest): Promise<Reply> {
  const { url, ...init } = request;
  try {
    const response = await fetch(url, {
      ...init,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeout),
    });
    const { status, headers } = response;
    return { is: 'answer', status, headers, body: parse(await boundedText(response)) };
  } catch (error) {
    return { is: 'lost', reason: lostReason(error, timeout) };
  }
}

async function boundedText(response: Response): Promise<string> {
  if (response.body === null) return '';
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body) {
    length += chunk.byteLength;
    if (length > LONGEST_BODY) return '';
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function lostReason(error: unknown, timeout: number): string {
  if (error instanceof Error && error.name === 'TimeoutError')
    return `no answer within ${timeout / 1000} seconds`;
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : '';
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{2,40}$/u.test(code)
    ? `no connection, ${code}`
    : 'no connection';
}
