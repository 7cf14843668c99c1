import { readFileSync } from 'node:fs';
import { suggest } from './suggest.ts';

export { suggest } from './suggest.ts';

/**
 * Type of a request member: a scalar (`string`, `integer`, `long`, `float`, `double`, `boolean`, `timestamp`, `blob`),
 * `document` (free-form JSON), or `structure`, `list`, `map`, whose content `shapeMembers(service, shape)` tells.
 */
export interface MemberFacts {
  readonly type: string;
  readonly shape?: string;
}

/** One API operation, as the service model describes it. */
export interface OperationFacts {
  readonly service: string;
  readonly name: string;
  /** Method of the boto3 client, such as `put_public_access_block`. */
  readonly method: string;
  /** HTTP method; only for the services whose IAM actions are HTTP methods (API Gateway). */
  readonly httpMethod?: string;
  readonly members: Readonly<Record<string, MemberFacts>>;
  /** Members a caller must pass; idempotency tokens, which boto3 fills in, are not among them. */
  readonly required: readonly string[];
  /** Top-level members of the answer. */
  readonly outputs: readonly string[];
  /** boto3 has a paginator for it. */
  readonly pages: boolean;
  /** The answer may be one page of several, and boto3 has no paginator. */
  readonly unpagedToken: boolean;
  /** With `unpagedToken`: the member of the answer that asks for the next page when it is sent back under the same name. */
  readonly pageToken?: string;
  /** Documented error codes, as `ClientError.response['Error']['Code']` shows them. EC2 documents none, others not all. */
  readonly errors: readonly string[];
  /** Top-level input members whose values must not be shown to people. */
  readonly sensitive: readonly string[];
}

/** One AWS service; `service` is its boto3 name. */
export interface ServiceFacts {
  readonly service: string;
  readonly fullName: string;
  readonly signingName: string;
  /** One endpoint for all Regions of a partition. */
  readonly global: boolean;
}

/** Content of a structure (`members`, `required`), or of a list or map (`element`). */
export interface ShapeFacts {
  readonly members: Readonly<Record<string, MemberFacts>>;
  readonly required: readonly string[];
  readonly element?: MemberFacts;
}

interface StoredOperation {
  readonly method?: string;
  readonly http?: string;
  readonly in?: string;
  readonly out?: string;
  readonly pages?: boolean;
  readonly more?: boolean;
  readonly errors?: string;
  readonly secret?: string;
}

interface StoredService {
  readonly fullName: string;
  readonly signingName: string;
  readonly global: boolean;
  readonly errors: string;
  readonly operations: Readonly<Record<string, StoredOperation>>;
  readonly shapes: Readonly<Record<string, string>>;
}

interface StoredIndex {
  readonly botocore: string;
  readonly services: readonly string[];
}

let storedIndex: StoredIndex | undefined;
const storedServices = new Map<string, StoredService>();

// The files are written by make-operations.py only, and a test regenerates them, so their shape is trusted.
function readStored(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`./operations/${name}.json`, import.meta.url), 'utf8'));
}

function index(): StoredIndex {
  storedIndex ??= readStored('index') as StoredIndex;
  return storedIndex;
}

function stored(service: string): StoredService | undefined {
  if (!index().services.includes(service)) return undefined;
  const known = storedServices.get(service);
  if (known !== undefined) return known;
  const read = readStored(service) as StoredService;
  storedServices.set(service, read);
  return read;
}

function words(text: string | undefined): readonly string[] {
  return text === undefined || text === '' ? [] : text.split(' ');
}

// Stored types: `string`, `@Structure`, `list(T)`, `map(T)`. The shape key of a list or map is its stored type.
function parseType(stored: string): MemberFacts {
  if (stored.startsWith('@')) return { type: 'structure', shape: stored.slice(1) };
  const open = stored.indexOf('(');
  return open < 0 ? { type: stored } : { type: stored.slice(0, open), shape: stored };
}

