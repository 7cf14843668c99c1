import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const executable = [process.env['CHROMIUM'] ?? '', ...PLACES].find((path) => existsSync(path));

/** Why pages can't be opened on this machine, in words fit for a skipped test; undefined when they can. */
export const noChromium =
  executable === undefined ? 'Chromium is not installed: apt-get install chromium' : undefined;

/** Starts a headless browser. */
export async function startChromium(): Promise<Browser> {
  return chromium.launch({
    ...(executable === undefined ? {} : { executablePath: executable }),
    args: ['--disable-gpu'],
  });
}
