import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { noChromium, startChromium } from './chromium.ts';

/** `npm run screenshots`: the pictures of the README, from the console as `npm run console` shows it in memory. */
const IMAGES = fileURLToPath(new URL('../../docs/images/', import.meta.url));
const SERVE = fileURLToPath(
  new URL('../../templates/admin/console/local/serve.ts', import.meta.url),
);
/** A control whose preview has values before and after. */
const CONTROL = 'RDS.2';

async function shoot(page: Page, url: string): Promise<void> {
  const save = async (name: string): Promise<void> => {
    // Let notices fade and transitions end.
    await page.waitForTimeout(500);
    await page.screenshot({ path: `${IMAGES}${name}.png` });
  };
  await page.goto(url);
  await page.getByRole('table').waitFor();
  await save('console-findings');
  await page.goto(`${url}#/findings?control=${CONTROL}`);
  await page.locator('table a').first().click();
  await page.getByRole('button', { name: 'Preview', exact: true }).click();
  await page.locator('.calls').waitFor();
  await save('console-finding');
}

async function main(): Promise<void> {
  if (noChromium !== undefined) throw new Error(noChromium);
  mkdirSync(IMAGES, { recursive: true });
  const server = spawn(process.execPath, ['--import', 'tsx', SERVE, '--memory', '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const browser = await startChromium();
  try {
    for await (const line of createInterface({ input: server.stdout })) {
      const url = /http:\S+/u.exec(line)?.[0];
      if (url === undefined) continue;
      const page = await browser.newPage({ viewport: { width: 1360, height: 900 } });
      await shoot(page, url);
      break;
    }
  } finally {
    await browser.close();
    server.kill();
  }
}

await main();
