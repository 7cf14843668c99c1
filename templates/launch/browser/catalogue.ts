import { INNER_WORDS, createMatcher, unpack } from '../catalogue.ts';
import type { CatalogueFilter, ControlRow, RemediationRow } from '../catalogue.ts';
import type { LaunchData } from '../settings.ts';
import { byId, element } from './dom.ts';

const filters = byId('filters', HTMLFormElement);
const words = byId('words', HTMLInputElement);
const standard = byId('by-standard', HTMLSelectElement);
const kind = byId('by-kind', HTMLSelectElement);
const impact = byId('by-impact', HTMLSelectElement);
const undo = byId('by-undo', HTMLSelectElement);
const count = byId('count', HTMLElement);

/** Shows all controls, and hides those that the filters leave out. */
export function showCatalogue({ catalogue }: LaunchData): void {
  const rows = unpack(catalogue).map((row) => [row, tableRow(row)] as const);
  const matches = createMatcher();
  const narrow = (): void => {
    const filter = readFilter();
    let shown = 0;
    for (const [row, place] of rows) {
      place.hidden = !matches(row, filter);
      if (!place.hidden) shown += 1;
    }
    count.textContent =
      shown === 0
        ? 'No control matches. Use fewer words, or set a list back to its first entry.'
        : `${shown} of ${rows.length} controls`;
  };
  byId('rows', HTMLElement).replaceChildren(...rows.map(([, place]) => place));
  filters.addEventListener('input', narrow);
  filters.addEventListener('submit', (event) => event.preventDefault());
  narrow();
}

function readFilter(): CatalogueFilter {
  return {
    words: words.value,
    standard: standard.value,
    kind: kind.value as CatalogueFilter['kind'],
    impact: impact.value,
    undo: undo.value as CatalogueFilter['undo'],
  };
}

function tableRow(row: ControlRow): HTMLTableRowElement {
  const { remediation } = row;
  const title = row.title === '' ? [] : [element('p', {}, row.title)];
  return element(
    'tr',
    { role: 'row' },
    element(
      'th',
      { role: 'rowheader', scope: 'row' },
      element('strong', {}, row.id),
      row.retired ? ' (retired)' : '',
      ...title,
    ),
    cell('Severity', row.severity.toLowerCase()),
    cell('Standards', standardsText(row)),
    cell(
      'Remediation',
      remediation === undefined
        ? element('span', { class: 'soft' }, 'none, only detected')
        : breakable('span', remediation.name),
    ),
    ...(remediation === undefined
      ? ['Impact', 'Undo', 'Permissions'].map(emptyCell)
      : remediationCells(row.id, remediation)),
  );
}

/** The standards that have the control, each with its own ids where they differ. */
function standardsText({ id, standards }: ControlRow): string {
  return Object.entries(standards)
    .map(([own, ids]) => (ids.length === 1 && ids[0] === id ? own : `${own} ${ids.join(' ')}`))
    .join(', ');
}

function remediationCells(control: string, remediation: RemediationRow): readonly HTMLElement[] {
  const { noUndo, permissions } = remediation;
  const list = element(
    'ul',
    {},
    ...permissions.map((action) => element('li', {}, breakable('code', action))),
  );
  const summary = element(
    'summary',
    {},
    `${permissions.length} actions`,
    element('span', { class: 'unseen' }, ` of ${control}`),
  );
  return [
    cell('Impact', impactText(remediation.impact)),
    cell('Undo', noUndo === undefined ? element('span', { class: 'yes' }, 'yes') : `no: ${noUndo}`),
    cell('Permissions', element('details', {}, summary, list)),
  ];
}

/** A long name that can go on in the next line between its words. */
function breakable(tag: 'code' | 'span', name: string): HTMLElement {
  const parts = name
    .split(INNER_WORDS)
    .flatMap((part, index) => (index === 0 ? [part] : [element('wbr', {}), part]));
  return element(tag, {}, ...parts);
}

function impactText(impact: RemediationRow['impact']): string {
  if (typeof impact === 'string') return impact;
  const [when, then, otherwise] = impact;
  return `${then} when ${when}, otherwise ${otherwise}`;
}

function cell(column: string, content: Node | string): HTMLElement {
  return element('td', { role: 'cell', 'data-column': column }, content);
}

function emptyCell(column: string): HTMLElement {
  const dash = element(
    'span',
    { class: 'soft' },
    element('span', { 'aria-hidden': 'true' }, '-'),
    element('span', { class: 'unseen' }, 'none'),
  );
  return element('td', { role: 'cell', class: 'none', 'data-column': column }, dash);
}
