import fc from 'fast-check';
import { expect, it } from 'vitest';
import { callPure, describePure } from '../support/pure-python.ts';

const FILE = 'runbooks/elb/EnforceHTTPSForALB.py';
/** Each case of a batch is its own random case; a whole batch goes through one Python process. */
const BATCHES = { numRuns: 1, endOnFailure: true };

interface Action {
  readonly Type: string;
  readonly RedirectConfig?: { readonly Protocol: string; readonly Port: string };
}
interface Listener {
  readonly ListenerArn: string;
  readonly Protocol: string;
  readonly Port: number;
  readonly DefaultActions: readonly Action[];
}
interface Plan {
  readonly plain: readonly { readonly arn: string; readonly actions: readonly Action[] }[];
  readonly port: string | null;
}

const action: fc.Arbitrary<Action> = fc.oneof(
  fc.constantFrom({ Type: 'forward' }, { Type: 'fixed-response' }),
  fc
    .constantFrom('HTTPS', 'HTTP', '#{protocol}')
    .map((Protocol) => ({ Type: 'redirect', RedirectConfig: { Protocol, Port: '443' } })),
);
const listeners: fc.Arbitrary<readonly Listener[]> = fc.uniqueArray(
  fc.record({
    ListenerArn: fc.uuid(),
    Protocol: fc.constantFrom('HTTP', 'HTTPS', 'TCP', 'TLS'),
    Port: fc.oneof(fc.constantFrom(80, 443), fc.integer({ min: 1, max: 65535 })),
    DefaultActions: action.map((one) => [one]),
  }),
  { maxLength: 6, selector: (one) => one.Port },
);

function isPlain(one: Listener): boolean {
  return (
    one.Protocol === 'HTTP' &&
    one.DefaultActions.every(({ RedirectConfig }) => RedirectConfig?.Protocol !== 'HTTPS')
  );
}

describePure('EnforceHTTPSForALB', () => {
  it('redirects exactly the plain listeners, to a port that answers, and then nothing more', () => {
    fc.assert(
      fc.property(fc.array(listeners, { minLength: 200, maxLength: 200 }), (cases) => {
        const results = callPure(
          FILE,
          'plain_listeners',
          cases.map((one) => ({ listeners: one })),
        );
        const mended: (readonly Listener[])[] = [];
        for (const [index, given] of cases.entries()) {
          const plain = given.filter(isPlain);
          const ports = given.filter((one) => one.Protocol === 'HTTPS').map(({ Port }) => Port);
          const result = results[index];
          if (plain.length > 0 && ports.length === 0) {
            expect(result).toEqual({ ok: false, error: expect.stringContaining('no HTTPS') });
            continue;
          }
          if (result?.ok !== true) throw new Error('refused without a reason');
          const plan = result.value as Plan;
          // Undo writes back what is kept here, so it must be the whole of each changed listener and nothing else.
          expect(plan.plain).toEqual(
            plain.map((one) => ({ arn: one.ListenerArn, actions: one.DefaultActions })),
          );
          if (plain.length > 0) expect(ports.map(String)).toContain(plan.port);
          if (ports.includes(443)) expect(plan.port).toBe('443');
          const redirect = { Protocol: 'HTTPS', Port: plan.port ?? '' };
          mended.push(
            given.map((one) =>
              isPlain(one)
                ? { ...one, DefaultActions: [{ Type: 'redirect', RedirectConfig: redirect }] }
                : one,
            ),
          );
        }
        for (const result of callPure(
          FILE,
          'plain_listeners',
          mended.map((one) => ({ listeners: one })),
        ))
          expect(result).toMatchObject({ ok: true, value: { plain: [] } });
      }),
      BATCHES,
    );
  });
});
