import type { AttemptDetail } from '../../contract.ts';
import { isRemoval, valueText } from '../format.ts';
import { useSession } from '../session.ts';

type Changes = AttemptDetail['changes'];

/** Calls in their order, each with a sign for what it does and with its parameters. */
export function Calls({ changes }: { readonly changes: Changes }) {
  const { texts } = useSession();
  if (changes.length === 0) return <p>{texts.calls.none}</p>;
  return (
    <ol class="calls">
      {changes.map(({ call, with: given }, at) => {
        const isGone = isRemoval(call);
        return (
          <li key={`${at} ${call}`} class={isGone ? 'removes' : 'adds'}>
            <h3>
              <span class="sign" aria-hidden="true">
                {isGone ? '−' : '+'}
              </span>
              <code>{call}</code>
              <span class="kind">{isGone ? texts.calls.removes : texts.calls.adds}</span>
            </h3>
            <dl>
              {Object.entries(given).map(([name, value]) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>
                    <code>{valueText(value)}</code>
                  </dd>
                </div>
              ))}
            </dl>
          </li>
        );
      })}
    </ol>
  );
}

/** The failed state beside what the remediation would do about it. */
export function Difference({ now, changes }: { readonly now: string; readonly changes: Changes }) {
  const { texts } = useSession();
  return (
    <div class="difference">
      <section class="before">
        <h3 class="side">{texts.finding.before}</h3>
        <p>{now}</p>
      </section>
      <section class="after">
        <h3 class="side">{texts.finding.after}</h3>
        <Calls changes={changes} />
      </section>
    </div>
  );
}
