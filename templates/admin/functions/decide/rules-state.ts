import { plainText } from '../model/json.ts';
import { isRefusal } from '../model/refusal.ts';
import { failuresOf, retryAt, seenAt } from './attempts.ts';
import { isOpenBreaker } from './breaker.ts';
import { matchesException, parseException } from './exceptions.ts';
import { allow, deny, hold, isApproved, isAutomatic, knownOf } from './rule.ts';
import type { Judgement, Known, Rule } from './rule.ts';
import { isAfter, nowOf, timeOf, whole } from './strict.ts';
import type { DecideInput, Remembered } from './types.ts';

/** Rules about what is remembered. */
export const STATE_RULES: readonly Rule[] = [
  { name: 'state', needs: 'everything', judge: state },
  changing('exceptions', exceptions),
  changing('hold', heldAfterUndo),
  { name: 'handled', needs: 'everything', judge: handled },
  changing('awaiting-approval', awaiting),
  { name: 'attempts', needs: 'everything', judge: attempts },
  changing('limits', limits),
  changing('breaker', breaker),
  { name: 'lease', needs: 'everything', judge: lease },
  { name: 'undo', needs: 'everything', judge: undo },
];

type State = { readonly known: Known; readonly remembered: Remembered };

/** A rule for changes that somebody or something asked for: neither previews nor Undo. */
function changing(
  name: string,
  judge: (state: State, input: DecideInput) => Judgement | undefined,
): Rule {
  return {
    name,
    needs: 'everything',
    judge: (input) => {
      const found = stateOf(input);
      return found === undefined || input.request.mode !== 'Remediate'
        ? undefined
        : judge(found, input);
    },
  };
}

function stateOf(input: DecideInput): State | undefined {
  const known = knownOf(input);
  const { remembered } = input;
  return known === undefined || isRefusal(remembered) ? undefined : { known, remembered };
}

const MEMBERS = [
  'lease',
  'target',
  'hold',
  'awaiting',
  'undoable',
  'counts',
  'breaker',
  'exceptions',
] as const satisfies readonly (keyof Remembered)[];

/** What was not looked up must not pass for nothing. */
function state({ remembered }: DecideInput): Judgement {
  if (isRefusal(remembered)) return deny(remembered.reason, remembered.message);
  return MEMBERS.every((one) => one in remembered)
    ? allow('The state table was read.')
    : deny('state-unreadable', 'Not all that is remembered was read.');
}

function exceptions({ known, remembered }: State, { now }: DecideInput): Judgement {
  const { finding, resolved } = known;
  const place = {
    control: resolved.securityControlId,
    account: finding.account,
    region: finding.region,
    resource: resolved.resource,
  };
  const wrong = remembered.exceptions.map((one) => parseException(one)).find(isRefusal);
  if (wrong !== undefined) return deny(wrong.reason, wrong.message);
  const [last] = remembered.exceptions
    .filter((one) => isAfter(one.expiresAt, now) && matchesException(one, place))
    .toSorted(
      (a, b) =>
        timeOf(b.expiresAt) - timeOf(a.expiresAt) || (a.id < b.id ? -1 : Number(a.id > b.id)),
    );
  if (last === undefined) return allow('No exception applies.');
  const owner = plainText(last.owner, 128);
  const reason = plainText(last.reason, 200);
  return hold(
    'excepted',
    `The exception ${plainText(last.id, 128)} of ${owner} applies until ${last.expiresAt}: ${reason}`,
    new Date(timeOf(last.expiresAt)),
  );
}

function heldAfterUndo({ remembered }: State, { now }: DecideInput): Judgement {
  const { hold: held } = remembered;
  if (held === undefined || !isAfter(held.expiresAt, now)) return allow('Nobody undid it lately.');
  return deny(
    'held-after-undo',
    `${plainText(held.owner, 128)} undid this remediation, so it is held until ${held.expiresAt}; release the hold to go on.`,
  );
}

/** Each of our updates comes back as an imported event, and each standard and format has its own finding. */
function handled(input: DecideInput): Judgement | undefined {
  const found = stateOf(input);
  if (found === undefined || !isAutomatic(input)) return undefined;
  const { finding } = found.known;
  const { target } = found.remembered;
  const updated = timeOf(finding.updatedAt);
  const seen = seenAt(target, finding);
  if (seen !== undefined && timeOf(seen) >= updated)
    return deny('already-handled', 'This state of the finding was dealt with already.');
  if (target?.verifiedAt !== undefined && timeOf(target.verifiedAt) >= updated)
    return deny(
      'already-verified',
      `The fix was verified at ${target.verifiedAt}, after the finding's check.`,
    );
  return allow('This state of the finding is new.');
}

