import type { FindingDetail } from '../../contract.ts';
import { Calls } from '../parts/calls.tsx';
import { Failure, Loading } from '../parts/feedback.tsx';
import { timeText } from '../format.ts';
import { useSession } from '../session.ts';
import { useLoad } from '../use-load.ts';

/** The newest preview of this finding's remediation, whoever made it. */
export function FindingPreview({
  finding,
  isUnderWay,
}: {
  readonly finding: FindingDetail;
  readonly isUnderWay: boolean;
}) {
  const { texts } = useSession();
  const newest = finding.attempts.find(
    ({ mode, status, remediation }) =>
      remediation === finding.remediation &&
      (status === 'awaiting-approval' || (mode === 'Preview' && status === 'ended')),
  );
  const isRunning =
    isUnderWay &&
    finding.attempts.some(({ mode, status }) => mode === 'Preview' && status === 'claimed');
  return (
    <section class="panel" aria-live="polite">
      <h2>{texts.finding.preview}</h2>
      {isRunning ? <p class="soft">{texts.finding.previewRunning}</p> : null}
      {newest === undefined ? (
        isRunning ? null : (
          <p>{texts.finding.noPreview}</p>
        )
      ) : (
        <Made id={newest.id} />
      )}
    </section>
  );
}

function Made({ id }: { readonly id: string }) {
  const { api, texts, language } = useSession();
  const { value, error, reload } = useLoad(id, (signal) => api.attempt(id, signal));
  if (error !== undefined) return <Failure error={error} retry={reload} />;
  if (value === undefined) return <Loading />;
  return (
    <>
      <p class="soft">
        {texts.finding.previewOf(timeText(value.endedAt ?? value.claimedAt, language))}
      </p>
      {value.message === undefined ? null : <p lang="en">{value.message}</p>}
      {value.changes.length === 0 ? null : <Calls changes={value.changes} />}
    </>
  );
}
