import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { startChromium } from '../../support/chromium.ts';

/** An opened page and what it did that it should not have. */
export interface Opened {
  readonly page: Page;
  /** Complaints of the browser, such as a violated policy, and errors of the script. */
  readonly complaints: readonly string[];
  /** Everything that was asked for besides the page itself. */
  readonly requests: readonly string[];
}

export interface Opener {
  /** Opens HTML from the file system, as people do with `dist/`. */
  readonly fromDisk: (html: string, options?: BrowserContextOptions) => Promise<Opened>;
  /** Opens HTML from a server that sends it as S3 does. */
  readonly fromServer: (html: string, options?: BrowserContextOptions) => Promise<Opened>;
  readonly close: () => Promise<void>;
}

/** Starts a headless browser and a server. */
export async function startBrowser(): Promise<Opener> {
  const browser = await startChromium();
  const folder = mkdtempSync(join(tmpdir(), 'asr-launch-'));
  let served = '';
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(served);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    fromDisk: (html, options) => {
      const file = join(folder, 'index.html');
      writeFileSync(file, html);
      return open(browser, pathToFileURL(file).href, options);
    },
    fromServer: (html, options) => {
      served = html;
      const { port } = server.address() as AddressInfo;
      return open(browser, `http://127.0.0.1:${port}/asr/1.2.3/launch/index.html`, options);
    },
    close: async () => {
      await browser.close();
      server.close();
      rmSync(folder, { recursive: true });
    },
  };
}

async function open(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Opened> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (request.url() !== url) requests.push(request.url());
  });
  await page.goto(url);
  return { page, complaints, requests };
}
