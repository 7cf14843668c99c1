import { writeFileSync } from 'node:fs';
import { STSClient } from '@aws-sdk/client-sts';
import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import { clientSettings, createS3, s3Endpoint } from '../deploy/aws.ts';
import type { Readers } from '../deploy/bucket-policy.ts';
import { interruptible } from '../deploy/command.ts';
import { DeployError, Interrupted } from '../deploy/deploy-error.ts';
import { readPublication } from '../deploy/publish-files.ts';
import { createPublisher } from '../deploy/publish.ts';
import type { PublishPorts, Published } from '../deploy/publish.ts';
import type { CommandContext } from './context.ts';
import { CommandError, EXIT } from './exit-codes.ts';
import { table } from './print.ts';

/** Options of `asr publish`. */
export interface PublishCommandOptions {
  readonly bucket: string;
  readonly prefix: string;
  readonly organization?: string;
  readonly accounts?: readonly string[];
  readonly region?: string;
  readonly profile?: string;
  readonly dist: string;
  /** File that also gets the page with its links. */
  readonly page?: string;
  readonly json?: true;
}

/** `asr publish`: templates and launch page into a private bucket of one's own. */
export function addPublish(
  program: Command,
  { printer, project }: CommandContext,
  connect: (options: PublishCommandOptions) => Promise<Omit<PublishPorts, 'signal'>> = connectToAws,
): void {
  program
    .command('publish')
    .description('upload the templates and the launch page of dist/ to a private bucket of yours')
    .requiredOption(
      '--bucket <name>',
      'the bucket; made, and kept private, when it does not exist',
      parseBucket,
    )
    .option(
      '--organization <id>',
      'let all accounts of this organization read, for example o-abcde12345',
      parseOrganization,
    )
    .option(
      '--accounts <ids>',
      'let these accounts read; 12 digits each, with commas between',
      parseAccounts,
    )
    .option(
      '--prefix <folder>',
      'folder in the bucket; each version gets a folder in it',
      parsePrefix,
      'asr',
    )
    .option(
      '--region <region>',
      'where the bucket is made; otherwise as AWS_REGION or the profile says',
    )
    .option('--profile <name>', 'profile of the AWS configuration files')
    .option('--dist <folder>', 'what asr build wrote', `${project.root}/dist`)
    .option('--page <file>', 'write the launch page with its links to this file too')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nWhoever may write to the bucket decides what others launch: keep that right to few.',
    )
    .action(async (options: PublishCommandOptions) => {
      const progress = printer.progress('Publishing...');
      try {
        const publication = readPublication(options.dist);
        const readers = readersIn(options);
        const { bucket, prefix } = options;
        const published = await interruptible(async (signal) => {
          const { publish } = createPublisher({ ...(await connect(options)), signal });
          return publish(publication, {
            bucket,
            prefix,
            ...(readers === undefined ? {} : { readers }),
          });
        });
        if (options.page !== undefined) savePage(options.page, published.page.text);
        progress.done();
        printer.result(
          options.json === true ? toJson(published) : describe(published, options.page),
        );
      } catch (error) {
        progress.done();
        if (error instanceof DeployError)
          throw new CommandError(error.message, error.isUsage ? EXIT.usage : EXIT.problems);
        if (error instanceof Interrupted)
          throw new CommandError(
            'Interrupted before everything was uploaded; the launch page comes last. What is in the bucket stays, readable for those who were granted it. Run the same command again: it uploads only what is missing.',
          );
        throw error;
      }
    });
}

/** Clients of the ordinary credential chain; they heed AWS_ENDPOINT_URL. */
async function connectToAws(options: PublishCommandOptions): Promise<Omit<PublishPorts, 'signal'>> {
  const settings = await clientSettings(options);
  return {
    s3: createS3(settings),
    sts: new STSClient(settings),
    region: settings.region,
    isPlain: s3Endpoint().startsWith('http:'),
  };
}

function readersIn({ organization, accounts }: PublishCommandOptions): Readers | undefined {
  if (organization === undefined && accounts === undefined) return undefined;
  return { ...(organization === undefined ? {} : { organization }), accounts: accounts ?? [] };
}

function savePage(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new DeployError(
      `Everything is uploaded, but the page cannot be written: ${error instanceof Error ? error.message : String(error)}. Choose another file with --page.`,
    );
  }
}

function toJson({ page: { text: _text, ...page }, ...published }: Published): string {
  return JSON.stringify({ ...published, page }, undefined, 2);
}

function describe(published: Published, saved: string | undefined): string {
  const { bucket, region, isNew, account, files, links, page } = published;
  const object = `s3://${bucket}/${page.key}`;
  return [
    `Bucket ${bucket} in ${region}, ${isNew ? 'made now' : 'made before'}, of account ${account}. Readable for ${readersText(published)}.`,
    table(files.map(({ key, upload }) => [upload, `s3://${bucket}/${key}`])),
    '',
    'Template URLs',
    table(links.map(({ stack, templateUrl }) => [`  ${stack}`, templateUrl])),
    '',
    'Launch links (choose another Region, and fill in the parameters, on the page)',
    table(links.map(({ stack, url }) => [`  ${stack}`, url])),
    '',
    `Launch page: ${object}`,
    `  Open it in the S3 console: ${page.console}`,
    `  Or make a link that works for an hour: aws s3 presign ${object} --region ${region} --expires-in 3600`,
    ...(saved === undefined ? [] : [`  Or open the copy in ${saved}`]),
  ].join('\n');
}

function readersText({ readers: { organization, accounts } }: Published): string {
  const all = [
    ...(organization === undefined ? [] : [`organization ${organization}`]),
    ...(accounts.length === 0
      ? []
      : [`account${accounts.length === 1 ? '' : 's'} ${accounts.join(', ')}`]),
  ];
  return all.length === 0
    ? 'this account only (see --organization and --accounts)'
    : all.join(' and ');
}

/** Names as S3 takes them ("General purpose bucket naming rules"); S3 refuses its few reserved beginnings and ends itself. */
function parseBucket(text: string): string {
  if (/^[a-z0-9](?:[a-z0-9.-]{1,61})[a-z0-9]$/u.test(text) && !text.includes('..')) return text;
  throw new InvalidArgumentError(
    'A bucket has a name of 3 to 63 lower-case letters, digits, hyphens and dots, without s3:// in front.',
  );
}

/** Organizations API, OrganizationId. */
function parseOrganization(text: string): string {
  if (/^o-[a-z0-9]{10,32}$/u.test(text)) return text;
  throw new InvalidArgumentError(
    'The id of an organization is o- and 10 to 32 lower-case letters and digits.',
  );
}

function parseAccounts(text: string): readonly string[] {
  const accounts = text.split(',').map((one) => one.trim());
  if (accounts.every((one) => /^\d{12}$/u.test(one))) return accounts;
  throw new InvalidArgumentError('Write account ids of 12 digits with commas between.');
}

/** Wildcards would grant more than the folder. */
function parsePrefix(text: string): string {
  if (/^[\w-]+(?:\/[\w-]+)*$/u.test(text)) return text;
  throw new InvalidArgumentError(
    'Use letters, digits, hyphens and underscores, with / between folders.',
  );
}
