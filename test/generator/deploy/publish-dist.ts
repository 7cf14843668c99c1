import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';

const PAGE = '<script type="application/json" id="published">{"templates":null}</script>';

/** The files of a small build. */
export const FILES: Readonly<Record<string, string>> = {
  'automated-security-response-admin.template': template('admin'),
  'automated-security-response-member-roles.template': template('member-roles'),
  'automated-security-response-member.template': template('member'),
  'catalog.json': '{}\n',
  'documents/ASR-One.yaml': 'description: One\n',
  'launch/index.html': PAGE,
};

/** Writes a build of version 1.2.3 to a folder that goes away after the tests; `changed` files differ from the manifest. */
export function distFolder(
  files: Readonly<Record<string, string>> = FILES,
  changed: Readonly<Record<string, string>> = {},
): string {
  const folder = mkdtempSync(join(tmpdir(), 'asr-publish-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const manifest = {
    version: '1.2.3',
    files: Object.entries(files).map(([path, text]) => ({
      path,
      bytes: Buffer.byteLength(text),
      sha256: createHash('sha256').update(text).digest('hex'),
    })),
  };
  for (const [path, text] of Object.entries({
    ...files,
    'manifest.json': JSON.stringify(manifest),
    ...changed,
  })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

function template(name: string): string {
  return JSON.stringify({
    Resources: { Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: name } } },
  });
}
