import { useState } from 'preact/hooks';
import type { AttemptSummary } from '../../contract.ts';
import { timeText } from '../format.ts';
import { useSession } from '../session.ts';
import { Dialog } from './dialog.tsx';

/** Takes an attempt back, after a question. */
export function UndoButton({
  attempt,
  onDone,
}: {
  readonly attempt: AttemptSummary;
  readonly onDone: () => void;
}) {
  const { api, texts, tell, language } = useSession();
  const { undo, undoTitle, undoText, force, undoSent } = texts.attempt;
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <button type="button" onClick={() => setAsking(true)}>
        {undo}
      </button>
      {isAsking ? (
        <Dialog
          title={undoTitle}
          confirm={undo}
          isGrave
          onClose={() => setAsking(false)}
          onConfirm={async (form) => {
            await api.undo(attempt.id, form.has('force'));
            tell(undoSent);
            onDone();
          }}
        >
          <p>
            <strong>{attempt.remediation}</strong>, {timeText(attempt.claimedAt, language)}
          </p>
          <p>{undoText}</p>
          <label class="check">
            <input type="checkbox" name="force" /> {force}
          </label>
        </Dialog>
      ) : null}
    </>
  );
}
