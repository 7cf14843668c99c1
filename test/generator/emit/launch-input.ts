import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { buildCatalog } from '../../../generator/emit/catalog.ts';
import type { LaunchInput } from '../../../generator/emit/launch/data.ts';
import type { Template, TemplateFile } from '../../../generator/emit/types.ts';
import { readStandards } from '../../../generator/read/read-standards.ts';
import { names, unit } from './fixtures.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/u, '');

/** The parameters of a template as its source has them, without its resources. */
function template(kind: string, built: string = kind): TemplateFile {
  const source = readFileSync(`${ROOT}/templates/${kind}/template.yaml`, 'utf8');
  const { Parameters, Metadata } = parse(source, { logLevel: 'silent' }) as Template;
  const json: Template = {
    ...(Metadata === undefined ? {} : { Metadata }),
    ...(Parameters === undefined ? {} : { Parameters }),
    Resources: {},
  };
  const fileName = `automated-security-response-${built}.template`;
  return { fileName, json, text: JSON.stringify(json) };
}

const irreversible = unit('TerminateInstance', ['EC2.4'], {
  runbook: {
    impact: { type: 'fixed', word: 'data-loss' },
    undo: { type: 'none', reason: 'A terminated instance </script> is gone.' },
  },
});

/** All controls of the real standards, the parameters of the real templates, and two remediations. */
export function launchInput(): LaunchInput {
  const { standards } = readStandards(`${ROOT}/standards`, 'standards');
  const compiled = [unit('RemoveDefaultGroupRules', ['EC2.2']), irreversible];
  return {
    version: names.version,
    catalog: buildCatalog({ compiled, standards, names }),
    standards,
    templates: [
      ...['admin', 'member-roles', 'member'].map((kind) => template(kind)),
      template('admin', 'admin-cn'),
    ],
  };
}
