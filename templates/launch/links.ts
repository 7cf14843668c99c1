/** A part of AWS with its own accounts, console and domain. */
export const PARTITIONS = ['aws', 'aws-us-gov', 'aws-cn'] as const;
export type Partition = (typeof PARTITIONS)[number];

/** Domain of the console ("AWS GovCloud (US) User Guide", "Getting Started with AWS in China"). */
const CONSOLES: Readonly<Record<Partition, string>> = {
  aws: 'console.aws.amazon.com',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
  'aws-cn': 'console.amazonaws.cn',
};

const DEFAULT_REGIONS: Readonly<Record<Partition, string>> = {
  aws: 'us-east-1',
  'aws-us-gov': 'us-gov-west-1',
  'aws-cn': 'cn-north-1',
};

/** The partition of a Region, by the beginning of its name; most Regions are in `aws`. */
export function partitionOf(region: string): Partition {
  if (region.startsWith('us-gov-')) return 'aws-us-gov';
  return region.startsWith('cn-') ? 'aws-cn' : 'aws';
}

/** The Region that a launch link opens unless another is chosen. */
export function defaultRegion(partition: Partition): string {
  return DEFAULT_REGIONS[partition];
}

/** First part of a console URL in a Region, for example `https://us-east-1.console.aws.amazon.com`. */
export function consoleOrigin(region: string): string {
  return `https://${region}.${CONSOLES[partitionOf(region)]}`;
}

export interface QuickCreate {
  readonly region: string;
  readonly templateUrl: string;
  readonly stackName: string;
  /** Values by parameter name; CloudFormation asks for those that are left out. */
  readonly parameters: Readonly<Record<string, string>>;
}

/**
 * URL of the console's page that creates a stack from a template, with the name and parameters filled in. Whoever opens it
 * can still change them ("Create quick-create links to simplify CloudFormation stack creation").
 */
export function quickCreateUrl({
  region,
  templateUrl,
  stackName,
  parameters,
}: QuickCreate): string {
  const query = [
    ['templateURL', templateUrl] as const,
    ['stackName', stackName] as const,
    ...Object.entries(parameters).map(([name, value]) => [`param_${name}`, value] as const),
  ].map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return `${consoleOrigin(region)}/cloudformation/home?region=${region}#/stacks/quickcreate?${query.join('&')}`;
}

/** Where the templates lie: a folder of a bucket. */
export interface TemplatesFolder {
  /** Ends with a slash; a template's URL is this and its file name. */
  readonly url: string;
  readonly bucket: string;
  readonly partition: Partition;
}

export type ParsedFolder =
  | { readonly type: 'folder'; readonly folder: TemplatesFolder }
  | { readonly type: 'refused'; readonly reason: string };

const REGION = String.raw`(?<region>[a-z]{2,}(?:-[a-z]+)+-\d{1,2})`;
const BUCKET = String.raw`(?<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])`;
const END = String.raw`\.amazonaws\.com(?<china>\.cn)?$`;
const VIRTUAL_HOST = new RegExp(String.raw`^${BUCKET}\.s3(?:[.-]${REGION})?${END}`, 'u');
const PATH_HOST = new RegExp(String.raw`^s3(?:[.-]${REGION})?${END}`, 'u');
const FIRST_SEGMENT = new RegExp(String.raw`^/${BUCKET}/`, 'u');

const EXAMPLE = 'https://<bucket>.s3.<region>.amazonaws.com/<folder>/';

/**
 * Reads what people paste: the URL of a folder in a bucket, or of one of the templates in it. Only Amazon S3 over TLS is
 * accepted, because whoever controls the template controls the roles that it makes.
 */
export function parseTemplatesUrl(text: string): ParsedFolder {
  const trimmed = text.trim();
  if (trimmed.startsWith('s3://'))
    return refused(
      'An s3:// address does not say its Region. In the Amazon S3 console open a template and copy its Object URL.',
    );
  const url = parseUrl(trimmed);
  if (url === undefined) return refused(`This is not a URL. Write it like ${EXAMPLE}`);
  if (url.protocol !== 'https:') return refused('The URL must begin with https://.');
  if (url.search !== '' || url.hash !== '')
    return refused(
      'Leave out everything from the ? or # on: CloudFormation reads with your own permissions.',
    );
  if (url.username !== '' || url.password !== '' || url.port !== '')
    return refused('Leave out the user name, password and port.');
  return bucketOf(url) ?? refused(`This is not a URL of Amazon S3. Write it like ${EXAMPLE}`);
}

function bucketOf({ origin, hostname, pathname }: URL): ParsedFolder | undefined {
  const virtual = VIRTUAL_HOST.exec(hostname)?.groups;
  const host = virtual ?? PATH_HOST.exec(hostname)?.groups;
  const folder = pathname.endsWith('.template')
    ? pathname.slice(0, pathname.lastIndexOf('/') + 1)
    : pathname.replace(/\/*$/u, '/');
  const bucket = virtual?.['bucket'] ?? FIRST_SEGMENT.exec(folder)?.groups?.['bucket'];
  if (host === undefined || bucket === undefined) return undefined;
  const isChina = host['china'] !== undefined;
  const partition = partitionOf(host['region'] ?? (isChina ? 'cn-north-1' : 'us-east-1'));
  if (isChina !== (partition === 'aws-cn')) return undefined;
  return { type: 'folder', folder: { url: `${origin}${folder}`, bucket, partition } };
}

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

function refused(reason: string): ParsedFolder {
  return { type: 'refused', reason };
}
