import { isOpenBreaker } from '../../functions/decide/breaker.ts';
import { parseException } from '../../functions/decide/exceptions.ts';
import type { Exception } from '../../functions/decide/types.ts';
import { parsePolicy } from '../../functions/model/policy.ts';
import { isRefusal } from '../../functions/model/refusal.ts';
import type { Control, ExceptionItem, OpenFindings } from '../contract.ts';
import type { Context } from './context.ts';
import { Refused, invalid, notFound } from './problem.ts';
import { FORMS, flagOf, newException, onlyMembers } from './validate.ts';

/** Row that is about all controls. */
export const EVERY = '*';
/** Pages of Security Hub that are counted. */
const MOST_PAGES = 10;

/** Controls with a remediation. A row that isn't understood shows as not automatic, which it is. */
export async function listControls({
  scope,
  controls,
  catalog,
  now,
}: Context): Promise<{ readonly items: readonly Control[] }> {
  const ids = Object.keys(controls);
  const [rows, breakers] = await Promise.all([scope.rows(), scope.breakers(ids)]);
  const items = Object.entries(controls).map(([id, shown]) => {
    const policy = parsePolicy({ control: rows.get(id), defaults: rows.get(EVERY) });
    const breaker = breakers.get(id);
    const openUntil =
      breaker !== undefined && isOpenBreaker(breaker, now) ? breaker.openUntil : undefined;
    return {
      id,
      ...shown,
      remediation: catalog.controls[id] ?? '',
      automatic: !isRefusal(policy) && policy.automatedRemediationEnabled,
      paused: !isRefusal(policy) && policy.paused,
      ...(openUntil === undefined ? {} : { breakerOpenUntil: openUntil }),
    };
  });
  return { items };
}

/** Counts findings that would be remediated if the control were automatic now. */
export async function countOpen({ scope, id }: Context): Promise<OpenFindings> {
  await scope.rows();
  const control = formedControl(id);
  const query = {
    accounts: [],
    regions: [],
    controls: [control],
    severities: [],
    workflows: ['NEW', 'NOTIFIED'],
  };
  let open = 0;
  let next: string | undefined;
  for (let read = 0; read < MOST_PAGES; read += 1) {
    const page = await scope.findings(query, next);
    open += page.findings.length;
    next = page.next;
    if (next === undefined) break;
  }
  return { open, isMore: next !== undefined };
}

function formedControl(id: string): string {
  if (!FORMS.control.test(id)) throw notFound();
  return id;
}

/** Switches a control. The row `*` can be paused only: it is the switch that stops everything. */
export async function changeControl({ scope, id, body, controls }: Context): Promise<object> {
  onlyMembers(body, ['automatic', 'paused']);
  const automatic = flagOf(body, 'automatic');
  const paused = flagOf(body, 'paused');
  if (automatic === undefined && paused === undefined) throw invalid('body');
  if (id === EVERY && automatic !== undefined) throw invalid('automatic');
  if (id !== EVERY && !Object.hasOwn(controls, id)) {
    await scope.rows();
    throw notFound();
  }
  await scope.changeRow(id, {
    ...(automatic === undefined ? {} : { automatedRemediationEnabled: automatic }),
    ...(paused === undefined ? {} : { paused }),
  });
  return {};
}

export async function listExceptions({
  scope,
}: Context): Promise<{ readonly items: readonly ExceptionItem[] }> {
  const all = await scope.exceptions();
  // Until somebody ends it nothing is remediated, so its message is what people need.
  if ('status' in all) throw new Refused('exception-unreadable', { details: all.message });
  return { items: all.toSorted((one, other) => (one.expiresAt < other.expiresAt ? -1 : 1)) };
}

/** Throws `Refused` when it isn't one that decisions understand, or has ended already. */
export async function addException({ scope, body, now, newId }: Context): Promise<Exception> {
  const { owner = scope.principal.email, ...rest } = newException(body);
  const exception = parseException({ id: `console-${newId()}`, owner, ...rest });
  // All else was looked at before.
  if (isRefusal(exception)) throw invalid('expiresAt');
  if (Date.parse(exception.expiresAt) <= now.getTime()) throw new Refused('end-passed');
  await scope.addException(exception);
  return exception;
}
