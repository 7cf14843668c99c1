import { awsProblem } from '../aws-problem.ts';

/** What AWS answered, or why there is no answer: a refused question is itself something to tell. */
export type Read<T> = Known<T> | Unread;

export interface Known<T> {
  readonly known: true;
  readonly value: T;
}

export interface Unread {
  readonly known: false;
  /** A sentence. */
  readonly why: string;
  /** The IAM action that was refused; absent when something else went wrong. */
  readonly permission?: string;
}

export function known<T>(value: T): Known<T> {
  return { known: true, value };
}

/**
 * Asks AWS; an error becomes part of the result.
 * @param permission the IAM action behind the call, such as `ssm:GetParameters`
 * @param doing what is tried, to stand at the front of the sentence: `Listing the roles`
 */
export async function read<T>(
  permission: string,
  doing: string,
  call: () => Promise<T>,
): Promise<Read<T>> {
  try {
    return known(await call());
  } catch (error) {
    const { kind, message } = awsProblem(error, doing);
    return {
      known: false,
      why: message.trim().replaceAll(/\s*\n\s*/gu, ' '),
      ...(kind === 'denied' ? { permission } : {}),
    };
  }
}

/** The name of an error of the SDK, which is the code that AWS sent. */
export function errorName(error: unknown): string {
  return error instanceof Error ? error.name : '';
}
