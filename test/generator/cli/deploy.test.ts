import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Aws } from '../../../generator/deploy/aws.ts';
import { play, writeBuild } from '../deploy/deploy-support.ts';

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));
/** The Region is known without asking AWS; nothing else is. */
const noAws = (): Promise<Aws> => {
  const silent = new Proxy(
    {},
    {
      get: () => {
        throw new Error('AWS must not be asked.');
      },
    },
  ) as never;
  return Promise.resolve({ region: 'eu-west-1', stacks: silent, templates: silent });
};
const run = (...args: readonly string[]) => play({ aws: noAws, answers: [] }, ...args);

describe('the commands for stacks', () => {
  it.each(['deploy', 'diff', 'destroy'])('have help: %s', async (command) => {
    const { code, out } = await run(command, '--help');
    expect(code).toBe(0);
    expect(out).toContain(`Usage: asr ${command} [options] <stack>`);
    expect(out.replaceAll(/\s+/gu, ' ')).toContain('choices: "admin", "member-roles", "member"');
  });

  it.each([
    [['deploy'], "missing required argument 'stack'"],
    [['deploy', 'members'], 'Allowed choices are admin, member-roles, member.'],
    [['diff', 'member', '--yes'], "unknown option '--yes'"],
    [['destroy', 'member', '--stack-name', '1st'], 'starting with a letter'],
    [['deploy', 'member', '-p', '=x'], 'Write Name=value.'],
  ])('refuse %j', async (args, message) => {
    const { code, err } = await run(...args);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });

  it.each(['deploy', 'diff'])('need a build: %s', async (command) => {
    const { code, err } = await run(command, 'admin', '--dist', '/nowhere');
    expect(code).toBe(1);
    expect(err).toMatch(
      /^There is no build in \/nowhere: .* Run asr build, or name its folder with --dist\.\n$/u,
    );
  });

  it('refuse a build that is damaged', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'asr-damaged-'));
    folders.push(writeBuild({ admin: '{"Resources":' }, folder));
    expect((await run('diff', 'admin', '--dist', folder)).err).toContain(
      'is no JSON object. Run asr build again.',
    );
    writeBuild({ admin: {} }, folder);
    expect((await run('diff', 'admin', '--dist', folder)).err).toBe(
      `${folder} is no complete build. Run asr build again.\n`,
    );
  });

  it('print what is wrong with a file, with its place', async () => {
    const folder = writeBuild({ admin: { Resources: {} } });
    folders.push(folder);
    const file = join(folder, 'stacks.yaml');
    writeFileSync(file, 'admins: {}\n');
    const { code, err } = await run('deploy', 'admin', '--dist', folder, '--parameters', file);
    expect(code).toBe(1);
    expect(err).toContain(`${file}:1:1 error unknown-key`);
    expect(err).toContain('Did you mean admin?');
  });
});
