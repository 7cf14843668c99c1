import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStackResourcesCommand,
} from '@aws-sdk/client-cloudformation';
import {
  GetBucketEncryptionCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  GetPublicAccessBlockCommand,
  PutBucketPolicyCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { Command, CommanderError } from 'commander';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CommandError } from '../../../generator/cli/exit-codes.ts';
import { createPrinter } from '../../../generator/cli/print.ts';
import { addPublish } from '../../../generator/cli/publish.ts';
import { describeWithEmulator } from '../../support/emulator.ts';
import { FILES, distFolder } from './publish-dist.ts';

const dist = distFolder();

/** Runs `asr publish` in this process; returns what it printed, or how it failed. */
async function run(...args: readonly string[]): Promise<string> {
  let out = '';
  const program = new Command('asr').configureOutput({ writeErr: (text) => void (out += text) });
  addPublish(program, {
    printer: createPrinter({ write: (text) => (out += text) }, { write: () => undefined }),
    project: { root: '/nowhere', version: '1.2.3' },
    exit: () => undefined,
  });
  for (const command of program.commands) command.exitOverride();
  try {
    await program.parseAsync(['publish', '--dist', dist, ...args], { from: 'user' });
    return out;
  } catch (error) {
    if (error instanceof CommandError) return `${error.exitCode}: ${error.message}`;
    if (error instanceof CommanderError) return `2: ${out}`;
    throw error;
  }
}

describe('the command line of asr publish', () => {
  it.each([
    [['--bucket', 'Upper'], '3 to 63 lower-case letters'],
    [['--bucket', 's3://bucket'], 'without s3:// in front'],
    [['--bucket', 'a..b'], '3 to 63 lower-case letters'],
    [['--bucket', 'my-bucket', '--organization', 'o-1'], 'o- and 10 to 32'],
    [['--bucket', 'my-bucket', '--accounts', '111122223333,12'], 'account ids of 12 digits'],
    [['--bucket', 'my-bucket', '--prefix', '*'], 'letters, digits, hyphens'],
    [['--bucket', 'my-bucket', '--prefix', 'a/'], 'letters, digits, hyphens'],
    [[], "required option '--bucket <name>'"],
  ])('%j is refused before anything is done', async (args, message) => {
    expect(await run(...args)).toMatch(/^2: /u);
    expect(await run(...args)).toContain(message);
  });

  it('needs a Region', async () => {
    vi.stubEnv('AWS_REGION', undefined);
    vi.stubEnv('AWS_DEFAULT_REGION', undefined);
    vi.stubEnv('AWS_CONFIG_FILE', '/nowhere/config');
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nowhere/credentials');
    expect(await run('--bucket', 'my-bucket')).toMatch(
      /^2: There is no Region: .* Choose one with --region, or set AWS_REGION\.$/u,
    );
  });

  it('says that there is no build', async () => {
    expect(await run('--bucket', 'my-bucket', '--dist', '/nowhere/dist')).toMatch(
      /^1: There is no build in \/nowhere\/dist: /u,
    );
  });
});

afterEach(() => void vi.unstubAllEnvs());

