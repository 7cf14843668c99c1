import { objectOf } from '../../functions/model/json.ts';
import { REQUEST_HEADER } from '../contract.ts';
import { Refused, invalid } from './problem.ts';

/** A request in API Gateway's payload format version 2.0 (API Gateway Developer Guide, "Lambda proxy integrations for HTTP APIs"). */
export interface HttpEvent {
  readonly rawPath: string;
  readonly rawQueryString?: string;
  /** Names are in lower case. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
  readonly requestContext: {
    readonly http: { readonly method: string };
    readonly authorizer?: { readonly jwt?: { readonly claims?: unknown } };
  };
}

export interface HttpAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly isBase64Encoded?: boolean;
}

/** Longest body in bytes. */
const LONGEST_BODY = 65_536;
const LONGEST_QUERY = 8192;

/** What every answer says to browsers. */
export const SECURITY_HEADERS = {
  'strict-transport-security': 'max-age=63072000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
} as const;

const API_HEADERS = {
  ...SECURITY_HEADERS,
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
} as const;

export function jsonAnswer(statusCode: number, value: unknown): HttpAnswer {
  return {
    statusCode,
    headers: { ...API_HEADERS, 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify(value),
  };
}

export function csvAnswer(name: string, body: string): HttpAnswer {
  return {
    statusCode: 200,
    headers: {
      ...API_HEADERS,
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="${name}"`,
    },
    body,
  };
}

/** Parameters of the query. Throws `Refused` when one is unknown, given twice, or not encoded rightly. */
export function queryOf(
  { rawQueryString = '' }: HttpEvent,
  known: readonly string[],
): Readonly<Record<string, string>> {
  if (rawQueryString.length > LONGEST_QUERY) throw new Refused('too-large');
  const query: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(rawQueryString)) {
    if (!known.includes(name) || Object.hasOwn(query, name)) throw invalid('query');
    if (value !== '') query[name] = value;
  }
  return query;
}

/**
 * Refuses a request that another site may have made a browser send: it can set neither this header nor this content type
 * without asking first, and no answer allows it to.
 */
export function refuseForeign({ headers = {} }: HttpEvent): void {
  if (headers[REQUEST_HEADER.name] !== REQUEST_HEADER.value) throw new Refused('cross-site');
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin') throw new Refused('cross-site');
}

/** The body as a JSON object; none is an empty one. Throws `Refused` when it is too large or anything else. */
export function bodyOf({
  headers = {},
  body = '',
  isBase64Encoded = false,
}: HttpEvent): Readonly<Record<string, unknown>> {
  if (body.length > LONGEST_BODY * 1.4) throw tooLarge();
  const text = isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body;
  if (Buffer.byteLength(text) > LONGEST_BODY) throw tooLarge();
  if (text === '') return {};
  if (!/^application\/json(?:;\s*charset=utf-8)?$/iu.test(headers['content-type'] ?? ''))
    throw new Refused('wrong-type');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalid('body');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid('body');
  return objectOf(value);
}

function tooLarge(): Refused {
  return new Refused('too-large');
}
