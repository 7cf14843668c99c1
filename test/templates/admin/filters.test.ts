import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '../../../templates/admin/functions/decide/decide.ts';
import type { DecideInput } from '../../../templates/admin/functions/decide/types.ts';
import type { Filter, FilterKind } from '../../../templates/admin/functions/model/settings.ts';
import { input, later, of, outcome, remembered, request, unreadable } from './decide-fixtures.ts';
import { MEMBER, settings } from './fixtures.ts';

const filtered = (kind: FilterKind, filter: Filter): Partial<DecideInput> => ({
  settings: { ...settings, filters: { ...settings.filters, [kind]: filter } },
});
const include = (...values: readonly string[]): Filter => ({ mode: 'Include', values });
const exclude = (...values: readonly string[]): Filter => ({ mode: 'Exclude', values });

// The finding's account lies in ou-ab12-11111111 under r-ab12; its resource has the tag team.
describe('filters', () => {
  it.each<readonly [FilterKind, string, Filter, string]>([
    ['Account', 'included', include(MEMBER), 'allow'],
    ['Account', 'not included', include('999999999999'), 'deny filtered'],
    ['Account', 'included by an empty list', include(), 'deny filtered'],
    ['Account', 'excluded', exclude('999999999999', MEMBER), 'deny filtered'],
    ['Account', 'not excluded', exclude('999999999999'), 'allow'],
    ['Account', 'excluded by an empty list', exclude(), 'allow'],
    ['OU', 'included by its unit', include('ou-ab12-11111111'), 'allow'],
    ['OU', 'included by a unit above', include('r-ab12'), 'allow'],
    ['OU', 'not included', include('ou-ab12-22222222'), 'deny filtered'],
    ['OU', 'included by an empty list', include(), 'deny filtered'],
    ['OU', 'excluded by a unit above', exclude('r-ab12'), 'deny filtered'],
    ['OU', 'not excluded', exclude('ou-ab12-22222222'), 'allow'],
    ['Tag', 'included', include('team'), 'allow'],
    ['Tag', 'not included', include('Team'), 'deny filtered'],
    ['Tag', 'included by an empty list', include(), 'deny filtered'],
    ['Tag', 'excluded', exclude('team'), 'deny filtered'],
    ['Tag', 'not excluded', exclude('blue'), 'allow'],
  ])('%s: %s', (kind, _, filter, expected) => {
    expect(outcome(filtered(kind, filter))).toBe(expected);
  });

  it.each(['custom-action', 'command', 'console'] as const)('bind what a %s asks', (origin) => {
    for (const mode of ['Remediate', 'Preview', 'Undo'] as const)
      expect(
        outcome({
          ...filtered('Account', include('999999999999')),
          request: request({ origin, mode }),
          remembered: remembered({ undoable: { id: 'attempt-1', state: ['x'] } }),
        }),
      ).toBe('deny filtered');
  });

  it.each<readonly [FilterKind, 'unitPath' | 'tags']>([
    ['OU', 'unitPath'],
    ['Tag', 'tags'],
  ])('%s: what is not known denies, whichever way the filter goes', (kind, fact) => {
    const { facts } = input();
    for (const filter of [include('x'), exclude('x')]) {
      const on = filtered(kind, filter);
      expect(outcome({ ...on, facts: { ...facts, [fact]: unreadable } })).toBe(
        'deny filter-unknown',
      );
      expect(outcome({ ...on, facts: { ...facts, [fact]: later } })).toBe('allow');
      expect(outcome({ ...on, facts: { ...facts, [fact]: later }, stage: 'start' })).toBe(
        'deny filter-unknown',
      );
    }
    const off = filtered(kind, { mode: 'Disabled', values: ['x'] });
    expect(outcome({ ...off, facts: { ...facts, [fact]: unreadable }, stage: 'start' })).toBe(
      'allow',
    );
  });

  it('name the parameter and the mode', () => {
    expect(decide(input(filtered('Account', exclude(MEMBER)))).message).toBe(
      "/ASR/Filters/AccountFilters (Exclude) leaves out the finding's account.",
    );
    const unknown = { facts: { ...input().facts, unitPath: unreadable } };
    expect(decide(input({ ...filtered('OU', include('r-ab12')), ...unknown })).message).toBe(
      '/ASR/Filters/OUFilters is set, and the organizational units of the account could not be read.',
    );
  });

  it('do not depend on the order of their entries, or of the facts', () => {
    const word = fc.constantFrom('a', 'b', 'c', 'd', 'e');
    const list = fc.uniqueArray(word);
    fc.assert(
      fc.property(
        fc.constantFrom('Include' as const, 'Exclude' as const),
        list,
        list,
        (mode, values, tags) => {
          const one = filtered('Tag', { mode, values });
          const other = filtered('Tag', { mode, values: values.toReversed() });
          const facts = (keys: readonly string[]) => ({
            facts: {
              ...input().facts,
              tags: of(Object.fromEntries(keys.map((key) => [key, '']))),
            },
          });
          expect(outcome({ ...other, ...facts(tags.toReversed()) })).toBe(
            outcome({ ...one, ...facts(tags) }),
          );
        },
      ),
    );
  });
});
