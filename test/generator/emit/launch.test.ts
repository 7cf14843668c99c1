import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { emitLaunchPage } from '../../../generator/emit/launch/page.ts';
import { publishPage } from '../../../generator/emit/launch/published.ts';
import type { TemplateFile } from '../../../generator/emit/types.ts';
import type { LaunchData } from '../../../templates/launch/settings.ts';
import { launchInput } from './launch-input.ts';

const page = await emitLaunchPage(launchInput());
const block = (html: string, id: string): unknown =>
  JSON.parse(new RegExp(`id="${id}">([^<]*)</script>`, 'u').exec(html)?.[1] ?? '');
const sha256 = (text: string): string =>
  `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** The templates with another declaration of one parameter. */
const withParameter = (name: string, declaration: object): readonly TemplateFile[] =>
  launchInput().templates.map((file) => ({
    ...file,
    json: {
      ...file.json,
      Parameters: {
        ...file.json.Parameters,
        ...(name in (file.json.Parameters ?? {}) ? { [name]: declaration } : {}),
      },
    },
  })) as readonly TemplateFile[];

describe('launch/index.html', () => {
  it('is the same from the same sources', async () => {
    expect(await emitLaunchPage(launchInput())).toBe(page);
  });

  it('allows its own style and script, and forbids everything else', () => {
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/u.exec(page)?.[1];
    const style = /<style>([^<]*)<\/style>/u.exec(page)?.[1] ?? '';
    const script = /<script>([\s\S]*?)<\/script>/u.exec(page)?.[1] ?? '';
    expect(style.length).toBeGreaterThan(1000);
    expect(script.length).toBeGreaterThan(1000);
    expect(policy?.split('; ')).toEqual([
      "default-src 'none'",
      `script-src ${sha256(script)}`,
      `style-src ${sha256(style)}`,
      'img-src data:',
      "base-uri 'none'",
      "form-action 'none'",
      "require-trusted-types-for 'script'",
    ]);
    expect(page).not.toMatch(/ style="| on[a-z]+="|javascript:/u);
  });

  it('loads nothing', () => {
    expect(page.match(/<(?:link|img|iframe|object|embed|source|script)\b[^>]*>/gu)).toEqual([
      '<link rel="icon" href="data:,">',
      '<script type="application/json" id="published">',
      '<script type="application/json" id="data">',
      '<script>',
    ]);
    expect(page).not.toMatch(/@import|url\(/u);
  });

  it('keeps text that looks like markup inside its data', () => {
    expect(page.match(/<\/script>/gu)).toHaveLength(3);
    const { catalogue } = block(page, 'data') as LaunchData;
    expect(catalogue.remediations).toContainEqual([
      'TerminateInstance',
      'A terminated instance </script> is gone.',
      expect.any(Array),
    ]);
  });

  it('offers the standards as the console names them, with the defaults of the templates', () => {
    const { standards } = block(page, 'data') as LaunchData;
    expect(standards.map(({ id, on }) => [id, on])).toEqual([
      ['SC', true],
      ['AFSBP', false],
      ['CIS120', false],
      ['CIS140', false],
      ['CIS300', false],
      ['NIST80053', false],
      ['PCI321', false],
    ]);
    expect(standards.find(({ id }) => id === 'NIST80053')?.name).toBe('NIST SP 800-53 Rev. 5');
  });

  it('stays small: a phone loads it in a moment', () => {
    expect(Buffer.byteLength(page)).toBeLessThan(150_000);
  });

  it.each([
    [
      'a template is missing',
      { templates: [] },
      'needs the template automated-security-response-admin',
    ],
    [
      'a parameter has no pattern',
      { templates: withParameter('Namespace', { Type: 'String' }) },
      'Namespace of automated-security-response-member-roles.template needs an AllowedPattern',
    ],
    [
      'a further parameter says nothing of itself',
      { templates: withParameter('ReuseServiceRoles', { Type: 'String' }) },
      'needs the parameter ReuseServiceRoles with a Description',
    ],
    [
      'the template for the China Regions is missing',
      {
        templates: launchInput().templates.filter(({ fileName }) => !fileName.includes('admin-cn')),
      },
      'needs the template automated-security-response-admin-cn',
    ],
  ])('is not made when %s', async (_what, change, message) => {
    await expect(emitLaunchPage({ ...launchInput(), ...change })).rejects.toThrow(message);
  });
});

describe('the published page', () => {
  const folder = 'https://my-bucket.s3.eu-central-1.amazonaws.com/asr/1.2.3/';

  it('differs in nothing but the address of the templates', () => {
    expect(block(page, 'published')).toEqual({ templates: null });
    const published = publishPage(page, folder);
    expect(block(published, 'published')).toEqual({ templates: folder });
    expect(published.replace(`"${folder}"`, 'null')).toBe(page);
  });

  it('can be published again elsewhere', () => {
    expect(publishPage(publishPage(page, `${folder}$&/`), folder)).toBe(publishPage(page, folder));
  });

  it('is made of a launch page only', () => {
    expect(() => publishPage('<html></html>', folder)).toThrow('not a launch page');
  });
});
