import type { AttemptFinding } from '../model/attempt.ts';
import { parseFinding } from '../model/finding.ts';
import type { Finding } from '../model/finding.ts';
import { isRefusal } from '../model/refusal.ts';
import type { Request } from '../model/request.ts';
import type { Held } from '../store/store.ts';
import { findFinding } from './find-finding.ts';
import type { Work } from './options.ts';
import { isAsked } from './tell.ts';

type Named = Pick<AttemptFinding, 'format' | 'id'>;

/** The same finding in the other format is another one. */
export function isSame(one: Named, other: Named): boolean {
  return one.format === other.format && one.id === other.id;
}

/**
 * Ends a held request for its first finding, and for those that were dealt with. What else came to be remediated
 * meanwhile waits on, as if it had come by itself, and is decided about with the next sweep. One that changed since it was read stays: it is
 * due some time. Throws `Busy` when AWS is, and the SDK's error.
 */
export async function letGo(
  work: Work,
  held: Held,
  dealtWith: readonly Named[] = [],
): Promise<void> {
  const also = held.request.mode === 'Remediate' ? (held.also ?? []) : [];
  const left = also.filter((one) => !dealtWith.some((other) => isSame(one, other)));
  for (const [index, one] of left.entries()) {
    const finding = parseFinding(await findFinding(work.securityHub, one));
    if (isRefusal(finding)) continue;
    await work.store.putHeld(held, (before) =>
      before === held ? nextOf(held, finding, left.slice(index + 1), work.now()) : undefined,
    );
    return;
  }
  await work.store.deleteHeld(held);
}

function nextOf(held: Held, finding: Finding, rest: readonly AttemptFinding[], now: Date): Held {
  const { request, also: _, ...waits } = held;
  return {
    ...waits,
    request: isAsked(request) ? byItself(request) : request,
    finding,
    ...(rest.length === 0 ? {} : { also: rest }),
    notBefore: now.toISOString(),
    times: held.times + 1,
  };
}

/** Who asked, asked for another finding. */
function byItself({ id }: Request): Request {
  return {
    id,
    origin: 'automatic',
    mode: 'Remediate',
    actor: 'Security Hub',
    force: false,
    ticket: false,
  };
}
