import { useState } from 'preact/hooks';
import type { FindingSummary } from '../../contract.ts';
import type { ApiError } from '../api.ts';
import { Failure } from '../parts/feedback.tsx';
import { useSession } from '../session.ts';
import { errorOf } from '../use-load.ts';

/** What can be done with the selected findings. */
export function SelectionBar({
  selected,
  most,
  onClear,
  onRemediate,
}: {
  readonly selected: readonly FindingSummary[];
  readonly most: number;
  readonly onClear: () => void;
  readonly onRemediate: () => void;
}) {
  const { api, texts, tell } = useSession();
  const { findings } = texts;
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError>();
  const preview = async (): Promise<void> => {
    setBusy(true);
    setError(undefined);
    try {
      const { accepted } = await api.act({
        action: 'preview',
        findings: selected.map(({ id, productArn }) => ({ id, productArn })),
      });
      tell(findings.sent(accepted));
      onClear();
    } catch (problem) {
      setError(errorOf(problem));
    }
    setBusy(false);
  };
  return (
    <section class="selection" aria-label={findings.selected(selected.length)}>
      <p role="status">
        <strong>{findings.selected(selected.length)}</strong>
        {selected.length >= most ? ` ${findings.most(most)}` : null}
      </p>
      <button type="button" class="quiet" onClick={onClear}>
        {findings.unselect}
      </button>
      <button type="button" aria-disabled={isBusy} onClick={() => void preview()}>
        {findings.preview}
      </button>
      <button type="button" class="primary" onClick={onRemediate}>
        {findings.remediate}
      </button>
      {error === undefined ? null : <Failure error={error} />}
    </section>
  );
}
