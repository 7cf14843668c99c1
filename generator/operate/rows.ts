import { paginateScan, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Row } from '../../templates/admin/functions/model/policy.ts';
import { fromItem, toItem } from '../../templates/admin/functions/store/marshal.ts';
import { isUnmet } from '../../templates/admin/functions/store/table.ts';
import { asking } from './asking.ts';
import type { Connection } from './connect.ts';

/** Key of the row that is about all controls. */
export const EVERY_CONTROL = '*';

/** Rows of the configuration table by control id. */
export type ConfigurationRows = ReadonlyMap<string, Row>;

type Tables = Pick<Connection, 'dynamodb' | 'installation'>;

/** All rows, strongly consistent. Throws `AwsProblem`. */
export async function readAllRows({ dynamodb, installation }: Tables): Promise<ConfigurationRows> {
  return asking('Reading the configuration table', async () => {
    const rows = new Map<string, Row>();
    const input = { TableName: installation.configurationTable, ConsistentRead: true };
    for await (const { Items: items = [] } of paginateScan({ client: dynamodb }, input))
      for (const row of items.map(fromItem)) rows.set(String(row['controlId']), row);
    return rows;
  });
}

/** One switch of one row. */
export interface RowChange {
  /** Security control id, or `*`. */
  readonly control: string;
  readonly attribute: 'automatedRemediationEnabled' | 'paused';
  readonly to: boolean;
  /** What people were shown; the row is written only while it is so. A missing switch is off. @default whatever it is */
  readonly from?: boolean;
  /** For people who read the row; nothing rests on it. */
  readonly changedBy: string;
}

/**
 * Writes one attribute and leaves all others as they are. `changed-since`: the row isn't as it was shown any more, or is
 * gone. Only the row `*` is made when there is none: the administrator stack makes those of controls. Throws
 * `AwsProblem`.
 */
export async function changeRow(
  { dynamodb, installation }: Tables,
  { control, attribute, to, from, changedBy }: RowChange,
): Promise<'written' | 'changed-since'> {
  const conditions = [
    ...(control === EVERY_CONTROL ? [] : ['attribute_exists(controlId)']),
    ...(from === undefined
      ? []
      : [from ? '#switch = :from' : '(attribute_not_exists(#switch) OR #switch = :from)']),
  ];
  return asking(`Writing the row ${control} of the configuration table`, async () => {
    try {
      await dynamodb.send(
        new UpdateItemCommand({
          TableName: installation.configurationTable,
          Key: toItem({ controlId: control }),
          UpdateExpression: 'SET #switch = :to, #by = :by',
          ExpressionAttributeNames: { '#switch': attribute, '#by': 'lastChangedBy' },
          ExpressionAttributeValues: toItem({
            ':to': to,
            ':by': changedBy,
            ':from': from,
          }),
          ...(conditions.length === 0 ? {} : { ConditionExpression: conditions.join(' AND ') }),
        }),
      );
      return 'written';
    } catch (error) {
      if (isUnmet(error)) return 'changed-since';
      throw error;
    }
  });
}
