import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readExceptionsFile } from '../../../generator/operate/exceptions-file.ts';
import { hasErrors } from '../../../generator/read/diagnostics.ts';
import { parseException } from '../../../templates/admin/functions/decide/exceptions.ts';
import { isRefusal } from '../../../templates/admin/functions/model/refusal.ts';

const folder = mkdtempSync(join(tmpdir(), 'asr-exceptions-'));
afterAll(() => rmSync(folder, { recursive: true }));

const SCHEMA = new URL('../../../generator/read/schemas/exceptions.schema.json', import.meta.url);
const { definitions } = JSON.parse(readFileSync(SCHEMA, 'utf8')) as {
  readonly definitions: { readonly exception: { readonly properties: object } };
};
const WHOLE = {
  owner: 'team blue',
  reason: 'Moves out.',
  expiresAt: '2026-04-01T00:00:00Z',
  controls: ['S3.1'],
  accounts: ['111122223333'],
  regions: ['eu-west-1'],
  resources: ['arn:aws:s3:::logs-*'],
};
type Members = Readonly<Record<string, unknown>>;

const isRead = (members: Members): boolean => !isRefusal(parseException({ id: 'x', ...members }));
/** JSON is YAML. */
const isInSchema = (members: Members): boolean => {
  const file = join(folder, 'exceptions.yaml');
  writeFileSync(file, JSON.stringify({ exceptions: { x: members } }));
  const context = { controls: ['S3.1'], now: new Date('2026-03-02T10:00:00Z') };
  return !hasErrors(readExceptionsFile(file, context).diagnostics);
};

describe('the schema of the file of exceptions', () => {
  it('has the members that the administrator account reads, and no others', () => {
    expect(Object.keys(definitions.exception.properties)).toEqual(Object.keys(WHOLE));
    expect(parseException({ id: 'x', ...WHOLE })).toMatchObject({ controls: WHOLE.controls });
    const refused = parseException({ id: 'x', ...WHOLE, unknown: 1 });
    expect(isRefusal(refused) ? refused.message : '').toContain(
      `known are id, ${Object.keys(WHOLE).join(', ')}.`,
    );
  });

  it.each<readonly [string, Members]>([
    ['all members', WHOLE],
    ['controls only', { ...WHOLE, accounts: undefined, regions: undefined, resources: undefined }],
    ['a Region of a government partition', { ...WHOLE, regions: ['us-gov-west-1'] }],
    ['every resource', { ...WHOLE, resources: ['*'] }],
  ])('takes what is read: %s', (_, members) => {
    expect([isInSchema(members), isRead(members)]).toEqual([true, true]);
  });

  it.each<readonly [string, Members]>([
    ['no owner', { ...WHOLE, owner: '' }],
    ['no reason', { ...WHOLE, reason: undefined }],
    ['no end', { ...WHOLE, expiresAt: undefined }],
    ['an empty list', { ...WHOLE, controls: [] }],
    ['a control that is none', { ...WHOLE, controls: ['S3'] }],
    ['an account that is none', { ...WHOLE, accounts: ['1234'] }],
    ['a Region that is none', { ...WHOLE, regions: ['Ireland'] }],
    ['a resource that is none', { ...WHOLE, resources: ['bucket'] }],
    ['a Region only', { ...WHOLE, controls: undefined, accounts: undefined, resources: undefined }],
  ])('refuses what is refused: %s', (_, members) => {
    expect([isInSchema(members), isRead(members)]).toEqual([false, false]);
  });
});
