import { mockClient } from 'aws-sdk-client-mock';
import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPolicy, parsePolicy } from '../../../templates/admin/functions/model/policy.ts';
import type { Row } from '../../../templates/admin/functions/model/policy.ts';
import { isRefusal } from '../../../templates/admin/functions/model/refusal.ts';
import { parseSettings, settingNames } from '../../../templates/admin/functions/model/settings.ts';
import { readSettings } from '../../../templates/admin/functions/run/read-settings.ts';

const row = (attributes: Row): Row => ({ controlId: 'EC2.2', ...attributes });
const own = (attributes: Row) => parsePolicy({ control: row(attributes), defaults: undefined });

describe('the policy of a control', () => {
  it('is built in when the table says nothing, and not automatic', () => {
    const built = {
      automatedRemediationEnabled: false,
      paused: false,
      approval: 'by-impact',
      approvalHours: 72,
      attempts: 3,
      perHour: 100,
      accountPerHour: 50,
      breakerFailures: 5,
      breakerMinutes: 60,
      breakerPauseMinutes: 1440,
      changeWindow: '',
      stackOwned: 'remediate',
      tickets: 'asked',
      holdDays: 30,
      parameters: {},
    };
    expect(parsePolicy({ control: undefined, defaults: undefined })).toEqual(built);
    expect(own({ automatedRemediationEnabled: false })).toEqual(built);
  });

  it("takes the control's row over the row *", () => {
    const policy = parsePolicy({
      control: row({
        automatedRemediationEnabled: true,
        attempts: 1,
        parameters: { Days: '7' },
        comment: 'Asked for by the platform team.',
        owner: 'platform',
        lastChangedBy: 'asr',
      }),
      defaults: {
        controlId: '*',
        attempts: 2,
        holdDays: 7,
        changeWindow: 'Mon-Fri 09:00-17:00 Europe/Berlin',
        parameters: { Days: ['30'], Topic: ['alerts'] },
      },
    });
    expect(policy).toMatchObject({
      automatedRemediationEnabled: true,
      attempts: 1,
      holdDays: 7,
      changeWindow: 'Mon-Fri 09:00-17:00 Europe/Berlin',
      parameters: { Days: ['7'], Topic: ['alerts'] },
    });
  });

  it.each<readonly [boolean, boolean, boolean]>([
    [false, false, false],
    [true, false, true],
    [false, true, true],
    [true, true, true],
  ])('pauses when either row does: %s, %s', (control, defaults, expected) => {
    expect(
      parsePolicy({ control: row({ paused: control }), defaults: { paused: defaults } }),
    ).toMatchObject({ paused: expected });
  });

  it.each<readonly [string, Row, string]>([
    [
      'a text for yes',
      { automatedRemediationEnabled: 'true' },
      'has a wrong automatedRemediationEnabled: it must be a Boolean (BOOL), true or false.',
    ],
    ['a number for yes', { paused: 1 }, 'has a wrong paused: it must be a Boolean'],
    [
      'an unknown word',
      { approval: 'sometimes' },
      'has a wrong approval: it must be one of by-impact, always, never.',
    ],
    [
      'a number out of range',
      { attempts: 0 },
      'has a wrong attempts: it must be a whole number (N) from 1 to 100.',
    ],
    ['half a number', { perHour: 1.5 }, 'has a wrong perHour: it must be a whole number'],
    ['a number as text', { perHour: '100' }, 'has a wrong perHour: it must be a whole number'],
    ['no number', { perHour: Number.NaN }, 'has a wrong perHour: it must be a whole number'],
    ['null', { holdDays: null }, 'has a wrong holdDays: it must be a whole number'],
    [
      'a window that is none',
      { changeWindow: 'at night' },
      'has a wrong changeWindow: it must be times such as Mon-Fri 09:00-17:00 Europe/Berlin',
    ],
    [
      'a zone that does not exist',
      { changeWindow: '09:00-17:00 Mars/Olympus' },
      'has a wrong changeWindow',
    ],
    [
      'a parameter that is a number',
      { parameters: { Days: 7 } },
      'has a wrong parameters: it must be a map from the names of parameters to lists of texts.',
    ],
    ['a reference in a parameter', { parameters: { Days: ['{{x}}'] } }, 'has a wrong parameters'],
    ['parameters in a list', { parameters: ['Days'] }, 'has a wrong parameters'],
    ['a misspelled attribute', { Paused: true }, "has an attribute that isn't known"],
    ['an inherited name', { constructor: true }, "has an attribute that isn't known"],
  ])('is refused for %s', (_, attributes, message) => {
    expect(own(attributes)).toMatchObject({
      reason: 'configuration-unreadable',
      message: expect.stringContaining(
        `The row EC2.2 of the configuration table ${message}`,
      ) as string,
    });
  });

  it('is refused when the row * is wrong, or wants to make controls automatic', () => {
    expect(parsePolicy({ control: row({}), defaults: { attempts: -1 } })).toMatchObject({
      message: expect.stringContaining('The row * of the configuration table') as string,
    });
    expect(
      parsePolicy({ control: row({}), defaults: { automatedRemediationEnabled: true } }),
    ).toMatchObject({
      message:
        "The row * of the configuration table can't hold automatedRemediationEnabled: only the row of a control can.",
    });
  });

  it('is a whole policy or a refusal, whatever the rows hold', () => {
    const attributes = Object.keys(own({}));
    const anyRow = fc.dictionary(fc.constantFrom(...attributes, 'x'), fc.anything());
    fc.assert(
      fc.property(anyRow, anyRow, (control, defaults) => {
        const policy = parsePolicy({ control, defaults });
        expect(isRefusal(policy) || isPolicy(policy)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});

const SETTINGS: ReadonlyMap<string, string> = new Map([
  ['/Solutions/SO0111/standards', '{"SC":"yes","CIS120":"no"}'],
  ['/ASR/Filters/AccountFilters', '111122223333, 444455556666'],
  ['/ASR/Filters/AccountFilterMode', 'Exclude'],
  ['/ASR/Filters/OUFilters', 'ou-ab12-11111111,r-ab12'],
  ['/ASR/Filters/OUFilterMode', 'Include'],
  ['/ASR/Filters/TagFilters', 'none'],
  ['/ASR/Filters/TagFilterMode', 'Disabled'],
]);
const READ = {
  standards: ['SC'],
  filters: {
    Account: { mode: 'Exclude', values: ['111122223333', '444455556666'] },
    OU: { mode: 'Include', values: ['ou-ab12-11111111', 'r-ab12'] },
    Tag: { mode: 'Disabled', values: [] },
  },
};

describe('settings', () => {
  it('are parsed', () => {
    expect(settingNames('SO0111').toSorted()).toEqual([...SETTINGS.keys()].toSorted());
    expect(parseSettings(SETTINGS, 'SO0111')).toEqual(READ);
  });

  it.each([...SETTINGS.keys()])('are refused without %s', (name) => {
    const rest = new Map([...SETTINGS].filter(([one]) => one !== name));
    expect(parseSettings(rest, 'SO0111')).toMatchObject({
      reason: 'settings-unreadable',
      message: `The parameter ${name} is missing or holds a value that isn't understood.`,
    });
  });

  it.each([
    ['/Solutions/SO0111/standards', '{"SC":true}'],
    ['/Solutions/SO0111/standards', '{}'],
    ['/Solutions/SO0111/standards', 'SC'],
    ['/ASR/Filters/AccountFilterMode', 'exclude'],
    ['/ASR/Filters/AccountFilters', '11112222333'],
    ['/ASR/Filters/OUFilters', 'Sandbox'],
  ])('are refused when %s is %s', (name, value) => {
    expect(parseSettings(new Map([...SETTINGS, [name, value]]), 'SO0111')).toMatchObject({
      reason: 'settings-unreadable',
    });
  });

  it('of a filter that is off may hold anything', () => {
    const off = new Map([
      ...SETTINGS,
      ['/ASR/Filters/AccountFilterMode', 'Disabled'] as const,
      ['/ASR/Filters/AccountFilters', 'everyone'] as const,
    ]);
    expect(parseSettings(off, 'SO0111')).toMatchObject({
      filters: { Account: { mode: 'Disabled' } },
    });
  });

  it('are read in one call', async () => {
    const ssm = mockClient(SSMClient);
    ssm.on(GetParametersCommand).callsFake(({ Names }: { Names: readonly string[] }) => ({
      Parameters: Names.map((Name) => ({ Name, Value: SETTINGS.get(Name) })),
    }));
    expect(await readSettings(new SSMClient({ region: 'us-east-1' }), 'SO0111')).toEqual(READ);
    expect(ssm.calls()).toHaveLength(1);
    ssm.on(GetParametersCommand).resolves({});
    expect(await readSettings(new SSMClient({ region: 'us-east-1' }), 'SO0111')).toMatchObject({
      reason: 'settings-unreadable',
    });
  });
});
