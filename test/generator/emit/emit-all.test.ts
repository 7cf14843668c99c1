import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { emitFiles } from '../../../generator/emit/emit-all.ts';
import { writeDist } from '../../../generator/emit/write-dist.ts';
import { measureTemplate } from '../../../generator/emit/measure-template.ts';
import { demanding, everywhere, inputOf, unit } from './fixtures.ts';

const folder = mkdtempSync(join(tmpdir(), 'asr-emit-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const units = [unit('Simple', ['B.1']), demanding];
const controls = { ...everywhere, SC: ['A.1', 'B.1'] };

describe('the files of a build', () => {
  it('gives the same bytes twice, whatever the order of the units', async () => {
    const first = await emitFiles(inputOf(units, controls));
    const second = await emitFiles(inputOf(units.toReversed(), controls));
    expect(first.problems).toEqual([]);
    expect([...second.files.keys()]).toEqual([...first.files.keys()]);
    const differ = [...first.files].filter(([path, text]) => second.files.get(path) !== text);
    expect(differ.map(([path]) => path)).toEqual([]);
  });

  it('writes the files that others rely on, and their hashes', async () => {
    const outDir = join(folder, 'dist');
    const { files, manifest } = await emitFiles(inputOf(units, controls));
    writeDist(outDir, files);
    expect([...files.keys()]).toEqual([
      'automated-security-response-admin-cn.template',
      'automated-security-response-admin.template',
      'automated-security-response-jira.template',
      'automated-security-response-member-roles.template',
      'automated-security-response-member.template',
      'automated-security-response-organization.template',
      'automated-security-response-servicenow.template',
      'catalog.json',
      'documents/ASR-Demanding.yaml',
      'documents/ASR-Simple.yaml',
      'iam-proof.json',
      'launch/index.html',
      'manifest.json',
      'service-control-policy.json',
    ]);
    expect(manifest.version).toBe('1.2.3');
    expect(manifest.templates.map(({ name }) => name).toSorted()).toEqual(
      [...files.keys()].slice(0, 7),
    );
    for (const { path, bytes, sha256 } of manifest.files) {
      const written = readFileSync(join(outDir, path));
      expect(written.length).toBe(bytes);
      expect(createHash('sha256').update(written).digest('hex')).toBe(sha256);
    }
    expect(manifest.files.length).toBe(files.size - 1);
  });

  it('come with what is wrong with them', async () => {
    const bad = unit('Bad', ['A.1'], { compiled: { stackDefaults: { Mode: 'Nowhere' } } });
    const { problems } = await emitFiles(inputOf([bad]));
    expect(problems.map(({ code }) => code)).toEqual(['stack-parameter']);
  });
});

describe('measureTemplate', () => {
  it('reports every limit that is passed, and what it counted', () => {
    const resources = Array.from(
      { length: 501 },
      (_, index) => [`R${index}`, { Type: 'X' }] as const,
    );
    const json = { Resources: Object.fromEntries(resources) };
    const file = { fileName: 'big.template', json, text: 'x'.repeat(1_000_001) };
    expect(measureTemplate(file).map(({ file: at, code, what }) => [at, code, what])).toEqual([
      [
        'dist/big.template',
        'over-limit',
        'big.template: 1000001 bytes in the template, 1 more than the 1000000 that AWS accepts.',
      ],
      [
        'dist/big.template',
        'over-limit',
        'big.template: 501 resources in the template, 1 more than the 500 that AWS accepts.',
      ],
    ]);
    expect(measureTemplate({ ...file, json: { Resources: {} }, text: '' })).toEqual([]);
  });
});
