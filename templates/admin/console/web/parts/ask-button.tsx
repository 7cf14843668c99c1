import { useState } from 'preact/hooks';
import { useSession } from '../session.ts';
import { Dialog } from './dialog.tsx';
import type { DialogProps } from './dialog.tsx';

interface AskProps extends Omit<DialogProps, 'confirm' | 'onClose'> {
  /** On the button, and on the one that confirms. */
  readonly name: string;
  /** Tells the button from others of the same name. @default the name */
  readonly label?: string;
  /** @default plain */
  readonly look?: 'primary' | 'grave' | 'quiet';
  /** Said once it is done. */
  readonly done: string;
}

/** A button that asks before it does something, and says when it is done. */
export function AskButton({ name, label = name, look, done, onConfirm, ...question }: AskProps) {
  const { tell } = useSession();
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <button type="button" class={look} aria-label={label} onClick={() => setAsking(true)}>
        {name}
      </button>
      {isAsking ? (
        <Dialog
          {...question}
          confirm={name}
          onClose={() => setAsking(false)}
          onConfirm={async (form) => {
            await onConfirm(form);
            tell(done);
          }}
        />
      ) : null}
    </>
  );
}
