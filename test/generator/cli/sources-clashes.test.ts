import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { stageOwnSources } from './own-sources-stage.ts';
import { asr } from './run-cli.ts';

vi.setConfig({ testTimeout: 120_000 });

const { project, own, example, run } = stageOwnSources();

describe('a clash is reported at the own file', () => {
  const said = async (files: Readonly<Record<string, string>>): Promise<readonly string[]> => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(own, path, '..'), { recursive: true });
      writeFileSync(`${own}/${path}`, text);
    }
    const { code, out } = await run('check', '--json');
    expect(code).toBe(1);
    const problems = JSON.parse(out) as readonly { file: string; line: number; what: string }[];
    return problems.map(({ file, line, what }) => `${file.replace(`${own}/`, '')}:${line} ${what}`);
  };
  const unit = (edit: (text: string) => string): Readonly<Record<string, string>> => ({
    'runbooks/ecr/KeepImageTags.yaml': edit(
      readFileSync(`${example}/runbooks/ecr/KeepImageTags.yaml`, 'utf8'),
    ),
  });
  const standard = (edit: (text: string) => string): Readonly<Record<string, string>> => ({
    'standards/cis500.yaml': edit(readFileSync(`${example}/standards/cis500.yaml`, 'utf8')),
  });
  const controls = (edit: (text: string) => string): Readonly<Record<string, string>> => ({
    'standards/sc.yaml': edit(readFileSync(`${example}/standards/sc.yaml`, 'utf8')),
  });

  it('of a control that the project remediates', async () => {
    expect(await said(unit((text) => text.replace('[ECR.2]', '[ECR.2, KMS.4]')))).toContain(
      'runbooks/ecr/KeepImageTags.yaml:4 KMS.4 is already remediated by runbooks/kms/EnableKeyRotation.yaml.',
    );
  });

  it('of a name', async () => {
    rmSync(own, { recursive: true });
    cpSync(`${example}/runbooks/ecr/KeepImageTags.yaml`, `${own}/runbooks/ecr/KeyRotation.yaml`);
    cpSync(`${example}/runbooks/ecr/KeepImageTags.py`, `${own}/runbooks/ecr/KeyRotation.py`);
    cpSync(
      `${example}/runbooks/ecr/KeepImageTags.test.yaml`,
      `${own}/runbooks/ecr/KeyRotation.test.yaml`,
    );
    const { err } = await asr(project, 'check', '--sources', own, '--prefix', 'ENABLE');
    expect(err).toContain(
      'ENABLEKeyRotation is also the name or an alias of runbooks/kms/EnableKeyRotation.yaml.',
    );
  });

  it('of roles and resources without the prefix', async () => {
    const roles = `roles:\n  Scanner: { service: ecr, allow: [ecr:DescribeRepositories], on: ecr-repository }\nbefore:`;
    expect(await said(unit((text) => text.replace('before:', roles)))).toContain(
      "runbooks/ecr/KeepImageTags.yaml:10 Scanner doesn't begin with the prefix ACME of your sources.",
    );
  });

  it('of functions, once', async () => {
    const found = await said({
      'runbooks/_shared/helpers.py': 'def tag_names(tags):\n    return tags\n',
      'runbooks/_shared/more.py': 'def tag_names(tags):\n    return tags\n',
    });
    expect(found.filter((text) => text.includes('tag_names is already defined'))).toHaveLength(1);
  });

  it('of kinds', async () => {
    const kind =
      'sns-topic:\n  finding: X\n  arn: "arn:{partition}:sns:{region}:{account}:x"\n  iam: []\n  accepts: ["arn:aws:sns:us-east-1:111122223333:x", "arn:aws-cn:sns:cn-north-1:111122223333:x"]\n  refuses: ["x", "y", "z"]\n';
    expect(await said({ 'kinds/resource-kinds.yaml': kind })).toEqual([
      'kinds/resource-kinds.yaml:1 There is a kind sns-topic already.',
    ]);
  });

  it('of standards', async () => {
    expect(await said(standard((text) => text.replace('id: CIS500', 'id: CIS300')))).toEqual([
      'standards/cis500.yaml:2 CIS300 is already the id of CIS AWS Foundations Benchmark.',
    ]);
    expect(
      await said(standard((text) => text.replace('v/5.0.0/{control}', 'v/3.0.0/{control}'))),
    ).toEqual([
      'standards/cis500.yaml:5 Findings with this generator id belong to the standard CIS300.',
    ]);
  });

  it('of a standard that nothing serves', async () => {
    expect(await said(standard((text) => text.replace('KMS.4', 'IAM.6')))).toEqual([
      'standards/cis500.yaml:8 No unit remediates any of these controls, so loading the standard would bring nothing.',
    ]);
  });

  it('of what Security Hub says about a control', async () => {
    expect(
      await said(controls((text) => text.replace('severity: MEDIUM', 'severity: LOW'))),
    ).toEqual(['standards/sc.yaml:9 ECR.5 is a known control with severity MEDIUM.']);
    expect(
      await said(controls((text) => text.replace('security-control/', 'my-control/'))),
    ).toEqual([
      'standards/sc.yaml:5 Findings of consolidated controls have the generator id security-control/{control}.',
    ]);
  });

  it('of a folder without sources', async () => {
    rmSync(own, { recursive: true });
    expect(await said({ 'README.md': 'Nothing.\n' })).toEqual([
      `${own}:1 The folder holds neither standards/ nor runbooks/.`,
    ]);
  });
});
