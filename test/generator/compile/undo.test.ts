import { Buffer } from 'node:buffer';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import type { RecordedAnswer } from '../../../generator/simulate/answers.ts';
import { probe } from '../../../generator/simulate/emulator.ts';
import { offlineBridge, prepare } from './run-unit.ts';
import { unit } from './unit-text.ts';
import type { Sections } from './unit-text.ts';

const reason = probe().scripts;
const title = `the undo of a unit${reason === undefined ? '' : ` (skipped: ${reason})`}`;

const ROTATION = 'kms:GetKeyRotationStatus';
const POLICY = 'kms:GetKeyPolicy';
const TAGS = 'kms:ListResourceTags';
const PUT = 'kms:PutKeyPolicy';
const CHANGED_SINCE =
  'changed-since: the resource was changed after the remediation; ForceUndo writes over that';

const rotates = (KeyRotationEnabled: boolean, when?: string): RecordedAnswer => ({
  operation: ROTATION,
  result: { KeyRotationEnabled },
  ...(when === undefined ? {} : { when }),
});
const policy = (Policy: string, when?: string): RecordedAnswer => ({
  operation: POLICY,
  result: { Policy },
  ...(when === undefined ? {} : { when }),
});
const tags = (...Keys: readonly string[]): RecordedAnswer => ({
  operation: TAGS,
  result: { Tags: Keys.map((TagKey) => ({ TagKey, TagValue: 'x' })), Truncated: false },
});
const put = (Policy: string, sets: string): RecordedAnswer => ({
  operation: PUT,
  match: { Policy },
  sets,
});

/** Replaces the policy of a key, and puts the former one back; its tags are looked at and not touched. */
const replacing: Sections = {
  before: `
    before:
      - read: kms:GetKeyRotationStatus
        with: { KeyId: "{KeyArn}" }
        keep: { rotating: KeyRotationEnabled }
      - read: kms:GetKeyPolicy
        with: { KeyId: "{KeyArn}" }
        keep: { policy: Policy }
      - read: kms:ListResourceTags
        with: { KeyId: "{KeyArn}" }
        keep: { tags: "Tags[].TagKey" }`,
  change: `
    change:
      - call: kms:PutKeyPolicy
        with: { KeyId: "{KeyArn}", Policy: ours }`,
  undo: `
    undo:
      - call: kms:PutKeyPolicy
        with: { KeyId: "{KeyArn}", Policy: "{before.policy}" }`,
  note: 'note: Tags of key {KeyId}, {before.tags}.',
};
/** The key before the change and after it. */
const remediating = [
  rotates(false, 'start'),
  policy('former', 'start'),
  put('ours', 'changed'),
  rotates(true, 'changed'),
  policy('ours', 'changed'),
  tags('a', 'b'),
];
const putBack = put('former', 'undone');
const asLeft = [rotates(true), policy('ours'), tags('a', 'b'), putBack];

