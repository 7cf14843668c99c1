import type { Bridge } from '../../generator/simulate/bridge.ts';
import { asJson } from '../../generator/simulate/json.ts';
import { inputOf } from '../e2e/world/api-request.ts';
import type { ApiRequest } from '../e2e/world/api-request.ts';
import type { Reply, Stand } from '../e2e/world/front.ts';
import { ADMIN, HOME } from '../e2e/world/places.ts';
import type { Members } from '../e2e/world/places.ts';
import { entryOf, readUnits, sizeOf, writeUnits } from './dynamodb-units.ts';
import type { Index, Item } from './dynamodb-units.ts';

/** What is billed by the request, counted as the functions make them. */
export interface Billed {
  readonly readUnits: number;
  readonly writeUnits: number;
  /** Events that the functions put on the bus. */
  readonly customEvents: number;
  readonly publishes: number;
  /** What attempts that were written take in the table, and what they take in its indexes. */
  readonly historyKilobytes: number;
  readonly indexKilobytes: number;
}

export interface CostMeter {
  /** Counts requests of the functions; the emulator still answers those to DynamoDB. */
  readonly stand: Stand;
  /** Since the last `reset`. */
  readonly billed: () => Billed;
  readonly reset: () => void;
}

const PLACE = { account: ADMIN, region: HOME };
type Requests = Omit<Billed, 'historyKilobytes' | 'indexKilobytes'>;
const NOTHING: Requests = { readUnits: 0, writeUnits: 0, customEvents: 0, publishes: 0 };
/** Bytes that each item and each entry of an index takes besides its own (DynamoDB Developer Guide, item sizes). */
const OVERHEAD = 100;

/** A meter that looks at the emulator's tables through `bridge`, before and after each write. */
export function createCostMeter(bridge: () => Bridge): CostMeter {
  let billed = NOTHING;
  /** Attempts as they were written last, by their keys. */
  const attempts = new Map<string, Stored>();
  const add = (what: keyof Requests, count: number): void => {
    billed = { ...billed, [what]: billed[what] + count };
  };
  const tables = new Map<string, Described>();
  const described = async (table: string): Promise<Described> => {
    const known = tables.get(table) ?? (await describeTable(bridge(), table));
    tables.set(table, known);
    return known;
  };
  const itemOf = async ({ table, item }: Write): Promise<Item | undefined> => {
    const { keys } = await described(table);
    const Key = Object.fromEntries(keys.map((key) => [key, item[key]]));
    const asked = { TableName: table, Key: asJson(Key), ConsistentRead: true };
    const { Item: found } = await bridge().call('dynamodb', 'GetItem', asked, PLACE);
    return found as unknown as Item | undefined;
  };
  const write = async (
    request: ApiRequest,
    writes: readonly Write[],
    forward: () => Promise<Reply>,
  ): Promise<Reply> => {
    const before = await Promise.all(writes.map(itemOf));
    const reply = await forward();
    const after = await Promise.all(writes.map(itemOf));
    const isTransaction = request.operation === 'TransactWriteItems';
    for (const [at, { table }] of writes.entries()) {
      const { indexes } = await described(table);
      add('writeUnits', writeUnits(before[at], after[at], { indexes, isTransaction }));
      const item = after[at];
      if (item?.['type']?.S === 'attempt')
        attempts.set(JSON.stringify([item['pk'], item['sk']]), { item, indexes });
    }
    return reply;
  };
  return {
    billed: () => ({ ...billed, ...storage([...attempts.values()]) }),
    reset: () => {
      billed = NOTHING;
      attempts.clear();
    },
    stand: async (request, forward) => {
      switch (`${request.service}:${request.operation}`) {
        case 'events:PutEvents':
          add('customEvents', (inputOf(request)['Entries'] as readonly unknown[]).length);
          return undefined;
        case 'sns:Publish':
          add('publishes', 1);
          return undefined;
        default:
      }
      if (request.service !== 'dynamodb') return undefined;
      const writes = writesOf(request);
      if (writes.length > 0) return write(request, writes, forward);
      const reply = await forward();
      add('readUnits', unitsRead(request, JSON.parse(reply.body.toString('utf8')) as Members));
      return reply;
    },
  };
}

