import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide, screen } from '../../../templates/admin/functions/decide/decide.ts';
import { VERDICTS } from '../../../templates/admin/functions/decide/types.ts';
import type { DecideInput, Decision } from '../../../templates/admin/functions/decide/types.ts';
import { parseFinding } from '../../../templates/admin/functions/model/finding.ts';
import { parsePolicy } from '../../../templates/admin/functions/model/policy.ts';
import type { Row } from '../../../templates/admin/functions/model/policy.ts';
import { refuse } from '../../../templates/admin/functions/model/refusal.ts';
import { resolve } from '../../../templates/admin/functions/model/resolve.ts';
import { parseSettings } from '../../../templates/admin/functions/model/settings.ts';
import {
  asff,
  input,
  minutes,
  parsed,
  policy,
  remembered,
  request,
  unreadable,
} from './decide-fixtures.ts';
import { catalog, MEMBER, settings } from './fixtures.ts';

const SETTINGS = {
  '/Solutions/SO0111/standards': '{"SC":"yes"}',
  '/ASR/Filters/AccountFilters': MEMBER,
  '/ASR/Filters/AccountFilterMode': 'Include',
  '/ASR/Filters/OUFilters': 'r-ab12',
  '/ASR/Filters/OUFilterMode': 'Include',
  '/ASR/Filters/TagFilters': 'secret',
  '/ASR/Filters/TagFilterMode': 'Exclude',
} as const;
const ROW = { controlId: 'EC2.2', automatedRemediationEnabled: true, attempts: 2 } as const;

interface Raw {
  readonly finding: unknown;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly control: Row;
  readonly defaults: Row;
}

const RAW: Raw = { finding: asff(), settings: SETTINGS, control: ROW, defaults: {} };

/** From what came in to a decision, as the functions do it. */
function decideRaw(raw: Raw, changes: Partial<DecideInput> = {}): Decision {
  const finding = parseFinding(raw.finding);
  const texts = Object.entries(raw.settings).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  const read = parseSettings(new Map(texts), 'SO0111');
  const parsedPolicy = parsePolicy({ control: raw.control, defaults: raw.defaults });
  const resolved = resolve(finding, read, parsedPolicy, catalog);
  return decide(input({ finding, settings: read, policy: parsedPolicy, resolved, ...changes }));
}

const json = fc.jsonValue({ maxDepth: 3 });
const hostile = fc.oneof(
  json,
  fc.constantFrom<unknown>(
    undefined,
    null,
    Number.NaN,
    -1,
    '',
    'x',
    '{{ global:ACCOUNT_ID }}',
    '__proto__',
    [],
    {},
    [{}],
    { status: 'ok' },
    { toString: 1, valueOf: 1 },
  ),
);
const asked = fc.record({
  origin: fc.constantFrom('automatic', 'custom-action', 'command', 'console', 'approval'),
  mode: fc.constantFrom('Remediate', 'Preview', 'Undo'),
} as const);
const stage = fc.constantFrom('claim' as const, 'start' as const);

function isDecision({ verdict, reason, message }: Decision): void {
  expect(VERDICTS).toContain(verdict);
  expect(reason).toMatch(/^[a-z-]+$/u);
  expect(message).toMatch(/\S/u);
  expect(message).not.toMatch(/\p{Cc}/u);
}

