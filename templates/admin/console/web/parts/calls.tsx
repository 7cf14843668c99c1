import type { AttemptDetail, Difference } from '../../contract.ts';
import { valueText } from '../format.ts';
import { useSession } from '../session.ts';

/** Calls in their order, each with a sign for what it does, and with what is there now where that is known. */
export function Calls({ changes }: { readonly changes: AttemptDetail['changes'] }) {
  const { texts } = useSession();
  if (changes.length === 0) return <p>{texts.calls.none}</p>;
  return (
    <ol class="calls">
      {changes.map((change, at) => (
        <li key={`${at} ${change.call}`} class={change.removes ? 'removes' : 'adds'}>
          <h3>
            <span class="sign" aria-hidden="true">
              {change.removes ? '−' : '+'}
            </span>
            <code>{change.call}</code>
            <span class="kind">{change.removes ? texts.calls.removes : texts.calls.adds}</span>
          </h3>
          <CallMembers change={change} />
        </li>
      ))}
    </ol>
  );
}

function CallMembers({ change: { given, members } }: { readonly change: Difference }) {
  const isCompared = members.some(({ now }) => now !== undefined);
  const plain = members.map(({ name, after }): [string, unknown] => [name, after]);
  return (
    <>
      <dl>
        {[...Object.entries(given), ...(isCompared ? [] : plain)].map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <code>{valueText(value)}</code>
            </dd>
          </div>
        ))}
      </dl>
      {isCompared ? <Compared members={members} /> : null}
    </>
  );
}

function Compared({ members }: { readonly members: Difference['members'] }) {
  const { texts } = useSession();
  return (
    <dl class="compared">
      {members.map(({ name, now, after }) => (
        <div key={name}>
          <dt>{name}</dt>
          {now === undefined ? null : (
            <dd class="now">
              <span class="side">{texts.calls.now}</span>
              <code>{valueText(now)}</code>
            </dd>
          )}
          {after === undefined ? null : (
            <dd class="after">
              <span class="side">{texts.calls.after}</span>
              <code>{valueText(after)}</code>
            </dd>
          )}
        </div>
      ))}
    </dl>
  );
}
