import { cut } from './request.ts';
import type { TicketRequest } from './request.ts';

/** A fact of a ticket, on a line of its own. */
export interface Fact {
  readonly label: string;
  readonly value: string;
}

/** The ticket's title, at most `longest` characters. What the request doesn't say is left out. */
export function title(request: TicketRequest, longest: number): string {
  const { control, account, outcome, resource, message } = request;
  const subject = control === '' ? 'Security finding' : control;
  const where = account === '' ? '' : ` in account ${account}`;
  const how = outcome === '' ? '' : ` (${outcome})`;
  return cut(`${subject}${where}${how}: ${resource === '' ? message : resource}`, longest);
}

/** All that is known, in the order in which a person asks for it. Each value is a single line. */
export function facts(request: TicketRequest): readonly Fact[] {
  const all = [
    { label: 'Result', value: request.message },
    { label: 'Outcome', value: request.outcome },
    { label: 'Control', value: request.control },
    { label: 'Severity', value: request.severity },
    { label: 'Account', value: request.account },
    { label: 'Resource', value: request.resource },
    { label: 'Finding', value: request.description },
    { label: 'Finding id', value: request.finding },
    { label: 'Reference', value: request.key },
  ];
  return all.filter(({ value }) => value !== '');
}
