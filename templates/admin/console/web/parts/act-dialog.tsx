import type { FindingSummary } from '../../contract.ts';
import { useSession } from '../session.ts';
import { wordOf } from '../texts/texts.ts';
import { Impact } from './badge.tsx';
import { Dialog } from './dialog.tsx';

/** Asks before resources are changed, and names what that may do to them. */
export function RemediateDialog({
  findings,
  onDone,
  onClose,
}: {
  readonly findings: readonly FindingSummary[];
  readonly onDone: () => void;
  readonly onClose: () => void;
}) {
  const { api, texts, tell } = useSession();
  const { act } = texts;
  const counts = new Map<string, number>();
  for (const { impact = 'data-loss' } of findings)
    counts.set(impact, (counts.get(impact) ?? 0) + 1);
  const accounts = [...new Set(findings.map(({ account }) => account))];
  return (
    <Dialog
      title={act.title(findings.length)}
      confirm={act.confirm(findings.length)}
      onClose={onClose}
      onConfirm={async (form) => {
        const { accepted } = await api.act({
          action: 'remediate',
          findings: findings.map(({ id, productArn }) => ({ id, productArn })),
          ...(form.has('ticket') ? { ticket: true } : {}),
        });
        tell(texts.findings.sent(accepted));
        onDone();
      }}
    >
      <p>{act.text}</p>
      <h3>{act.impacts}</h3>
      <ul class="impacts">
        {[...counts].map(([impact, count]) => (
          <li key={impact}>
            <Impact impact={impact} /> {findings.length === 1 ? null : act.count(count)}
            <p>{wordOf(texts.impactTexts, impact)}</p>
          </li>
        ))}
      </ul>
      <p>
        <strong>{act.places}:</strong> {accounts.join(', ')}
      </p>
      <label class="check">
        <input type="checkbox" name="ticket" /> {act.ticket}
      </label>
    </Dialog>
  );
}
