import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hrefOf } from '../../../templates/admin/console/web/route.ts';
import { noChromium, startChromium } from '../../support/chromium.ts';
import { ATTEMPTS, FINDINGS, HOSTILE, NOW } from '../../support/console-samples.ts';
import { startConsoleStub } from '../../support/console-stub.ts';
import type { Stub } from '../../support/console-stub.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const title = 'the web console in Chromium';
const [first, second] = FINDINGS as [(typeof FINDINGS)[0], (typeof FINDINGS)[0]];
const hostile = FINDINGS.find((one) => one.title === HOSTILE) ?? first;
const finding = ({ id, productArn }: typeof first): string => hrefOf('finding', { id, productArn });
const failed = ATTEMPTS.find(({ outcome }) => outcome === 'failed') ?? ATTEMPTS[0];

const PAGES = {
  Findings: hrefOf('findings'),
  [first.title]: finding(first),
  Approvals: hrefOf('approvals'),
  History: hrefOf('history'),
  [`${failed?.control}: ${failed?.remediation}`]: hrefOf('attempt', { id: failed?.id ?? '' }),
  Controls: hrefOf('controls'),
  Exceptions: hrefOf('exceptions'),
  Health: hrefOf('health'),
  Statistics: hrefOf('statistics'),
  Users: hrefOf('users'),
};

