import { defined, findingIdOf, instantOf, productOf, tagsOf } from './finding-parts.ts';
import type { Finding, FindingResource } from './finding.ts';
import { listOf, objectOf, plainText, textOf } from './json.ts';
import { refuse } from './refusal.ts';
import type { Refusal } from './refusal.ts';

/** Reads a finding in the AWS Security Finding Format (Security Hub API, AwsSecurityFinding). Never throws. */
export function parseAsff(raw: unknown): Finding | Refusal {
  const finding = objectOf(raw);
  const product = productOf(finding['ProductArn'], 'asff');
  if (product === undefined)
    return refuse('foreign-product', 'The finding does not come from Security Hub itself.');
  const named = findingIdOf(finding['Id']);
  const account = textOf(finding['AwsAccountId'], 12);
  const generatorId = textOf(finding['GeneratorId'], 512);
  const updatedAt = instantOf(finding['UpdatedAt']);
  if (named === undefined || account === undefined || generatorId === undefined)
    return refuse('not-a-finding', "The event holds no control finding in Security Hub's format.");
  if (updatedAt === undefined)
    return refuse('not-a-finding', 'The finding does not say when it was updated.');
  const { partition, region } = product;
  const own = finding['Region'] ?? region;
  const agrees =
    named.account === account &&
    named.partition === partition &&
    named.region === region &&
    own === region;
  if (!agrees)
    return refuse(
      'mismatch',
      'Account, Region or partition differ between the parts of the finding.',
    );
  return {
    format: 'asff',
    id: named.id,
    productArn: product.arn,
    partition,
    region,
    account,
    generatorId,
    updatedAt,
    ...details(finding),
  };
}

type Details = Omit<
  Finding,
  'format' | 'id' | 'productArn' | 'partition' | 'region' | 'account' | 'generatorId' | 'updatedAt'
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

function resource(raw: unknown): readonly FindingResource[] {
  const { Id, Tags } = objectOf(raw);
  const id = textOf(Id, 2048);
  return id === undefined
    ? []
    : [{ id, ...defined('tags', tagsOf(Object.entries(objectOf(Tags)))) }];
}

/** `Compliance.SecurityControlParameters`: a name and a list of texts (Security Hub API, SecurityControlParameter). */
function parameter(raw: unknown): readonly (readonly [string, readonly string[] | null])[] {
  const { Name, Value } = objectOf(raw);
  const name = textOf(Name, 128);
  const texts = listOf(Value).filter((one) => typeof one === 'string');
  const isWellFormed = Array.isArray(Value) && texts.length === Value.length;
  return name === undefined ? [] : [[name, isWellFormed ? texts : null]];
}
