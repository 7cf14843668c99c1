import { createAnswerBook } from '../../../generator/simulate/answers.ts';
import type { RecordedAnswer } from '../../../generator/simulate/answers.ts';
import { startBridge } from '../../../generator/simulate/bridge.ts';
import type { Bridge } from '../../../generator/simulate/bridge.ts';
import { nameOf } from '../../../generator/simulate/calls.ts';
import type { RunOptions } from '../../../generator/simulate/execution.ts';
import { readResult } from '../../../generator/simulate/result.ts';
import type { Mode } from '../../../generator/simulate/unit-test-types.ts';
import type { RunResult } from '../../../generator/simulate/result.ts';
import { account, region, simulate } from '../../support/simulation.ts';
import { compileFiles } from './compile-source.ts';
import type { Files } from './compile-source.ts';

/** The key that the unit of these tests is about. */
export const KEY = `arn:aws:kms:${region}:${account}:key/0a1b2c3d-1111-4222-8333-444455556666`;

/** Nothing listens there: a call that no recorded answer fits gets no answer at all. */
const NOWHERE = 'http://localhost:9';

/** A bridge that needs no endpoint: roles are assumed without asking. */
export function offlineBridge(): Bridge {
  const bridge = startBridge(NOWHERE);
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  return { ...bridge, assume: () => Promise.resolve(credentials) };
}

export interface UnitRun extends RunResult {
  /** All calls, in order, with the error code that each ended with. */
  readonly calls: readonly string[];
  /** The changes as the document wrote them. */
  readonly changesText: string;
  readonly status: 'Success' | 'Failed';
  readonly failure: string | undefined;
}

/** Compiles a unit and returns a function that runs its document on recorded answers. */
export async function prepare(files: Files, bridge: Bridge) {
  const { compiled, report } = await compileFiles(files);
  const [unit] = compiled;
  if (unit === undefined || report !== '')
    throw new Error(`the unit of the test is wrong:\n${report}`);
  return async (
    mode: Mode,
    answers: readonly RecordedAnswer[],
    parameters: RunOptions['parameters'] = {},
  ): Promise<UnitRun> => {
    const execution = await simulate(unit.document, {
      bridge,
      answers: createAnswerBook(answers),
      parameters: {
        AutomationAssumeRole: [`arn:aws:iam::${account}:role/${unit.roleStem}-test`],
        Mode: [mode],
        ControlId: ['KMS.4'],
        AccountId: [account],
        ResourceArn: [KEY],
        ...parameters,
      },
    });
    return {
      ...readResult(execution),
      calls: execution.calls.map(
        (call) => `${nameOf(call)}${call.errorCode === undefined ? '' : ` ${call.errorCode}`}`,
      ),
      changesText: JSON.stringify(execution.outputs['Result.Changes']),
      status: execution.status,
      failure: execution.failure,
    };
  };
}
