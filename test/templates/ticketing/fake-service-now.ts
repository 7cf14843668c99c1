import { fakeOf, objectOf, withFaults } from './fake.ts';
import type { Fake, Fault, Stored } from './fake.ts';
import { startServer } from './local-server.ts';
import type { Answer, Received } from './local-server.ts';

export interface ServiceNowSettings {
  /** Read anew for each request: a test may rotate it. */
  readonly key: () => string;
  readonly table: string;
  /** Whether the table has `correlation_id`, as every table has that extends task. @default true */
  readonly hasCorrelation?: boolean;
}

/** Behaves like the Table API of ServiceNow, as far as a ticket function sees it. */
export async function startServiceNow(settings: ServiceNowSettings): Promise<Fake> {
  const records: Stored[] = [];
  const faults: Fault[] = [];
  const server = await startServer((request) => {
    if (!request.path.startsWith('/api/now/table/'))
      return failure(404, 'Requested URI does not represent any resource');
    return request.method === 'GET'
      ? withFaults(faults, 'lookUp', () =>
          guarded(request, settings, () => list(request, settings, records)),
        )
      : withFaults(faults, 'creation', () =>
          guarded(request, settings, () => insert(request, settings, records)),
        );
  });
  return fakeOf(server, records, faults);
}

function guarded(
  { headers, path }: Received,
  settings: ServiceNowSettings,
  answer: () => Answer,
): Answer {
  if (headers['x-sn-apikey'] !== settings.key())
    return failure(401, 'User Not Authenticated', 'Required to provide Auth information');
  const table = path.slice('/api/now/table/'.length);
  return table === settings.table ? answer() : failure(400, `Invalid table ${table}`);
}

/** An unknown field in the query is ignored, and then every record matches. */
function list(
  { query }: Received,
  { hasCorrelation = true }: ServiceNowSettings,
  records: readonly Stored[],
): Answer {
  const [, wanted] = /^correlation_id=([^^]*)$/u.exec(query.get('sysparm_query') ?? '') ?? [];
  if (wanted === undefined) return failure(400, 'Invalid query');
  const found = hasCorrelation
    ? records.filter((one) => one['correlation_id'] === wanted)
    : records;
  return {
    status: 200,
    body: {
      result: found.slice(0, Number(query.get('sysparm_limit'))).map((one) => shown(one, query)),
    },
  };
}

function insert(
  { body, query }: Received,
  { hasCorrelation = true }: ServiceNowSettings,
  records: Stored[],
): Answer {
  const { correlation_id: correlation, ...fields } = objectOf(body);
  const record = {
    ...fields,
    ...(hasCorrelation ? { correlation_id: correlation } : {}),
    short_description: String(fields['short_description']).slice(0, 160),
    description: String(fields['description']).slice(0, 4000),
    sys_id: String(records.length + 1).padStart(32, '0'),
    number: `INC${String(records.length + 1).padStart(7, '0')}`,
  };
  records.push(record);
  return { status: 201, body: { result: shown(record, query) } };
}

function shown(record: Stored, query: URLSearchParams): Stored {
  const fields = (query.get('sysparm_fields') ?? '').split(',');
  return Object.fromEntries(Object.entries(record).filter(([name]) => fields.includes(name)));
}

function failure(status: number, message: string, detail: string | null = null): Answer {
  return { status, body: { error: { message, detail }, status: 'failure' } };
}
