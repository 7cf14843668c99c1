/** Whether two control ids are the same: AWS itself writes both AutoScaling.5 and Autoscaling.5. */
export function isSameControl(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
