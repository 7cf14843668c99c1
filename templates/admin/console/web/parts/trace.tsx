import type { Rule } from '../../contract.ts';
import { useSession } from '../session.ts';
import { wordOf } from '../texts/texts.ts';
import { Verdict } from './badge.tsx';
import { Told } from './told.tsx';

/** Each rule and what it says: first those that stand in the way, the others folded away when there are any. */
export function Trace({ trace }: { readonly trace: readonly Rule[] }) {
  const { texts } = useSession();
  const against = trace.filter(({ verdict }) => verdict !== 'allow');
  const allowing = trace.filter(({ verdict }) => verdict === 'allow');
  return (
    <>
      {against.length === 0 ? null : <Rules rules={against} />}
      {allowing.length === 0 ? null : (
        <details class="allowed" open={against.length === 0}>
          <summary>{texts.finding.traceAllowed(allowing.length)}</summary>
          <Rules rules={allowing} />
        </details>
      )}
    </>
  );
}

function Rules({ rules }: { readonly rules: readonly Rule[] }) {
  const { texts } = useSession();
  return (
    <ul class="trace">
      {rules.map(({ rule, verdict, reason, why }) => (
        <li key={rule} class={verdict}>
          <div class="trace-head">
            <strong>{wordOf(texts.rules, rule)}</strong>
            <Verdict verdict={verdict} />
          </div>
          {/* Times, names and the like are in the English sentence only. */}
          <Told said={{ reason, message: why, values: { details: why } }} />
        </li>
      ))}
    </ul>
  );
}
