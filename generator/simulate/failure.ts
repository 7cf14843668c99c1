/** A step or a whole execution fails, as it would in Automation or because the simulator can't tell. */
export class Failure extends Error {
  override readonly name = 'Failure';
}
