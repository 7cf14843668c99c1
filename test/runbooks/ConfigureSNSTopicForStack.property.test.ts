import fc from 'fast-check';
import { expect, it } from 'vitest';
import { callPure, describePure } from '../support/pure-python.ts';

const FILE = 'runbooks/cloudformation/ConfigureSNSTopicForStack.py';

interface Parameter {
  readonly ParameterKey: string;
  readonly ResolvedValue: string | null;
}
interface Stack {
  readonly StackStatus: string;
  readonly ParentId?: string;
  readonly Parameters?: readonly Parameter[] | null;
}

const stack: fc.Arbitrary<Stack> = fc.record(
  {
    StackStatus: fc.constantFrom(
      'CREATE_COMPLETE',
      'UPDATE_COMPLETE',
      'UPDATE_ROLLBACK_COMPLETE',
      'ROLLBACK_COMPLETE',
      'UPDATE_IN_PROGRESS',
      'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
      'UPDATE_ROLLBACK_FAILED',
      'DELETE_COMPLETE',
      'REVIEW_IN_PROGRESS',
    ),
    ParentId: fc.constant('arn:aws:cloudformation:us-east-1:111122223333:stack/parent/1'),
    Parameters: fc.oneof(
      fc.constant(null),
      fc.uniqueArray(
        fc.record({
          ParameterKey: fc.stringMatching(/^[A-Z][a-z]{3}$/u),
          ResolvedValue: fc.oneof(
            { weight: 9, arbitrary: fc.constant(null) },
            { weight: 1, arbitrary: fc.constant('ami-1') },
          ),
        }),
        { selector: (one) => one.ParameterKey, maxLength: 5 },
      ),
    ),
  },
  { requiredKeys: ['StackStatus'] },
);
const name = fc.constantFrom('network', 'StackSet-base-1');

describePure('ConfigureSNSTopicForStack', () => {
  const inputs = fc.sample(fc.record({ stack, name }), { numRuns: 600, seed: 1 });
  const results = callPure(FILE, 'updatable', inputs);

  it('goes ahead with stable stacks of their own whose parameters CloudFormation need not read again', () => {
    const mayChange = inputs.map(
      (one) =>
        /^(?:CREATE|UPDATE|UPDATE_ROLLBACK)_COMPLETE$/u.test(one.stack.StackStatus) &&
        one.stack.ParentId === undefined &&
        one.name === 'network' &&
        (one.stack.Parameters ?? []).every((each) => each.ResolvedValue === null),
    );
    expect(results.map((result) => result.ok)).toEqual(mayChange);
    expect(mayChange).toContain(true);
  });

  it('keeps the value of every parameter', () => {
    for (const [index, result] of results.entries()) {
      if (!result.ok) continue;
      const keys = (inputs[index]?.stack.Parameters ?? []).map((each) => each.ParameterKey);
      expect(result.value).toMatchObject({
        parameters: keys.map((key) => ({ ParameterKey: key, UsePreviousValue: true })),
      });
    }
  });
});