describe('whatever comes in', () => {
  it('is decided without an error, and is allowed only if it is the good finding', () => {
    expect(decideRaw(RAW).verdict).toBe('allow');
    const member = fc.constantFrom('finding', 'settings', 'control', 'defaults');
    fc.assert(
      fc.property(member, json, asked, stage, (name, value, changes, at) => {
        const decision = decideRaw(
          { ...RAW, [name]: name === 'finding' ? value : { ...(value as object) } },
          { request: request(changes), stage: at },
        );
        isDecision(decision);
        const isEmptyRow = name !== 'finding' && Object.keys({ ...(value as object) }).length === 0;
        if (!(isEmptyRow && name !== 'settings')) expect(decision.verdict).toBe('deny');
      }),
      { numRuns: 1000 },
    );
  });

  it('is denied in any place of the input', () => {
    const members = ['finding', 'settings', 'policy', 'resolved', 'facts', 'remembered'] as const;
    fc.assert(
      fc.property(
        fc.constantFrom(...members),
        hostile,
        asked,
        stage,
        (name, value, changes, at) => {
          const bent = { ...input({ request: request(changes), stage: at }), [name]: value };
          const decision = decide(bent);
          isDecision(decision);
          expect(decision.verdict).toBe('deny');
          isDecision(screen(bent));
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('and wherever it comes in at once', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...Object.keys(input()), 'attempt'), hostile, { minKeys: 1 }),
        (values) => {
          const decision = decide({ ...input(), ...values });
          isDecision(decision);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('a refusal or an unknown fact', () => {
  const refused = refuse('state-unreadable', 'It could not be read.');
  const { facts } = input();
  const filters = {
    ...settings,
    filters: {
      Account: { mode: 'Include', values: [MEMBER] },
      OU: { mode: 'Include', values: ['r-ab12'] },
      Tag: { mode: 'Exclude', values: ['secret'] },
    },
  } as const;
  const unknown: readonly Partial<DecideInput>[] = [
    { finding: refused },
    { settings: refused },
    { policy: refused },
    { resolved: refused },
    { remembered: refused },
    { facts: { ...facts, isMember: unreadable } },
    { facts: { ...facts, unitPath: unreadable } },
    { facts: { ...facts, tags: unreadable } },
  ];
  it('denies, whoever asks for whatever', () => {
    fc.assert(
      fc.property(fc.constantFrom(...unknown), asked, stage, (changes, one, at) => {
        const base = input({ settings: filters, request: request(one), stage: at });
        expect(decide({ ...base, ...changes }).verdict).toBe('deny');
      }),
      { numRuns: 500 },
    );
  });
});

type Path = readonly (string | number)[];

/** A copy with another value at the path; the member is gone when it is undefined. */
function bend(whole: unknown, [first, ...rest]: Path, value: unknown): unknown {
  if (first === undefined) return value;
  if (Array.isArray(whole))
    return whole.flatMap((one: unknown, index) => {
      const bent = index === first ? bend(one, rest, value) : one;
      return bent === undefined ? [] : [bent];
    });
  const members = Object.entries(whole as object).flatMap(([name, one]: [string, unknown]) => {
    const bent = name === first ? bend(one, rest, value) : one;
    // The state has members that are there and undefined.
    return bent === undefined && name === first ? [] : [[name, bent] as const];
  });
  return Object.fromEntries(members);
}

/** Neither a right value for anything, nor one that looks like it. */
const CORRUPT: readonly unknown[] = [
  undefined,
  null,
  '',
  '{{x}}',
  'ASR',
  -1,
  Number.NaN,
  [[]],
  { value: 'x' },
];

describe('one member of an allowed input that is removed or corrupted', () => {
  const raw: readonly Path[] = [
    ['finding', 'ProductArn'],
    ['finding', 'Id'],
    ['finding', 'AwsAccountId'],
    ['finding', 'GeneratorId'],
    ['finding', 'UpdatedAt'],
    ['finding', 'RecordState'],
    ['finding', 'Compliance'],
    ['finding', 'Compliance', 'Status'],
    ['finding', 'Workflow'],
    ['finding', 'Workflow', 'Status'],
    ['finding', 'Resources'],
    ['finding', 'Resources', 0],
    ['finding', 'Resources', 0, 'Id'],
    ['control', 'automatedRemediationEnabled'],
    ...Object.keys(SETTINGS)
      .filter((name) => !name.endsWith('TagFilters'))
      .map((name) => ['settings', name]),
  ];
  it.each(raw.map((path) => [path.join('.'), path] as const))('denies: %s', (_, path) => {
    for (const value of CORRUPT) {
      const decision = decideRaw(bend(RAW, path, value) as Raw);
      isDecision(decision);
      expect(decision.verdict, JSON.stringify(value)).toBe('deny');
    }
  });

  const full = input({
    settings: {
      ...settings,
      filters: {
        Account: { mode: 'Include', values: [MEMBER] },
        OU: { mode: 'Include', values: ['r-ab12'] },
        Tag: { mode: 'Exclude', values: ['secret'] },
      },
    },
    policy: policy({ stackOwned: 'refuse' }),
  });
  const members: readonly Path[] = [
    ['now'],
    ['environment', 'partition'],
    ['request', 'mode'],
    ['request', 'origin'],
    ['stage'],
    ['catalog', 'remediations'],
    ['catalog', 'remediations', 'CloseGroup'],
    ['catalog', 'remediations', 'CloseGroup', 'impact', 'then'],
    ['finding', 'format'],
    ['finding', 'productArn'],
    ['finding', 'id'],
    ['finding', 'account'],
    ['finding', 'region'],
    ['finding', 'partition'],
    ['finding', 'compliance'],
    ['finding', 'recordState'],
    ['finding', 'workflow'],
    ['settings', 'filters', 'Account', 'mode'],
    ['settings', 'filters', 'OU'],
    ['settings', 'filters', 'Tag', 'mode'],
    ['resolved', 'standard'],
    ['resolved', 'remediation'],
    ['resolved', 'document'],
    ...Object.keys(policy()).map((name) => ['policy', name]),
    ['facts', 'isMember'],
    ['facts', 'isMember', 'value'],
    ['facts', 'isMember', 'known'],
    ['facts', 'unitPath', 'value'],
    ['facts', 'tags', 'known'],
    ['facts', 'stack', 'known'],
    ['remembered', 'lease'],
    ['remembered', 'target'],
    ['remembered', 'hold'],
    ['remembered', 'awaiting'],
    ['remembered', 'counts'],
    ['remembered', 'counts', 'control'],
    ['remembered', 'counts', 'account'],
    ['remembered', 'breaker'],
    ['remembered', 'exceptions'],
  ];
  // Texts and maps that are right in their place.
  const right = (name: string, value: unknown): boolean =>
    (name === 'policy.changeWindow' && value === '') ||
    (name === 'policy.parameters' && JSON.stringify(value) === '{"value":"x"}');
  it.each(members.map((path) => [path.join('.'), path] as const))('denies: %s', (name, path) => {
    expect(decide(full).verdict).toBe('allow');
    for (const value of CORRUPT.filter((one) => !right(name, one))) {
      const decision = decide(bend(full, path, value) as DecideInput);
      isDecision(decision);
      expect(decision.verdict, JSON.stringify(value)).toBe('deny');
    }
  });
});

describe('one member of a denied or held input that is corrupted', () => {
  const state = (changes: Parameters<typeof remembered>[0]): Partial<DecideInput> => ({
    remembered: remembered(changes),
  });
  const until = minutes(30);
  const exception = { id: 'a', owner: 'ann', reason: 'x', expiresAt: until, controls: ['EC2.2'] };
  const failed = { failures: 3, failedAt: until, seen: {} };
  const handled = { failures: 0, seen: { [`asff#${parsed.id}`]: parsed.updatedAt } };
  const lease = { attempt: 'attempt-2', remediation: 'CloseGroup', expiresAt: until };
  const cases: readonly (readonly [string, Partial<DecideInput>, Path])[] = [
    ['lease', state({ lease }), ['lease']],
    ['lease end', state({ lease }), ['lease', 'expiresAt']],
    ['hold', state({ hold: { owner: 'ann', reason: 'undo', expiresAt: until } }), ['hold']],
    [
      'hold end',
      state({ hold: { owner: 'ann', reason: 'undo', expiresAt: until } }),
      ['hold', 'expiresAt'],
    ],
    ['approval', state({ awaiting: { id: 'a', expiresAt: until } }), ['awaiting', 'expiresAt']],
    ['failures', state({ target: failed }), ['target', 'failures']],
    ['seen time', state({ target: handled }), ['target', 'seen', `asff#${parsed.id}`]],
    [
      'verification',
      state({ target: { failures: 0, seen: {}, verifiedAt: until } }),
      ['target', 'verifiedAt'],
    ],
    ['breaker', state({ breaker: { failures: [], openUntil: until } }), ['breaker', 'openUntil']],
    ['count', state({ counts: { control: 100, account: 0 } }), ['counts', 'control']],
    ['exceptions', state({ exceptions: [exception] }), ['exceptions']],
    ['exception', state({ exceptions: [exception] }), ['exceptions', 0]],
    ['exception end', state({ exceptions: [exception] }), ['exceptions', 0, 'expiresAt']],
    ['exception controls', state({ exceptions: [exception] }), ['exceptions', 0, 'controls']],
  ];
  it('is not allowed: what an undo takes back', () => {
    const undo = input({
      request: request({ origin: 'command', mode: 'Undo' }),
      ...state({ undoable: { id: 'attempt-1', state: ['x'] } }),
    });
    expect(decide(undo).verdict).toBe('allow');
    for (const value of CORRUPT) {
      const bent = bend(undo, ['remembered', 'undoable'], value) as DecideInput;
      expect(decide(bent).verdict).toBe('deny');
    }
  });
  it.each(cases)('is not allowed: %s', (_, changes, path) => {
    expect(decide(input(changes)).verdict).not.toBe('allow');
    // What is gone altogether may never have been there: an end that nobody gave, for one.
    for (const value of CORRUPT.filter((one) => one !== undefined)) {
      const decision = decide(bend(input(changes), ['remembered', ...path], value) as DecideInput);
      isDecision(decision);
      expect(decision.verdict, JSON.stringify(value)).not.toBe('allow');
    }
  });
});
