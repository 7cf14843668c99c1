const PAGES = [
  'findings',
  'finding',
  'approvals',
  'history',
  'attempt',
  'controls',
  'exceptions',
  'health',
  'statistics',
  'users',
] as const;
export type PageName = (typeof PAGES)[number];

export type Query = Readonly<Record<string, string>>;

export interface Route {
  /** Undefined when the address names no page. */
  readonly page: PageName | undefined;
  readonly query: Query;
}

/** Reads the part of an address from `#` on; an empty one is the first page. */
export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#?\/?/u, '').split(/\?(?<rest>.*)/su);
  const page = path === '' ? 'findings' : PAGES.find((one) => one === path);
  return { page, query: Object.fromEntries(new URLSearchParams(query)) };
}

/** The address of a page; parameters without a value are left out. */
export function hrefOf(
  page: PageName,
  query: Readonly<Record<string, string | undefined>> = {},
): string {
  const given = Object.entries(query).filter(
    (one): one is [string, string] => one[1] !== undefined && one[1] !== '',
  );
  const text = new URLSearchParams(given).toString();
  return `#/${page}${text === '' ? '' : `?${text}`}`;
}
