import type { AttemptSummary } from '../../contract.ts';
import { AskButton } from '../parts/ask-button.tsx';
import { shortResource } from '../format.ts';
import { useSession } from '../session.ts';

/** Approves or rejects what waits, after a question. */
export function ApprovalActions({
  attempt,
  onDone,
}: {
  readonly attempt: AttemptSummary;
  readonly onDone: () => void;
}) {
  const { api, texts } = useSession();
  const { approvals } = texts;
  const answer = (what: 'approve' | 'reject') => async (): Promise<void> => {
    await api.answer(attempt.id, what);
    onDone();
  };
  const about = (
    <p>
      <strong>
        {attempt.control}: {attempt.remediation}
      </strong>
      <br />
      <span class="mono">{shortResource(attempt.resource)}</span>
      <br />
      {attempt.account}, {attempt.region}
    </p>
  );
  return (
    <>
      <AskButton
        name={approvals.approve}
        look="primary"
        title={approvals.approveTitle}
        done={approvals.approved}
        onConfirm={answer('approve')}
      >
        {about}
        <p>{approvals.approveText}</p>
      </AskButton>
      <AskButton
        name={approvals.reject}
        title={approvals.rejectTitle}
        isGrave
        done={approvals.rejected}
        onConfirm={answer('reject')}
      >
        {about}
        <p>{approvals.rejectText}</p>
      </AskButton>
    </>
  );
}
