import { gunzipSync } from 'node:zlib';
import type { WebConfig } from '../contract.ts';
import { SECURITY_HEADERS } from './http.ts';
import type { HttpAnswer, HttpEvent } from './http.ts';
import { Refused, notFound } from './problem.ts';

/** A file of the pages, made by the build. */
export interface StaticFile {
  readonly type: string;
  /** Digest of the content. */
  readonly tag: string;
  /** Gzip, as base64. */
  readonly body: string;
}

export interface PagesOptions {
  /** By path. */
  readonly files: Readonly<Record<string, StaticFile>>;
  readonly config: WebConfig;
}

const YEAR = 'public, max-age=31536000, immutable';
/** Ask every time whether it changed. */
const ASK = 'no-cache';

/** The pages: a fixed list of files, so no path can lead anywhere else. Throws `Refused`. */
export function createPages({ files, config }: PagesOptions): (event: HttpEvent) => HttpAnswer {
  const csp = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `connect-src 'self'${config.domain === '' ? '' : ` https://${config.domain}`}`,
    "img-src 'self' data:",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const headers = { ...SECURITY_HEADERS, 'content-security-policy': csp };
  return ({ rawPath, rawQueryString = '', headers: given = {}, requestContext }) => {
    const { method } = requestContext.http;
    if (method !== 'GET' && method !== 'HEAD') throw new Refused('not-allowed');
    if (rawPath === '/config.json')
      return {
        statusCode: 200,
        headers: { ...headers, 'content-type': 'application/json', 'cache-control': 'no-store' },
        body: JSON.stringify(config),
      };
    const path = rawPath === '/' ? '/index.html' : rawPath;
    const file = Object.hasOwn(files, path) ? files[path] : undefined;
    if (file === undefined) throw notFound();
    const isVersioned = rawQueryString === `v=${file.tag}`;
    const own = {
      ...headers,
      'content-type': file.type,
      'cache-control': isVersioned ? YEAR : ASK,
      etag: `"${file.tag}"`,
      vary: 'accept-encoding',
    };
    if (given['if-none-match'] === own.etag) return { statusCode: 304, headers: own, body: '' };
    if (/\bgzip\b/u.test(given['accept-encoding'] ?? ''))
      return {
        statusCode: 200,
        headers: { ...own, 'content-encoding': 'gzip' },
        body: file.body,
        isBase64Encoded: true,
      };
    const text = gunzipSync(Buffer.from(file.body, 'base64'));
    return { statusCode: 200, headers: own, body: text.toString('base64'), isBase64Encoded: true };
  };
}
