import fc from 'fast-check';
import { expect, it } from 'vitest';
import { callPure, describePure, valueOf } from '../support/pure-python.ts';

interface Names {
  readonly copy: string;
  readonly temporary: string;
}

const FILE = 'runbooks/rds/EncryptRDSSnapshot.py';
const PREFIXES = ['', 'rds:', 'awsbackup:'];

const name = fc
  .stringMatching(/^[a-zA-Z](?:-?[a-zA-Z0-9]){0,200}$/u)
  .filter((text) => text.length <= 244);
const snapshot = fc.record({
  id: fc.tuple(fc.constantFrom(...PREFIXES), name).map(([prefix, stem]) => `${prefix}${stem}`),
  kind: fc.constantFrom('snapshot', 'cluster-snapshot'),
  created: fc.constantFrom('2025-01-02T03:04:05+00:00', '2025-01-02T03:04:06+00:00'),
});

describePure('names of encrypted copies', () => {
  const samples = fc.uniqueArray(snapshot, {
    minLength: 200,
    maxLength: 200,
    selector: (one) => JSON.stringify(one),
  });
  const [taken = []] = fc.sample(samples, { numRuns: 1, seed: 1 });
  const kwargs = [
    ...taken,
    // Names that differ only in what a copy's name can't hold, or in what is cut off.
    ...PREFIXES.map((prefix) => ({
      id: `${prefix}orders`,
      kind: 'snapshot',
      created: '2025-01-02T03:04:05+00:00',
    })),
    ...['a', 'b'].map((end) => ({
      id: `x${'-1'.repeat(126)}${end}`,
      kind: 'snapshot',
      created: '2025-01-02T03:04:05+00:00',
    })),
  ].map(({ id, kind, created }) => ({
    snapshot: id,
    arn: `arn:aws:rds:us-east-1:111122223333:${kind}:${id}`,
    created,
  }));
  const names = (): readonly Names[] =>
    callPure(FILE, 'copy_names', kwargs).map((result) => valueOf(result) as Names);

  it('are names that RDS takes', () => {
    for (const { copy, temporary } of names()) {
      expect(copy.length).toBeLessThanOrEqual(255);
      expect(temporary.length).toBeLessThanOrEqual(63);
      for (const one of [copy, temporary]) expect(one).toMatch(/^[a-zA-Z](?:-?[a-zA-Z0-9])*$/u);
    }
  });

  it('are the same each time, and different for each snapshot, whatever it was called before', () => {
    const made = names();
    expect(names()).toEqual(made);
    expect(new Set(made.map(({ copy }) => copy)).size).toBe(kwargs.length);
    expect(new Set(made.map(({ temporary }) => temporary)).size).toBe(kwargs.length);
  });
});
