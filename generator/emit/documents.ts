import { stringify } from 'yaml';
import type { CompiledRunbook } from '../compile/compiled.ts';

/** Path of a document inside `dist/`. */
export function documentPath(unit: CompiledRunbook): string {
  return `documents/${unit.documentName}.yaml`;
}

/**
 * A document as YAML for people and for `aws ssm create-document --document-format YAML`: description first, scripts
 * as literal blocks, no folded lines.
 */
export function documentYaml({ document }: CompiledRunbook): string {
  const before = written.get(document);
  if (before !== undefined) return before;
  const { description, schemaVersion, ...rest } = document;
  const text = stringify(
    { description, schemaVersion, ...rest },
    { lineWidth: 0, blockQuote: 'literal', aliasDuplicateObjects: false },
  );
  written.set(document, text);
  return text;
}

/** A document is written, and measured several times. */
const written = new WeakMap<CompiledRunbook['document'], string>();

/** Bytes of a document in the larger of the two forms in which it reaches Systems Manager. */
export function documentBytes(unit: CompiledRunbook): number {
  const json = JSON.stringify(unit.document);
  return Math.max(Buffer.byteLength(documentYaml(unit)), Buffer.byteLength(json));
}
