/**
 * Systems Manager throttles CreateDocument, so documents are made in five lanes, one after the other in each, whatever
 * standards are on.
 */
const LANES = 5;

/** What an item waits for. Through these it waits for all earlier items of its lane that exist. */
export interface LaneEdges<T> {
  readonly item: T;
  /** The nearest earlier item that exists whenever this one does. */
  readonly always: T | undefined;
  /** Items between the two, which exist only when their own condition holds. */
  readonly whenPresent: readonly T[];
}

/**
 * Puts items, in the given order, into lanes. `standards` are the standards of which any one brings the item.
 * An item must never depend plainly on one that may be absent: CloudFormation then leaves out both ("Condition
 * attribute", CloudFormation Template Reference).
 */
export function laneEdges<T>(
  items: readonly T[],
  standards: (item: T) => readonly string[],
): readonly LaneEdges<T>[] {
  return items.map((item, index) => {
    const earlier = items.slice(0, index).filter((_, at) => at % LANES === index % LANES);
    const nearest = earlier.findLastIndex((one) => isSubset(standards(item), standards(one)));
    return { item, always: earlier[nearest], whenPresent: earlier.slice(nearest + 1) };
  });
}

function isSubset(inner: readonly string[], outer: readonly string[]): boolean {
  return inner.every((one) => outer.includes(one));
}
