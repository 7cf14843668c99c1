import { readSettings } from '../../templates/admin/functions/run/read-settings.ts';
import type { Catalog } from '../../templates/admin/functions/model/catalog.ts';
import { asking } from './asking.ts';
import type { Connection } from './connect.ts';
import type { Situation } from './judge.ts';
import { readAllRows } from './rows.ts';

/** Reads what the administrator account says about all requests: settings, rows, exceptions. Throws `AwsProblem`. */
export async function readSituation(
  connection: Connection,
  catalog: Catalog,
  now: Date,
): Promise<Situation> {
  const { installation, ssm, store } = connection;
  const [settings, rows, exceptions] = await Promise.all([
    asking('Reading the settings', () => readSettings(ssm, installation.solutionId)),
    readAllRows(connection),
    asking('Reading the exceptions', () => store.exceptions()),
  ]);
  return { installation, catalog, settings, rows, exceptions, now };
}