describe.skipIf(reason !== undefined)(title, { timeout: 120_000 }, () => {
  const bridge = offlineBridge();
  afterAll(() => bridge.close());

  /** Runs the change of a unit, and gives what runs its undo. */
  const changed = async (sections: Sections = {}, answers = remediating) => {
    const run = await prepare(unit({ ...replacing, ...sections }), bridge);
    const { state, outcome } = await run('Remediate', answers);
    return {
      outcome,
      state,
      undo: (found: readonly RecordedAnswer[], State = state) => run('Undo', found, { State }),
      force: (found: readonly RecordedAnswer[]) => run('ForceUndo', found, { State: state }),
    };
  };

  it('writes back what was there before while the resource is as the change left it', async () => {
    const { undo } = await changed();
    expect(await undo(asLeft)).toMatchObject({
      outcome: 'undone',
      error: '',
      note: 'Restored what was there before the change.',
      calls: [ROTATION, POLICY, TAGS, PUT],
    });
  });

  it.each([
    ['what it writes back', [rotates(true), policy('theirs'), tags('a', 'b'), putBack]],
    ['what the check looks at', [rotates(false), policy('ours'), tags('a', 'b'), putBack]],
  ])('refuses when somebody changed %s', async (_, found) => {
    const { undo, force } = await changed();
    expect(await undo(found)).toMatchObject({
      outcome: 'failed',
      status: 'Failed',
      error: CHANGED_SINCE,
      calls: [ROTATION, POLICY, TAGS],
      state: [],
    });
    expect(await force(found)).toMatchObject({ outcome: 'undone', error: '', calls: [PUT] });
  });

  it('does not mind changes of what it does not touch', async () => {
    const { undo } = await changed();
    const found = [rotates(true), policy('ours'), tags('c'), putBack];
    expect((await undo(found)).outcome).toBe('undone');
  });

  it('compares what the unit says, lists in any order', async () => {
    const { undo } = await changed({ more: 'unchanged: [tags]' });
    const other = [rotates(false), policy('theirs'), putBack];
    expect((await undo([...other, tags('b', 'a')])).outcome).toBe('undone');
    expect((await undo([...other, tags('a', 'c')])).error).toBe(CHANGED_SINCE);
    expect((await undo([...other, tags('a', 'b', 'b')])).error).toBe(CHANGED_SINCE);
  });

  it('compares nothing, and reads nothing for it, where the unit says why', async () => {
    const { undo } = await changed({ more: 'unchanged: { none: Policies change every day. }' });
    expect(await undo([putBack])).toMatchObject({ outcome: 'undone', calls: [PUT] });
  });

  it('compares only what it writes back where the check may come to hold later', async () => {
    const answers = remediating.map((answer) =>
      answer.operation === ROTATION ? rotates(false) : answer,
    );
    const unverified = await changed({ more: 'verify: { none: KMS needs a day. }' }, answers);
    expect(unverified.outcome).toBe('mitigated');
    expect((await unverified.undo(asLeft)).outcome).toBe('undone');
    const found = [rotates(true), policy('theirs'), tags('a', 'b'), putBack];
    expect((await unverified.undo(found)).error).toBe(CHANGED_SINCE);
  });

  it('goes on without comparison where the change could not be read again', async () => {
    const denied: RecordedAnswer = { operation: POLICY, when: 'changed', error: 'AccessDenied' };
    const answers = remediating.map((answer) =>
      answer.operation === POLICY && answer.when === 'changed' ? denied : answer,
    );
    const { outcome, undo } = await changed(
      { more: 'verify: { none: KMS needs a day. }' },
      answers,
    );
    expect(outcome).toBe('mitigated');
    expect(await undo([putBack])).toMatchObject({ outcome: 'undone', calls: [PUT] });
  });

  it('goes on where the resource can not be read: then its own calls answer', async () => {
    const { undo } = await changed();
    const gone: RecordedAnswer = { operation: ROTATION, error: 'NotFoundException' };
    const undone = await undo([gone, { operation: PUT, error: 'NotFoundException' }]);
    expect(undone.calls).toEqual([`${ROTATION} NotFoundException`, `${PUT} NotFoundException`]);
    expect(undone.error).toMatch(/^refused: .*NotFoundException.*PutKeyPolicy/u);
    expect(await undo([gone, putBack])).toMatchObject({
      outcome: 'undone',
      note: 'Restored what was there before the change. Whether it had been changed since could not be read.',
    });
  });

  it('takes the State of a version that did not remember what it left', async () => {
    const { state, undo } = await changed();
    const { after, ...older } = unpacked(state);
    expect(after).toMatch(/^[0-9a-f]{16}$/u);
    const found = [rotates(true), policy('theirs'), tags('a', 'b'), putBack];
    expect(await undo(found, packed(older))).toMatchObject({ outcome: 'undone', calls: [PUT] });
  });

  it('takes back a change that got only part of the way, whatever it left', async () => {
    const change = `${replacing.change ?? ''}
      - call: kms:EnableKeyRotation
        with: { KeyId: "{KeyArn}" }`;
    const refusal: RecordedAnswer = { operation: 'kms:EnableKeyRotation', error: 'LimitExceeded' };
    const { outcome, undo } = await changed({ change }, [...remediating, refusal]);
    expect(outcome).toBe('failed');
    expect(await undo([putBack])).toMatchObject({ outcome: 'undone', calls: [PUT] });
  });

  it.each([
    ['without a long wait', '2m'],
    ['that comes back after a long wait', '6h'],
  ])('compares once, before its first call, in a document %s', async (_, within) => {
    const undo = `${replacing.undo ?? ''}
      - wait: kms:GetKeyRotationStatus
        with: { KeyId: "{KeyArn}" }
        until: { KeyRotationEnabled: false }
        within: ${within}`;
    const { undo: run } = await changed({ undo });
    const slowly = [
      rotates(true, 'start'),
      { ...rotates(true, 'undone'), times: 2 },
      rotates(false, 'undone'),
      policy('ours', 'start'),
      tags('a', 'b'),
      putBack,
    ];
    expect(await run(slowly)).toMatchObject({
      outcome: 'undone',
      calls: [ROTATION, POLICY, TAGS, PUT, ROTATION, ROTATION, ROTATION],
    });
    const found = [rotates(true), policy('theirs'), tags('a', 'b'), putBack];
    expect(await run(found)).toMatchObject({
      error: CHANGED_SINCE,
      calls: [ROTATION, POLICY, TAGS],
    });
  });
});

function unpacked(state: readonly string[]): Readonly<Record<string, unknown>> {
  const text = gunzipSync(Buffer.from(state.join(''), 'base64url')).toString();
  return JSON.parse(text) as Readonly<Record<string, unknown>>;
}

function packed(value: unknown): readonly string[] {
  const line = gzipSync(JSON.stringify(value)).toString('base64');
  return [line.replaceAll('+', '-').replaceAll('/', '_')];
}
