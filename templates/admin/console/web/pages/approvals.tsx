import { useState } from 'preact/hooks';
import type { AttemptSummary } from '../../contract.ts';
import { Calls } from '../parts/calls.tsx';
import { Empty, Failure, Loading, State } from '../parts/feedback.tsx';
import { More } from '../parts/more.tsx';
import { PageFrame } from '../parts/page.tsx';
import { dayFrom, shortResource, timeText } from '../format.ts';
import { hrefOf } from '../route.ts';
import { useSession } from '../session.ts';
import { wordOf } from '../texts/texts.ts';
import { useList, useLoad } from '../use-load.ts';
import { ApprovalActions } from './approval-actions.tsx';

/** Longer than any approval is awaited. */
const DAYS = 30;

/** What waits for a person. */
export function ApprovalsPage() {
  const { api, texts } = useSession();
  const { approvals } = texts;
  const [answered, setAnswered] = useState<ReadonlySet<string>>(new Set());
  const { items, isLoading, error, more, reload } = useList('approvals', (next, signal) =>
    api.attempts(
      {
        status: 'awaiting-approval',
        from: dayFrom(new Date(), -DAYS),
        ...(next === undefined ? {} : { next }),
      },
      signal,
    ),
  );
  // An answer takes a moment to arrive, and nobody should give it twice.
  const waiting = items.filter(({ id }) => !answered.has(id));
  return (
    <PageFrame
      title={texts.pages.approvals}
      intro={approvals.intro}
      actions={
        <button type="button" onClick={reload}>
          {texts.refresh}
        </button>
      }
    >
      <State
        isLoading={isLoading}
        error={error}
        reload={reload}
        isEmpty={waiting.length === 0 && more === undefined}
        empty={<Empty title={approvals.empty} />}
      >
        <ul class="cards">
          {waiting.map((attempt) => (
            <Waiting
              key={attempt.id}
              attempt={attempt}
              onDone={() => setAnswered(new Set([...answered, attempt.id]))}
            />
          ))}
        </ul>
        <More count={waiting.length} more={more} isLoading={isLoading} />
      </State>
    </PageFrame>
  );
}

function Waiting({
  attempt,
  onDone,
}: {
  readonly attempt: AttemptSummary;
  readonly onDone: () => void;
}) {
  const { texts, language } = useSession();
  const { approvals } = texts;
  const [isOpen, setOpen] = useState(false);
  const { id, control, remediation, account, region, resource, origin, actor } = attempt;
  const who = origin === 'automatic' ? wordOf(texts.origins, origin) : actor;
  return (
    <li class="panel">
      <h2>
        <a href={hrefOf('attempt', { id })}>
          {control}: {remediation}
        </a>
      </h2>
      <p class="mono">{shortResource(resource)}</p>
      <p class="tags">
        <span>{account}</span>
        <span>{region}</span>
        <span>{approvals.asked(who, timeText(attempt.claimedAt, language))}</span>
        {attempt.approvalExpiresAt === undefined ? null : (
          <span>{approvals.until(timeText(attempt.approvalExpiresAt, language))}</span>
        )}
      </p>
      {attempt.message === undefined ? null : <p lang="en">{attempt.message}</p>}
      {isOpen ? <WaitingCalls id={id} /> : null}
      <div class="actions">
        <ApprovalActions attempt={attempt} onDone={onDone} />
        <button type="button" class="quiet" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? approvals.hide : approvals.show}
        </button>
      </div>
    </li>
  );
}

function WaitingCalls({ id }: { readonly id: string }) {
  const { api } = useSession();
  const { value, error, reload } = useLoad(id, (signal) => api.attempt(id, signal));
  if (error !== undefined) return <Failure error={error} retry={reload} />;
  return value === undefined ? <Loading /> : <Calls changes={value.changes} />;
}