describeWithEmulator('asr publish to an emulated S3', ({ emulator }) => {
  const bucket = 'my-templates';
  const client = (): S3Client =>
    new S3Client({ region: 'eu-central-1', endpoint: emulator().endpoint, forcePathStyle: true });
  beforeEach(() => {
    vi.stubEnv('AWS_ENDPOINT_URL', emulator().endpoint);
    vi.stubEnv('AWS_REGION', 'eu-central-1');
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  });

  it('makes a private bucket and prints the links', async () => {
    const printed = await run('--bucket', bucket, '--organization', 'o-abcde12345');
    expect(printed).toContain(
      'Bucket my-templates in eu-central-1, made now, of account 123456789012. Readable for organization o-abcde12345.\n',
    );
    expect(printed).toContain('uploaded  s3://my-templates/asr/1.2.3/launch/index.html\n');
    expect(printed).toContain(
      '  member-roles  https://my-templates.s3.eu-central-1.amazonaws.com/asr/1.2.3/automated-security-response-member-roles.template\n',
    );
    expect(printed).toContain(
      '  admin         https://us-east-1.console.aws.amazon.com/cloudformation/home?region=us-east-1#/stacks/quickcreate?templateURL=',
    );
    expect(printed).toContain(
      'aws s3 presign s3://my-templates/asr/1.2.3/launch/index.html --region eu-central-1',
    );
    const target = { Bucket: bucket };
    const s3 = client();
    expect(await s3.send(new GetPublicAccessBlockCommand(target))).toMatchObject({
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        IgnorePublicAcls: true,
        BlockPublicPolicy: true,
        RestrictPublicBuckets: true,
      },
    });
    expect(await s3.send(new GetBucketOwnershipControlsCommand(target))).toMatchObject({
      OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    });
    expect(await s3.send(new GetBucketVersioningCommand(target))).toMatchObject({
      Status: 'Enabled',
    });
    expect(await s3.send(new GetBucketEncryptionCommand(target))).toMatchObject({
      ServerSideEncryptionConfiguration: {
        Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
    });
  });

  it('takes the Region from where the other commands take it', async () => {
    vi.stubEnv('AWS_REGION', undefined);
    vi.stubEnv('AWS_DEFAULT_REGION', 'eu-west-3');
    expect(await run('--bucket', bucket)).toContain('Bucket my-templates in eu-west-3, made now');
  });

  it('uploads only what changed the next time, and lets the same ones read', async () => {
    await run('--bucket', bucket, '--accounts', '111122223333,222233334444');
    const again = await run('--bucket', bucket);
    expect(again).toContain(
      'made before, of account 123456789012. Readable for accounts 111122223333, 222233334444.',
    );
    expect(again.match(/^unchanged {2}/gmu)).toHaveLength(4);
    const next = distFolder({
      ...FILES,
      'automated-security-response-member.template': '{"Resources":{}}',
    });
    const changed = await run('--bucket', bucket, '--dist', next);
    expect(changed).toContain(
      'replaced   s3://my-templates/asr/1.2.3/automated-security-response-member.template',
    );
    expect(changed.match(/^unchanged {2}/gmu)).toHaveLength(3);
  });

  it('keeps the statements of others in the policy', async () => {
    await run('--bucket', bucket);
    const theirs = {
      Sid: 'Theirs',
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::999988887777:root' },
      Action: 's3:GetObject',
      Resource: `arn:aws:s3:::${bucket}/other/*`,
    };
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [theirs] });
    await client().send(new PutBucketPolicyCommand({ Bucket: bucket, Policy }));
    await run('--bucket', bucket, '--organization', 'o-abcde12345');
    const { Policy: after = '' } = await client().send(
      new GetBucketPolicyCommand({ Bucket: bucket }),
    );
    const { Statement } = JSON.parse(after) as {
      readonly Statement: readonly { readonly Sid: string }[];
    };
    expect(Statement[0]).toEqual(theirs);
    expect(Statement.map(({ Sid }) => Sid.slice(0, 14))).toEqual(['Theirs', 'AsrPublishRead']);
  });

  it('puts a page there that knows its templates, and writes a copy of it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'asr-page-'));
    const file = join(folder, 'launch.html');
    const printed = await run('--bucket', bucket, '--page', file, '--prefix', 'tools/asr');
    expect(printed).toContain(`  Or open the copy in ${file}\n`);
    const { Body } = await client().send(
      new GetObjectCommand({ Bucket: bucket, Key: 'tools/asr/1.2.3/launch/index.html' }),
    );
    const text = (await Body?.transformToString()) ?? '';
    expect(text).toContain(
      '{"templates":"https://my-templates.s3.eu-central-1.amazonaws.com/tools/asr/1.2.3/"}',
    );
    expect(readFileSync(file, 'utf8')).toBe(text);
    rmSync(folder, { recursive: true });
  });

  it('prints JSON whose template URLs CloudFormation reads', async () => {
    const { links, readers } = JSON.parse(await run('--bucket', bucket, '--json')) as {
      readonly links: readonly { readonly templateUrl: string }[];
      readonly readers: unknown;
    };
    expect(readers).toEqual({ accounts: [] });
    const cloudFormation = new CloudFormationClient({
      region: 'eu-central-1',
      endpoint: emulator().endpoint,
    });
    await cloudFormation.send(
      new CreateStackCommand({ StackName: 'roles', TemplateURL: links[1]?.templateUrl }),
    );
    const { StackResources } = await cloudFormation.send(
      new DescribeStackResourcesCommand({ StackName: 'roles' }),
    );
    expect(StackResources?.map(({ LogicalResourceId: id }) => id)).toEqual(['Topic']);
  });

  it('says that a page can not be written after everything is uploaded', async () => {
    expect(await run('--bucket', bucket, '--page', '/nowhere/page.html')).toMatch(
      /^1: Everything is uploaded, but the page cannot be written: .*Choose another file with --page\.$/u,
    );
  });
});
