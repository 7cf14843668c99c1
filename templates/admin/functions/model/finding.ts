import { listOf, objectOf, plainText, textOf } from './json.ts';
import { refuse } from './refusal.ts';
import type { Refusal } from './refusal.ts';

/** A finding whose origin is checked: it comes from Security Hub, and all its parts name one account and Region. */
export interface Finding {
  readonly id: string;
  readonly productArn: string;
  readonly partition: string;
  readonly region: string;
  readonly account: string;
  readonly generatorId: string;
  readonly securityControlId?: string;
  readonly compliance?: string;
  readonly recordState?: string;
  readonly workflow?: string;
  /** Ids (mostly ARNs) of the finding's resources. */
  readonly resources: readonly string[];
  /** Values of the control, by Security Hub's name; null where they are no list of texts. */
  readonly parameters: Readonly<Record<string, readonly string[] | null>>;
  readonly title: string;
  readonly description: string;
  readonly severity: string;
}

const PARTITION = '(?<partition>aws|aws-us-gov|aws-cn)';
const REGION = String.raw`(?<region>[a-z]{2,}(?:-[a-z]+)+-\d{1,2})`;
/** Security Hub's own product ARN, whole: any account can import findings under its own default product. */
const PRODUCT = new RegExp(
  `^arn:${PARTITION}:securityhub:${REGION}::product/aws/securityhub$`,
  'u',
);
const FINDING_ID = new RegExp(
  String.raw`^arn:${PARTITION}:securityhub:${REGION}:(?<account>\d{12}):[A-Za-z0-9/._-]{1,256}/finding/[A-Za-z0-9-]{1,64}$`,
  'u',
);
const ACCOUNT = /^\d{12}$/u;

/**
 * Reads a finding in the AWS Security Finding Format. Everything in it is data that others wrote: only what has the
 * form it must have gets through.
 */
export function parseFinding(raw: unknown): Finding | Refusal {
  const finding = objectOf(raw);
  const productArn = textOf(finding['ProductArn']);
  const product = PRODUCT.exec(productArn ?? '')?.groups;
  if (productArn === undefined || product === undefined)
    return refuse('foreign-product', 'The finding does not come from Security Hub itself.');
  const id = textOf(finding['Id'], 512);
  const named = FINDING_ID.exec(id ?? '')?.groups;
  const account = textOf(finding['AwsAccountId'], 12);
  const generatorId = textOf(finding['GeneratorId'], 512);
  if (id === undefined || named === undefined || account === undefined || generatorId === undefined)
    return refuse('not-a-finding', "The event holds no control finding in Security Hub's format.");
  const { partition = '', region = '' } = product;
  const own = textOf(finding['Region'], 32) ?? region;
  const agrees =
    ACCOUNT.test(account) &&
    named['account'] === account &&
    named['partition'] === partition &&
    named['region'] === region &&
    own === region;
  if (!agrees)
    return refuse(
      'mismatch',
      'Account, Region or partition differ between the parts of the finding.',
    );
  return { id, productArn, partition, region, account, generatorId, ...details(finding) };
}

type Details = Omit<
  Finding,
  'id' | 'productArn' | 'partition' | 'region' | 'account' | 'generatorId'
>;

function details(finding: Readonly<Record<string, unknown>>): Details {
  const compliance = objectOf(finding['Compliance']);
  return {
    ...defined('securityControlId', textOf(compliance['SecurityControlId'], 64)),
    ...defined('compliance', textOf(compliance['Status'], 32)),
    ...defined('recordState', textOf(finding['RecordState'], 32)),
    ...defined('workflow', textOf(objectOf(finding['Workflow'])['Status'], 32)),
    resources: listOf(finding['Resources']).flatMap(resource),
    parameters: Object.fromEntries(
      listOf(compliance['SecurityControlParameters']).flatMap(parameter),
    ),
    title: plainText(textOf(finding['Title'], 1024) ?? '', 256),
    description: plainText(textOf(finding['Description'], 4096) ?? '', 1024),
    severity: textOf(objectOf(finding['Severity'])['Label'], 16) ?? 'INFORMATIONAL',
  };
}

function defined<K extends string>(
  key: K,
  value: string | undefined,
): { readonly [key in K]?: string } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [key in K]: string });
}

function resource(raw: unknown): readonly string[] {
  const id = textOf(objectOf(raw)['Id'], 2048);
  return id === undefined ? [] : [id];
}

/** ASFF, `Compliance.SecurityControlParameters`: a name and a list of texts (Security Hub API, SecurityControlParameter). */
function parameter(raw: unknown): readonly (readonly [string, readonly string[] | null])[] {
  const name = textOf(objectOf(raw)['Name'], 128);
  const value = objectOf(raw)['Value'];
  const texts = listOf(value).filter((one) => typeof one === 'string');
  const isWellFormed = Array.isArray(value) && texts.length === value.length;
  return name === undefined ? [] : [[name, isWellFormed ? texts : null]];
}
