import { rmSync } from 'node:fs';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CreateBucketCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { IAMClient, GetRoleCommand } from '@aws-sdk/client-iam';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { ListStateMachinesCommand, SFNClient } from '@aws-sdk/client-sfn';
import { GetDocumentCommand, GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, beforeEach, afterEach, expect, it, vi } from 'vitest';
import { compileProject } from '../../../generator/cli/project.ts';
import { emitAdmin } from '../../../generator/emit/admin.ts';
import { emitMemberRoles } from '../../../generator/emit/member-roles.ts';
import { emitMember } from '../../../generator/emit/member.ts';
import { describeWithEmulator } from '../../support/emulator.ts';
import { smallProject } from '../cli/run-cli.ts';
import { play, writeBuild } from './deploy-support.ts';

const MEMBER = 'automated-security-response-member';
const BOTH = ['-p', 'SecHubAdminAccount=111122223333', '-p', 'Namespace=shtest'];

// The emulator ignores conditions in change sets and keeps no descriptions, so what is shown of a stack is not compared
// here; what is really there afterwards is.
describeWithEmulator('stacks of a real build on the emulator', ({ emulator }) => {
  const folders: string[] = [];
  /** A build of the real sources, with some of the remediations. */
  const build = async (version: string, units: readonly string[]): Promise<string> => {
    const project = smallProject(units);
    const { sources, compiled } = await compileProject({ root: project, version }, 'build');
    const names = { solutionId: 'SO0111', version };
    const input = { compiled, standards: sources.standards, names };
    const dist = writeBuild(
      {
        admin: (await emitAdmin(input)).text,
        'member-roles': emitMemberRoles(input).file.text,
        member: emitMember(input).file.text,
      },
      undefined,
      version,
    );
    folders.push(project, dist);
    return dist;
  };
  let dist = '';
  beforeAll(async () => {
    dist = await build('1.0.0', [
      'kms/EnableKeyRotation',
      // Large enough to need a bucket.
      'rds/EncryptRDSSnapshot',
      'ec2/RemoveVPCDefaultSecurityGroupRules',
      's3/ConfigureS3BucketPublicAccessBlock',
    ]);
  });
  afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));
  beforeEach(async () => {
    vi.stubEnv('AWS_ENDPOINT_URL', emulator().endpoint);
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAEXAMPLE');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'example');
    vi.stubEnv('AWS_REGION', 'us-east-1');
    vi.stubEnv('AWS_PROFILE', undefined);
    await new S3Client({ forcePathStyle: true }).send(
      new CreateBucketCommand({ Bucket: 'templates' }),
    );
  });
  afterEach(() => vi.unstubAllEnvs());
  const deploy = (stack: string, from: string, ...args: readonly string[]) =>
    play({}, 'deploy', stack, '--dist', from, '--bucket', 'templates', '--yes', ...args);

  it('are deployed in their order, with their names and values', async () => {
    const roles = await deploy('member-roles', dist, ...BOTH);
    expect(roles).toMatchObject({ code: 0 });
    const { Role: role } = await new IAMClient().send(
      new GetRoleCommand({ RoleName: 'SO0111-EnableKeyRotation-shtest' }),
    );
    expect(role?.RoleName).toBe('SO0111-EnableKeyRotation-shtest');

    const member = await deploy('member', dist, ...BOTH, '-p', 'LoadAFSBPAdminStack=yes');
    expect(member.err).toContain('LoadAFSBPMemberStack');
    expect(member.code).toBe(0);
    const ssm = new SSMClient();
    const { Parameter: namespace } = await ssm.send(
      new GetParameterCommand({ Name: '/Solutions/SO0111/member/namespace' }),
    );
    expect(namespace?.Value).toBe('shtest');
    const document = await ssm.send(new GetDocumentCommand({ Name: 'ASR-EnableKeyRotation' }));
    expect(document.DocumentType).toBe('Automation');
  });

  // Its update is in test/generator/emit/ledger-upgrade.test.ts, without the user pool, which the emulator can't update.
  it('begin with the one of the administrator', async () => {
    const { code, err } = await deploy('admin', dist, '-p', 'LoadAFSBPAdminStack=yes');
    expect(code).toBe(0);
    expect(err).toContain('  + LoadAFSBPAdminStack = yes\n');
    expect(err).toContain('automated-security-response-admin is deployed (CREATE_COMPLETE).');
    const { stateMachines } = await new SFNClient().send(new ListStateMachinesCommand({}));
    expect(stateMachines?.map(({ name }) => name)).toEqual(['SO0111-ASR-Orchestrator']);
    const { TableNames: tables = [] } = await new DynamoDBClient().send(new ListTablesCommand({}));
    expect(tables).toHaveLength(2);

    const destroyed = await play({ answers: ['y'] }, 'destroy', 'admin');
    expect(destroyed.code).toBe(0);
    for (const table of tables) expect(destroyed.err).toContain(`AWS::DynamoDB::Table  ${table}\n`);
    expect(destroyed.err).toContain(
      '  OrchestratorLogGroup  AWS::Logs::LogGroup  SO0111-ASR-Orchestrator\n',
    );
  });

  it('go through the bucket when they are too large for a request, and are uploaded once', async () => {
    expect((await deploy('member', dist, ...BOTH)).err).toContain(
      `The template was uploaded to s3://templates/asr/1.0.0/${MEMBER}.template.`,
    );
    expect((await deploy('member', dist)).err).toContain(
      `The template is at s3://templates/asr/1.0.0/${MEMBER}.template already.`,
    );
    const { Contents: objects } = await new S3Client({ forcePathStyle: true }).send(
      new ListObjectsV2Command({ Bucket: 'templates' }),
    );
    expect(objects?.map(({ Key }) => Key)).toEqual([`asr/1.0.0/${MEMBER}.template`]);
  });

  it('have nothing to do the second time', async () => {
    // The emulator compares the values that were sent, so all are sent.
    const standards = ['SC', 'AFSBP', 'CIS120', 'CIS140', 'CIS300', 'NIST80053', 'PCI321'];
    const all = [
      ...standards.map((id) => `Load${id}MemberStack=yes`),
      ...['CreateS3BucketForRedshiftAuditLogging=no', 'EnableCloudTrailForASRActionLog=no'],
      'LogGroupName=',
    ];
    await deploy('member', dist, ...BOTH, ...all.flatMap((one) => ['-p', one]));
    const { code, err } = await deploy('member', dist);
    expect(code).toBe(0);
    expect(err).toContain(`${MEMBER} is as the build wants it. Nothing to do.`);
  });

  it('are updated: another version, a changed parameter, the others kept', async () => {
    await deploy('member', dist, ...BOTH);
    const next = await build('2.0.0', ['kms/EnableKeyRotation']);
    const { code, err } = await deploy('member', next, '-p', 'Namespace=second');
    expect(code).toBe(0);
    expect(err).toContain('  ~ Namespace: shtest -> second\n');
    expect(err).toContain('DocumentRemoveVPCDefaultSecurityGroupRules  AWS::SSM::Document');
    expect(err).toContain(`${MEMBER} is deployed (UPDATE_COMPLETE).`);
    const ssm = new SSMClient();
    const value = async (name: string) =>
      (await ssm.send(new GetParameterCommand({ Name: `/Solutions/SO0111/member/${name}` })))
        .Parameter?.Value;
    expect([
      await value('version'),
      await value('namespace'),
      await value('admin-account'),
    ]).toEqual(['2.0.0', 'second', '111122223333']);
    await expect(
      ssm.send(new GetDocumentCommand({ Name: 'ASR-RemoveVPCDefaultSecurityGroupRules' })),
    ).rejects.toMatchObject({ name: 'InvalidDocument' });
  });

  it('differ from another build by what asr diff says, and from their own by nothing', async () => {
    await deploy('member', dist, ...BOTH);
    const diff = (from: string) => play({}, 'diff', 'member', '--dist', from, '--json');
    expect(JSON.parse((await diff(dist)).out)).toMatchObject({ resources: [], parameters: [] });
    const next = await build('2.0.0', ['kms/EnableKeyRotation']);
    const { resources } = JSON.parse((await diff(next)).out) as {
      readonly resources: readonly { readonly action: string; readonly id: string }[];
    };
    expect(resources.map(({ action, id }) => `${action} ${id}`)).toEqual([
      'remove DocumentConfigureS3BucketPublicAccessBlock',
      'remove DocumentEncryptRDSSnapshot',
      'remove DocumentRemoveVPCDefaultSecurityGroupRules',
      'change VersionParameter',
    ]);
  });

  it('leave no trace when the answer is no', async () => {
    const { code } = await play(
      { answers: ['no'] },
      ...['deploy', 'member', '--dist', dist, '--bucket', 'templates', ...BOTH],
    );
    expect(code).toBe(1);
    const { Stacks: stacks } = await new CloudFormationClient().send(new DescribeStacksCommand({}));
    expect(stacks ?? []).toEqual([]);
  });

  it('ask for the bucket when none is named', async () => {
    const { code, questions } = await play(
      { answers: ['templates', 'yes'] },
      ...['deploy', 'member', '--dist', dist, ...BOTH],
    );
    expect(code).toBe(0);
    expect(questions[0]).toMatch(
      /CloudFormation takes 51200 in a request.*\nName of the bucket: $/u,
    );
  });

  it('need a bucket that is there', async () => {
    const { code, err } = await play(
      {},
      ...['deploy', 'member', '--dist', dist, ...BOTH, '--bucket', 'nowhere', '--yes'],
    );
    expect(code).toBe(1);
    expect(err).toContain('There is no bucket nowhere.');
  });

  it('are destroyed, and then there is nothing to do', async () => {
    await deploy('member', dist, ...BOTH);
    const destroy = () => play({ answers: ['y'] }, 'destroy', 'member');
    const first = await destroy();
    expect(first.err).toContain(`${MEMBER} is deleted.`);
    expect(first.code).toBe(0);
    await expect(
      new SSMClient().send(new GetDocumentCommand({ Name: 'ASR-EnableKeyRotation' })),
    ).rejects.toMatchObject({ name: 'InvalidDocument' });
    expect((await destroy()).err).toContain('Nothing to do.');
  });
});
