// Optimal string alignment distance: insert, delete, replace, or swap neighbours. Gives up above `limit`.
function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = cell(last, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let best = Math.min(cell(last, j) + 1, cell(row, j - 1) + 1, replaced);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, cell(beforeLast, j - 2) + 1);
      }
      row.push(best);
    }
    if (Math.min(...row) > limit) return limit + 1;
    beforeLast = last;
    last = row;
  }
  return cell(last, b.length);
}

function cell(row: readonly number[], at: number): number {
  return row[at] ?? Number.POSITIVE_INFINITY;
}

/**
 * The known word nearest to a mistyped one, ignoring case; undefined when none is within a third of its length.
 * Of several equally near words the first in code-unit order wins.
 */
export function suggest(wrong: string, known: Iterable<string>): string | undefined {
  const word = wrong.toLowerCase();
  let limit = Math.max(1, Math.floor(word.length / 3));
  let nearest: string | undefined;
  for (const candidate of [...known].toSorted()) {
    const found = distance(word, candidate.toLowerCase(), limit);
    if (found > limit) continue;
    nearest = candidate;
    if (found === 0) break;
    limit = found - 1;
  }
  return nearest;
}
