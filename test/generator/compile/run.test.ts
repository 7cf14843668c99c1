import { createHash } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import type { RecordedAnswer } from '../../../generator/simulate/answers.ts';
import { probe } from '../../../generator/simulate/emulator.ts';
import { KEY, offlineBridge, prepare } from './run-unit.ts';
import { unit } from './unit-text.ts';

const reason = probe().scripts;
const title = `the script of a unit${reason === undefined ? '' : ` (skipped: ${reason})`}`;

const off: RecordedAnswer = {
  operation: 'kms:GetKeyRotationStatus',
  when: 'start',
  result: { KeyRotationEnabled: false },
};
const on: RecordedAnswer = {
  operation: 'kms:GetKeyRotationStatus',
  when: 'on',
  result: { KeyRotationEnabled: true },
};
const enable: RecordedAnswer = { operation: 'kms:EnableKeyRotation', sets: 'on' };
const disable: RecordedAnswer = { operation: 'kms:DisableKeyRotation', sets: 'start' };
const all = [off, on, enable, disable];

const READ = 'kms:GetKeyRotationStatus';
const ENABLE = 'kms:EnableKeyRotation';

describe.skipIf(reason !== undefined)(title, { timeout: 120_000 }, () => {
  const bridge = offlineBridge();
  afterAll(() => bridge.close());

  it('says in Preview what it would do, and does nothing', async () => {
    const run = await prepare(unit({ more: 'preview: It was {before.rotating}.' }), bridge);
    const preview = await run('Preview', all);
    expect(preview.outcome).toBe('would-change');
    expect(preview.calls).toEqual([READ]);
    expect(preview.changes).toEqual([{ call: ENABLE, with: { KeyId: KEY } }]);
    expect(preview.undo).toEqual([{ call: 'kms:DisableKeyRotation', with: { KeyId: KEY } }]);
    expect(preview.note).toBe('It was false.');
    expect(preview.state).toEqual([]);
  });

  it('changes, verifies, finds its work done, and takes it back', async () => {
    const run = await prepare(unit(), bridge);
    const changed = await run('Remediate', all);
    expect(changed).toMatchObject({ outcome: 'changed', error: '', calls: [READ, ENABLE, READ] });
    expect(changed.note).toBe('Key 0a1b2c3d-1111-4222-8333-444455556666 rotates.');
    expect(changed.state.length).toBeGreaterThan(0);
    const again = await run('Remediate', [{ ...on, when: 'start' }]);
    expect(again).toMatchObject({ outcome: 'compliant', calls: [READ], changes: [], state: [] });
    const undone = await run('Undo', [{ ...on, when: 'start' }, disable], { State: changed.state });
    expect(undone).toMatchObject({
      outcome: 'undone',
      calls: [READ, 'kms:DisableKeyRotation'],
      state: [],
    });
  });

  it('refuses a State that is not of this resource and control, or none at all', async () => {
    const run = await prepare(unit({ controls: 'controls: [KMS.4, KMS.3]' }), bridge);
    const { state } = await run('Remediate', all);
    const other = { ResourceArn: [KEY.replace('0a1b', 'ffff')] };
    const cases = [
      [{ State: state, ...other }, 'wrong-state: the State belongs to another resource or control'],
      [
        { State: state, ControlId: ['KMS.3'] },
        'wrong-state: the State belongs to another resource or control',
      ],
      ...[
        [],
        ['x'],
        ['!!!!'],
        [...state].map((text) => text.slice(0, -8)),
        [...state].map((text) => text.replace(/.{6}$/u, 'AAAAAA')),
        [Buffer.from('[1]').toString('base64')],
      ].map(
        (State) =>
          [{ State }, 'wrong-state: the State is not one that this document gave'] as const,
      ),
    ] as const;
    for (const [parameters, error] of cases) {
      const { outcome, error: found, calls } = await run('Undo', all, parameters);
      expect({ outcome, found, calls }).toEqual({ outcome: 'failed', found: error, calls: [] });
    }
  });

  it('refuses another account, another Region and another kind of resource before it calls anything', async () => {
    const run = await prepare(unit(), bridge);
    const account = await run('Remediate', all, { AccountId: ['111122223333'] });
    expect(account).toMatchObject({ outcome: 'failed', calls: [] });
    expect(account.error).toBe(
      'wrong-account: the finding is of 111122223333, this is 012345678901',
    );
    expect(account.failure).toContain('wrong-account');
    const place = await run('Remediate', all, {
      ResourceArn: [KEY.replace('eu-west-1', 'us-east-1')],
    });
    expect(place).toMatchObject({
      error: "wrong-place: the resource's region is us-east-1, not eu-west-1",
      calls: [],
    });
    const owner = await run('Remediate', all, {
      ResourceArn: [KEY.replace('012345678901', '111122223333')],
    });
    expect(owner).toMatchObject({
      error: "wrong-place: the resource's account is 111122223333, not 012345678901",
      calls: [],
    });
  });

  it('keeps the State when a later call fails, and records only what was done', async () => {
    const change = `
      change:
        - call: kms:EnableKeyRotation
          with: { KeyId: "{KeyArn}" }
        - call: kms:TagResource
          with: { KeyId: "{KeyArn}", Tags: [{ TagKey: a, TagValue: b }] }`;
    const run = await prepare(unit({ change }), bridge);
    const failed = await run('Remediate', [
      ...all,
      { operation: 'kms:TagResource', error: 'TagException' },
    ]);
    expect(failed).toMatchObject({
      outcome: 'failed',
      status: 'Failed',
      changes: [{ call: ENABLE }],
    });
    expect(failed.error).toContain(
      'refused: An error occurred (TagException) when calling the TagResource operation',
    );
    expect(failed.changes).toHaveLength(1);
    const undone = await run('Undo', all, { State: failed.state });
    expect(undone.outcome).toBe('undone');
  });

  it('has no State when the first call is refused', async () => {
    const run = await prepare(unit(), bridge);
    const denied = await run('Remediate', [off, { operation: ENABLE, error: 'AccessDenied' }]);
    expect(denied).toMatchObject({ outcome: 'failed', changes: [], state: [] });
    expect(denied.error).toMatch(/^denied: /u);
  });

  it('keeps the State when nobody answers, since the change may have been made', async () => {
    const run = await prepare(unit(), bridge);
    const silent = await run('Remediate', [off]);
    expect(silent.outcome).toBe('failed');
    expect(silent.error).toMatch(/^unexpected: EndpointConnectionError/u);
    expect(JSON.parse(JSON.parse(silent.changesText) as string)).toEqual([
      { call: ENABLE, with: { KeyId: KEY }, outcome: 'unknown' },
    ]);
    expect(silent.state.length).toBeGreaterThan(0);
  });

  it('takes ok codes for done, without a change', async () => {
    const change = `
      change:
        - call: kms:EnableKeyRotation
          with: { KeyId: "{KeyArn}" }
          ok: [DisabledException]
          as: enabled
        - call: kms:TagResource
          when: { enabled.done: true }
          with: { KeyId: "{KeyArn}", Tags: [] }`;
    const run = await prepare(unit({ change }), bridge);
    const ran = await run('Remediate', [off, on, { ...enable, error: 'DisabledException' }]);
    expect(ran).toMatchObject({
      outcome: 'changed',
      changes: [],
      calls: [READ, `${ENABLE} DisabledException`, READ],
    });
    const preview = await run('Preview', all);
    expect(preview.changes.map(({ call }) => call)).toEqual([ENABLE, 'kms:TagResource']);
  });

  it('tries retry codes again, eight times at most', async () => {
    const change = `
      change:
        - call: kms:EnableKeyRotation
          with: { KeyId: "{KeyArn}" }
          retry: [DependencyTimeoutException]`;
    const run = await prepare(unit({ change }), bridge);
    const slow: RecordedAnswer = { operation: ENABLE, error: 'DependencyTimeoutException' };
    const late = await run('Remediate', [off, on, { ...slow, times: 3 }, enable]);
    expect(late.outcome).toBe('changed');
    expect(late.changes).toHaveLength(1);
    expect(late.calls.filter((call) => call.startsWith(ENABLE))).toHaveLength(4);
    const never = await run('Remediate', [off, on, slow]);
    expect(never).toMatchObject({ outcome: 'failed', changes: [], state: [] });
    expect(never.calls.filter((call) => call.startsWith(ENABLE))).toHaveLength(8);
  });

  it('fails when the check still fails, and keeps the State', async () => {
    const run = await prepare(unit(), bridge);
    const ran = await run('Remediate', [
      { operation: READ, result: { KeyRotationEnabled: false } },
      enable,
    ]);
    expect(ran.error).toBe(
      "not-verified: the change was made, but the control's check still fails",
    );
    expect(ran.state.length).toBeGreaterThan(0);
  });

  it('is mitigated when it can not be verified', async () => {
    const run = await prepare(unit({ more: 'verify: { none: The key decides later. }' }), bridge);
    expect(await run('Remediate', all)).toMatchObject({
      outcome: 'mitigated',
      calls: [READ, ENABLE],
    });
  });

  it('says why it can not be undone', async () => {
    const run = await prepare(unit({ undo: 'undo: { none: Keys never stop. }' }), bridge);
    const changed = await run('Remediate', all);
    expect(changed).toMatchObject({ outcome: 'changed', state: [] });
    const { state } = await (await prepare(unit(), bridge))('Remediate', all);
    const undo = await run('Undo', all, { State: state });
    expect(undo).toMatchObject({
      outcome: 'failed',
      error: 'no-undo: Keys never stop.',
      calls: [],
    });
  });

  it('does not change what it could not undo for lack of room', async () => {
    const before = `
      before:
        - read: kms:GetKeyRotationStatus
          with: { KeyId: "{KeyArn}" }
          keep: { rotating: KeyRotationEnabled }
        - read: kms:GetKeyPolicy
          with: { KeyId: "{KeyArn}" }
          keep: { policy: Policy }`;
    const undo = `
      undo:
        - call: kms:PutKeyPolicy
          with: { KeyId: "{KeyArn}", Policy: "{before.policy}" }`;
    const run = await prepare(unit({ before, undo }), bridge);
    const policy = (length: number): RecordedAnswer => ({
      operation: 'kms:GetKeyPolicy',
      result: { Policy: noise(length) },
    });
    const full = await run('Remediate', [...all, policy(40_000)]);
    expect(full).toMatchObject({ outcome: 'failed', changes: [], state: [] });
    expect(full.error).toBe(
      'too-large: what undo needs does not fit the State, so nothing was changed',
    );
    const fits = await run('Remediate', [...all, policy(15_000)]);
    expect(fits.outcome).toBe('changed');
    expect(fits.state.length).toBeGreaterThan(20);
    expect(fits.state.every((text) => text.length <= 512)).toBe(true);
    const put: RecordedAnswer = { operation: 'kms:PutKeyPolicy', match: { Policy: noise(15_000) } };
    const found = [{ ...on, when: 'start' }, policy(15_000), put];
    expect((await run('Undo', found, { State: fits.state })).outcome).toBe('undone');
  });

  it('keeps nothing from a list that is not there and a step that did not run', async () => {
    const before = `
      before:
        - read: kms:GetKeyRotationStatus
          with: { KeyId: "{KeyArn}" }
          keep: { rotating: KeyRotationEnabled, gone: KeyId }
          absent: [NotFoundException]
        - read: kms:GetKeyPolicy
          each: "{before.gone}"
          with: { KeyId: "{item}" }
          keep: { policies: Policy }
        - read: kms:DescribeKey
          when: { before.gone: present }
          with: { KeyId: "{KeyArn}" }
          keep: { key: KeyMetadata }`;
    const change = `
      change:
        - call: kms:EnableKeyRotation
          each: "{before.gone}"
          with: { KeyId: "{item}" }`;
    const more =
      "preview: \"{before.rotating | 'unknown'}, {before.policies.count}, {before.key.Arn | 'no key'}.\"";
    const run = await prepare(unit({ before, change, more }), bridge);
    const preview = await run('Preview', [{ operation: READ, error: 'NotFoundException' }]);
    expect(preview).toMatchObject({
      outcome: 'would-change',
      changes: [],
      note: 'unknown, 0, no key.',
    });
  });

  it('plans what depends on answers that only the calls can give', async () => {
    const change = `
      change:
        - call: kms:CreateGrant
          with: { KeyId: "{KeyArn}", GranteePrincipal: "{account}", Operations: [Decrypt] }
          as: grant
        - compute: chosen
          with: { grants: ["{grant.GrantId}"] }
          as: choice
        - call: kms:RevokeGrant
          each: "{grant.Grants}"
          when: { grant.done: true }
          with: { KeyId: "{item.Key.Id}", GrantId: "{choice}" }`;
    const python = `
      """Grants."""


      def chosen(grants):
          """Return the first."""
          return grants[0].split("-")[5]`;
    const run = await prepare(unit({ change }, python), bridge);
    const preview = await run('Preview', all);
    expect(preview.error).toBe('');
    expect(preview.changes[1]).toEqual({
      call: 'kms:RevokeGrant',
      with: {
        KeyId: '(Grants.item.Key.Id of kms:CreateGrant, known after the call)',
        GrantId: '(answer of chosen, known after the call)',
      },
    });
    expect(preview.calls).toEqual([READ]);
  });

  it('cuts a long note, keeps Unicode, and breaks double braces', async () => {
    const before = `
      before:
        - read: kms:GetKeyRotationStatus
          with: { KeyId: "{KeyArn}" }
          keep: { rotating: KeyRotationEnabled, text: KeyId }`;
    const run = await prepare(
      unit({ before, note: 'note: "Schlüssel 🔑 { x } {before.text}."' }),
      bridge,
    );
    const ran = await run('Remediate', [
      {
        ...off,
        result: { KeyRotationEnabled: false, KeyId: `{{ global:REGION }} ${'ß'.repeat(600)}` },
      },
      on,
      enable,
    ]);
    expect(ran.note).toMatch(/^Schlüssel 🔑 \{ x \} \{ \{ global:REGION \}\} ß+$/u);
    expect(Array.from(ran.note)).toHaveLength(500);
  });

  it('reads all pages by their token where boto3 has no paginator', async () => {
    const before = `
      before:
        - read: securityhub:ListAutomationRules
          keep: { rotating: "length(AutomationRulesMetadata) == \`3\`", names: "AutomationRulesMetadata[].RuleName" }`;
    const run = await prepare(unit({ before, more: 'preview: "{before.names}."' }), bridge);
    const page = (token: string | undefined, names: readonly string[], next?: string) => ({
      operation: 'securityhub:ListAutomationRules',
      ...(token === undefined ? {} : { match: { NextToken: token } }),
      result: {
        AutomationRulesMetadata: names.map((RuleName) => ({ RuleName })),
        ...(next === undefined ? {} : { NextToken: next }),
      },
    });
    const pages = [
      page('two', ['b'], 'three'),
      page('three', ['c']),
      page(undefined, ['a'], 'two'),
    ];
    const listed = Array.from({ length: 3 }, () => 'securityhub:ListAutomationRules');
    expect(await run('Remediate', pages)).toMatchObject({ outcome: 'compliant', calls: listed });
    const more = [
      page('two', ['b'], 'three'),
      page('three', ['c', 'd']),
      page(undefined, ['a'], 'two'),
    ];
    expect(await run('Preview', more)).toMatchObject({
      outcome: 'would-change',
      note: 'a, b, c, d.',
      calls: listed,
    });
  });

  it('names only the calls when there are too many to show', async () => {
    const before = `
      before:
        - read: kms:GetKeyRotationStatus
          with: { KeyId: "{KeyArn}" }
          keep: { rotating: KeyRotationEnabled }
        - read: kms:ListKeyPolicies
          with: { KeyId: "{KeyArn}" }
          keep: { names: PolicyNames }`;
    const change = `
      change:
        - call: kms:EnableKeyRotation
          each: "{before.names}"
          with: { KeyId: "{item}" }`;
    const run = await prepare(unit({ before, change }), bridge);
    const names: RecordedAnswer = {
      operation: 'kms:ListKeyPolicies',
      result: { PolicyNames: Array.from({ length: 300 }, () => 'p'.repeat(100)) },
    };
    const preview = await run('Preview', [...all, names]);
    expect(preview.changes).toHaveLength(300);
    expect(preview.changes[299]).toEqual({ call: ENABLE, with: {} });
  });

  it('refuses values outside of their kinds, and stacks that give none', async () => {
    const more = `
      parameters:
        Ports: { kind: port-list, default: ["443"] }
        KmsKeyForTopics: { kind: kms-key, from: stack, missing: "Set KmsKeyForTopics in the member stack." }`;
    const run = await prepare(unit({ more, note: 'note: "{Ports} {KmsKeyForTopics}."' }), bridge);
    for (const port of ['70000', 'x', '4_4', ' 4'])
      expect((await run('Remediate', all, { Ports: [port] })).error).toBe(
        `bad-parameter: Ports must be from 1 to 65535, not ${port}`,
      );
    expect(await run('Remediate', all)).toMatchObject({
      error: 'not-configured: Set KmsKeyForTopics in the member stack.',
      calls: [],
    });
  });
});

/** Text that does not compress well, the same every time. */
function noise(length: number): string {
  const blocks = Array.from({ length: Math.ceil(length / 43) }, (_, index) =>
    createHash('sha256').update(String(index)).digest('base64').slice(0, 43),
  );
  return blocks.join('').slice(0, length);
}