describe.skipIf(noChromium !== undefined)(
  noChromium === undefined ? title : `${title} (skipped: ${noChromium})`,
  () => {
    let stub: Stub;
    let browser: Browser;
    beforeAll(async () => {
      [stub, browser] = await Promise.all([startConsoleStub(), startChromium()]);
    });
    afterAll(async () => {
      await browser.close();
      stub.close();
    });

    const opened: { readonly page: Page; readonly complaints: string[] }[] = [];
    /** Complaints about answers that a test asks for itself. */
    let expected: RegExp | undefined;
    beforeEach(() => {
      stub.reset();
      expected = undefined;
    });
    afterEach(async () => {
      for (const { page, complaints } of opened.splice(0)) {
        const own = expected;
        expect(complaints.filter((one) => own?.test(one) !== true)).toEqual([]);
        await page.context().close();
      }
    });

    const open = async (hash = '', options: BrowserContextOptions = {}): Promise<Page> => {
      const context = await browser.newContext({ locale: 'en-US', ...options });
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on('console', (message) => complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('request', (request) => {
        if (!request.url().startsWith(stub.url)) complaints.push(`asked for ${request.url()}`);
      });
      await page.clock.setFixedTime(NOW);
      opened.push({ page, complaints });
      await page.goto(stub.url + hash);
      await page.locator('h1').waitFor();
      return page;
    };
    const button = (page: Page, name: string | RegExp) =>
      page.getByRole('button', { name, exact: true });
    const heading = (page: Page) => page.locator('h1').textContent();
    const focused = async (page: Page): Promise<string> =>
      page.evaluate(
        'document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent',
      );
    /** Presses Tab until the element with this name has the focus. */
    const tabTo = async (page: Page, name: string): Promise<void> => {
      for (let at = 0; at < 60; at += 1) {
        await page.keyboard.press('Tab');
        if ((await focused(page)) === name) return;
      }
      throw new Error(`Tab doesn't lead to ${name}.`);
    };

    describe.each([
      { place: 'a wide screen, light', width: 1360, colorScheme: 'light' as const },
      { place: 'a phone, dark', width: 360, colorScheme: 'dark' as const },
      { place: 'a narrow window, light', width: 1000, colorScheme: 'light' as const },
    ])('on $place', ({ width, colorScheme }) => {
      it.each(Object.entries(PAGES))(
        'shows "%s" without a fault that a checker of accessibility finds',
        async (name, hash) => {
          const page = await open(hash, { colorScheme, viewport: { width, height: 800 } });
          await page.locator('h1', { hasText: name }).waitFor();
          await page.waitForLoadState('networkidle');
          expect(await heading(page)).toBe(name);
          expect(await page.title()).toBe(`${name} - Automated Security Response`);
          expect(await faults(page)).toEqual([]);
          const over = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
          expect(over).toBe(0);
        },
      );
    });

    it('shows each question without a fault that a checker of accessibility finds', async () => {
      const page = await open(finding(second), { colorScheme: 'dark' });
      for (const name of ['Remediate', 'Suppress…']) {
        await button(page, name).click();
        expect(await faults(page)).toEqual([]);
        await page.keyboard.press('Escape');
      }
      await page.goto(stub.url + hrefOf('users'));
      await button(page, 'Invite').click();
      expect(await faults(page)).toEqual([]);
    });

    it('leads through all pages by keyboard, and moves the focus to the head of each', async () => {
      const page = await open();
      await page.keyboard.press('Tab');
      expect(await focused(page)).toBe('Skip to content');
      await page.keyboard.press('Enter');
      expect(await page.evaluate('document.activeElement.id')).toBe('main');
      for (const name of [
        'Approvals',
        'History',
        'Statistics',
        'Exceptions',
        'Controls',
        'Health',
        'Users',
      ]) {
        await page.getByRole('link', { name: 'Automated Security Response' }).focus();
        await tabTo(page, name);
        await page.keyboard.press('Enter');
        await page.locator('h1', { hasText: name }).waitFor();
        await expect.poll(() => focused(page)).toBe(name);
        expect(await page.locator('nav [aria-current=page]').textContent()).toBe(name);
      }
      await page.goBack();
      await page.locator('h1', { hasText: 'Health' }).waitFor();
    });

    it('remediates selected findings by keyboard, after naming what may happen', async () => {
      const page = await open();
      await tabTo(page, 'Select EC2.2 security-group/sg-0a1b2c3d4e5f600');
      await page.keyboard.press('Space');
      await tabTo(page, 'Select S3.2 invoices-4444-1');
      await page.keyboard.press('Space');
      await button(page, 'Remediate').focus();
      await page.keyboard.press('Enter');
      const dialog = page.getByRole('dialog', { name: 'Remediate 2 findings?' });
      expect(await dialog.innerText()).toContain('Loss of access');
      expect(await dialog.innerText()).toContain('111122223333, 444455556666');
      await page.keyboard.press('Escape');
      await expect.poll(() => focused(page)).toBe('Remediate');
      expect(stub.sent).toEqual([]);
      await page.keyboard.press('Enter');
      await button(page, 'Remediate 2').focus();
      await page.keyboard.press('Enter');
      await page.getByRole('status').getByText('2 requests were sent').waitFor();
      expect(stub.sent).toEqual([
        {
          route: 'POST /api/findings/actions',
          body: {
            action: 'remediate',
            findings: [first, second].map(({ id, productArn }) => ({ id, productArn })),
          },
        },
      ]);
    });

    it('filters, keeps the filters in the address, and goes on with what follows', async () => {
      const page = await open();
      await page.getByText('24 entries shown.').waitFor();
      await button(page, 'Load more').click();
      await page.getByText('32 entries shown.').waitFor();
      await page.getByLabel('Severity').selectOption('CRITICAL');
      await page.getByText('8 entries shown.').waitFor();
      await page.getByLabel('Search').fill('thumbnails');
      await page.keyboard.press('Enter');
      await page.getByText('4 entries shown.').waitFor();
      expect(page.url()).toContain('search=thumbnails&severity=CRITICAL');
      await page.reload();
      await page.getByText('4 entries shown.').waitFor();
      expect(await page.getByLabel('Search').inputValue()).toBe('thumbnails');
      await button(page, 'Clear filters').click();
      await page.getByText('24 entries shown.').waitFor();
      await page.getByLabel('Account').fill('000000000000');
      await page.keyboard.press('Enter');
      await page.getByText('No failed findings here.').waitFor();
    });

    it('selects at most what the API takes, and nothing without a remediation', async () => {
      const page = await open();
      await page.getByLabel('Select all with a remediation').check();
      await page.getByText('At most 20 at a time.').waitFor();
      const boxes = page.getByRole('checkbox', { name: /^Select (?!all)/u });
      expect(await boxes.count()).toBe(21);
      expect(await page.getByRole('checkbox', { name: /^Select EC2\.21/u }).count()).toBe(0);
      await page.getByLabel('Severity').selectOption('LOW');
      await page.getByText('At most 20 at a time.').waitFor({ state: 'detached' });
    });

    it('shows the decision, makes a preview, and follows it to the calls', async () => {
      const page = await open(finding(second));
      await page.getByText('12 rules allow it').waitFor();
      expect(await page.locator('.trace').innerText()).toContain('Membership of the account');
      await button(page, 'Preview').click();
      await page.getByText('The preview is being made…').waitFor();
      const calls = page.locator('.calls');
      await calls.waitFor({ timeout: 10_000 });
      expect(await calls.innerText()).toContain('s3:PutPublicAccessBlock');
      expect(await calls.locator('.now code').allInnerTexts()).toEqual(['false', 'false']);
      expect(await calls.locator('.after code').allInnerTexts()).toEqual(['true', 'true']);
      expect(stub.sent.map(({ body }) => body)).toEqual([
        { action: 'preview', findings: [{ id: second.id, productArn: second.productArn }] },
      ]);
    });

    it('suppresses a finding with an exception for just this control and resource', async () => {
      const page = await open(finding(second));
      await button(page, 'Suppress…').click();
      await button(page, 'Add the exception').click();
      expect(stub.sent, 'a reason is required').toEqual([]);
      await page.getByLabel('Reason').fill('Public on purpose.');
      await page.getByLabel('Ends on').fill('2026-12-31');
      await button(page, 'Add the exception').click();
      await page.getByText('The exception was added.').waitFor();
      expect(stub.sent[0]?.body).toEqual({
        reason: 'Public on purpose.',
        expiresAt: '2026-12-31T23:59:59.000Z',
        controls: [second.control],
        accounts: [second.account],
        regions: [second.region],
        resources: [second.resource],
      });
    });

    it('approves what waits, after showing its calls', async () => {
      const page = await open(hrefOf('approvals'));
      await button(page, 'Show calls').first().click();
      await page.getByText('iam:DeleteLoginProfile').waitFor();
      const before = await button(page, 'Approve').count();
      await button(page, 'Approve').first().click();
      await page.getByRole('dialog').getByText('It starts at once').waitFor();
      await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
      await page.getByText('Approved. It starts now.').waitFor();
      expect(await button(page, 'Approve').count()).toBe(before - 1);
      expect(stub.sent[0]?.route).toMatch(/^POST \/api\/attempts\/[0-9a-f]{32}\/approve$/u);
    });

    it('undoes an attempt after a question', async () => {
      const done = ATTEMPTS.find(({ canUndo }) => canUndo);
      const page = await open(hrefOf('attempt', { id: done?.id ?? '' }));
      await button(page, 'Undo').click();
      await page.getByLabel('Also when the resource was changed since').check();
      await page.getByRole('dialog').getByRole('button', { name: 'Undo' }).click();
      await page.getByText('Undo was asked for.').waitFor();
      expect(stub.sent).toEqual([
        { route: `POST /api/attempts/${done?.id}/undo`, body: { force: true } },
      ]);
    });

    it('says how many open findings a control would fix before it becomes automatic', async () => {
      const page = await open(hrefOf('controls', { search: 'EC2.2' }));
      await page.getByRole('switch', { name: 'Automatic remediation of EC2.2' }).click();
      await page.getByRole('dialog').getByText('23 open findings').waitFor();
      await button(page, 'Switch on').click();
      await page.getByText('EC2.2 was changed.').waitFor();
      expect(stub.sent).toEqual([{ route: 'PUT /api/controls/EC2.2', body: { automatic: true } }]);
    });

    it('pauses everything after a question', async () => {
      const page = await open(hrefOf('health'));
      await button(page, 'Pause everything').click();
      await page.getByRole('dialog').getByRole('button', { name: 'Pause everything' }).click();
      await page.getByText('Everything is paused').waitFor();
      expect(stub.sent).toEqual([{ route: 'PUT /api/controls/*', body: { paused: true } }]);
    });

    it('invites an account operator with accounts', async () => {
      const page = await open(hrefOf('users'));
      await button(page, 'Invite').click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Email address').fill('kim@example.com');
      await dialog.getByLabel('Accounts').fill('111122223333, 444455556666');
      await dialog.getByRole('button', { name: 'Invite' }).click();
      await page.getByText('kim@example.com was invited.').waitFor();
      expect(stub.sent[0]?.body).toEqual({
        email: 'kim@example.com',
        role: 'account-operator',
        accounts: ['111122223333', '444455556666'],
      });
    });

    it('shows an account operator neither controls nor health nor users', async () => {
      stub.reset('account-operator');
      const page = await open(hrefOf('controls'));
      await page.getByText('Your role doesn’t allow this.').waitFor();
      const links = await page.locator('nav a').allTextContents();
      expect(links).toEqual(['Findings', 'Approvals', 'History', 'Statistics', 'Exceptions']);
    });

    it('keeps a question open and says why when the API refuses', async () => {
      expected = /403/u;
      stub.instead.set('POST /api/findings/actions', {
        status: 403,
        body: { code: 'forbidden', message: 'This account is not one of yours.' },
      });
      const page = await open(finding(second));
      await button(page, 'Remediate').click();
      await page.getByRole('dialog').getByRole('button', { name: 'Remediate' }).click();
      const alert = page.getByRole('dialog').getByRole('alert');
      await alert.waitFor();
      expect(await alert.innerText()).toContain('Your role doesn’t allow this.');
      expect(await alert.innerText()).toContain('This account is not one of yours.');
    });

    it('says what is wrong when a list cannot be read, and tries again', async () => {
      expected = /503/u;
      stub.instead.set('GET /api/findings', {
        status: 503,
        body: { code: 'busy', message: 'Security Hub is busy.' },
      });
      const page = await open();
      await page.getByRole('alert').getByText('AWS is busy.').waitFor();
      expect(await faults(page)).toEqual([]);
      stub.instead.clear();
      await button(page, 'Try again').click();
      await page.getByText('24 entries shown.').waitFor();
    });

    it('survives an answer that is no JSON, and says so', async () => {
      expected = /502/u;
      stub.instead.set('GET /api/health', { status: 502, body: undefined });
      const page = await open(hrefOf('health'));
      await page.getByText('Something went wrong.').waitFor();
    });

    it('shows text of a finding as text, whatever it is', async () => {
      const page = await open(finding(hostile));
      await page.locator('h1', { hasText: '<img' }).waitFor();
      expect(await heading(page)).toBe(HOSTILE);
      expect(await page.locator('main img, main b').count()).toBe(0);
      expect(await page.title()).toBe(`${HOSTILE} - Automated Security Response`);
      await page.goto(stub.url);
      await page.getByRole('link', { name: HOSTILE }).waitFor();
    });

    it('speaks Japanese when the browser does, or when it is chosen', async () => {
      const page = await open('', { locale: 'ja-JP' });
      expect(await heading(page)).toBe('検出結果');
      expect(await page.locator('html').getAttribute('lang')).toBe('ja');
      await page.getByLabel('言語').selectOption('en');
      await page.locator('h1', { hasText: 'Findings' }).waitFor();
      await page.reload();
      await page.locator('h1', { hasText: 'Findings' }).waitFor();
      await page.getByLabel('Language').selectOption('ja');
      await page.getByText('24 件を表示しています。').waitFor();
      expect(await page.locator('html').getAttribute('lang')).toBe('ja');
      expect(await faults(page)).toEqual([]);
    });

    it('downloads the history as a file', async () => {
      const page = await open(hrefOf('history'));
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        button(page, 'Download CSV').click(),
      ]);
      expect(download.suggestedFilename()).toBe('attempts.csv');
    });

    it('opens and closes its menu on a phone', async () => {
      const page = await open('', { viewport: { width: 360, height: 740 } });
      expect(await page.locator('nav').isVisible()).toBe(false);
      await button(page, 'Menu').click();
      await page.getByRole('link', { name: 'History' }).click();
      await page.locator('h1', { hasText: 'History' }).waitFor();
      expect(await page.locator('nav').isVisible()).toBe(false);
    });

    it('says in Japanese why the API refuses, and what stands in the way of a remediation', async () => {
      expected = /409/u;
      stub.instead.set('POST /api/users', {
        status: 409,
        body: { code: 'conflict', reason: 'known-user', message: 'There is a user already.' },
      });
      const page = await open(hrefOf('users'), { locale: 'ja-JP' });
      await button(page, '招待').click();
      await page.getByLabel('E メールアドレス').fill('kim@example.com');
      await page.getByRole('dialog').getByLabel('アカウント').fill('111122223333');
      await page.getByRole('dialog').getByRole('button', { name: '招待' }).click();
      const alert = page.getByRole('dialog').getByRole('alert');
      await alert.waitFor();
      expect(await alert.innerText()).toContain('このアドレスのユーザーはすでに存在します。');
      expect(await alert.innerText()).not.toContain('There is');
      const waiting = FINDINGS.find(({ impact }) => impact === 'credential-loss') ?? first;
      await page.goto(stub.url + finding(waiting));
      await page.locator('.trace').first().waitFor();
      expect(await page.locator('.trace').first().innerText()).toContain('人の承認が必要です。');
      await page.goto(stub.url + hrefOf('health'));
      await page.getByText('デッドレターキューに 2 件あります。').waitFor();
    });

    it('says that an address is no page', async () => {
      const page = await open('#/nowhere');
      expect(await heading(page)).toBe('There is no such page.');
      await page.getByRole('link', { name: 'Go to the findings' }).click();
      await page.locator('h1', { hasText: 'Findings' }).waitFor();
    });
  },
);

async function faults(page: Page): Promise<readonly string[]> {
  // The policy of the page forbids scripts of others, but not those of the browser's own tools.
  await page.evaluate(axe);
  const { violations } = await page.evaluate(
    async () =>
      (await (globalThis as unknown as { axe: { run(): unknown } }).axe.run()) as AxeResults,
  );
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}
