import type { ComponentChildren } from 'preact';

export interface Column<T> {
  readonly title: string;
  /** @default the title */
  readonly head?: ComponentChildren;
  readonly cell: (row: T) => ComponentChildren;
  readonly kind?: 'check' | 'main' | 'number' | 'actions';
}

export interface TableProps<T> {
  readonly caption: string;
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  readonly keyOf: (row: T) => string;
  readonly isSelected?: (row: T) => boolean;
}

/**
 * A table; on a narrow screen each row becomes a card. The roles are said again, because browsers drop them with the
 * layout of a table.
 */
export function Table<T>({
  caption,
  columns,
  rows,
  keyOf,
  isSelected = () => false,
}: TableProps<T>) {
  return (
    <table role="table" class="rows">
      <caption class="unseen">{caption}</caption>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map(({ title, head, kind }) => (
            <th key={title} role="columnheader" scope="col" class={kind}>
              {head ?? (kind === 'actions' ? <span class="unseen">{title}</span> : title)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row) => (
          <tr key={keyOf(row)} role="row" class={isSelected(row) ? 'selected' : undefined}>
            {columns.map(({ title, cell, kind }) => (
              <td key={title} role="cell" class={kind} data-label={title}>
                {cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
