import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { callPure, describePure } from '../support/pure-python.ts';

interface Entry {
  readonly Id?: string;
  readonly Events: readonly string[];
}
interface Notifications {
  readonly TopicConfigurations?: readonly Entry[];
  readonly QueueConfigurations?: readonly Entry[];
  readonly LambdaFunctionConfigurations?: readonly Entry[];
  readonly EventBridgeConfiguration?: Readonly<Record<string, never>>;
}
interface Plan {
  readonly missing: readonly string[];
  readonly config: Notifications;
}

const FILE = 'runbooks/s3/EnableBucketEventNotifications.py';
const TOPIC = 'arn:aws:sns:us-east-1:111122223333:ASR-S3-Events';
const EVENTS = [
  's3:ObjectCreated:*',
  's3:ObjectCreated:Put',
  's3:ObjectCreated:Copy',
  's3:ObjectRemoved:*',
  's3:ObjectRemoved:Delete',
  's3:ObjectAcl:Put',
  's3:LifecycleTransition',
];

const isFamilyOf = (family: string, event: string): boolean =>
  family.endsWith(':*') && event.startsWith(family.slice(0, -1));
const overlap = (one: string, other: string): boolean =>
  one === other || isFamilyOf(one, other) || isFamilyOf(other, one);
const covered = (event: string, by: readonly string[]): boolean =>
  by.some((one) => one === event || isFamilyOf(one, event));

/** Some of the events, none of them twice, as S3 demands of a whole configuration. */
const distinct = (events: readonly string[]): readonly string[] =>
  events.filter((event, at) => !events.slice(0, at).some((one) => overlap(one, event)));

const list = (ids: readonly string[]): fc.Arbitrary<readonly Entry[]> =>
  fc.array(
    fc.record({ Id: fc.constantFrom(...ids), Events: fc.subarray(EVENTS, { minLength: 1 }) }),
    { maxLength: 2 },
  );

const config: fc.Arbitrary<Notifications> = fc
  .record(
    {
      TopicConfigurations: list(['alarms', 'asr-notifications']),
      QueueConfigurations: list(['uploads']),
      LambdaFunctionConfigurations: list(['thumbnails']),
      EventBridgeConfiguration: fc.constant({}),
    },
    { requiredKeys: [] },
  )
  .map(valid);

/** Leaves out what S3 would not have taken: the same event twice, and empty lists. */
function valid(drawn: Notifications): Notifications {
  let taken: readonly string[] = [];
  const kept = Object.entries(drawn).flatMap(([name, value]) => {
    if (!Array.isArray(value)) return [[name, value] as const];
    const entries = (value as readonly Entry[]).flatMap((entry) => {
      const events = distinct(entry.Events).filter((e) => !taken.some((t) => overlap(t, e)));
      taken = [...taken, ...events];
      return events.length > 0 ? [{ ...entry, Events: events }] : [];
    });
    return entries.length > 0 ? [[name, entries] as const] : [];
  });
  return Object.fromEntries(kept);
}

const situations = fc.sample(
  fc.record(
    {
      former: config,
      wanted: fc.shuffledSubarray(EVENTS, { minLength: 1, maxLength: 3 }).map(distinct),
    },
    { requiredKeys: ['former'] },
  ),
  { numRuns: 500, seed: 11 },
);

const entriesOf = (one: Notifications): readonly Entry[] => [
  ...(one.TopicConfigurations ?? []),
  ...(one.QueueConfigurations ?? []),
  ...(one.LambdaFunctionConfigurations ?? []),
];
const eventsOf = (one: Notifications): readonly string[] =>
  entriesOf(one).flatMap(({ Events }) => Events);
const others = (one: Notifications): Notifications =>
  valid({
    ...one,
    TopicConfigurations: (one.TopicConfigurations ?? []).filter(
      ({ Id }) => Id !== 'asr-notifications',
    ),
  });

const plan = (all: readonly { readonly former: Notifications }[]) =>
  callPure(
    FILE,
    'notification_plan',
    all.map((one) => ({ ...one, own: TOPIC })),
  );

describePure('event notifications of a bucket', () => {
  let made: readonly { readonly plan: Plan; readonly index: number }[] = [];
  let refused: readonly number[] = [];
  beforeAll(() => {
    const results = plan(situations);
    made = results.flatMap((result, index) =>
      result.ok && (result.value as Plan).missing.length > 0
        ? [{ plan: result.value as Plan, index }]
        : [],
    );
    refused = results.flatMap((result, index) => (result.ok ? [] : [index]));
  }, 60_000);

  it('meets all three cases', () => {
    expect(made.length).toBeGreaterThan(20);
    expect(refused.length).toBeGreaterThan(20);
    expect(made.length + refused.length).toBeLessThan(situations.length - 20);
  });

  it('publishes what was asked for, and nothing that S3 would refuse', () => {
    for (const { plan: done, index } of made) {
      const present = eventsOf(done.config);
      for (const event of situations[index]?.wanted ?? ['s3:ObjectRemoved:*', 's3:ObjectAcl:Put'])
        expect(covered(event, present)).toBe(true);
      for (const [at, event] of present.entries())
        expect(present.slice(at + 1).some((other) => overlap(event, other))).toBe(false);
    }
  });

  it('keeps every notification of others and the delivery to EventBridge', () => {
    for (const { plan: done, index } of made)
      expect(others(done.config)).toEqual(others(situations[index]?.former ?? {}));
  });

  it('finds nothing missing afterwards', () => {
    const again = plan(
      made.map(({ plan: done, index }) => ({ ...situations[index], former: done.config })),
    );
    expect(again.map((result) => result.ok && (result.value as Plan).missing)).toEqual(
      made.map(() => []),
    );
  });

  it('refuses only where somebody else has a part of a wanted family', () => {
    for (const index of refused) {
      const { former = {}, wanted = [] } = situations[index] ?? {};
      const foreign = eventsOf(others(former));
      expect(
        wanted.some((event) => foreign.some((one) => one !== event && isFamilyOf(event, one))),
      ).toBe(true);
    }
  });
});
