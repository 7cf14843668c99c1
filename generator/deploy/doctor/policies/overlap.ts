/**
 * Whether some text matches both patterns, in which `*` stands for any run of characters and `?` for one. Linear in the
 * product of their lengths.
 */
export function overlaps(left: string, right: string): boolean {
  // reachable[j]: the rests left[i..] and right[j..] have a text in common. Filled from the ends.
  let below: readonly boolean[] = [];
  for (let i = left.length; i >= 0; i -= 1) {
    const row: boolean[] = Array.from({ length: right.length + 1 }, () => false);
    for (let j = right.length; j >= 0; j -= 1) row[j] = rest(left, right, i, j, row, below);
    below = row;
  }
  return below[0] === true;
}

function rest(
  left: string,
  right: string,
  i: number,
  j: number,
  row: readonly boolean[],
  below: readonly boolean[],
): boolean {
  const [a, b] = [left[i], right[j]];
  if (a === undefined && b === undefined) return true;
  // A star stands for nothing, or takes a character (or a whole star) of the other side.
  if (a === '*') return below[j] === true || (b !== undefined && row[j + 1] === true);
  if (b === '*') return row[j + 1] === true || (a !== undefined && below[j] === true);
  if (a === undefined || b === undefined) return false;
  return (a === b || a === '?' || b === '?') && below[j + 1] === true;
}

/**
 * The same for patterns of ARNs: a star in the Region or the account of an ARN takes no colon, so whole ARNs are compared
 * part by part. A pattern that leaves out parts is compared as a text.
 */
export function overlapsArn(left: string, right: string): boolean {
  const [a, b] = [arnParts(left), arnParts(right)];
  if (a === undefined || b === undefined) return overlaps(left, right);
  return a.every((part, at) => overlaps(part, b[at] ?? ''));
}

/** Partition, service, Region, account and resource, which may have colons of its own. */
function arnParts(pattern: string): readonly string[] | undefined {
  const parts = pattern.split(':');
  return parts.length < 6 ? undefined : [...parts.slice(0, 5), parts.slice(5).join(':')];
}
