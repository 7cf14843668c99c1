import { useEffect, useState } from 'preact/hooks';
import { hrefOf, parseRoute } from './route.ts';
import type { PageName, Query, Route } from './route.ts';

/** The page that the address names, also after Back. */
export function useRoute(): Route {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const read = (): void => setHash(location.hash);
    addEventListener('hashchange', read);
    return () => removeEventListener('hashchange', read);
  }, []);
  return parseRoute(hash);
}

export function go(page: PageName, query: Query = {}): void {
  location.hash = hrefOf(page, query);
}
