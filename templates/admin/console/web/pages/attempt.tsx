import { useState } from 'preact/hooks';
import type { AttemptDetail } from '../../contract.ts';
import { Outcome } from '../parts/badge.tsx';
import { Calls } from '../parts/calls.tsx';
import { Facts } from '../parts/facts.tsx';
import { State } from '../parts/feedback.tsx';
import { PageFrame } from '../parts/page.tsx';
import { Trace } from '../parts/trace.tsx';
import { UndoButton } from '../parts/undo-button.tsx';
import { secondsBetween, timeText } from '../format.ts';
import { hrefOf } from '../route.ts';
import type { Query } from '../route.ts';
import { useSession } from '../session.ts';
import { wordOf } from '../texts/texts.ts';
import { useLoad, usePoll } from '../use-load.ts';
import { ApprovalActions } from './approval-actions.tsx';

/** One attempt: what came of it, the calls, and how it was decided. */
export function AttemptPage({ query }: { readonly query: Query }) {
  const { api, texts } = useSession();
  const { id = '' } = query;
  const { value, error, isLoading, reload } = useLoad(id, (signal) => api.attempt(id, signal));
  const [isAnswered, setAnswered] = useState(false);
  const isRunning = value?.status === 'claimed';
  usePoll(isRunning || (isAnswered && value?.status === 'awaiting-approval'), reload);
  const answered = (): void => {
    setAnswered(true);
    reload();
  };
  return (
    <PageFrame
      title={value === undefined ? texts.pages.attempt : `${value.control}: ${value.remediation}`}
      {...(value === undefined ? {} : { intro: <Head attempt={value} /> })}
    >
      <State isLoading={isLoading} error={error} reload={reload} isEmpty={value === undefined}>
        {value === undefined ? null : (
          <div class="columns">
            <div class="wide">
              <section class="panel" aria-live="polite">
                {isRunning ? <p class="soft">{texts.attempt.running}</p> : null}
                {value.message === undefined ? null : <p lang="en">{value.message}</p>}
                {value.error === undefined ? null : (
                  <pre lang="en" class="error-text">
                    {value.error}
                  </pre>
                )}
                <h2>
                  {value.mode === 'Preview' || value.status !== 'ended'
                    ? texts.attempt.previewCalls
                    : texts.attempt.calls}
                </h2>
                <Calls changes={value.changes} />
                <div class="actions">
                  {value.status === 'awaiting-approval' && !isAnswered ? (
                    <ApprovalActions attempt={value} onDone={answered} />
                  ) : null}
                  {value.canUndo ? <UndoButton attempt={value} onDone={reload} /> : null}
                </div>
              </section>
              <section class="panel">
                <h2>{texts.attempt.trace}</h2>
                <Trace trace={value.trace} />
              </section>
            </div>
            <AttemptFacts attempt={value} />
          </div>
        )}
      </State>
    </PageFrame>
  );
}

function Head({ attempt }: { readonly attempt: AttemptDetail }) {
  const { texts } = useSession();
  return (
    <p class="tags">
      <Outcome attempt={attempt} />
      <span>{wordOf(texts.modes, attempt.mode)}</span>
      <span>{attempt.account}</span>
      <span>{attempt.region}</span>
    </p>
  );
}

function AttemptFacts({ attempt }: { readonly attempt: AttemptDetail }) {
  const { texts, language } = useSession();
  const { fields } = texts;
  const seconds = secondsBetween(attempt.claimedAt, attempt.endedAt);
  const time = (iso: string | undefined): string | undefined =>
    iso === undefined ? undefined : timeText(iso, language);
  return (
    <aside class="panel" aria-label={texts.finding.facts}>
      <h2>{texts.finding.facts}</h2>
      <Facts
        facts={[
          [fields.resource, <code key="resource">{attempt.resource}</code>],
          [fields.begun, time(attempt.claimedAt)],
          [fields.ended, time(attempt.endedAt)],
          [fields.took, seconds === undefined ? undefined : texts.attempt.seconds(seconds)],
          [fields.origin, wordOf(texts.origins, attempt.origin)],
          [fields.actor, attempt.actor],
          [fields.approver, attempt.approver],
          [fields.expires, time(attempt.approvalExpiresAt)],
          [fields.stack, attempt.stack],
          [
            fields.ticket,
            attempt.ticket === undefined ? undefined : <TicketLink ticket={attempt.ticket} />,
          ],
          [fields.automation, attempt.automation],
          [
            fields.execution,
            attempt.execution === undefined ? undefined : <code>{attempt.execution}</code>,
          ],
          [
            texts.attempt.undoneBy,
            attempt.undoneBy === undefined ? undefined : (
              <a href={hrefOf('attempt', { id: attempt.undoneBy })}>{attempt.undoneBy}</a>
            ),
          ],
          [
            fields.findings,
            <ul key="findings" class="plain">
              {attempt.findings.map((one) => (
                <li key={one}>
                  <code>{one}</code>
                </li>
              ))}
            </ul>,
          ],
          [fields.id, <code key="id">{attempt.id}</code>],
        ]}
      />
    </aside>
  );
}

/** A link only when it leads to the web: the address comes from another system. */
function TicketLink({ ticket }: { readonly ticket: string }) {
  return ticket.startsWith('https://') ? (
    <a href={ticket} rel="noreferrer" target="_blank">
      {ticket}
    </a>
  ) : (
    <>{ticket}</>
  );
}
