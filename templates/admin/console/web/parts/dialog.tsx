import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { ApiError } from '../api.ts';
import { useSession } from '../session.ts';
import { errorOf } from '../use-load.ts';
import { Failure } from './feedback.tsx';

export interface DialogProps {
  readonly title: string;
  readonly children: ComponentChildren;
  /** Name of the button that does it. */
  readonly confirm: string;
  /** It takes something away or can't be taken back. */
  readonly isGrave?: boolean;
  /** What must be known first isn't yet. */
  readonly isWaiting?: boolean;
  /** Does it. What it throws is shown, and the dialog stays. */
  readonly onConfirm: (form: FormData) => Promise<void>;
  readonly onClose: () => void;
}

/** A question. The browser keeps the focus inside, closes it with Escape, and gives the focus back. */
export function Dialog(props: DialogProps) {
  const {
    title,
    children,
    confirm,
    isGrave = false,
    isWaiting = false,
    onConfirm,
    onClose,
  } = props;
  const { texts } = useSession();
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError>();
  useEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    return () => shown?.close();
  }, []);
  const submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (isBusy || isWaiting) return;
    setBusy(true);
    setError(undefined);
    try {
      await onConfirm(new FormData(event.target as HTMLFormElement));
      onClose();
    } catch (problem) {
      setError(errorOf(problem));
      setBusy(false);
    }
  };
  return (
    <dialog
      ref={dialog}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        if (!isBusy) onClose();
      }}
    >
      <form onSubmit={(event) => void submit(event)}>
        <h2 id={id}>{title}</h2>
        <div class="dialog-body">{children}</div>
        {error === undefined ? null : <Failure error={error} />}
        <div class="dialog-actions">
          <button type="button" disabled={isBusy} onClick={onClose}>
            {texts.cancel}
          </button>
          <button
            type="submit"
            class={isGrave ? 'grave' : 'primary'}
            aria-disabled={isBusy || isWaiting}
          >
            {confirm}
          </button>
        </div>
      </form>
    </dialog>
  );
}
