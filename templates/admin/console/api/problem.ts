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
export type ProblemCode = keyof typeof STATUS;

/** An answer that is no success. Its message is for people and never holds text from the request. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly code: ProblemCode;

  constructor(code: ProblemCode, message: string) {
    super(message);
    this.code = code;
  }

  get status(): number {
    return STATUS[this.code];
  }

  get problem(): Problem {
    return { code: this.code, message: this.message };
  }
}

/** Also for what exists, but in an account that the user may not see: its existence is not told. */
export function notFound(): Refused {
  return new Refused('not-found', 'There is no such item, or you may not see it.');
}

export function invalid(message: string): Refused {
  return new Refused('invalid', message);
}
