import type { AttemptSummary } from '../../contract.ts';
import { timeText } from '../format.ts';
import { useSession } from '../session.ts';
import { AskButton } from './ask-button.tsx';

/** Takes an attempt back, after a question. */
export function UndoButton({
  attempt,
  onDone,
}: {
  readonly attempt: AttemptSummary;
  readonly onDone: () => void;
}) {
  const { api, texts, language } = useSession();
  const { undo, undoTitle, undoText, force, undoSent } = texts.attempt;
  return (
    <AskButton
      name={undo}
      title={undoTitle}
      isGrave
      done={undoSent}
      onConfirm={async (form) => {
        await api.undo(attempt.id, form.has('force'));
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
    </AskButton>
  );
}
