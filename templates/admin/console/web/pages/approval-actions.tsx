import { useState } from 'preact/hooks';
import type { AttemptSummary } from '../../contract.ts';
import { Dialog } from '../parts/dialog.tsx';
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
  const { api, texts, tell } = useSession();
  const { approvals } = texts;
  const [asking, setAsking] = useState<'approve' | 'reject'>();
  const isApproval = asking === 'approve';
  return (
    <>
      <button type="button" class="primary" onClick={() => setAsking('approve')}>
        {approvals.approve}
      </button>
      <button type="button" onClick={() => setAsking('reject')}>
        {approvals.reject}
      </button>
      {asking === undefined ? null : (
        <Dialog
          title={isApproval ? approvals.approveTitle : approvals.rejectTitle}
          confirm={isApproval ? approvals.approve : approvals.reject}
          isGrave={!isApproval}
          onClose={() => setAsking(undefined)}
          onConfirm={async () => {
            await api.answer(attempt.id, asking);
            tell(isApproval ? approvals.approved : approvals.rejected);
            onDone();
          }}
        >
          <p>
            <strong>
              {attempt.control}: {attempt.remediation}
            </strong>
            <br />
            <span class="mono">{shortResource(attempt.resource)}</span>
            <br />
            {attempt.account}, {attempt.region}
          </p>
          <p>{isApproval ? approvals.approveText : approvals.rejectText}</p>
        </Dialog>
      )}
    </>
  );
}
