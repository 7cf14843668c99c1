import type { Attempt } from '../model/attempt.ts';
import { defined } from '../model/finding-parts.ts';
import { plainText } from '../model/json.ts';
import { announce } from './announce.ts';
import { attempted } from './attempted.ts';
import type { EndingOptions } from './ending-options.ts';
import { metricsLine } from './metrics.ts';
import type { Recorded } from './recorded.ts';
import { report } from './report.ts';
import type { Report } from './report.ts';
import { isChange } from './run.ts';
import type { Result } from './run.ts';
import { openTicket } from './ticket.ts';
import type { Ticket } from './ticket.ts';
import { LONGEST_NOTE, updateFindings } from './update-findings.ts';
import { wake } from './wake.ts';
import { writeHistory } from './write-history.ts';
import type { Ending } from './write-history.ts';

/**
 * Builds the function that records how an attempt ended: findings, ticket, history, topic and event bus, metrics, and
 * the next request that waits for the resource. What can't be written is reported, and the rest is done. Throws `Busy`
 * while AWS is; doing it again writes nothing wrong, but may invoke the ticket function again.
 */
export function createEnding(
  options: EndingOptions,
): (attempt: Attempt, result: Result, execution?: string) => Promise<Recorded> {
  return async (attempt, result, execution) => {
    const made = report(attempt, result);
    const unwritten = await writeNote(options, attempt, made, made.message);
    const ticket = await openTicket(options, attempt, result.outcome, made);
    const ending = { attempt, result, report: made, ticket, execution };
    const late: string[] = [];
    const history = await attempted(options, 'The history could not be written', async () =>
      writeHistory(options, ending, async (joined) => {
        late.push(...(await writeNote(options, joined, made, made.message)));
      }),
    );
    const isKept = 'value' in history;
    const { attempt: known, breakerOpened } = isKept
      ? history.value
      : { attempt: unwrittenAttempt(ending), breakerOpened: false };
    const lost = isKept ? (history.value.problem ?? []) : history.problem;
    const noted = await addTicket(options, known, made, ticket);
    const untold = await announce(options, {
      attempt: known,
      status: made.status,
      headline: made.kind,
      outcome: result.outcome,
      message: made.message,
      workflow: made.workflow,
      ticketProblem: ticket.problem,
    });
    const lasting = [unwritten, late, lost, untold].flat();
    if (options.metrics)
      options.log(
        metricsLine(options, { kind: made.kind, control: attempt.control, breakerOpened }),
      );
    const asleep = isChange(attempt) ? await wake(options, attempt) : undefined;
    const recorded: Recorded = {
      result: made.kind,
      outcome: result.outcome,
      message: made.message,
      recorded: lasting.length === 0,
      problems: [...lasting, ...noted, ticket.problem ?? [], asleep ?? []].flat(),
      ...(ticket.url === undefined ? {} : { ticket: ticket.url }),
    };
    options.log(logLine(known, execution, recorded));
    return recorded;
  };
}

/** What is told of an attempt whose history could not be written. */
function unwrittenAttempt({ attempt, result, ticket, execution }: Ending): Attempt {
  return {
    ...attempt,
    ...defined('automation', result.automation),
    ...defined('stack', result.stack),
    ...defined('execution', execution),
    ...defined('ticket', ticket.url),
    ...defined('ticketId', ticket.id),
  };
}

/** Without texts of findings and documents: the history has them. */
function logLine(
  { id, findings }: Attempt,
  execution: string | undefined,
  { result, outcome, recorded, problems }: Recorded,
): string {
  const ids = findings.map((one) => one.id);
  return JSON.stringify({
    attempt: id,
    findings: ids,
    execution,
    result,
    outcome,
    recorded,
    problems,
  });
}

async function writeNote(
  options: EndingOptions,
  { account, findings }: Attempt,
  { workflow }: Pick<Report, 'workflow'>,
  note: string,
): Promise<readonly string[]> {
  const update = { account, findings, note, ...(workflow === undefined ? {} : { workflow }) };
  const done = await attempted(options, 'The finding could not be updated', async () =>
    updateFindings(options, update),
  );
  if ('problem' in done) return [done.problem];
  return done.value === undefined ? [] : [done.value];
}

/** The status was written before the ticket was opened, which may take a minute; now its address follows. */
async function addTicket(
  options: EndingOptions,
  attempt: Attempt,
  made: Report,
  { url, id }: Ticket,
): Promise<readonly string[]> {
  if (url === undefined) return [];
  const named = plainText(` Ticket ${id === undefined ? '' : `${id} `}${url}`, LONGEST_NOTE / 2);
  const room = LONGEST_NOTE - named.length - 1;
  const note = `${plainText(made.message, room)} ${named}`;
  return writeNote({ ...options, isPatient: false }, attempt, made, note);
}
