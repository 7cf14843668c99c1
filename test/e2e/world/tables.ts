import {
  DeleteItemCommand,
  DynamoDBClient,
  PutItemCommand,
  ScanCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { fromItem, toItem } from '../../../templates/admin/functions/store/marshal.ts';
import { HOME } from './places.ts';
import type { Members } from './places.ts';

/** The two tables as people see them. */
export interface Tables {
  readonly names: () => TableNames;
  /** Sets attributes in the row of a control, or `*`. */
  readonly setRow: (control: string, attributes: Members) => Promise<void>;
  readonly row: (control: string) => Promise<Members | undefined>;
  /** Items of the state table of one type, such as `attempt` or `lease`. */
  readonly items: (type: string) => Promise<readonly Members[]>;
  /** Attempts on a resource, oldest first. */
  readonly history: (resource: string) => Promise<readonly Members[]>;
  /** Writes an exception as `asr` would. */
  readonly except: (exception: Members & { readonly id: string }) => Promise<void>;
  /** Empties the state table, and sets every row of the other back to what the stack seeded. */
  readonly reset: () => Promise<void>;
}

export interface TableNames {
  readonly configuration: string;
  readonly state: string;
}

export function createTables(endpoint: string, names: () => TableNames): Tables {
  const dynamodb = new DynamoDBClient({
    endpoint,
    region: HOME,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const touched = new Set<string>();
  const scan = async (table: string): Promise<readonly Members[]> => {
    const { Items: items = [] } = await dynamodb.send(
      new ScanCommand({ TableName: table, ConsistentRead: true }),
    );
    return items.map(fromItem);
  };
  const items = async (type: string): Promise<readonly Members[]> =>
    (await scan(names().state)).filter((item) => item['type'] === type);
  return {
    names,
    items,
    row: async (control) =>
      (await scan(names().configuration)).find(({ controlId }) => controlId === control),
    history: async (resource) =>
      (await items('attempt'))
        .filter((item) => item['resource'] === resource)
        .toSorted((one, other) => (String(one['claimedAt']) < String(other['claimedAt']) ? -1 : 1)),
    setRow: async (control, attributes) => {
      touched.add(control);
      const named = Object.keys(attributes);
      await dynamodb.send(
        new UpdateItemCommand({
          TableName: names().configuration,
          Key: { controlId: { S: control } },
          UpdateExpression: `SET ${named.map((_, at) => `#n${at} = :v${at}`).join(', ')}`,
          ExpressionAttributeNames: Object.fromEntries(named.map((name, at) => [`#n${at}`, name])),
          ExpressionAttributeValues: toItem(
            Object.fromEntries(Object.values(attributes).map((value, at) => [`:v${at}`, value])),
          ),
        }),
      );
    },
    except: async (exception) => {
      await dynamodb.send(
        new PutItemCommand({
          TableName: names().state,
          Item: toItem({ pk: 'exceptions', sk: exception.id, type: 'exception', ...exception }),
        }),
      );
    },
    reset: async () => {
      for (const { pk, sk } of await scan(names().state))
        await dynamodb.send(
          new DeleteItemCommand({
            TableName: names().state,
            Key: toItem({ pk, sk }),
          }),
        );
      for (const controlId of touched)
        await (controlId === '*'
          ? dynamodb.send(
              new DeleteItemCommand({
                TableName: names().configuration,
                Key: toItem({ controlId }),
              }),
            )
          : dynamodb.send(
              new PutItemCommand({
                TableName: names().configuration,
                Item: toItem({ controlId, automatedRemediationEnabled: false }),
              }),
            ));
      touched.clear();
    },
  };
}
