import { useState } from 'preact/hooks';
import type { Control } from '../../contract.ts';
import type { ApiError } from '../api.ts';
import { Impact } from '../parts/badge.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Failure, Loading } from '../parts/feedback.tsx';
import { useSession } from '../session.ts';
import { errorOf, useLoad } from '../use-load.ts';

interface SwitchProps {
  readonly control: Control;
  readonly onDone: () => void;
}

/** Switches automatic remediation, after saying what follows from it. */
export function AutomaticSwitch({ control, onDone }: SwitchProps) {
  const { texts } = useSession();
  const { controls } = texts;
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <button
        type="button"
        role="switch"
        class="switch"
        aria-checked={control.automatic}
        aria-label={controls.switch(control.id)}
        onClick={() => setAsking(true)}
      >
        <span class="knob" aria-hidden="true" />
        <span aria-hidden="true">{control.automatic ? controls.on : controls.off}</span>
      </button>
      {isAsking ? (
        <SwitchDialog control={control} onDone={onDone} onClose={() => setAsking(false)} />
      ) : null}
    </>
  );
}

function SwitchDialog({
  control: { id, automatic, impact, impactText },
  onDone,
  onClose,
}: SwitchProps & { readonly onClose: () => void }) {
  const { api, texts, tell } = useSession();
  const { controls } = texts;
  return (
    <Dialog
      title={automatic ? controls.offTitle(id) : controls.onTitle(id)}
      confirm={automatic ? controls.confirmOff : controls.confirmOn}
      onClose={onClose}
      onConfirm={async () => {
        await api.change(id, { automatic: !automatic });
        tell(controls.saved(id));
        onDone();
      }}
    >
      {automatic ? (
        <p>{controls.offText}</p>
      ) : (
        <>
          <OpenCount id={id} />
          <p>
            <Impact impact={impact} /> <span lang="en">{impactText}</span>
          </p>
        </>
      )}
    </Dialog>
  );
}

function OpenCount({ id }: { readonly id: string }) {
  const { api, texts } = useSession();
  const { controls } = texts;
  const { value, error, reload } = useLoad(id, () => api.open(id));
  if (error !== undefined)
    return (
      <>
        <p>{controls.openFailed}</p>
        <Failure error={error} retry={reload} />
      </>
    );
  if (value === undefined) return <Loading />;
  return (
    <p role="status">
      <strong>{controls.open(value.open, value.isMore)}</strong>
    </p>
  );
}

/** Pauses a control or lets it go on: both are safe enough to be done at once, and both can be taken back. */
export function PauseButton({ control: { id, paused }, onDone }: SwitchProps) {
  const { api, texts, tell } = useSession();
  const { controls } = texts;
  const [error, setError] = useState<ApiError>();
  const change = async (): Promise<void> => {
    setError(undefined);
    try {
      await api.change(id, { paused: !paused });
      tell(controls.saved(id));
      onDone();
    } catch (problem) {
      setError(errorOf(problem));
    }
  };
  const name = paused ? controls.resume : controls.pause;
  return (
    <>
      <button
        type="button"
        class="quiet"
        aria-label={`${name} ${id}`}
        onClick={() => void change()}
      >
        {name}
      </button>
      {error === undefined ? null : <Failure error={error} />}
    </>
  );
}
