import { Busy } from '../../templates/admin/functions/run/aws-errors.ts';
import { awsProblem } from '../deploy/aws-problem.ts';
import { DeployError, Interrupted } from '../deploy/deploy-error.ts';

/**
 * Calls AWS; what goes wrong comes back as a sentence that says what to do (`AwsProblem`).
 * @param doing what is tried, to stand at the front: `Reading the history`
 */
export async function asking<T>(doing: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof DeployError || error instanceof Interrupted) throw error;
    // The store wraps what AWS said; people need the original.
    throw awsProblem(error instanceof Busy ? (error.cause ?? error) : error, doing);
  }
}
