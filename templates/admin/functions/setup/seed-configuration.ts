import { PutItemCommand, paginateScan } from '@aws-sdk/client-dynamodb';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

const AT_ONCE = 10;

/**
 * Adds a row for every control that has none, with `automatedRemediationEnabled` false. Rows that exist are never
 * written, whatever they hold. Answers how many rows were added; stops before the next batch when `isLate` says so.
 */
export async function seedConfiguration(
  dynamodb: DynamoDBClient,
  table: string,
  controls: readonly string[],
  isLate: () => boolean,
): Promise<number> {
  const present = await existing(dynamodb, table);
  const missing = controls.filter((control) => !present.has(control));
  let added = 0;
  for (let first = 0; first < missing.length; first += AT_ONCE) {
    if (isLate())
      throw new Error(
        `Ran out of time after ${first} of ${missing.length} rows; update the stack again to add the rest.`,
      );
    const batch = missing.slice(first, first + AT_ONCE);
    const results = await Promise.all(
      batch.map(async (control) => addRow(dynamodb, table, control)),
    );
    added += results.filter(Boolean).length;
  }
  return added;
}

async function existing(dynamodb: DynamoDBClient, table: string): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  const pages = paginateScan(
    { client: dynamodb },
    { TableName: table, ProjectionExpression: 'controlId', ConsistentRead: true },
  );
  for await (const { Items: items = [] } of pages)
    for (const { controlId } of items) if (controlId?.S !== undefined) found.add(controlId.S);
  return found;
}

/** The condition keeps a row that someone wrote since the table was read. */
async function addRow(dynamodb: DynamoDBClient, table: string, control: string): Promise<boolean> {
  try {
    await dynamodb.send(
      new PutItemCommand({
        TableName: table,
        Item: { controlId: { S: control }, automatedRemediationEnabled: { BOOL: false } },
        ConditionExpression: 'attribute_not_exists(controlId)',
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return false;
    throw error;
  }
}
