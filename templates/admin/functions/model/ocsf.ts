import { defined, findingIdOf, instantOf, isoOf, productOf, tagsOf } from './finding-parts.ts';
import type { Finding, FindingResource } from './finding.ts';
import { listOf, objectOf, plainText, textOf } from './json.ts';
import { refuse } from './refusal.ts';
import type { Refusal } from './refusal.ts';

type Members = Readonly<Record<string, unknown>>;

/** OCSF, Compliance Finding: the class of Security Hub's control findings. */
const COMPLIANCE_FINDING = 2003;
const CLOSE = 3;
const ARCHIVED = 5;

/** OCSF, `status_id` of a finding. What is archived has no workflow status any more. */
const WORKFLOWS: ReadonlyMap<unknown, string> = new Map([
  [1, 'NEW'],
  [2, 'NOTIFIED'],
  [3, 'SUPPRESSED'],
  [4, 'RESOLVED'],
]);
/** OCSF, `compliance.status_id`. */
const COMPLIANCE: ReadonlyMap<unknown, string> = new Map([
  [1, 'PASSED'],
  [2, 'WARNING'],
  [3, 'FAILED'],
]);
/** OCSF, `severity_id`. */
const SEVERITIES: ReadonlyMap<unknown, string> = new Map([
  [2, 'LOW'],
  [3, 'MEDIUM'],
  [4, 'HIGH'],
  [5, 'CRITICAL'],
  [6, 'CRITICAL'],
]);

/** Whether this is a finding in the Open Cybersecurity Schema Framework, however malformed. */
export function isOcsf(raw: unknown): boolean {
  const finding = objectOf(raw);
  return 'class_uid' in finding && !('ProductArn' in finding);
}

/** Reads a Compliance Finding in OCSF, as Security Hub (not its CSPM) sends it. Never throws. */
export function parseOcsf(raw: unknown): Finding | Refusal {
  const finding = objectOf(raw);
  const metadata = objectOf(finding['metadata']);
  const product = productOf(objectOf(metadata['product'])['uid'], 'ocsf');
  if (product === undefined)
    return refuse('foreign-product', 'The finding does not come from Security Hub itself.');
  const info = objectOf(finding['finding_info']);
  const named = findingIdOf(info['uid']);
  const generatorId = named === undefined ? undefined : generatorOf(named.source, named.partition);
  const metadataUid = textOf(metadata['uid'], 512);
  if (
    finding['class_uid'] !== COMPLIANCE_FINDING ||
    named === undefined ||
    generatorId === undefined ||
    metadataUid === undefined
  )
    return refuse('not-a-finding', "The event holds no control finding in Security Hub's format.");
  const updatedAt = updatedAtOf(finding, info);
  if (updatedAt === undefined)
    return refuse('not-a-finding', 'The finding does not say when it was updated.');
  const { partition, region } = product;
  const cloud = objectOf(finding['cloud']);
  const account = textOf(objectOf(cloud['account'])['uid'], 12);
  const agrees =
    account !== undefined &&
    named.account === account &&
    named.partition === partition &&
    named.region === region &&
    (cloud['region'] ?? region) === region;
  if (!agrees)
    return refuse(
      'mismatch',
      'Account, Region or partition differ between the parts of the finding.',
    );
  return {
    format: 'ocsf',
    id: named.id,
    productArn: product.arn,
    metadataUid,
    partition,
    region,
    account,
    generatorId,
    updatedAt,
    ...details(finding, info),
  };
}

type Details = Omit<
  Finding,
  | 'format'
  | 'id'
  | 'productArn'
  | 'metadataUid'
  | 'partition'
  | 'region'
  | 'account'
  | 'generatorId'
  | 'updatedAt'
>;

function details(finding: Members, info: Members): Details {
  const compliance = objectOf(finding['compliance']);
  const isArchived = finding['activity_id'] === CLOSE || finding['status_id'] === ARCHIVED;
  return {
    ...defined('securityControlId', textOf(compliance['control'], 64)),
    ...defined('compliance', COMPLIANCE.get(compliance['status_id'])),
    recordState: isArchived ? 'ARCHIVED' : 'ACTIVE',
    ...defined('workflow', WORKFLOWS.get(finding['status_id'])),
    resources: listOf(finding['resources']).flatMap(resource),
    // Values of the control have no documented place here, so they are read from Security Hub.
    parameters: {},
    title: plainText(textOf(info['title'], 1024) ?? '', 256),
    description: plainText(textOf(info['desc'], 4096) ?? '', 1024),
    severity: SEVERITIES.get(finding['severity_id']) ?? 'INFORMATIONAL',
  };
}

/**
 * The generator id that the same finding has in ASFF, from the finding's id: with consolidated control findings
 * `security-control/<id>`, else `subscription/<standard>/v/<version>/<control>`. CIS 1.2.0 has an ARN there.
 */
function generatorOf(source: string, partition: string): string | undefined {
  const { own } = /^(?:subscription\/)?(?<own>.+)$/u.exec(source)?.groups ?? {};
  const isKnown = own !== undefined && (source.startsWith('security-control/') || own !== source);
  if (!isKnown) return undefined;
  const [, rule] = /^cis-aws-foundations-benchmark\/v\/1\.2\.0\/([0-9.]+)$/u.exec(own) ?? [];
  return rule === undefined
    ? own
    : `arn:${partition}:securityhub:::ruleset/cis-aws-foundations-benchmark/v/1.2.0/rule/${rule}`;
}

/** Milliseconds, or a text beside them with the profile `datetime`; the first one that is given counts. */
function updatedAtOf(finding: Members, info: Members): string | undefined {
  const given = [
    info['modified_time_dt'],
    info['modified_time'],
    finding['time_dt'],
    finding['time'],
  ].find((one) => one !== undefined);
  return instantOf(given) ?? isoOf(given);
}

/** `uid` is the ARN, or a name or URL with the ARN in `uid_alt`. */
function resource(raw: unknown): readonly FindingResource[] {
  const { uid, uid_alt: alternative, tags } = objectOf(raw);
  const id = [textOf(alternative, 2048), textOf(uid, 2048)].find((one) => one?.startsWith('arn:'));
  if (id === undefined) return [];
  const entries = listOf(tags).map((tag) => {
    const { name, value } = objectOf(tag);
    return [name, value] as const;
  });
  return [{ id, ...defined('tags', tagsOf(entries)) }];
}
