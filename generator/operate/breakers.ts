import { isRefusal } from '../../templates/admin/functions/model/refusal.ts';
import type { Breaker } from '../../templates/admin/functions/decide/types.ts';
import { readItem } from '../../templates/admin/functions/store/items.ts';
import { breakerKey } from '../../templates/admin/functions/store/keys.ts';
import { getItems } from '../../templates/admin/functions/store/read.ts';
import { readBreakerShape } from '../../templates/admin/functions/store/shapes.ts';
import { keyOf } from '../../templates/admin/functions/store/table.ts';
import { asking } from './asking.ts';
import type { Connection } from './connect.ts';
import { chunksOf } from './chunks.ts';

/** Items in one call (DynamoDB API, BatchGetItem). */
const BATCH = 100;
const PARTITION = /^breaker#(?<control>.+)$/u;

/** Breakers of these controls, where there are any that are understood. Throws `AwsProblem`. */
export async function readBreakers(
  { tables }: Pick<Connection, 'tables'>,
  controls: readonly string[],
): Promise<ReadonlyMap<string, Breaker>> {
  const found = new Map<string, Breaker>();
  for (const batch of chunksOf(controls, BATCH)) {
    const keys = batch.map((control) => keyOf(breakerKey(control)));
    const items = await asking('Reading the circuit breakers', () =>
      getItems(tables, tables.table, keys),
    );
    for (const item of items) {
      const breaker = readItem('breaker', item, readBreakerShape);
      const control = PARTITION.exec(item['pk']?.S ?? '')?.groups?.['control'];
      if (control !== undefined && breaker !== undefined && !isRefusal(breaker))
        found.set(control, breaker);
    }
  }
  return found;
}
