import { Busy, errorName, isBusy } from './aws-errors.ts';
import type { EndingOptions } from './ending-options.ts';

/**
 * Does one part of recording, and answers what went wrong with it, so that the other parts still happen. Throws `Busy`
 * while the caller has the patience to try again.
 */
export async function attempted<T>(
  { isPatient = true }: Pick<EndingOptions, 'isPatient'>,
  what: string,
  act: () => Promise<T>,
): Promise<{ readonly value: T } | { readonly problem: string }> {
  try {
    return { value: await act() };
  } catch (error) {
    if (isPatient && isBusy(error)) throw new Busy(errorName(error), { cause: error });
    return { problem: `${what} (${errorName(error)}).` };
  }
}
