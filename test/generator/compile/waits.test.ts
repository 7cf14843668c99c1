import { afterAll, describe, expect, it } from 'vitest';
import type { RecordedAnswer } from '../../../generator/simulate/answers.ts';
import { probe } from '../../../generator/simulate/emulator.ts';
import { offlineBridge, prepare } from './run-unit.ts';
import { unit } from './unit-text.ts';
import type { Sections } from './unit-text.ts';

const reason = probe().scripts;
const title = `a unit that waits${reason === undefined ? '' : ` (skipped: ${reason})`}`;

const READ = 'kms:GetKeyRotationStatus';
const ENABLE = 'kms:EnableKeyRotation';
const status = (rotating: boolean, rest: Partial<RecordedAnswer> = {}): RecordedAnswer => ({
  operation: READ,
  result: { KeyRotationEnabled: rotating },
  ...rest,
});
const enable: RecordedAnswer = { operation: ENABLE, sets: 'asked' };
const disable: RecordedAnswer = { operation: 'kms:DisableKeyRotation' };

/** Enables rotation and waits for it; the key says at first that nothing has changed. */
const waiting = (within: string, rest: Sections = {}): Sections => ({
  change: `
    change:
      - call: kms:EnableKeyRotation
        with: { KeyId: "{KeyArn}" }
      - wait: kms:GetKeyRotationStatus
        with: { KeyId: "{KeyArn}" }
        until: { KeyRotationEnabled: true }
        fail: { KeyId: broken }
        within: ${within}
      - call: kms:TagResource
        with: { KeyId: "{KeyArn}", Tags: [] }`,
  ...rest,
});
const later = [
  status(false, { when: 'start' }),
  status(false, { when: 'asked', times: 3 }),
  status(true),
  enable,
  disable,
  { operation: 'kms:TagResource' },
];

describe.skipIf(reason !== undefined)(title, { timeout: 120_000 }, () => {
  const bridge = offlineBridge();
  afterAll(() => bridge.close());

  it.each(['2m', '6h'])('of %s goes on when the change shows', async (within) => {
    const run = await prepare(unit(waiting(within)), bridge);
    const preview = await run('Preview', later);
    expect(preview).toMatchObject({ outcome: 'would-change', calls: [READ] });
    expect(preview.changes.map(({ call }) => call)).toEqual([ENABLE, 'kms:TagResource']);
    const ran = await run('Remediate', later);
    expect(ran.outcome).toBe('changed');
    // Before, four looks, then the verification; no call is made twice although the document came back.
    expect(ran.calls).toEqual([READ, ENABLE, READ, READ, READ, READ, 'kms:TagResource', READ]);
    expect(ran.changes.map(({ call }) => call)).toEqual([ENABLE, 'kms:TagResource']);
    const undone = await run('Undo', [status(true), disable], { State: ran.state });
    expect(undone.calls).toEqual([READ, 'kms:DisableKeyRotation']);
  });

  it.each(['2m', '6h'])('of %s ends when the change failed, with the State', async (within) => {
    const run = await prepare(unit(waiting(within)), bridge);
    const broken: RecordedAnswer = {
      operation: READ,
      when: 'asked',
      result: { KeyRotationEnabled: false, KeyId: 'broken' },
    };
    const ran = await run('Remediate', [status(false, { when: 'start' }), broken, enable]);
    expect(ran).toMatchObject({
      outcome: 'failed',
      status: 'Failed',
      error: `failed: ${READ} shows that the change failed`,
    });
    expect(ran.changes).toHaveLength(1);
    expect((await run('Undo', later, { State: ran.state })).outcome).toBe('undone');
  });

  it.each(['2m', '6h'])('of %s runs out of time, with the State', async (within) => {
    const run = await prepare(unit(waiting(within)), bridge);
    const ran = await run('Remediate', [status(false), enable]);
    expect(ran.outcome).toBe('failed');
    expect(ran.error).toMatch(/^timed-out: kms:GetKeyRotationStatus did not show the change/u);
    expect(ran.calls.filter((call) => call === ENABLE)).toHaveLength(1);
    expect((await run('Undo', later, { State: ran.state })).outcome).toBe('undone');
  });

  it('fails after a long wait, with the State and what was done before', async () => {
    const run = await prepare(unit(waiting('6h')), bridge);
    const refused: RecordedAnswer = { operation: 'kms:TagResource', error: 'TagException' };
    const ran = await run('Remediate', [refused, ...later]);
    expect(ran.error).toContain('TagException');
    expect(ran.changes.map(({ call }) => call)).toEqual([ENABLE]);
    expect((await run('Undo', later, { State: ran.state })).outcome).toBe('undone');
  });

  it('does not undo what undo waits for twice', async () => {
    const undo = `
      undo:
        - call: kms:DisableKeyRotation
          with: { KeyId: "{KeyArn}" }
        - wait: kms:GetKeyRotationStatus
          with: { KeyId: "{KeyArn}" }
          until: { KeyRotationEnabled: false }
          within: 3h`;
    const run = await prepare(unit({ undo }), bridge);
    const changed = await run('Remediate', [
      status(false, { when: 'start' }),
      status(true),
      enable,
    ]);
    const undone = await run('Undo', [status(true, { times: 3 }), status(false), disable], {
      State: changed.state,
    });
    expect(undone.calls).toEqual([READ, 'kms:DisableKeyRotation', READ, READ, READ]);
    expect(undone.outcome).toBe('undone');
  });

  const list = `
    before:
      - read: kms:GetKeyRotationStatus
        with: { KeyId: "{KeyArn}" }
        keep: { rotating: KeyRotationEnabled }
      - read: kms:ListKeyPolicies
        with: { KeyId: "{KeyArn}" }
        keep: { names: PolicyNames }`;
  const many = (within: string): Sections => ({
    before: list,
    change: `
      change:
        - call: kms:EnableKeyRotation
          with: { KeyId: "{KeyArn}" }
        - wait: kms:GetKeyRotationStatus
          each: "{before.names}"
          with: { KeyId: "{item}" }
          until: { KeyRotationEnabled: true }
          within: ${within}`,
  });
  const names: RecordedAnswer = {
    operation: 'kms:ListKeyPolicies',
    result: { PolicyNames: ['a', 'b', 'c', 'd'] },
  };
  /** Each key is ready just before its time is over. */
  const slowly = (looks: number): readonly RecordedAnswer[] => [
    status(false, { when: 'start' }),
    ...['a', 'b', 'c', 'd'].flatMap((KeyId) => [
      status(false, { match: { KeyId }, times: looks }),
      status(true, { match: { KeyId } }),
    ]),
    enable,
    names,
  ];

  it('for many things ends before Systems Manager ends the script, with the State', async () => {
    const run = await prepare(unit(many('5m')), bridge);
    const ran = await run('Remediate', slowly(28));
    expect(ran.error).toMatch(/^timed-out: /u);
    expect((await run('Undo', [disable], { State: ran.state })).outcome).toBe('undone');
  });

  it('for more rounds than a loop may have ends with the State', async () => {
    const run = await prepare(unit(many('6h')), bridge);
    const ran = await run('Remediate', slowly(80));
    expect(ran).toMatchObject({
      outcome: 'failed',
      error: 'timed-out: the change still went on at the last look',
    });
    expect(ran.changes.map(({ call }) => call)).toEqual([ENABLE]);
    expect((await run('Undo', [disable], { State: ran.state })).outcome).toBe('undone');
  });
});
