import type { Catalog } from '../../functions/model/catalog.ts';
import type { ShownControl } from './backend.ts';
import type { Scope } from './scope.ts';

/** What is the same for all requests. */
export interface Knowledge {
  readonly catalog: Catalog;
  /** Controls with a remediation, by id. */
  readonly controls: Readonly<Record<string, ShownControl>>;
  readonly version: string;
  readonly partition: string;
  readonly region: string;
  readonly adminAccount: string;
}

/** One request, as a route sees it: data only through the user's scope. */
export interface Context extends Knowledge {
  readonly scope: Scope;
  readonly now: Date;
  /** A new id, of letters and digits. */
  readonly newId: () => string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
  /** The part of the path that the route leaves open. */
  readonly id: string;
}
