import { useState } from 'preact/hooks';
import type { AttemptSummary, FindingDetail } from '../../contract.ts';
import { AttemptsTable } from '../parts/attempts-table.tsx';
import { RemediateDialog } from '../parts/act-dialog.tsx';
import { Impact, Severity, Verdict } from '../parts/badge.tsx';
import { ExceptionDialog } from '../parts/exception-dialog.tsx';
import { Facts } from '../parts/facts.tsx';
import { Failure, State } from '../parts/feedback.tsx';
import { PageFrame } from '../parts/page.tsx';
import { Trace } from '../parts/trace.tsx';
import { UndoButton } from '../parts/undo-button.tsx';
import { timeText } from '../format.ts';
import type { ApiError } from '../api.ts';
import type { Query } from '../route.ts';
import { useSession } from '../session.ts';
import { wordOf } from '../texts/texts.ts';
import { errorOf, useLoad, usePoll } from '../use-load.ts';
import { FindingPreview } from './finding-preview.tsx';

/** One finding: what is decided about it, what a remediation would do, and what was tried. */
export function FindingPage({ query }: { readonly query: Query }) {
  const { api, texts } = useSession();
  const { id = '', productArn = '' } = query;
  const { value, error, isLoading, reload } = useLoad(`${id} ${productArn}`, (signal) =>
    api.finding({ id, productArn }, signal),
  );
  // After a request the page follows until an attempt more has ended.
  const [asked, setAsked] = useState<number>();
  const attempts = value?.attempts ?? [];
  const isUnderWay =
    attempts.some(({ status }) => status === 'claimed') ||
    (asked !== undefined && attempts.length <= asked);
  usePoll(isUnderWay, reload);
  return (
    <PageFrame
      title={value === undefined ? texts.pages.finding : value.title}
      {...(value === undefined ? {} : { intro: <Head finding={value} /> })}
    >
      <State isLoading={isLoading} error={error} reload={reload} isEmpty={value === undefined}>
        {value === undefined ? null : (
          <Content
            finding={value}
            isUnderWay={isUnderWay}
            onAsked={() => {
              setAsked(attempts.length);
              reload();
            }}
            reload={reload}
          />
        )}
      </State>
    </PageFrame>
  );
}

function Head({ finding }: { readonly finding: FindingDetail }) {
  const { texts } = useSession();
  return (
    <p class="tags">
      <Severity severity={finding.severity} />
      <strong>{finding.control}</strong>
      <span>{finding.account}</span>
      <span>{finding.region}</span>
      <span>{wordOf(texts.workflows, finding.workflow)}</span>
    </p>
  );
}

interface ContentProps {
  readonly finding: FindingDetail;
  readonly isUnderWay: boolean;
  readonly onAsked: () => void;
  readonly reload: () => void;
}

function Content({ finding, isUnderWay, onAsked, reload }: ContentProps) {
  const { texts } = useSession();
  const { decision, attempts, remediation } = finding;
  return (
    <div class="columns">
      <div class="wide">
        <section class="panel">
          <h2>{texts.finding.description}</h2>
          <p lang="en">{finding.description}</p>
          {remediation === undefined ? <p>{texts.finding.noRemediation}</p> : null}
          <Actions finding={finding} onAsked={onAsked} reload={reload} />
        </section>
        {remediation === undefined ? null : (
          <>
            <FindingPreview finding={finding} isUnderWay={isUnderWay} />
            <section class={`panel decision ${decision.verdict}`}>
              <h2>{texts.finding.decision}</h2>
              <p>
                <Verdict verdict={decision.verdict} /> {texts.verdictTexts[decision.verdict]}
              </p>
              <h3>{texts.finding.trace}</h3>
              <Trace trace={decision.trace} />
            </section>
          </>
        )}
        <section class="panel">
          <h2>{texts.finding.attempts}</h2>
          {attempts.length === 0 ? (
            <p>{texts.finding.noAttempts}</p>
          ) : (
            <AttemptsTable caption={texts.finding.attempts} attempts={attempts} isShort />
          )}
        </section>
      </div>
      <FindingFacts finding={finding} />
    </div>
  );
}

function FindingFacts({ finding }: { readonly finding: FindingDetail }) {
  const { texts, language } = useSession();
  const { fields } = texts;
  return (
    <aside class="panel" aria-label={texts.finding.facts}>
      <h2>{texts.finding.facts}</h2>
      <Facts
        facts={[
          [fields.resource, <code key="resource">{finding.resource}</code>],
          [fields.standard, wordOf(texts.standards, finding.standard)],
          [fields.compliance, finding.compliance],
          [fields.remediation, finding.remediation],
          [
            fields.impact,
            finding.impact === undefined ? undefined : (
              <>
                <Impact impact={finding.impact} />
                <p>{wordOf(texts.impactTexts, finding.impact)}</p>
              </>
            ),
          ],
          [fields.undo, finding.undo === 'yes' ? texts.yes : finding.undo],
          [fields.updated, timeText(finding.updatedAt, language)],
          [fields.note, finding.note],
          [fields.id, <code key="id">{finding.id}</code>],
        ]}
      />
    </aside>
  );
}

function Actions({ finding, onAsked, reload }: Omit<ContentProps, 'isUnderWay'>) {
  const { api, texts, tell } = useSession();
  const { id, productArn, control, account, region, resource, remediation, attempts } = finding;
  const [open, setOpen] = useState<'remediate' | 'suppress'>();
  const [error, setError] = useState<ApiError>();
  const [isBusy, setBusy] = useState(false);
  const close = (): void => setOpen(undefined);
  const preview = async (): Promise<void> => {
    setBusy(true);
    setError(undefined);
    try {
      const { accepted } = await api.act({ action: 'preview', findings: [{ id, productArn }] });
      tell(texts.findings.sent(accepted));
      onAsked();
    } catch (problem) {
      setError(errorOf(problem));
    }
    setBusy(false);
  };
  const undoable = attempts.find(({ canUndo }: AttemptSummary) => canUndo);
  return (
    <>
      <div class="actions">
        {remediation === undefined ? null : (
          <>
            <button type="button" class="primary" onClick={() => setOpen('remediate')}>
              {texts.findings.remediate}
            </button>
            <button type="button" aria-disabled={isBusy} onClick={() => void preview()}>
              {texts.findings.preview}
            </button>
          </>
        )}
        {undoable === undefined ? null : <UndoButton attempt={undoable} onDone={onAsked} />}
        <button type="button" class="quiet" onClick={() => setOpen('suppress')}>
          {texts.finding.suppress}
        </button>
      </div>
      {error === undefined ? null : <Failure error={error} />}
      {open === 'remediate' ? (
        <RemediateDialog findings={[finding]} onClose={close} onDone={onAsked} />
      ) : null}
      {open === 'suppress' ? (
        <ExceptionDialog
          title={texts.suppress.title}
          text={texts.suppress.text}
          covered={{
            controls: [control],
            accounts: [account],
            regions: [region],
            resources: [resource],
          }}
          onClose={close}
          onDone={reload}
        />
      ) : null}
    </>
  );
}
