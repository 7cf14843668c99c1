/** Characters with which spreadsheets begin a formula (OWASP, "CSV Injection"). */
const FORMULA = /^[=+\-@\t\r\n]/u;

/** Lines of a CSV file (RFC 4180). What a spreadsheet would take for a formula gets an apostrophe before it. */
export function csvOf(
  head: readonly string[],
  rows: readonly (readonly (string | undefined)[])[],
): string {
  return [head, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

function cell(value = ''): string {
  // A formula may hide behind leading white space, which spreadsheets drop.
  const safe = FORMULA.test(value) || FORMULA.test(value.trimStart()) ? `'${value}` : value;
  return `"${safe.replaceAll('"', '""')}"`;
}
