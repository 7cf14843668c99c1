import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import { unpack } from '../../../templates/launch/catalogue.ts';
import type { LaunchData } from '../../../templates/launch/settings.ts';
import type { Template } from '../../../generator/emit/types.ts';
import { readSources } from '../../../generator/read/read-sources.ts';
import { probe } from '../../../generator/simulate/emulator.ts';
import { stageOwnSources } from './own-sources-stage.ts';
import { asr } from './run-cli.ts';

vi.setConfig({ testTimeout: 120_000 });

const root = fileURLToPath(new URL('../../..', import.meta.url));
const { project, folder, own, run } = stageOwnSources();

describe('own sources', () => {
  it('are compiled together with the project', async () => {
    const dist = `${folder}/dist`;
    const { code, out } = await run('build', '--out', dist);
    expect(code).toBe(0);
    expect(out).toContain('2 remediations');
    const read = (path: string): string => readFileSync(`${dist}/${path}`, 'utf8');
    expect(read('documents/ASR-ACMEKeepImageTags.yaml')).toContain('SO0111-ACMEKeepImageTags-');

    const member = JSON.parse(read('automated-security-response-member.template')) as Template;
    expect(member.Resources['DocumentACMEKeepImageTags']?.Properties).toMatchObject({
      Name: 'ASR-ACMEKeepImageTags',
      UpdateMethod: 'NewVersion',
    });
    expect(member.Parameters?.['LoadCIS500MemberStack']).toMatchObject({ Default: 'no' });
    expect(JSON.stringify(member.Conditions)).toContain('LoadCIS500MemberStack');
    const roles = JSON.parse(read('automated-security-response-member-roles.template')) as Template;
    expect(roles.Resources['RoleACMEKeepImageTags']?.Properties?.['RoleName']).toEqual({
      'Fn::Sub': 'SO0111-ACMEKeepImageTags-${Namespace}',
    });
    expect(JSON.stringify(roles.Resources['PassRemediationRoles1'])).toContain(
      'role/SO0111-ACMEKeepImageTags-${Namespace}',
    );
    expect(JSON.parse(read('catalog.json'))).toMatchObject({
      controls: expect.arrayContaining([
        expect.objectContaining({
          securityControlId: 'ECR.2',
          remediation: 'ACMEKeepImageTags',
        }),
      ]) as unknown,
    });
  });

  it('are on the launch page: the standard to choose, the remediation to look up', async () => {
    const dist = `${folder}/dist-page`;
    expect(await run('build', '--out', dist)).toMatchObject({ code: 0 });
    const page = readFileSync(`${dist}/launch/index.html`, 'utf8');
    expect(page).toContain('<input type="checkbox" id="standard-CIS500" value="CIS500"');
    const data = JSON.parse(/id="data">([^<]*)</u.exec(page)?.[1] ?? '') as LaunchData;
    expect(data.stacks.map(({ loads }) => loads['CIS500'])).toEqual([
      'LoadCIS500AdminStack',
      undefined,
      'LoadCIS500MemberStack',
    ]);
    const rows = new Map(unpack(data.catalogue).map((row) => [row.id, row]));
    expect(rows.get('ECR.2')).toMatchObject({
      remediation: {
        name: 'ACMEKeepImageTags',
        permissions: ['ecr:DescribeRepositories', 'ecr:PutImageTagMutability'],
      },
    });
    expect(rows.get('KMS.4')?.standards['CIS500']).toEqual(['3.6']);
  });

  it('are started and handed their role by the permissions that the project has', async () => {
    const roles = readFileSync(`${root}/templates/member-roles/template.yaml`, 'utf8');
    expect(roles).toContain('document/ASR-*');
    expect(await run('show', 'ACMEKeepImageTags', '--document')).toMatchObject({
      out: expect.stringContaining('role/SO0111-ACMEKeepImageTags-[a-z0-9-]{3,9}$') as string,
    });
  });

  it('have the prefix OWN when none is given', async () => {
    const { out } = await asr(project, 'show', 'ECR.2', '--sources', own);
    expect(out).toContain('document: ASR-OWNKeepImageTags\n');
  });

  it('are not there without the option', async () => {
    expect((await asr(project, 'show', 'ECR.2')).out).toContain('remediation: null');
  });

  it('are listed, shown and explained', async () => {
    expect((await run('list', '--standard', 'CIS500')).out).toMatch(
      /^3\.6 +KMS\.4 +EnableKeyRotation /mu,
    );
    expect((await run('show', 'ECR.5')).out).toContain(
      'title: Repositories are encrypted with customer managed keys',
    );
    const finding = `${folder}/finding.json`;
    writeFileSync(
      finding,
      JSON.stringify({
        Id: 'arn:aws:securityhub:us-east-1:012345678901:subscription/cis-aws-foundations-benchmark/v/5.0.0/3.6/finding/11111111-2222-3333-4444-555555555555',
        ProductArn: 'arn:aws:securityhub:us-east-1::product/aws/securityhub',
        AwsAccountId: '012345678901',
        Region: 'us-east-1',
        UpdatedAt: '2026-11-01T00:00:00Z',
        GeneratorId: 'cis-aws-foundations-benchmark/v/5.0.0/3.6',
        Resources: [
          { Id: 'arn:aws:kms:us-east-1:012345678901:key/12345678-1234-1234-1234-123456789012' },
        ],
      }),
    );
    const { out } = await run('explain', '--finding', finding, '--json');
    expect(JSON.parse(out)).toMatchObject({
      securityControlId: 'KMS.4',
      remediation: 'EnableKeyRotation',
    });
  });

  it('are checked like the project', async () => {
    expect(await run('check')).toMatchObject({
      code: 0,
      out: 'No problems in 8 standards and 2 runbooks.\n',
    });
    writeFileSync(
      `${own}/runbooks/ecr/KeepImageTags.py`,
      'def keeps_tags(mutability):\n  return now()\n',
    );
    const { code, err } = await run('check');
    expect(code).toBe(1);
    expect(err).toContain(`${own}/runbooks/ecr/KeepImageTags.py:`);
  });

  it.skipIf(probe().emulator !== undefined)('are proven like the project', async () => {
    const { code, out } = await run('prove', 'ACMEKeepImageTags');
    expect(code).toBe(0);
    expect(out).toBe(
      [
        'ACMEKeepImageTags',
        '  ok   ECR.2: a repository whose tags can be moved',
        '  ok   ECR.2: a repository whose tags stay',
        '  ok   permissions: every call allowed, none unused',
        '',
      ].join('\n'),
    );
  });

  it('have their broken test reported by name', async () => {
    writeFileSync(`${own}/runbooks/ecr/KeepImageTags.test.yaml`, 'situations: 1\n');
    const { code, err } = await run('prove', 'ACMEKeepImageTags');
    expect(code).toBe(1);
    expect(err).toContain('KeepImageTags.test.yaml:1:13 error');
  });

  it('have pages of their own, which are checked once they are there', async () => {
    const { out } = await run('docs');
    expect(out).toContain(`${own}/docs/remediations/ACMEKeepImageTags.md\n`);
    expect(readFileSync(`${own}/docs/controls.md`, 'utf8')).toContain(
      '[ACMEKeepImageTags](remediations/ACMEKeepImageTags.md)',
    );
    expect(existsSync(`${project}/docs`)).toBe(false);
    expect((await run('check')).code).toBe(0);
    writeFileSync(`${own}/docs/controls.md`, 'old\n');
    const { err } = await run('check');
    expect(err).toContain(`${own}/docs/controls.md:1:1 error stale-page`);
    expect(err).toContain('Run asr docs with the same --sources.');
  });

  it('are formatted and begun where they are', async () => {
    writeFileSync(
      `${own}/runbooks/ecr/KeepImageTags.py`,
      "def keeps_tags(mutability):\n    return mutability=='IMMUTABLE'\n",
    );
    expect((await run('format')).out).toBe(`${own}/runbooks/ecr/KeepImageTags.py\n`);
    expect(readFileSync(`${own}/runbooks/ecr/KeepImageTags.py`, 'utf8')).toContain(
      'mutability == ',
    );
    const made = await run(
      'new',
      'runbook',
      'Tidy',
      '--control',
      'ECR.3',
      '--resource',
      'ecr-repository',
    );
    expect(made.out).toBe(`${own}/runbooks/ecr/Tidy.yaml\n${own}/runbooks/ecr/Tidy.test.yaml\n`);
    expect(existsSync(`${own}/runbooks/ecr/Tidy.yaml`)).toBe(true);
  });
});

describe('the command line refuses', () => {
  const refused = async (...args: readonly string[]): Promise<string> => {
    const { code, err } = await asr(project, 'list', ...args);
    expect(code).toBe(2);
    return err;
  };

  it('a folder that is not there', async () => {
    expect(await refused('--sources', '/nowhere')).toContain(
      '--sources /nowhere: there is no such folder.',
    );
  });

  it('a prefix without a folder, and one that names can not begin with', async () => {
    expect(await refused('--prefix', 'ACME')).toContain('--prefix needs --sources');
    for (const prefix of ['acme', 'AC', 'A-CME', '1ACME', 'ACMEACMEA'])
      expect(await refused('--sources', own, '--prefix', prefix)).toContain(
        'Use 3 to 8 capital letters and digits, starting with a letter.',
      );
  });
});

describe('names of the project', () => {
  it('never begin like those with a prefix', () => {
    const { runbooks } = readSources(root, { tests: false });
    const names = runbooks.flatMap(({ name, aliases }) => [name, ...aliases]);
    expect(names.filter((name) => /^[A-Z][A-Z0-9]{2,7}[A-Z]/u.test(name))).toEqual([]);
  });
});
