import type { Problem } from '../contract.ts';

const STATUS = {
  'not-signed-in': 401,
  forbidden: 403,
  'not-found': 404,
  'not-allowed': 405,
  conflict: 409,
  'too-large': 413,
  'wrong-type': 415,
  invalid: 422,
  'cross-site': 403,
  busy: 503,
  internal: 500,
} as const;
type ProblemCode = keyof typeof STATUS;

/**
 * Everything that the API refuses with, by reason: its code, and the sentence for people in English. `{name}` stands for a
 * value. The pages have the other languages (web/texts).
 */
export const PROBLEMS = {
  'not-signed-in': ['not-signed-in', 'Sign in again.'],
  'no-group': [
    'forbidden',
    'Your user must be in exactly one group of the console. Ask an administrator to invite you again.',
  ],
  'administrators-only': [
    'forbidden',
    'Only administrators of the console may see or change this.',
  ],
  'own-accounts-only': [
    'forbidden',
    'An exception of yours must name accounts, and only accounts of yours.',
  ],
  'administrators-of-users': [
    'forbidden',
    'Only an administrator may invite or remove administrators.',
  ],
  'not-found': ['not-found', 'There is no such item, or you may not see it.'],
  'not-allowed': ['not-allowed', 'This path has no such method.'],
  'not-waiting': ['conflict', "It doesn't wait for an approval any more."],
  'nothing-to-undo': ['conflict', 'There is nothing that Undo could take back.'],
  'known-user': ['conflict', 'There is a user with this address already.'],
  'last-administrator': ['conflict', 'The last administrator stays. Invite another one first.'],
  'exception-unreadable': ['conflict', '{details}'],
  'too-large': ['too-large', 'The request is too large.'],
  'wrong-type': ['wrong-type', 'The body must be JSON (content type application/json).'],
  'wrong-form': ['invalid', 'What is given as {field} is missing or not as it must be.'],
  'too-many': ['invalid', 'There may be {most} entries of {field}.'],
  'covers-everything': ['invalid', 'An exception must name controls, accounts or resources.'],
  'end-passed': ['invalid', 'The end has passed already.'],
  'wrong-period': ['invalid', 'The days must be in order, and at most {most} apart.'],
  'lost-place': ['invalid', 'The list has changed. Begin with the first page again.'],
  'cross-site': ['cross-site', 'The request comes from another site.'],
  busy: ['busy', 'AWS is busy. Try again in a moment.'],
  internal: ['internal', 'Something went wrong. The log of the console says what.'],
} as const satisfies Readonly<Record<string, readonly [ProblemCode, string]>>;
export type ProblemReason = keyof typeof PROBLEMS;

type Values = NonNullable<Problem['values']>;

/** An answer that is no success. Its message is for people and never holds text from the request. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly reason: ProblemReason;
  readonly values: Values;

  constructor(reason: ProblemReason, values: Values = {}) {
    super(
      PROBLEMS[reason][1].replaceAll(/\{(\w+)\}/gu, (_, name: string) =>
        String(values[name] ?? ''),
      ),
    );
    this.reason = reason;
    this.values = values;
  }

  get code(): ProblemCode {
    return PROBLEMS[this.reason][0];
  }

  get status(): number {
    return STATUS[this.code];
  }

  get problem(): Problem {
    const { code, reason, message, values } = this;
    return { code, reason, message, ...(Object.keys(values).length === 0 ? {} : { values }) };
  }
}

/** Also for what exists, but in an account that the user may not see: its existence is not told. */
export function notFound(): Refused {
  return new Refused('not-found');
}

/** A part of a request isn't as it must be: a field, or `query` or `body` as a whole. */
export function invalid(field: string): Refused {
  return new Refused('wrong-form', { field });
}
