import { describe, expect, it } from 'vitest';
import { regionsOf } from '../../../generator/check/finding.ts';
import { checkTemplates } from '../../../generator/check/templates.ts';
import { templateText } from '../../../generator/emit/template-text.ts';
import type { Template, TemplateFile } from '../../../generator/emit/types.ts';

function file(fileName: string, json: Template): TemplateFile {
  return { fileName, json, text: templateText(json) };
}

function bucket(metadata?: Readonly<Record<string, unknown>>): Template {
  const resource = {
    Type: 'AWS::S3::Bucket',
    ...(metadata === undefined ? {} : { Metadata: metadata }),
    Properties: { VersioningConfiguration: { Status: 'Enabld' } },
  };
  return { AWSTemplateFormatVersion: '2010-09-09', Resources: { Bucket: resource } };
}

/** Both checkers start slowly, so everything goes through one run; `npm run check` runs them on the built templates. */
const CHECK_SECONDS = 240;

describe('the Regions of a template', () => {
  it('are those of all partitions, unless there is one of its own for China', () => {
    const names = ['a.template', 'b.template', 'b-cn.template'];
    const regions = names.map((name) => regionsOf(name, names));
    expect(regions).toEqual([
      ['us-east-1', 'us-gov-west-1', 'cn-north-1'],
      ['us-east-1', 'us-gov-west-1'],
      ['cn-north-1'],
    ]);
  });
});

describe('checkTemplates', () => {
  it(
    'finds what is wrong in any partition, and honours reasons',
    { timeout: CHECK_SECONDS * 1000 },
    async () => {
      const rules = { W3030: 'A test.', E3030: 'A test.' };
      const { checkers, problems } = await checkTemplates([
        file('bad.template', bucket()),
        file('reasoned.template', bucket({ SuppressedRules: rules })),
        file('unreasoned.template', bucket({ SuppressedRules: { W3030: '', E3030: ' ' } })),
      ]);
      expect(checkers.map(({ name }) => name)).toEqual([
        '@aws/cloudformation-validate',
        'cfn-lint',
      ]);
      for (const { version, skipped } of checkers) expect(version ?? skipped).toMatch(/\S/u);
      expect([...new Set(problems.map((problem) => problem.file))]).toEqual([
        'dist/bad.template',
        'dist/unreasoned.template',
      ]);
      const first = problems.find(({ what }) => what.includes('W3030'));
      expect(first).toMatchObject({ code: 'template-invalid', severity: 'error', line: 4 });
      expect(first?.what).toContain('Bucket: ');
      expect(first?.what).toContain('us-east-1, us-gov-west-1, cn-north-1');
    },
  );
});
