import { objectOf, textOf } from '../../admin/functions/model/json.ts';
import { cut } from '../../ticketing/request.ts';
import type { TicketRequest } from '../../ticketing/request.ts';
import type { Credentials, Found, Ticket, TicketService } from '../../ticketing/service.ts';
import { facts, title } from '../../ticketing/text.ts';

export interface ServiceNowOptions {
  /** Address of the instance, without a slash at the end. */
  readonly instance: string;
  /** Table whose records are opened: incident, or another that extends task. */
  readonly table: string;
}

/** Characters of `short_description` in the table task. Its `description` takes 4,000, more than all facts together. */
const LONGEST_TITLE = 160;
const FIELDS = 'sys_id,number,correlation_id';
const SYS_ID = /^[0-9a-f]{32}$/u;

/** ServiceNow, "Table API", with "Inbound REST API Keys". */
export function serviceNow({ instance, table }: ServiceNowOptions): TicketService {
  const address = `${instance}/api/now/table/${table}`;
  const ticket = (record: unknown): Ticket | undefined => readTicket(record, instance, table);
  return {
    name: 'ServiceNow',
    settleTime: 1000,
    secretForm: 'JSON with API_Key',
    credentials,
    lookUp: (key) => {
      const query = new URLSearchParams({
        sysparm_query: `correlation_id=${key}`,
        sysparm_fields: FIELDS,
        sysparm_limit: '1',
      });
      return { method: 'GET', url: `${address}?${query.toString()}` };
    },
    readFound: (body, key) => readFound(body, key, ticket),
    creation: (request) => ({
      method: 'POST',
      url: `${address}?sysparm_fields=${encodeURIComponent(FIELDS)}`,
      body: record(request),
    }),
    readCreated: (body) => ticket(objectOf(body)['result']),
    isUnauthorized: (status) => status === 401,
    explain,
    notFoundHint: 'Are InstanceURI and ServiceNowTableName right?',
  };
}

/**
 * Plain fields only: comments and work notes would show `[code]` as HTML ("Journal field type"). The impact is left to the
 * instance, which makes the priority of both.
 */
function record(request: TicketRequest): Readonly<Record<string, string>> {
  const lines = facts(request).map(({ label, value }) => `${label}: ${value}`);
  return {
    short_description: title(request, LONGEST_TITLE),
    description: lines.join('\n'),
    urgency: urgency(request),
    correlation_id: request.key,
    correlation_display: 'Automated Security Response',
  };
}

/** Outcomes after which nobody must hurry. */
const DONE = new Set(['compliant', 'changed', 'undone', 'would-change']);

/** 1 high, 2 medium, 3 low. */
function urgency({ severity, outcome }: TicketRequest): string {
  if (DONE.has(outcome)) return '3';
  switch (severity) {
    case 'CRITICAL':
      return '1';
    case 'HIGH':
      return '2';
    default:
      return '3';
  }
}

function credentials(secret: Readonly<Record<string, unknown>>): Credentials | undefined {
  const key = textOf(secret['API_Key'], 1024);
  return key === undefined || !/^[\u0021-\u007e]+$/u.test(key)
    ? undefined
    : { headers: { 'x-sn-apikey': key }, secrets: [key] };
}

/**
 * By default an instance ignores the part of a query that it doesn't understand, and answers any record ("Table API",
 * sysparm_query). So a record counts only with our key in it; another one means that we can't look.
 */
function readFound(
  body: unknown,
  key: string,
  ticket: (record: unknown) => Ticket | undefined,
): Found {
  const { result } = objectOf(body);
  if (!Array.isArray(result))
    return {
      is: 'unclear',
      reason: 'ServiceNow answered the search with something else than records.',
    };
  const [first] = result as readonly unknown[];
  if (first === undefined) return { is: 'none' };
  const found = objectOf(first)['correlation_id'] === key ? ticket(first) : undefined;
  return found === undefined
    ? {
        is: 'unclear',
        reason:
          'ServiceNow can not search the table by correlation_id. The table must extend task, and the user of the API key must be able to read sys_id, number and correlation_id.',
      }
    : { is: 'there', ticket: found };
}

function readTicket(record: unknown, instance: string, table: string): Ticket | undefined {
  const { sys_id: id, number } = objectOf(record);
  if (typeof id !== 'string' || !SYS_ID.test(id)) return undefined;
  const name = cut(textOf(number, 64) ?? '', 40);
  return {
    id: name === '' ? id : name,
    url: `${instance}/nav_to.do?uri=${encodeURIComponent(`${table}.do?sys_id=${id}`)}`,
  };
}

/** ServiceNow's errors: `{ error: { message, detail } }`. */
function explain(body: unknown): string {
  const { message, detail } = objectOf(objectOf(body)['error']);
  return [message, detail].filter((one) => typeof one === 'string' && one !== '').join(' ');
}
