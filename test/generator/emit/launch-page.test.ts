import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { emitLaunchPage } from '../../../generator/emit/launch/page.ts';
import { publishPage } from '../../../generator/emit/launch/published.ts';
import { noChromium } from '../../support/chromium.ts';
import { startBrowser } from './launch-browser.ts';
import type { Opened, Opener } from './launch-browser.ts';
import { launchInput } from './launch-input.ts';

const FOLDER = 'https://my-bucket.s3.eu-central-1.amazonaws.com/asr/1.2.3/';
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const title = 'the launch page in Chromium';

describe.skipIf(noChromium !== undefined)(
  noChromium === undefined ? title : `${title} (skipped: ${noChromium})`,
  () => {
    let browser: Opener;
    let complete = '';
    let built = '';
    let published = '';
    beforeAll(async () => {
      const input = launchInput();
      complete = await emitLaunchPage(input);
      // Most tests are not about the catalogue, and a short one is quicker.
      const controls = input.catalog.controls.filter(({ securityControlId: id }) =>
        /^EC2\.\d$/u.test(id),
      );
      built = await emitLaunchPage({ ...input, catalog: { controls } });
      published = publishPage(built, FOLDER);
      browser = await startBrowser();
    });
    afterAll(() => browser.close());

    const opened: Opened[] = [];
    const disk = async (
      html: string,
      options?: Parameters<Opener['fromDisk']>[1],
    ): Promise<Page> => {
      const one = await browser.fromDisk(html, options);
      opened.push(one);
      return one.page;
    };
    const server = async (html: string): Promise<Page> => {
      const one = await browser.fromServer(html);
      opened.push(one);
      return one.page;
    };
    afterEach(async () => {
      for (const { page, complaints, requests } of opened.splice(0)) {
        expect(complaints, 'complaints of the browser').toEqual([]);
        expect(requests, 'requests besides the page').toEqual([]);
        await page.context().close();
      }
    });

    it('shows how to upload instead of dead buttons until it is published', async () => {
      const page = await disk(built, { offline: true });
      expect(await page.locator('#upload-steps').isVisible()).toBe(true);
      expect(await page.locator('.launch a.button').count()).toBe(0);
      expect(await page.locator('#launch-status').textContent()).toBe(
        'No launch link is ready yet.',
      );
      await page.getByRole('link', { name: 'fill in the URL of the templates' }).first().click();
      expect(await page.locator(':focus').getAttribute('id')).toBe('templates-url');
    });

    it('makes launch links from what is filled in', async () => {
      const page = await disk(built);
      await page
        .getByLabel('URL of the templates')
        .fill(`${FOLDER}automated-security-response-admin.template`);
      await page.getByLabel('Security Hub administrator account').fill('111122223333');
      await page.getByLabel('Namespace').fill('shtest');
      await page
        .getByLabel('AWS Foundational Security Best Practices', { exact: false })
        .first()
        .check();
      const links = await page
        .locator('.launch a.button')
        .evaluateAll((all) => all.map((one) => one.getAttribute('href')));
      const stack = (kind: string, parameters: string): string =>
        `https://us-east-1.console.aws.amazon.com/cloudformation/home?region=us-east-1#/stacks/quickcreate?templateURL=${encodeURIComponent(`${FOLDER}automated-security-response-${kind}.template`)}&stackName=automated-security-response-${kind}&${parameters}`;
      const loads = (end: string): string =>
        ['SC', 'AFSBP', 'CIS120', 'CIS140', 'CIS300', 'NIST80053', 'PCI321']
          .map((id, index) => `param_Load${id}${end}=${index < 2 ? 'yes' : 'no'}`)
          .join('&');
      const member = 'param_SecHubAdminAccount=111122223333&param_Namespace=shtest';
      expect(links).toEqual([
        stack('admin', loads('AdminStack')),
        stack('member-roles', member),
        stack('member', `${member}&${loads('MemberStack')}`),
      ]);
      expect(await page.locator('#launch-status').textContent()).toBe(
        '3 of 3 launch links are ready, for us-east-1.',
      );
    });

    it('works at once when it comes from the bucket, and opens another tab without handing itself over', async () => {
      const page = await server(published);
      expect(await page.locator('#upload-steps').isVisible()).toBe(false);
      expect(await page.locator('#published-note').textContent()).toContain('my-bucket');
      const button = page.getByRole('link', { name: 'Launch the member stack in us-east-1' });
      expect(await button.getAttribute('rel')).toBe('noopener noreferrer');
      expect(
        await page.getByText('The console will ask for SecHubAdminAccount and Namespace.').count(),
      ).toBe(2);
    });

    it.each([
      [
        'us-gov-west-1',
        'https://b-1.s3.us-gov-east-1.amazonaws.com/',
        'us-gov-west-1.console.amazonaws-us-gov.com',
      ],
      [
        'cn-north-1',
        'https://b-1.s3.cn-northwest-1.amazonaws.com.cn/',
        'cn-north-1.console.amazonaws.cn',
      ],
    ])(
      'opens %s for a bucket of that partition, and no Region of another',
      async (region, folder, host) => {
        const page = await server(publishPage(built, folder));
        const first = page.locator('.launch a.button').first();
        expect(new URL((await first.getAttribute('href')) ?? '').host).toBe(host);
        expect(await page.getByLabel('Region that the links open').inputValue()).toBe(region);
        await page.getByLabel('Region that the links open').selectOption('us-east-1');
        expect(await first.count()).toBe(0);
        expect(await page.getByText('in another part of AWS').count()).toBe(3);
      },
    );

    it('says at a field what is wrong, once it is left', async () => {
      const page = await disk(published);
      const field = page.getByLabel('Namespace');
      await field.pressSequentially('Up');
      expect(await field.getAttribute('aria-invalid')).toBeNull();
      await field.press('Tab');
      expect(await field.getAttribute('aria-invalid')).toBe('true');
      expect(await page.locator('#namespace-problem').textContent()).toContain('3 to 9 lower-case');
      expect(await page.getByRole('link', { name: 'correct the Namespace' }).count()).toBe(2);
      await field.fill('shtest');
      expect(await field.getAttribute('aria-invalid')).toBeNull();
    });

    it('does not move away what is clicked when the click leaves a field with a mistake', async () => {
      const page = await disk(built, { viewport: { width: 360, height: 2000 } });
      await page.getByLabel('URL of the templates').fill('https://evil.example/asr/');
      const box = page.locator('#standard-CIS120');
      await box.click();
      expect(await box.isChecked()).toBe(true);
      await page.getByText('not a URL of Amazon S3').waitFor();
    });

    it('takes further parameters, and asks for the address that the web console needs', async () => {
      const page = await disk(published);
      const parameters = async (kind: string) => {
        const url = await page
          .getByRole('link', { name: `Launch the ${kind} stack` })
          .getAttribute('href');
        return new URLSearchParams((url ?? '').split('quickcreate?')[1]);
      };
      expect([...(await parameters('member-roles')).keys()]).toEqual(['templateURL', 'stackName']);
      await page.getByText('More: the web console').click();
      await page.getByLabel('Use the existing service roles').check();
      expect((await parameters('member-roles')).get('param_ReuseServiceRoles')).toBe('yes');
      await page.getByLabel('Deploy the web console').check();
      await page.getByText('More: the web console').click();
      await page.getByRole('link', { name: 'fill in an address' }).click();
      expect(await page.locator(':focus').getAttribute('id')).toBe('option-AdminUserEmail');
      await page.locator(':focus').fill('someone');
      await page.keyboard.press('Tab');
      expect(await page.locator('#option-AdminUserEmail-problem').textContent()).toContain(
        'An email address',
      );
      await page.getByLabel('First administrator of the web console').fill('me@example.com');
      const admin = await parameters('admin');
      expect(admin.get('param_ShouldDeployWebUI')).toBe('yes');
      expect(admin.get('param_AdminUserEmail')).toBe('me@example.com');
      expect(admin.has('param_ReuseServiceRoles')).toBe(false);
    });

    it('refuses templates from elsewhere than S3', async () => {
      const page = await disk(built);
      const field = page.getByLabel('URL of the templates');
      await field.fill('https://evil.example/asr/');
      await field.press('Tab');
      expect(await page.locator('#templates-url-problem').textContent()).toContain(
        'not a URL of Amazon S3',
      );
      expect(await page.locator('.launch a.button').count()).toBe(0);
    });

    it('is used with the keyboard alone', async () => {
      const page = await disk(published);
      await page.keyboard.press('Tab');
      expect(await page.locator(':focus').textContent()).toBe('Skip to content');
      expect(await page.locator(':focus').boundingBox()).toMatchObject({ x: 0, y: 0 });
      await page.keyboard.press('Enter');
      await page.keyboard.press('Tab');
      expect(await page.locator(':focus').getAttribute('id')).toBe('templates-url');
      const reached: string[] = [];
      while (!reached.includes('words')) {
        await page.keyboard.press('Tab');
        const focus = page.locator(':focus');
        reached.push((await focus.getAttribute('id')) ?? (await focus.textContent()) ?? '');
        expect(reached.length).toBeLessThan(40);
      }
      expect(reached).toEqual([
        'region',
        'account',
        'namespace',
        ...['SC', 'AFSBP', 'CIS120', 'CIS140', 'CIS300', 'NIST80053', 'PCI321'].map(
          (id) => `standard-${id}`,
        ),
        'More: the web console, roles and logs of an earlier launch, permissions boundary',
        ...['admin', 'member-roles', 'member'].flatMap((kind) => [
          `Launch the ${kind} stack in us-east-1 (opens the AWS console in a new tab)`,
          `Link and parameters of the ${kind} stack`,
        ]),
        'words',
      ]);
    });

    it('keeps the link at hand for copying', async () => {
      const page = await disk(published);
      await page.getByText('Link and parameters of the admin stack').press('Enter');
      const link = await page.locator('.launch a.button').first().getAttribute('href');
      expect(await page.getByLabel('Launch link of the admin stack').inputValue()).toBe(link);
      await page.getByRole('button', { name: 'Copy Launch link of the admin stack' }).click();
      await page.getByText(/Copied\.|Selected: copy it with the keyboard\./u).waitFor();
    });

    it('finds controls, and says how many', async () => {
      const page = await disk(complete);
      const count = page.locator('#count[role=status]');
      const total = launchInput().catalog.controls.length;
      expect(await count.textContent()).toBe(`${total} of ${total} controls`);
      await page.getByRole('searchbox', { name: 'Search' }).fill('ec2 revoke');
      expect(await count.textContent()).toBe(`2 of ${total} controls`);
      await page.getByLabel('Undo', { exact: true }).selectOption('Not possible');
      expect(await count.textContent()).toBe(`1 of ${total} controls`);
      const row = page.getByRole('row', { name: 'EC2.4' });
      expect(await row.textContent()).toContain(
        'data-lossno: A terminated instance </script> is gone.2 actions',
      );
      await row.getByText('2 actions').click();
      expect(await row.getByRole('listitem').allTextContents()).toEqual([
        'ec2:DescribeSecurityGroups',
        'ec2:RevokeSecurityGroupIngress',
      ]);
      await page.getByRole('searchbox', { name: 'Search' }).fill('elephant');
      expect(await count.textContent()).toContain('No control matches.');
    });

    it.each(['light', 'dark'] as const)(
      'has no accessibility problem that axe knows, in %s',
      async (colorScheme) => {
        for (const [html, width] of [
          [built, 1280],
          [published, 360],
        ] as const) {
          const page = await disk(html, { colorScheme, viewport: { width, height: 900 } });
          await page.getByLabel('Namespace').fill('Upper');
          await page.getByLabel('Namespace').press('Tab');
          await page.getByRole('searchbox', { name: 'Search' }).fill('ec2');
          for (const summary of await page.locator('summary:visible').all()) await summary.click();
          const results = await check(page);
          expect(results.violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
          expect(results.passes.map(({ id }) => id)).toContain('color-contrast');
        }
      },
    );

    it.each([360, 768])('fits into %d pixels', async (width) => {
      const html = publishPage(complete, FOLDER);
      const page = await disk(html, { viewport: { width, height: 740 } });
      await openAll(page);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    });

    it('does not jump while it loads', async () => {
      const page = await server(publishPage(complete, FOLDER));
      const shifts = await page.evaluate(`new Promise((resolve) => {
        requestAnimationFrame(() => requestAnimationFrame(() => {
          const observer = new PerformanceObserver(() => undefined);
          observer.observe({ type: 'layout-shift', buffered: true });
          resolve(observer.takeRecords().map((entry) => entry.value));
        }));
      })`);
      expect(shifts).toEqual([]);
    });

    it('runs no script but its own', async () => {
      const { page, complaints } = await browser.fromDisk(built);
      await expect(page.evaluate(`document.body.innerHTML = '<img src=x>'`)).rejects.toThrow(
        'TrustedHTML',
      );
      await page.evaluate(`{
        const script = document.createElement('style');
        script.append('body { display: none }');
        document.head.append(script);
      }`);
      expect(await page.locator('h1').isVisible()).toBe(true);
      expect(complaints.join('\n')).toContain('Content Security Policy');
      await page.context().close();
    });
  },
);

async function openAll(page: Page): Promise<void> {
  await page.locator('details').evaluateAll((all) => {
    for (const one of all) one.toggleAttribute('open', true);
  });
}

/** The page's own policy forbids foreign scripts, so axe comes in through the debugger. */
async function check(page: Page): Promise<AxeResults> {
  await page.evaluate(axe);
  return (await page.evaluate(
    `axe.run(document, { resultTypes: ['violations', 'passes'], rules: { 'target-size': { enabled: true } } })`,
  )) as AxeResults;
}
