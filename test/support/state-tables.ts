import {
  CreateTableCommand,
  DynamoDBClient,
  PutItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { createDynamoStore } from '../../templates/admin/functions/store/dynamo-store.ts';
import { fromItem, toItem } from '../../templates/admin/functions/store/marshal.ts';
import type { IntakeStore } from '../../templates/admin/functions/store/store.ts';

const STATE = 'State';
const CONFIGURATION = 'Configuration';

const text = (...names: readonly string[]) =>
  names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const }));
const keys = (hash: string, range?: string) => [
  { AttributeName: hash, KeyType: 'HASH' as const },
  ...(range === undefined ? [] : [{ AttributeName: range, KeyType: 'RANGE' as const }]),
];
const index = (
  IndexName: string,
  KeySchema: ReturnType<typeof keys>,
  ProjectionType: 'ALL' | 'KEYS_ONLY' = 'ALL',
) => ({ IndexName, KeySchema, Projection: { ProjectionType } });

/** The tables of docs/decisions/0008-run-time.md. */
const TABLES: readonly CreateTableCommandInput[] = [
  {
    TableName: STATE,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: text(
      'pk',
      'sk',
      'id',
      'day',
      'account',
      'claimedAt',
      'dueShard',
      'dueAt',
    ),
    KeySchema: keys('pk', 'sk'),
    GlobalSecondaryIndexes: [
      index('byId', keys('id'), 'KEYS_ONLY'),
      index('byDay', keys('day', 'claimedAt')),
      index('byAccount', keys('account', 'claimedAt')),
      index('due', keys('dueShard', 'dueAt')),
    ],
  },
  {
    TableName: CONFIGURATION,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: text('controlId'),
    KeySchema: keys('controlId'),
  },
];

/** A store on tables of the emulator, and what a test sees of it. */
export interface StateTables {
  readonly store: IntakeStore;
  /** All items of the state table, by `pk sk`. */
  readonly items: () => Promise<ReadonlyMap<string, Readonly<Record<string, unknown>>>>;
  /** Puts an item into the state table. */
  readonly put: (item: object) => Promise<void>;
  /** Puts a row into the configuration table. */
  readonly putRow: (row: object) => Promise<void>;
  /** Calls of the store so far: the operation, and how many items a transaction wrote. */
  readonly calls: () => readonly { readonly name: string; readonly writes: number }[];
  readonly logged: readonly string[];
}

/**
 * Makes both tables in the emulator. DynamoDB's transactions are serializable (DynamoDB Developer Guide, "Isolation
 * levels"); the emulator's aren't when requests overlap, so its requests wait for one another here. What the callers
 * do between their requests overlaps all the same.
 */
export async function createStateTables(
  endpoint: string,
  now: () => Date = () => new Date(),
): Promise<StateTables> {
  const dynamodb = new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  let last: Promise<unknown> = Promise.resolve();
  dynamodb.middlewareStack.add(
    (next) => async (args) => {
      const answer = last.then(async () => next(args));
      last = answer.catch(() => undefined);
      return answer;
    },
    { step: 'deserialize', priority: 'high' },
  );
  const calls: { readonly name: string; readonly writes: number }[] = [];
  dynamodb.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const { TransactItems: items } = args.input as {
          readonly TransactItems?: readonly object[];
        };
        calls.push({ name: commandName.replace(/Command$/u, ''), writes: items?.length ?? 0 });
        return next(args);
      },
    { step: 'initialize' },
  );
  for (const table of TABLES) await dynamodb.send(new CreateTableCommand(table));
  calls.length = 0;
  const logged: string[] = [];
  const put = async (TableName: string, item: object) =>
    void (await dynamodb.send(new PutItemCommand({ TableName, Item: toItem(item) })));
  return {
    store: createDynamoStore({
      dynamodb,
      table: STATE,
      configurationTable: CONFIGURATION,
      historyDays: 365,
      pause: async () => undefined,
      random: () => 0,
      log: (line) => void logged.push(line),
      now,
    }),
    items: async () => {
      const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName: STATE }));
      const data = Items.map(fromItem);
      return new Map(data.map((item) => [`${String(item['pk'])} ${String(item['sk'])}`, item]));
    },
    put: async (item) => put(STATE, item),
    putRow: async (row) => put(CONFIGURATION, row),
    calls: () => calls,
    logged,
  };
}
