/** Orders as people count: `EC2.2` before `EC2.18`. The same on every machine, whatever its locale. */
export function compareNaturally(a: string, b: string): number {
  const left = a.split(/(\d+)/u);
  const right = b.split(/(\d+)/u);
  for (const [index, part] of left.entries()) {
    const other = right[index];
    if (other === undefined) return 1;
    if (part === other) continue;
    // Every second part is a number.
    if (index % 2 === 1 && Number(part) !== Number(other)) return Number(part) - Number(other);
    return part < other ? -1 : 1;
  }
  return left.length - right.length;
}