interface Stored {
  readonly item: Item;
  readonly indexes: readonly Index[];
}

function storage(attempts: readonly Stored[]): Pick<Billed, 'historyKilobytes' | 'indexKilobytes'> {
  const entries = attempts.flatMap(({ item, indexes }) =>
    indexes.map((index) => entryOf(index, item)).filter((entry) => entry !== undefined),
  );
  const kilobytes = (items: readonly Item[]): number =>
    Math.round((sum(items.map((item) => sizeOf(item) + OVERHEAD)) / 1024) * 10) / 10;
  return {
    historyKilobytes: kilobytes(attempts.map(({ item }) => item)),
    indexKilobytes: kilobytes(entries),
  };
}

interface Described {
  readonly keys: readonly string[];
  readonly indexes: readonly Index[];
}

async function describeTable(bridge: Bridge, table: string): Promise<Described> {
  const { Table: found } = (await bridge.call(
    'dynamodb',
    'DescribeTable',
    { TableName: table },
    PLACE,
  )) as unknown as { readonly Table: TableShape };
  const keys = found.KeySchema.map(({ AttributeName: name }) => name);
  const indexes = (found.GlobalSecondaryIndexes ?? []).map(
    ({ IndexName: name, KeySchema, Projection }): Index => ({
      name,
      keys: KeySchema.map(({ AttributeName: key }) => key),
      tableKeys: keys,
      holds: Projection.ProjectionType === 'ALL' ? 'all' : 'keys',
    }),
  );
  return { keys, indexes };
}

interface TableShape {
  readonly KeySchema: readonly { readonly AttributeName: string }[];
  readonly GlobalSecondaryIndexes?: readonly {
    readonly IndexName: string;
    readonly KeySchema: readonly { readonly AttributeName: string }[];
    readonly Projection: { readonly ProjectionType: string };
  }[];
}

/** An item that a request writes, by its key or whole. */
interface Write {
  readonly table: string;
  readonly item: Item;
}

interface Written {
  readonly TableName: string;
  readonly Item?: Item;
  readonly Key?: Item;
}

function writesOf(request: ApiRequest): readonly Write[] {
  switch (request.operation) {
    case 'PutItem':
    case 'UpdateItem':
    case 'DeleteItem':
      return [writeOf(inputOf(request) as unknown as Written)];
    case 'TransactWriteItems': {
      const { TransactItems: items } = inputOf(request) as {
        readonly TransactItems: readonly Readonly<Record<string, Written>>[];
      };
      return items.flatMap((one) => Object.values(one).map(writeOf));
    }
    default:
      return [];
  }
}

function writeOf({ TableName: table, Item: whole, Key: key }: Written): Write {
  return { table, item: whole ?? key ?? {} };
}

/** Items of a query are read together, those of a batch one by one; what isn't there costs as much as the smallest item. */
function unitsRead(request: ApiRequest, reply: Members): number {
  const input = inputOf(request);
  switch (request.operation) {
    case 'GetItem':
      return readUnits(sizeOf((reply['Item'] ?? {}) as Item), input['ConsistentRead'] === true);
    case 'Query': {
      const sizes = (reply['Items'] as readonly Item[]).map(sizeOf);
      return readUnits(sum(sizes), input['ConsistentRead'] === true);
    }
    case 'BatchGetItem': {
      const asked = Object.entries(input['RequestItems'] as Asked);
      const found = reply['Responses'] as Readonly<Record<string, readonly Item[] | undefined>>;
      return sum(
        asked.map(([table, { Keys, ConsistentRead: isConsistent = false }]) => {
          const items = found[table] ?? [];
          const missing = Keys.length - items.length;
          return sum([
            ...items.map((item) => readUnits(sizeOf(item), isConsistent)),
            missing * readUnits(0, isConsistent),
          ]);
        }),
      );
    }
    default:
      throw new Error(`${request.operation} is not metered.`);
  }
}

type Asked = Readonly<
  Record<string, { readonly Keys: readonly unknown[]; readonly ConsistentRead?: boolean }>
>;

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
