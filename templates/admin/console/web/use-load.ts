import { useEffect, useRef, useState } from 'preact/hooks';
import type { Page } from '../contract.ts';
import { ApiError } from './api.ts';

export interface Loaded<T> {
  /** The latest that arrived; kept while it is loaded again. */
  readonly value?: T;
  readonly error?: ApiError;
  readonly isLoading: boolean;
  readonly reload: () => void;
}

/** Loads when `key` changes, and again on `reload`. A later request makes an earlier one void. */
export function useLoad<T>(key: string, load: (signal: AbortSignal) => Promise<T>): Loaded<T> {
  const [tick, setTick] = useState(0);
  const [state, setState] = useState<Omit<Loaded<T>, 'reload'> & { readonly key: string }>({
    key,
    isLoading: true,
  });
  useEffect(() => {
    const stop = new AbortController();
    setState((old) => (old.key === key ? { ...old, isLoading: true } : { key, isLoading: true }));
    load(stop.signal).then(
      (value) => {
        if (!stop.signal.aborted) setState({ key, value, isLoading: false });
      },
      (error: unknown) => {
        if (!stop.signal.aborted) setState({ key, error: errorOf(error), isLoading: false });
      },
    );
    return () => stop.abort();
  }, [key, tick]);
  const current = state.key === key ? state : { isLoading: true };
  return { ...current, reload: () => setTick((old) => old + 1) };
}

export interface Listed<T> extends Omit<Loaded<readonly T[]>, 'value'> {
  readonly items: readonly T[];
  /** Loads what follows; undefined when that is all. */
  readonly more?: () => void;
}

/** A page may be empty with more behind it: this many are read on until something comes. */
const EMPTY_PAGES = 5;

/** A list that goes on. Begins anew when `key` changes. */
export function useList<T>(
  key: string,
  load: (next: string | undefined, signal: AbortSignal) => Promise<Page<T>>,
): Listed<T> {
  const first = useLoad(key, (signal) => readOn(load, undefined, signal));
  const [rest, setRest] = useState<{
    readonly of: Page<T>;
    readonly page: Page<T>;
    readonly error?: ApiError;
  }>();
  const [isGoingOn, setGoingOn] = useState(false);
  const stop = useRef(new AbortController());
  useEffect(() => () => stop.current.abort(), []);
  const { value, error, isLoading, reload } = first;
  // What was loaded on top belongs to one first page: another one makes it void.
  const own = rest !== undefined && rest.of === value ? rest : undefined;
  const end = own?.page ?? value;
  const more = async (of: Page<T>, page: Page<T>): Promise<void> => {
    setGoingOn(true);
    try {
      const following = await readOn(load, page.next, stop.current.signal);
      const { next } = following;
      const before = page === of ? [] : page.items;
      setRest({
        of,
        page: { items: [...before, ...following.items], ...(next === undefined ? {} : { next }) },
      });
    } catch (problem) {
      setRest({ of, page: page === of ? { ...page, items: [] } : page, error: errorOf(problem) });
    }
    setGoingOn(false);
  };
  const problem = own?.error ?? error;
  return {
    items: [...(value?.items ?? []), ...(own?.page.items ?? [])],
    isLoading: isLoading || isGoingOn,
    reload,
    ...(problem === undefined ? {} : { error: problem }),
    ...(value === undefined || end?.next === undefined
      ? {}
      : { more: () => void more(value, end) }),
  };
}

async function readOn<T>(
  load: (next: string | undefined, signal: AbortSignal) => Promise<Page<T>>,
  next: string | undefined,
  signal: AbortSignal,
): Promise<Page<T>> {
  let page = await load(next, signal);
  for (let read = 1; read < EMPTY_PAGES; read += 1) {
    if (page.items.length > 0 || page.next === undefined) break;
    page = await load(page.next, signal);
  }
  return page;
}

/** What went wrong; an error that isn't of the API shows as an unexpected one. */
export function errorOf(error: unknown): ApiError {
  return error instanceof ApiError ? error : new ApiError('unexpected');
}

const EVERY = 3000;
/** Then whoever waits can reload by hand. */
const MOST_TIMES = 60;

/** Calls `reload` every few seconds while `isActive`, as long as people look at the page. */
export function usePoll(isActive: boolean, reload: () => void): void {
  const latest = useRef(reload);
  latest.current = reload;
  useEffect(() => {
    if (!isActive) return undefined;
    let times = 0;
    const timer = setInterval(() => {
      times += 1;
      if (times > MOST_TIMES) clearInterval(timer);
      else if (document.visibilityState === 'visible') latest.current();
    }, EVERY);
    return () => clearInterval(timer);
  }, [isActive]);
}
