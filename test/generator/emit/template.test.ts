import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { readAdminTemplate } from '../../../generator/emit/admin-template.ts';
import { addConsole } from '../../../generator/emit/console.ts';
import { ssm } from '../../../generator/emit/cdk.ts';
import { loadTemplate, readBaseTemplate } from '../../../generator/emit/template.ts';
import type { Template } from '../../../generator/emit/types.ts';
import { names } from './fixtures.ts';

const templates = fileURLToPath(new URL('../../../templates', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'asr-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function base(text: string): string {
  const file = join(folder, 'template.yaml');
  writeFileSync(file, text);
  return file;
}

const SMALL = `
AWSTemplateFormatVersion: "2010-09-09"
Description: (SO0111) version %%VERSION%%
Parameters:
  Wanted: { Type: String, Default: "no" }
Conditions:
  IsWanted: { "Fn::Equals": [{ Ref: Wanted }, "yes"] }
Resources:
  Zebra:
    Type: AWS::SSM::Parameter
    Condition: IsWanted
    Properties: { Name: /Solutions/SO0111/z, Type: String, Value: "010" }
  Ant:
    Type: AWS::SSM::Parameter
    Properties: { Name: /Solutions/SO0111/a, Type: String, Value: "yes" }
`;

/** One dependency may be written as text or as a list of one; the library writes lists. */
function dependsOnLists(template: Template): Template['Resources'] {
  const resources = Object.entries(template.Resources).map(([id, resource]) => {
    const { DependsOn: one } = resource;
    return [id, typeof one === 'string' ? { ...resource, DependsOn: [one] } : resource] as const;
  });
  return Object.fromEntries(resources);
}

describe('base templates', () => {
  const folders = readdirSync(templates).filter((name) =>
    existsSync(join(templates, name, 'template.yaml')),
  );
  it.each(folders)('%s passes through cloudformation-include unchanged', (name) => {
    const file = join(templates, name, 'template.yaml');
    // The administrator's has its resources in files of their own, and the console's conditions and outputs.
    const read =
      name === 'admin'
        ? addConsole(readAdminTemplate(names), names)
        : readBaseTemplate(file, names);
    expect(loadTemplate(file, names, () => read).toJson()).toEqual({
      ...read,
      Resources: dependsOnLists(read),
    });
  });

  it('carry the solution id and the version of the build', () => {
    const { json } = loadTemplate(base(SMALL), { solutionId: 'CO9', version: '7.8.9' }).toFile('x');
    expect(json.Description).toBe('(CO9) version 7.8.9');
    expect(json.Resources['Ant']?.Properties?.['Name']).toBe('/Solutions/CO9/a');
    expect(JSON.stringify(json)).not.toContain('SO0111');
  });

  it('that refer to nothing are refused', () => {
    expect(() => loadTemplate(base(SMALL.replace('Ref: Wanted', 'Ref: Nothing')), names)).toThrow(
      /Nothing/u,
    );
  });
});

describe('the written template', () => {
  const build = (order: readonly string[]): string => {
    const loaded = loadTemplate(base(SMALL), names);
    for (const id of order) {
      const parameter = new ssm.CfnParameter(loaded.stack, id, { type: 'String', value: 'y' });
      parameter.value = 'x';
    }
    return loaded.toFile('x.template').text;
  };

  it('has one entry per line, those of the base first in its order, generated ones sorted', () => {
    expect(build(['Second', 'First'])).toBe(`{
"AWSTemplateFormatVersion": "2010-09-09",
"Description": "(SO0111) version 1.2.3",
"Parameters": {
  "Wanted": {"Type":"String","Default":"no"}
},
"Conditions": {
  "IsWanted": {"Fn::Equals":[{"Ref":"Wanted"},"yes"]}
},
"Resources": {
  "Zebra": {"Type":"AWS::SSM::Parameter","Condition":"IsWanted","Properties":{"Name":"/Solutions/SO0111/z","Type":"String","Value":"010"}},
  "Ant": {"Type":"AWS::SSM::Parameter","Properties":{"Name":"/Solutions/SO0111/a","Type":"String","Value":"yes"}},
  "First": {"Type":"AWS::SSM::Parameter","Properties":{"Type":"String","Value":"x"}},
  "Second": {"Type":"AWS::SSM::Parameter","Properties":{"Type":"String","Value":"x"}}
}
}
`);
  });

  it('is the same whatever the order of making', () => {
    expect(build(['A', 'B', 'C'])).toBe(build(['C', 'A', 'B']));
  });
});
