import fc from 'fast-check';
import { expect, it } from 'vitest';
import { callPure, describePure, valueOf } from '../support/pure-python.ts';

const FILE = 'runbooks/sns/EnableDeliveryStatusLoggingForSNSTopic.py';
const ROLE = 'arn:aws:iam::111122223333:role/logging';
const NAMES = ['Application', 'Firehose', 'HTTP', 'Lambda', 'SQS'].flatMap((endpoint) => [
  `${endpoint}FailureFeedbackRoleArn`,
  `${endpoint}SuccessFeedbackRoleArn`,
  `${endpoint}SuccessFeedbackSampleRate`,
]);

type Attributes = Readonly<Record<string, string>>;
interface Setting {
  readonly name: string;
  readonly value: string;
}
interface Missing {
  readonly endpoints: readonly string[];
  readonly missing: readonly Setting[];
  readonly former: readonly Setting[];
}

const attributes: fc.Arbitrary<Attributes> = fc
  .uniqueArray(fc.constantFrom(...NAMES))
  .map((names): Attributes =>
    Object.fromEntries([
      ['DisplayName', 'Alarms'],
      ...names.map((name) => [
        name,
        name.endsWith('Rate') ? '50' : 'arn:aws:iam::111122223333:role/own',
      ]),
    ]),
  );

function missing(list: readonly Attributes[]): readonly Missing[] {
  const inputs = list.map((one) => ({ attributes: one, role: ROLE, rate: 10 }));
  return callPure(FILE, 'missing_feedback', inputs).map((result) => valueOf(result) as Missing);
}

function apply(before: Attributes, settings: readonly Setting[]): Attributes {
  return { ...before, ...Object.fromEntries(settings.map(({ name, value }) => [name, value])) };
}

describePure('EnableDeliveryStatusLoggingForSNSTopic', () => {
  const topics = fc.sample(attributes, { numRuns: 200, seed: 2 });
  const found = missing(topics);
  const fixed = topics.map((topic, index) => apply(topic, found[index]?.missing ?? []));

  it('sets nothing that the topic has', () => {
    for (const [index, topic] of topics.entries()) {
      expect(fixed[index]).toMatchObject(topic);
    }
  });

  it('gives every kind of endpoint a role for failures and for successes', () => {
    for (const one of fixed) {
      for (const name of NAMES.filter((each) => each.endsWith('RoleArn')))
        expect(one[name]).toMatch(/^arn:/u);
    }
    expect(missing(fixed).flatMap((one) => [...one.endpoints, ...one.missing])).toEqual([]);
  });

  it('takes back exactly the roles that it gave', () => {
    for (const [index, topic] of topics.entries()) {
      const undone = apply(fixed[index] ?? {}, found[index]?.former ?? []);
      for (const name of NAMES.filter((each) => each.endsWith('RoleArn'))) {
        expect(undone[name] ?? '').toBe(topic[name] ?? '');
      }
    }
  });
});
