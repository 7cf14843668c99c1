import { createHash } from 'node:crypto';
import type { Browser, Page, Route } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { noChromium, startChromium } from '../../support/chromium.ts';
import { startConsoleStub } from '../../support/console-stub.ts';
import type { Stub } from '../../support/console-stub.ts';

const DOMAIN = 'asr-sign-in.auth.eu-central-1.amazoncognito.com';
const title = 'signing in to the web console';

describe.skipIf(noChromium !== undefined)(
  noChromium === undefined ? title : `${title} (skipped: ${noChromium})`,
  () => {
    let stub: Stub;
    let browser: Browser;
    beforeAll(async () => {
      [stub, browser] = await Promise.all([
        startConsoleStub({ local: false, domain: DOMAIN, clientId: 'client-1' }),
        startChromium(),
      ]);
    });
    afterAll(async () => {
      await browser.close();
      stub.close();
    });
    beforeEach(() => stub.reset());

    /** A page with a managed login that signs everybody in, and what it was asked. */
    const open = async (
      answer: (asked: URLSearchParams) => Record<string, string> = (asked) => ({
        code: 'code-1',
        state: asked.get('state') ?? '',
      }),
    ) => {
      const page = await (await browser.newContext({ locale: 'en-US' })).newPage();
      const asked: URLSearchParams[] = [];
      const posted: { readonly path: string; readonly body: URLSearchParams }[] = [];
      let access = 0;
      const login = async (route: Route): Promise<void> => {
        const request = route.request();
        const url = new URL(request.url());
        if (url.pathname === '/oauth2/authorize') {
          asked.push(url.searchParams);
          const back = new URLSearchParams(answer(url.searchParams));
          const location = `${url.searchParams.get('redirect_uri')}?${back.toString()}`;
          return route.fulfill({ status: 302, headers: { location } });
        }
        if (url.pathname === '/logout') return route.fulfill({ status: 200, body: 'signed out' });
        posted.push({ path: url.pathname, body: new URLSearchParams(request.postData() ?? '') });
        access += 1;
        return route.fulfill({
          status: 200,
          headers: { 'access-control-allow-origin': '*', 'content-type': 'application/json' },
          body: JSON.stringify({
            access_token: `access-${access}`,
            expires_in: 3600,
            ...(access === 1 ? { refresh_token: 'refresh-1' } : {}),
          }),
        });
      };
      await page.route(`https://${DOMAIN}/**`, login);
      return { page, asked, posted };
    };
    const stored = async (page: Page): Promise<string> =>
      page.evaluate('JSON.stringify({ ...sessionStorage, ...localStorage })');

    it('proves with PKCE that it asked, comes back to the page, and stores no token', async () => {
      const { page, asked, posted } = await open();
      await page.goto(`${stub.url}#/history?control=S3.2`);
      await page.locator('h1', { hasText: 'History' }).waitFor();
      expect(page.url()).toBe(`${stub.url}#/history?control=S3.2`);
      const [question] = asked;
      expect(question?.get('client_id')).toBe('client-1');
      expect(question?.get('redirect_uri')).toBe(stub.url);
      expect(question?.get('code_challenge_method')).toBe('S256');
      const [exchange] = posted;
      const verifier = exchange?.body.get('code_verifier') ?? '';
      expect(exchange?.body.get('code')).toBe('code-1');
      expect(createHash('sha256').update(verifier).digest('base64url')).toBe(
        question?.get('code_challenge'),
      );
      expect(new Set(stub.tokens)).toEqual(new Set(['Bearer access-1']));
      expect(await stored(page)).toBe('{}');
      await page.context().close();
    });

    it('begins anew when the answer is one that it did not ask for', async () => {
      const { page, asked, posted } = await open();
      await page.goto(`${stub.url}?code=stolen&state=foreign`);
      await page.locator('h1', { hasText: 'Findings' }).waitFor();
      expect(asked).toHaveLength(1);
      expect(posted.map(({ body }) => body.get('code'))).toEqual(['code-1']);
      await page.context().close();
    });

    it('shows why managed login refused, and does not go round in circles', async () => {
      const { page, asked } = await open(() => ({
        error: 'access_denied',
        error_description: 'User is disabled.',
      }));
      await page.goto(stub.url);
      await page.getByText('User is disabled.').waitFor();
      expect(asked).toHaveLength(1);
      expect(await page.getByRole('button', { name: 'Sign in' }).isVisible()).toBe(true);
      await page.context().close();
    });

    it('gets a fresh token when one is refused', async () => {
      const { page, posted } = await open();
      await page.goto(stub.url);
      await page.getByText('24 entries shown.').waitFor();
      stub.instead.set('GET /api/users', { status: 401, body: { message: 'Unauthorized' } });
      await page.goto(`${stub.url}#/users`);
      await page.getByRole('alert').getByText('You are not signed in any more.').waitFor();
      expect(posted.at(-1)?.body.get('grant_type')).toBe('refresh_token');
      expect(posted.at(-1)?.body.get('refresh_token')).toBe('refresh-1');
      expect(stub.tokens.at(-1)).toBe('Bearer access-2');
      await page.context().close();
    });

    it('signs in again when no fresh token is given', async () => {
      const { page, asked } = await open();
      await page.goto(stub.url);
      await page.getByText('24 entries shown.').waitFor();
      await page.route(`https://${DOMAIN}/oauth2/token`, async (route) =>
        route.fulfill({ status: 400, headers: { 'access-control-allow-origin': '*' } }),
      );
      stub.instead.set('GET /api/users', { status: 401, body: { message: 'Unauthorized' } });
      await page.goto(`${stub.url}#/users`);
      await expect.poll(() => asked.length).toBe(2);
      await page.context().close();
    });

    it('signs out of the session, too', async () => {
      const { page, posted } = await open();
      await page.goto(stub.url);
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.getByText('signed out').waitFor();
      expect(posted.at(-1)?.path).toBe('/oauth2/revoke');
      expect(posted.at(-1)?.body.get('token')).toBe('refresh-1');
      expect(new URL(page.url()).searchParams.get('logout_uri')).toBe(stub.url);
      await page.context().close();
    });
  },
);
