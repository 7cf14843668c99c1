import { inputOf } from './api-request.ts';
import type { ApiRequest } from './api-request.ts';
import type { Members } from './places.ts';

/** What AWS would bill or throttle. */
export interface Counts {
  /** State transitions of the orchestrator. */
  readonly transitions: number;
  readonly functionCalls: number;
  readonly apiCalls: number;
  /** Items that DynamoDB writes. */
  readonly itemWrites: number;
  /** Requests that write items. */
  readonly writeRequests: number;
}

/** Counts what is done on behalf of somebody: `ingest`, `sweep`, or the name of an execution. */
export interface Meter {
  /** Who acts from now on. */
  readonly turn: (to: string) => void;
  readonly see: (request: ApiRequest) => void;
  readonly add: (what: keyof Counts, count: number) => void;
  /** What somebody, or everybody together, has done since the last `reset`. */
  readonly counts: (of?: string) => Counts;
  readonly reset: () => void;
}

const NOTHING: Counts = {
  transitions: 0,
  functionCalls: 0,
  apiCalls: 0,
  itemWrites: 0,
  writeRequests: 0,
};
const NAMES = Object.keys(NOTHING) as readonly (keyof Counts)[];

/** Makes a meter that stands at zero. */
export function createMeter(): Meter {
  const all = new Map<string, Counts>();
  let current = 'nobody';
  const add = (what: keyof Counts, count: number): void => {
    const before = all.get(current) ?? NOTHING;
    all.set(current, { ...before, [what]: before[what] + count });
  };
  return {
    turn: (to) => {
      current = to;
    },
    add,
    see: (request) => {
      add('apiCalls', 1);
      const items = itemsOf(request);
      if (items === 0) return;
      add('writeRequests', 1);
      add('itemWrites', items);
    },
    counts: (of) => (of === undefined ? sum([...all.values()]) : (all.get(of) ?? NOTHING)),
    reset: () => {
      all.clear();
    },
  };
}

function sum(all: readonly Counts[]): Counts {
  return Object.fromEntries(
    NAMES.map((name) => [name, all.reduce((total, one) => total + one[name], 0)]),
  ) as unknown as Counts;
}

/** Items that a request writes; a condition check of a transaction writes none. */
function itemsOf(request: ApiRequest): number {
  if (request.service !== 'dynamodb') return 0;
  switch (request.operation) {
    case 'PutItem':
    case 'UpdateItem':
    case 'DeleteItem':
      return 1;
    case 'TransactWriteItems': {
      const { TransactItems: items } = inputOf(request) as {
        readonly TransactItems: readonly Members[];
      };
      return items.filter((item) => item['ConditionCheck'] === undefined).length;
    }
    default:
      return 0;
  }
}
