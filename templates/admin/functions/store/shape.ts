/** Reads one value of an item; throws `Malformed` when it isn't what it must be. */
export type Reader<T> = (value: unknown) => T;

export class Malformed extends Error {
  override readonly name = 'Malformed';
}

export const text: Reader<string> = (value) => {
  if (typeof value === 'string') return value;
  throw new Malformed('text expected');
};

export const flag: Reader<boolean> = (value) => {
  if (typeof value === 'boolean') return value;
  throw new Malformed('yes or no expected');
};

export const amount: Reader<number> = (value) => {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new Malformed('number expected');
};

/** A moment as `toISOString` writes it, so that two of them compare as texts. */
export const instant: Reader<string> = (value) => {
  const milliseconds = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (Number.isFinite(milliseconds) && new Date(milliseconds).toISOString() === value) return value;
  throw new Malformed('time expected');
};

export function oneOf<const T extends string>(words: readonly T[]): Reader<T> {
  return (value) => {
    const found = words.find((word) => word === value);
    if (found === undefined) throw new Malformed(`one of ${words.join(', ')} expected`);
    return found;
  };
}

export function optional<T>(read: Reader<T>): Reader<T | undefined> {
  return (value) => (value === undefined ? undefined : read(value));
}

export function nullable<T>(read: Reader<T>): Reader<T | null> {
  return (value) => (value === null ? null : read(value));
}

export function listOf<T>(read: Reader<T>): Reader<readonly T[]> {
  return (value) => {
    if (!Array.isArray(value)) throw new Malformed('list expected');
    return value.map((one) => read(one));
  };
}

export function recordOf<T>(read: Reader<T>): Reader<Readonly<Record<string, T>>> {
  return (value) =>
    Object.fromEntries(Object.entries(members(value)).map(([name, one]) => [name, read(one)]));
}

/** An object with exactly the members of `T`; what else the item holds (keys, index attributes) is left out. */
export function object<T extends object>(readers: {
  readonly [K in keyof T]-?: Reader<T[K]>;
}): Reader<T> {
  return (value) => {
    const given = members(value);
    const made: Record<string, unknown> = {};
    for (const [name, read] of Object.entries<Reader<unknown>>(readers)) {
      const one = read(given[name]);
      if (one !== undefined) made[name] = one;
    }
    return made as T;
  };
}

function members(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Malformed('object expected');
  return value as Readonly<Record<string, unknown>>;
}
