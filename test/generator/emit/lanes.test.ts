import { describe, expect, it } from 'vitest';
import { laneEdges } from '../../../generator/emit/lanes.ts';
import { emitMember } from '../../../generator/emit/member.ts';
import { everySubset, mostAtOnce, survivingDocuments } from './concurrency.ts';
import { inputOf, unit } from './fixtures.ts';

/** Every set of standards that a control can have besides SC, one unit for each. */
const sets = Array.from({ length: 64 }, (_, bits) => bits);
const ids = ['AFSBP', 'CIS120', 'CIS140', 'CIS300', 'NIST80053', 'PCI321'];
const controls = {
  SC: sets.filter((bits) => bits % 3 !== 0).map((bits) => `A.${bits}`),
  ...Object.fromEntries(
    ids.map((id, index) => [
      id,
      sets.filter((bits) => (bits >> index) % 2 === 1).map((bits) => `A.${bits}`),
    ]),
  ),
};

describe('lanes', () => {
  const units = sets
    .slice(1)
    .map((bits) => unit(`Unit${String(bits).padStart(2, '0')}`, [`A.${bits}`]));
  // Controls that only other standards have are not in SC here, to make the sets as different as can be.
  const emitted = emitMember(inputOf(units, controls));
  const template = emitted.file.json;

  it('has no problems to report', () => {
    expect(emitted.problems).toEqual([]);
  });

  it('makes at most five documents at once, whatever standards are on', () => {
    const widths = everySubset().map((parameters) => {
      const graph = survivingDocuments(template, parameters);
      return { documents: graph.size, most: mostAtOnce(graph) };
    });
    expect(Math.max(...widths.map(({ most }) => most))).toBe(5);
    expect(Math.max(...widths.map(({ documents }) => documents))).toBe(63);
    expect(
      widths.filter(({ documents, most }) => most !== Math.min(documents, 5) && most > 5),
    ).toEqual([]);
  });

  it('would notice a missing edge', () => {
    const graph = new Map(survivingDocuments(template, { LoadSCMemberStack: 'yes' }));
    const last = [...graph.keys()].at(-1) ?? '';
    graph.set(last, new Set());
    expect(mostAtOnce(graph)).toBe(6);
  });

  it('never depends plainly on a document that may be absent', () => {
    expect(() =>
      everySubset().map((parameters) => survivingDocuments(template, parameters)),
    ).not.toThrow();
  });

  it('goes back to the nearest item that is always there', () => {
    const standards = new Map([
      ['a', ['SC', 'CIS120']],
      ['f', ['SC']],
      ['k', ['SC', 'AFSBP']],
      ['p', ['SC']],
    ]);
    const items = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o', 'p'];
    const edges = laneEdges(items, (item) => standards.get(item) ?? ['PCI321']);
    const of = (name: string) => edges.find((one) => one.item === name);
    expect(of('f')).toEqual({ item: 'f', always: 'a', whenPresent: [] });
    expect(of('k')).toEqual({ item: 'k', always: undefined, whenPresent: ['a', 'f'] });
    expect(of('p')).toEqual({ item: 'p', always: 'k', whenPresent: [] });
  });
});
