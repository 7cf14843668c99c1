import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bundleConsole } from '../../generator/emit/console-web.ts';
import { staticFiles } from '../../generator/emit/console-code.ts';
import { createPages } from '../../templates/admin/console/api/pages.ts';
import { REQUEST_HEADER } from '../../templates/admin/console/contract.ts';
import type {
  AttemptDetail,
  AttemptSummary,
  FindingAction,
  FindingDetail,
  FindingSummary,
  Me,
  Role,
  WebConfig,
} from '../../templates/admin/console/contract.ts';
import * as samples from './console-samples.ts';

export interface Stub {
  readonly url: string;
  /** Requests of the API besides GET, with their bodies. */
  readonly sent: readonly { readonly route: string; readonly body: unknown }[];
  /** Header by which each request of the API names its user. */
  readonly tokens: readonly (string | undefined)[];
  /** Answers that are given instead, by route such as `GET /api/findings`. */
  readonly instead: Map<string, { readonly status: number; readonly body: unknown }>;
  /** Sample data and role as at the start. */
  readonly reset: (role?: Role) => void;
  readonly close: () => void;
}

const PAGE = 24;

/** Serves the bundled pages, with the headers of the real function, and answers the API with sample data. */
export async function startConsoleStub(
  config: WebConfig = { local: true, domain: '', clientId: '' },
): Promise<Stub> {
  const page = createPages({
    files: staticFiles(await bundleConsole()),
    config,
  });
  const sent: { route: string; body: unknown }[] = [];
  const tokens: (string | undefined)[] = [];
  const instead: Stub['instead'] = new Map();
  let role: Role = 'administrator';
  let attempts: AttemptDetail[] = [...samples.ATTEMPTS];
  let paused = false;
  const reset = (next: Role = 'administrator'): void => {
    role = next;
    attempts = [...samples.ATTEMPTS];
    paused = false;
    sent.length = 0;
    tokens.length = 0;
    instead.clear();
  };

  const start = ({ action, findings }: FindingAction): object => {
    const mode = action === 'preview' ? 'Preview' : 'Remediate';
    const begun = findings.flatMap(({ id }) => {
      const finding = samples.FINDINGS.find((one) => one.id === id);
      if (finding === undefined) return [];
      const {
        endedAt: _e,
        outcome: _o,
        message: _m,
        ...attempt
      } = samples.attemptOn(finding, 1000);
      const fresh = { id: (attempts.length + 1000).toString(16).padStart(32, '0'), mode } as const;
      const claimed = { status: 'claimed', origin: 'console', canUndo: false } as const;
      return [{ ...attempt, ...fresh, ...claimed, claimedAt: new Date().toISOString() }];
    });
    attempts = [...begun, ...attempts];
    return { accepted: findings.length };
  };
  /** Each look at an attempt under way is the last one before it has ended. */
  const settle = (): void => {
    attempts = attempts.map((one) =>
      one.status === 'claimed'
        ? {
            ...one,
            status: 'ended',
            outcome: one.mode === 'Preview' ? 'would-change' : 'changed',
            message:
              one.mode === 'Preview' ? 'Two rules would be removed.' : 'Two rules were removed.',
            endedAt: new Date().toISOString(),
            canUndo: one.mode === 'Remediate',
          }
        : one,
    );
  };
  const detail = (finding: FindingSummary): FindingDetail => {
    const trace = samples.traceOf(finding);
    const verdict = trace.some((one) => one.verdict === 'needs-approval')
      ? 'needs-approval'
      : 'allow';
    const own = attempts.filter(({ resource }) => resource === finding.resource);
    const answer = {
      ...finding,
      description: samples.descriptionOf(finding),
      decision: { verdict, message: 'It may begin.', trace },
      attempts: own.map(summary),
      undo: 'yes',
    } as const;
    settle();
    return answer;
  };
  const answer = (route: string, path: string, query: URLSearchParams, body: unknown): unknown => {
    const id = path.split('/')[3] ?? '';
    const attempt = attempts.find((one) => one.id === id);
    switch (route) {
      case 'GET /api/me':
        return me(role);
      case 'GET /api/findings':
        return paged(
          samples.FINDINGS.filter((one) => matches(one, query)),
          query,
        );
      case 'GET /api/findings/one': {
        const found = samples.FINDINGS.find((one) => one.id === query.get('id'));
        return found === undefined ? undefined : detail(found);
      }
      case 'POST /api/findings/actions':
        return start(body as FindingAction);
      case 'GET /api/attempts':
        return paged(attempts.filter((one) => matches(one, query)).map(summary), query);
      case 'GET /api/attempts/{id}':
        return attempt;
      case 'POST /api/attempts/{id}/approve':
      case 'POST /api/attempts/{id}/reject':
        attempts = attempts.filter((one) => one.id !== id);
        return { accepted: 1 };
      case 'POST /api/attempts/{id}/undo':
        return { accepted: 1 };
      case 'GET /api/controls':
        return { items: samples.CONTROLS };
      case 'GET /api/controls/{id}/open':
        return { open: 23, isMore: false };
      case 'PUT /api/controls/{id}':
        if (id === '*') paused = (body as { paused: boolean }).paused;
        return {};
      case 'GET /api/exceptions':
        return { items: samples.EXCEPTIONS };
      case 'GET /api/health':
        return { ...samples.HEALTH, paused };
      case 'GET /api/statistics':
        return samples.statisticsOf(query.get('from') ?? '', query.get('to') ?? '');
      case 'GET /api/users':
        return { items: samples.USERS };
      case 'POST /api/exceptions':
        return { ...(body as object), id: 'console-9', owner: 'ayumi@example.com' };
      case 'POST /api/users':
        return { ...(body as object), name: 'u9', status: 'FORCE_CHANGE_PASSWORD' };
      case 'DELETE /api/exceptions/{id}':
      case 'DELETE /api/users/{id}':
        return {};
      default:
        return undefined;
    }
  };

  const server = createServer((request, response) => {
    void respond(request).then(({ status, headers, body }) => {
      response.writeHead(status, headers);
      response.end(body);
    });
  });
  const respond = async (request: IncomingMessage): Promise<Answer> => {
    const { pathname, search, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    const { method = 'GET' } = request;
    const given = { 'accept-encoding': String(request.headers['accept-encoding']) };
    if (!pathname.startsWith('/api/')) {
      const {
        statusCode,
        headers,
        body,
        isBase64Encoded = false,
      } = page({
        rawPath: pathname,
        rawQueryString: search.slice(1),
        headers: given,
        requestContext: { http: { method } },
      });
      return {
        status: statusCode,
        headers,
        body: Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8'),
      };
    }
    const route = `${method} ${patternOf(pathname)}`;
    tokens.push(request.headers.authorization);
    const text = await textOf(request);
    const body: unknown = text === '' ? undefined : JSON.parse(text);
    if (method !== 'GET') {
      sent.push({ route: `${method} ${pathname}`, body });
      if (request.headers[REQUEST_HEADER.name] !== REQUEST_HEADER.value)
        return json(403, { code: 'cross-site', message: 'The header is missing.' });
    }
    const other = instead.get(route);
    if (other !== undefined) return json(other.status, other.body);
    if (route.endsWith('.csv'))
      return { status: 200, headers: { 'content-type': 'text/csv' }, body: '"id"\r\n' };
    const value = answer(route, pathname, searchParams, body);
    return value === undefined
      ? json(404, { code: 'not-found', message: 'There is no such item, or you may not see it.' })
      : json(200, value);
  };
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    sent,
    tokens,
    instead,
    reset,
    close: () => server.close(),
  };
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

function json(status: number, value: unknown): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(value),
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

/** The path with `{id}` where an id stands. */
function patternOf(path: string): string {
  return path.replace(/^(\/api\/(?:attempts|controls|exceptions|users)\/)[^/]+/u, '$1{id}');
}

function summary(detail: AttemptDetail): AttemptSummary {
  const { findings: _f, trace: _t, changes: _c, ...one } = detail;
  return one;
}

function me(role: Role): Me {
  return {
    name: 'ayumi@example.com',
    role,
    ...(role === 'account-operator' ? { accounts: ['111122223333'] } : {}),
    version: '0.1.0',
    adminAccount: '111122223333',
    region: 'eu-central-1',
  };
}

function matches(one: Partial<FindingSummary & AttemptSummary>, query: URLSearchParams): boolean {
  const names = ['account', 'region', 'control', 'severity', 'outcome', 'status'] as const;
  const search = query.get('search')?.toLowerCase() ?? '';
  return (
    names.every(
      (name) =>
        !query.has(name) ||
        query
          .get(name)
          ?.split(',')
          .includes(one[name] ?? ''),
    ) && `${one.title ?? ''} ${one.resource ?? ''}`.toLowerCase().includes(search)
  );
}

function paged(all: readonly unknown[], query: URLSearchParams): object {
  const start = Number(query.get('next') ?? 0);
  const end = start + PAGE;
  return {
    items: all.slice(start, end),
    ...(end < all.length ? { next: String(end) } : {}),
  };
}
