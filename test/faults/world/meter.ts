import { ADMIN } from '../../templates/admin/fixtures.ts';
import type { Call } from './aws.ts';
import type { Item } from './expressions.ts';

/** What AWS bills or throttles. */
export interface Counts {
  /** State transitions of the orchestrator. */
  readonly transitions: number;
  /** Invocations of Lambda functions. */
  readonly functionCalls: number;
  readonly apiCalls: number;
  /** Items that DynamoDB writes. */
  readonly itemWrites: number;
  /** Requests that write items. */
  readonly writeRequests: number;
}

export const NOTHING: Counts = {
  transitions: 0,
  functionCalls: 0,
  apiCalls: 0,
  itemWrites: 0,
  writeRequests: 0,
};

/** The counts after something happened. */
export function plus(counts: Counts, more: Partial<Counts>): Counts {
  return {
    transitions: counts.transitions + (more.transitions ?? 0),
    functionCalls: counts.functionCalls + (more.functionCalls ?? 0),
    apiCalls: counts.apiCalls + (more.apiCalls ?? 0),
    itemWrites: counts.itemWrites + (more.itemWrites ?? 0),
    writeRequests: counts.writeRequests + (more.writeRequests ?? 0),
  };
}

/** What happened between two readings. */
export function since(before: Counts, now: Counts): Counts {
  return {
    transitions: now.transitions - before.transitions,
    functionCalls: now.functionCalls - before.functionCalls,
    apiCalls: now.apiCalls - before.apiCalls,
    itemWrites: now.itemWrites - before.itemWrites,
    writeRequests: now.writeRequests - before.writeRequests,
  };
}

/** The place in the program that makes a call, for people: function, operation, and what it is about. */
export function siteOf(name: string, call: Call): string {
  const about = aboutOf(call);
  return `${name} ${call.service}:${call.operation}${about === '' ? '' : ` ${about}`}`;
}

function aboutOf({ service, operation, input, account }: Call): string {
  if (service === 'dynamodb') return itemsOf(operation, input);
  if (operation === 'DescribeAutomationExecutions') {
    const [filter] = input['Filters'] as readonly { readonly Key: string }[];
    return filter?.Key === 'TagKey' ? '(lookup)' : '(count)';
  }
  if (operation === 'GetParameters') return account === ADMIN ? '(settings)' : '(member)';
  if (service === 'sqs') return String(input['QueueUrl']).split('-').at(-1) ?? '';
  return '';
}

function itemsOf(operation: string, input: Call['input']): string {
  const item = (input['Item'] ?? input['Key']) as Item | undefined;
  if (item !== undefined) return kindOf(item);
  if (operation === 'TransactWriteItems') {
    const writes = input['TransactItems'] as readonly Readonly<
      Record<string, { readonly Item?: Item; readonly Key?: Item }>
    >[];
    return writes
      .flatMap((one) => Object.values(one))
      .map(({ Item: whole, Key: key }) => kindOf(whole ?? key ?? {}))
      .join('+');
  }
  if (operation === 'BatchGetItem')
    return Object.keys(input['RequestItems'] as object)
      .join(' ')
      .toLowerCase();
  if (typeof input['IndexName'] === 'string') return input['IndexName'];
  const values = input['ExpressionAttributeValues'] as Item;
  return `${values[':pk']?.S?.split('#')[0] ?? ''}${values[':sk'] === undefined ? '' : ' held'}`;
}

/** `attempt`, `lease` and so on; counts and the breaker have it in the partition's key. */
function kindOf(key: Item): string {
  const sort = key['sk']?.S ?? '';
  return sort === 'state' ? 'breaker' : (sort.split('#')[0] ?? '');
}
