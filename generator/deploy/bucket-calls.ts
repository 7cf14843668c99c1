import { awsProblem } from './aws-problem.ts';

/** A bucket and the account that it must belong to. */
export interface OwnBucket {
  readonly name: string;
  /** The account that calls; 12 digits. */
  readonly account: string;
}

/**
 * The answer, or undefined when the call fails with the error `nothing`, which means that there is nothing. Throws
 * `AwsProblem` at any other.
 * @param doing what is tried, to stand at the front of a sentence
 */
export async function unlessNamed<T>(
  nothing: string,
  doing: string,
  call: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof Error && error.name === nothing) return undefined;
    throw awsProblem(error, doing);
  }
}

/** The answer. Throws `AwsProblem` when the call fails. */
export async function named<T>(doing: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw awsProblem(error, doing);
  }
}