function awaiting({ remembered }: State, input: DecideInput): Judgement {
  const { awaiting: other } = remembered;
  if (other === undefined || !isAfter(other.expiresAt, input.now))
    return allow('No attempt waits for an approval.');
  if (isApproved(input) || isOwn(other.id, input)) return allow('The approval is there.');
  return deny(
    'awaiting-approval',
    `The attempt ${plainText(other.id, 64)} on this resource waits for an approval until ${other.expiresAt}.`,
  );
}

function isOwn(id: string, { attempt }: DecideInput): boolean {
  return attempt !== undefined && attempt.id === id;
}

function attempts(input: DecideInput): Judgement | undefined {
  const found = stateOf(input);
  if (found === undefined || !isAutomatic(input)) return undefined;
  const { target } = found.remembered;
  const failures = whole(failuresOf(target));
  if (failures === 0) return allow('No attempt failed, or a fix was verified since.');
  if (failures >= whole(found.known.policy.attempts))
    return deny(
      'attempts-exhausted',
      `${failures} attempts in a row failed, so only a person can try again.`,
    );
  if (target?.failedAt === undefined) throw new Error('The last failure has no time.');
  const until = retryAt(failures, target.failedAt);
  return until.getTime() > nowOf(input.now)
    ? hold(
        'backing-off',
        `${failures} attempts in a row failed; the next is made after ${until.toISOString()}.`,
        until,
      )
    : allow('The pause after the last failure is over.');
}

const HOUR = 3_600_000;

/** The claim counts, in one transaction; so an attempt that starts is within the limits. */
function limits({ known, remembered }: State, { now, stage }: DecideInput): Judgement | undefined {
  if (stage === 'start') return undefined;
  const { perHour, accountPerHour } = known.policy;
  const { control, account } = remembered.counts;
  const isControlFull = whole(control) >= whole(perHour);
  const isAccountFull = whole(account) >= whole(accountPerHour);
  if (!isControlFull && !isAccountFull) return allow('The limits are not reached.');
  const next = new Date((Math.floor(nowOf(now) / HOUR) + 1) * HOUR);
  return hold(
    'limit-reached',
    isControlFull
      ? `The limit of ${perHour} remediations of ${known.resolved.securityControlId} in one hour is reached.`
      : `The limit of ${accountPerHour} remediations in account ${known.finding.account} in one hour is reached.`,
    next,
  );
}

function breaker({ known, remembered }: State, { now }: DecideInput): Judgement {
  const { breaker: own } = remembered;
  if (own === undefined || !isOpenBreaker(own, now) || own.openUntil === undefined)
    return allow('The circuit breaker is closed.');
  return hold(
    'breaker-open',
    `Too many remediations of ${known.resolved.securityControlId} failed, so it is stopped until ${own.openUntil}.`,
    new Date(timeOf(own.openUntil)),
  );
}

const LOOK_AGAIN = 60_000;

function lease(input: DecideInput): Judgement | undefined {
  const found = stateOf(input);
  if (found === undefined || input.request.mode === 'Preview') return undefined;
  const { lease: other } = found.remembered;
  const { now } = input;
  if (other === undefined || !isAfter(other.expiresAt, now) || isOwn(other.attempt, input))
    return allow('Nobody else changes the resource.');
  return hold(
    'resource-busy',
    'Another remediation changes the resource right now.',
    new Date(Math.min(timeOf(other.expiresAt), nowOf(now) + LOOK_AGAIN)),
  );
}

function undo(input: DecideInput): Judgement | undefined {
  const found = stateOf(input);
  if (found === undefined || input.request.mode !== 'Undo') return undefined;
  const { undoable } = found.remembered;
  if (undoable === undefined)
    return deny(
      'nothing-to-undo',
      'No change of this remediation on the resource can be taken back.',
    );
  if (typeof undoable.id !== 'string' || !Array.isArray(undoable.state))
    throw new Error('The earlier attempt is none.');
  return allow('An earlier change can be taken back.');
}
