import { listOf, objectOf } from './json.ts';

type Members = Readonly<Record<string, unknown>>;

/** A call of the AWS API, as a document tells it: `ec2:RevokeSecurityGroupIngress` and its request members. */
export interface Call {
  readonly call: string;
  /** Empty where the document left the members out to save room. */
  readonly with: Members;
}

export interface Calls {
  /** Those of the change, made or planned. */
  readonly change: readonly Call[];
  /** Of a preview: those with which Undo would restore what is there now, as far as they are known before the change. */
  readonly undo: readonly Call[];
}

/** What a document says in `Changes`; undefined when that is no list, as when it was cut off. Pure. */
export function readCalls(json: string): Calls | undefined {
  let list: unknown;
  try {
    list = JSON.parse(json);
  } catch {
    return undefined;
  }
  if (!Array.isArray(list)) return undefined;
  const calls = listOf(list).flatMap((one) => {
    const { call, with: members, undo } = objectOf(one);
    return typeof call === 'string'
      ? [{ isUndo: undo === true, call: { call, with: objectOf(members) } }]
      : [];
  });
  const of = (isUndo: boolean): readonly Call[] =>
    calls.filter((one) => one.isUndo === isUndo).map(({ call }) => call);
  return { change: of(false), undo: of(true) };
}
