import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import Handlebars from 'handlebars';
import { build } from 'esbuild';
import { IMPACTS } from '../../model/runbook.ts';
import { PARTITIONS, defaultRegion, partitionOf } from '../../../templates/launch/links.ts';
import type { Partition } from '../../../templates/launch/links.ts';
import { templateFileName } from '../../../templates/launch/stacks.ts';
import type { StackKind } from '../../../templates/launch/stacks.ts';
import { launchData, optionFields } from './data.ts';
import type { LaunchInput } from './data.ts';
import { publishedText } from './published.ts';
import { scriptJson } from './script-json.ts';

const FOLDER = fileURLToPath(new URL('../../../templates/launch', import.meta.url));

interface StackTexts {
  readonly title: string;
  readonly where: string;
  readonly after: string;
}

const STACK_TEXTS: Readonly<Record<StackKind, StackTexts>> = {
  admin: {
    title: 'Launch the admin stack',
    where:
      'in the Security Hub administrator account, once, in the Region that aggregates findings.',
    after:
      'In the console, tick the box that acknowledges IAM resources with custom names, choose Create stack, and wait for CREATE_COMPLETE.',
  },
  'member-roles': {
    title: 'Launch the member-roles stack',
    where: 'in each account to be remediated, once, in any Region. Sign in to that account first.',
    after: 'It makes one IAM role for each remediation, so it asks for the same acknowledgement.',
  },
  member: {
    title: 'Launch the member stack',
    where:
      'in the same accounts, in each Region to be remediated. For the next Region, choose it in the settings and launch again.',
    after:
      'Account id and Namespace must be those of the member-roles stack; the links see to that.',
  },
};

const PARTITION_LABELS: Readonly<Record<Partition, string>> = {
  aws: 'AWS',
  'aws-us-gov': 'AWS GovCloud (US)',
  'aws-cn': 'AWS in China',
};

/**
 * The launch page: one HTML file that loads nothing else. Its policy admits the one style and the one script in it, by hash.
 * Throws when a template lacks what the page prefills, and esbuild's error when the script doesn't compile.
 */
export async function emitLaunchPage(input: LaunchInput): Promise<string> {
  const data = launchData(input);
  const [style, script] = await Promise.all([bundle('page.css'), bundle('browser/main.ts')]);
  const region = defaultRegion('aws');
  return render({
    version: data.version,
    policy: contentPolicy(style, script),
    style,
    script,
    published: publishedText({ templates: null }),
    data: scriptJson(data),
    region,
    regions: PARTITIONS.map((partition) => ({
      label: PARTITION_LABELS[partition],
      names: data.regions.filter((name) => partitionOf(name) === partition),
    })),
    stacks: data.stacks.map((stack) => ({
      ...STACK_TEXTS[stack.kind],
      kind: stack.kind,
      file: stack.files.aws,
    })),
    china: templateFileName('admin', 'aws-cn'),
    options: optionFields(input.templates),
    standards: data.standards,
    impacts: IMPACTS,
  });
}

function render(view: object): string {
  const handlebars = Handlebars.create();
  handlebars.registerHelper('is', (a: unknown, b: unknown) => a === b);
  const source = readFileSync(`${FOLDER}/page.mustache`, 'utf8');
  return handlebars.compile<object>(source, { strict: true })(view);
}

/** One minified file for a `<script>` or `<style>` element. */
async function bundle(file: string): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: FOLDER,
    entryPoints: [file],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    charset: 'utf8',
    minify: true,
    legalComments: 'none',
    logLevel: 'silent',
  });
  const text = outputFiles[0]?.text ?? '';
  // The element would end there, whatever the rest of the file says.
  if (text === '' || /<\/(?:script|style)|<!--/iu.test(text))
    throw new Error(`${file} can't be put into the page as it is.`);
  return text;
}

/** Everything is forbidden that the page doesn't need ("Content Security Policy Level 3": data blocks are not executed and need no hash). */
function contentPolicy(style: string, script: string): string {
  return [
    "default-src 'none'",
    `script-src '${sha256(script)}'`,
    `style-src '${sha256(style)}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
  ].join('; ');
}

function sha256(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
