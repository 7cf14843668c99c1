import { readFileSync, readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { bundleConsole, contentTag } from '../../../generator/emit/console-web.ts';
import { PROBLEMS } from '../../../templates/admin/console/api/problem.ts';
import { RULES } from '../../../templates/admin/functions/decide/decide.ts';
import { OUTCOMES } from '../../../templates/admin/functions/model/attempt.ts';
import { ORIGINS } from '../../../templates/admin/functions/model/request.ts';
import { IMPACTS } from '../../../generator/model/runbook.ts';
import { axisEnd, barsOf } from '../../../templates/admin/console/web/chart.ts';
import {
  listOf,
  secondsBetween,
  shortResource,
  valueText,
} from '../../../templates/admin/console/web/format.ts';
import { hrefOf, parseRoute } from '../../../templates/admin/console/web/route.ts';
import { en } from '../../../templates/admin/console/web/texts/en.ts';
import { ja } from '../../../templates/admin/console/web/texts/ja.ts';
import {
  languageOf,
  sentenceOf,
  wordOf,
} from '../../../templates/admin/console/web/texts/texts.ts';

describe('the bundle of the web console', () => {
  it('is the same each time, small, and names its files by their content', async () => {
    const files = await bundleConsole();
    expect(await bundleConsole()).toEqual(files);
    const size = Object.values(files).reduce((sum, one) => sum + brotliCompressSync(one).length, 0);
    expect(size).toBeLessThan(45_000);
    expect(files.indexHtml).toContain(`src="/app.js?v=${contentTag(files.appJs)}"`);
    expect(files.indexHtml).toContain(`href="/app.css?v=${contentTag(files.appCss)}"`);
  });

  it('has neither inline code nor inline style, and asks nobody else for anything', async () => {
    const { indexHtml, appJs, appCss } = await bundleConsole();
    expect(indexHtml).not.toMatch(/<style|style=|<script(?![^>]*src=)|onclick/iu);
    const addresses = [...`${indexHtml}${appJs}${appCss}`.matchAll(/https?:\/\/[^"'`$\s]+/gu)];
    // Names of XML vocabularies, which nobody fetches.
    expect(
      addresses.map(([one]) => one).filter((one) => !one.startsWith('http://www.w3.org/')),
    ).toEqual([]);
  });
});

describe('the texts', () => {
  const words: readonly (readonly [string, readonly string[], Readonly<Record<string, string>>])[] =
    [
      ['outcome', OUTCOMES, en.outcomes],
      ['origin', ORIGINS, en.origins],
      ['impact', IMPACTS, en.impacts],
      ['meaning of an impact', IMPACTS, en.impactTexts],
      ['rule', RULES.map(({ name }) => name), en.rules],
    ];
  it.each(words)('name every %s', (_kind, all, texts) => {
    expect(all.filter((one) => !Object.hasOwn(texts, one))).toEqual([]);
  });

  it('are in Japanese what they are in English, word for word of the API', () => {
    // English sentences come from the API itself.
    expect(keysOf({ ...ja, reasons: {} })).toEqual(keysOf(en));
  });

  it('have a sentence in Japanese for every reason of the API, of decisions and of health', () => {
    const reasons = [
      ...Object.entries(PROBLEMS).map(([reason, [code]]) =>
        reason === code ? `=${code}` : reason,
      ),
      ...reasonsIn('functions/decide', /(?:deny|hold|needsApproval)\(\s*'([a-z-]+)'/gu),
      ...reasonsIn('functions/model', /refuse\(\s*'([a-z-]+)'/gu),
      ...reasonsIn('console/api/health.ts', /reason: '([a-z-]+)'/gu),
      'internal-error',
    ];
    expect(reasons.length).toBeGreaterThan(60);
    const lacks = reasons.filter((one) =>
      // A code that is its own reason is told by the title of the failure.
      one.startsWith('=')
        ? !Object.hasOwn(ja.problems, one.slice(1)) && !Object.hasOwn(ja.reasons, one.slice(1))
        : !Object.hasOwn(ja.reasons, one),
    );
    expect([...new Set(lacks)]).toEqual([]);
    const known = new Set(reasons.map((one) => one.replace('=', '')));
    expect(Object.keys(ja.reasons).filter((one) => !known.has(one))).toEqual([]);
  });

  it('keep in Japanese the values of the English sentence', () => {
    for (const [reason, [, sentence]] of Object.entries(PROBLEMS)) {
      const names = sentence.match(/\{\w+\}/gu)?.filter((one) => one !== '{details}') ?? [];
      for (const name of names)
        expect([reason, ja.reasons[reason]]).toEqual([reason, expect.stringContaining(name)]);
    }
    const said = { reason: 'too-many', values: { field: 'account', most: 20 } };
    expect(sentenceOf(said, ja)).toBe('「アカウント」は 20 件までです。');
    expect(sentenceOf(said, en), 'the English one comes from the API').toBeUndefined();
    expect(sentenceOf({ reason: 'constructor' }, ja)).toBeUndefined();
  });

  it('follow the languages of the browser', () => {
    expect(languageOf(['fr-FR', 'ja-JP', 'en'])).toBe('ja');
    expect(languageOf(['fr'])).toBe('en');
    expect(languageOf(['constructor', 'toString'])).toBe('en');
  });

  it('show a word that is new as it is', () => {
    expect(wordOf(en.outcomes, 'changed')).toBe('Fixed');
    expect(wordOf(en.outcomes, 'teleported')).toBe('teleported');
    expect(wordOf(en.outcomes, 'constructor')).toBe('constructor');
  });
});

describe('an address', () => {
  it('names a page and its filters, and is read back', () => {
    const href = hrefOf('findings', { search: 'a&b=c #?', severity: 'HIGH', region: '' });
    expect(parseRoute(href)).toEqual({
      page: 'findings',
      query: { search: 'a&b=c #?', severity: 'HIGH' },
    });
  });

  it('is the findings when empty, and no page when unknown', () => {
    expect(parseRoute('')).toEqual({ page: 'findings', query: {} });
    expect(parseRoute('#/')).toEqual({ page: 'findings', query: {} });
    expect(parseRoute('#/constructor').page).toBeUndefined();
  });
});

describe('values', () => {
  it('show a resource without what stands beside it', () => {
    expect(shortResource('arn:aws:rds:eu-central-1:111122223333:db:orders')).toBe('db:orders');
    expect(shortResource('arn:aws:s3:::bucket')).toBe('bucket');
    expect(shortResource('AWS::::Account:111122223333')).toBe('AWS::::Account:111122223333');
  });

  it('show parameters as people read them', () => {
    expect(valueText('sg-1')).toBe('sg-1');
    expect(valueText(['a', 'b'])).toBe('a,\nb');
    expect(valueText({ Key: 1 })).toBe('{\n  "Key": 1\n}');
    expect(valueText(false)).toBe('false');
  });

  it('read lists however they are separated', () => {
    expect(listOf(' a, b\nc、d ,')).toEqual(['a', 'b', 'c', 'd']);
    expect(listOf('  ')).toEqual([]);
  });

  it('count seconds once both times are known', () => {
    expect(secondsBetween('2026-10-14T09:00:00Z', '2026-10-14T09:01:12Z')).toBe(72);
    expect(secondsBetween('2026-10-14T09:00:00Z', undefined)).toBeUndefined();
  });
});

describe('the chart', () => {
  const day = (n: number) => ({ day: `day ${n}`, fixed: 1, failed: n % 2, other: 0 });

  it('has a bar for each day, and for each week of a long time', () => {
    expect(barsOf([day(0), day(1)])).toEqual({ bars: [day(0), day(1)], isWeekly: false });
    const { bars, isWeekly } = barsOf(Array.from({ length: 366 }, (_, n) => day(n)));
    expect(isWeekly).toBe(true);
    expect(bars).toHaveLength(53);
    expect(bars[1]).toEqual({ day: 'day 7', fixed: 7, failed: 4, other: 0 });
    expect(bars.reduce((sum, { fixed }) => sum + fixed, 0)).toBe(366);
  });

  it.each([
    [0, 4],
    [5, 6],
    [11, 20],
    [41, 60],
    [1000, 1000],
  ])('with up to %i ends its axis at %i', (most, end) => {
    expect(axisEnd(most)).toBe(end);
  });
});

function keysOf(texts: object, under = ''): readonly string[] {
  return Object.entries(texts)
    .flatMap(([key, value]) =>
      typeof value === 'object' && value !== null
        ? keysOf(value as object, `${under}${key}.`)
        : [`${under}${key}: ${typeof value}`],
    )
    .toSorted();
}

/** What the first group of `form` finds in a source of the administrator stack, or in all of a folder. */
function reasonsIn(path: string, form: RegExp): readonly string[] {
  const full = fileURLToPath(new URL(`../../../templates/admin/${path}`, import.meta.url));
  const files = statSync(full).isDirectory()
    ? readdirSync(full).map((one) => `${full}/${one}`)
    : [full];
  return files.flatMap((one) =>
    [...readFileSync(one, 'utf8').matchAll(form)].map(([, reason = '']) => reason),
  );
}