function parseMembers(text: string | undefined): ShapeFacts {
  const members: Record<string, MemberFacts> = {};
  const required: string[] = [];
  for (const word of words(text)) {
    const colon = word.indexOf(':');
    const isRequired = word[colon - 1] === '!';
    const name = word.slice(0, isRequired ? colon - 1 : colon);
    members[name] = parseType(word.slice(colon + 1));
    if (isRequired) required.push(name);
  }
  return { members, required };
}

// The rule of botocore's xform_name without its special cases, which the index spells out.
function plainMethod(name: string): string {
  return name
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase();
}

function errorCodes(common: string, own: string | undefined): readonly string[] {
  const codes = new Set(words(common));
  for (const word of words(own)) {
    if (word.startsWith('-')) codes.delete(word.slice(1));
    else codes.add(word);
  }
  return [...codes].toSorted();
}

/** Names of all indexed services (boto3 names), sorted. */
export function serviceNames(): readonly string[] {
  return index().services;
}

/** Names of all operations of a service, sorted; empty when the service is not indexed. */
export function operationNames(service: string): readonly string[] {
  return Object.keys(stored(service)?.operations ?? {});
}

/** Facts about a service by its boto3 name; undefined when it is not indexed. Source: botocore's service models. */
export function findService(service: string): ServiceFacts | undefined {
  const found = stored(service);
  if (found === undefined) return undefined;
  return {
    service,
    fullName: found.fullName,
    signingName: found.signingName,
    global: found.global,
  };
}

/** Facts about an operation such as `s3`, `PutPublicAccessBlock`; undefined when there is none. Source: botocore's service models. */
export function findOperation(service: string, operation: string): OperationFacts | undefined {
  const found = stored(service);
  if (found === undefined || !Object.hasOwn(found.operations, operation)) return undefined;
  const facts = found.operations[operation];
  if (facts === undefined) return undefined;
  const request = parseMembers(facts.in);
  const outputs = words(facts.out);
  const token = facts.more === true ? pageToken(request, outputs) : undefined;
  return {
    service,
    name: operation,
    method: facts.method ?? plainMethod(operation),
    ...(facts.http === undefined ? {} : { httpMethod: facts.http }),
    ...request,
    outputs,
    pages: facts.pages ?? false,
    unpagedToken: facts.more ?? false,
    ...(token === undefined ? {} : { pageToken: token }),
    errors: errorCodes(found.errors, facts.errors),
    sensitive: words(facts.secret),
  };
}

/** `NextToken`, where request and answer have one; other ways of paging are not guessed. */
function pageToken(request: ShapeFacts, outputs: readonly string[]): string | undefined {
  return outputs.find((name) => /^nextToken$/iu.test(name) && Object.hasOwn(request.members, name));
}

/** Content of a request shape, by the `shape` of a member; undefined when the service has no such shape. */
export function shapeMembers(service: string, shape: string): ShapeFacts | undefined {
  const found = stored(service);
  if (found === undefined) return undefined;
  const element = /^(?:list|map)\((.*)\)$/.exec(shape)?.[1];
  if (element !== undefined) return { members: {}, required: [], element: parseType(element) };
  return Object.hasOwn(found.shapes, shape) ? parseMembers(found.shapes[shape]) : undefined;
}

/**
 * The service somebody may have meant: nearest by edit distance, or the one that signs its requests with that name
 * (`states` for stepfunctions, `elasticfilesystem` for efs). Undefined when nothing is near.
 */
export function suggestService(wrong: string): string | undefined {
  const signed = serviceNames().find(
    (service) => stored(service)?.signingName === wrong.toLowerCase(),
  );
  return signed ?? suggest(wrong, serviceNames());
}

/** The operation of a service somebody may have meant; undefined when nothing is near or the service is unknown. */
export function suggestOperation(service: string, wrong: string): string | undefined {
  return suggest(wrong, operationNames(service));
}

/** Version of the botocore whose models were indexed. */
export function modelVersion(): string {
  return index().botocore;
}
