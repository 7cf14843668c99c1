import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** What an update of a stack can't change in a resource: CloudFormation replaces it, or refuses the update. */
export interface FixedProperties {
  /** The property that names the resource in its account and Region, for types that have such a name. */
  readonly name?: string;
  /** The other properties. */
  readonly fixed: readonly string[];
}

interface Stored {
  readonly 'cfn-lint': string;
  readonly types: Readonly<Record<string, FixedProperties>>;
}

let stored: Stored | undefined;

function load(): Stored {
  stored ??= parse(
    readFileSync(new URL('./fixed-properties.yaml', import.meta.url), 'utf8'),
  ) as Stored;
  return stored;
}

/** The fixed properties of a resource type; undefined for types that are not in the index. */
export function fixedProperties(type: string): FixedProperties | undefined {
  const { types } = load();
  return Object.hasOwn(types, type) ? types[type] : undefined;
}

/** Version of cfn-lint whose schemas the index was made from. */
export function schemasVersion(): string {
  return load()['cfn-lint'];
}
