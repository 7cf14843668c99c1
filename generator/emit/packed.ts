import { gzip } from 'pako';

const known = new Map<string, string>();

/**
 * Text as gzip in base64. By a compressor in JavaScript, because Node's own gives other bytes in other versions of Node,
 * and the same sources must give the same template.
 */
export function packed(text: string): string {
  // Several functions hold the same catalogue, and compressing it takes long.
  const before = known.get(text);
  if (before !== undefined) return before;
  const bytes = gzip(text, { level: 9, memLevel: 9 });
  const base64 = Buffer.from(bytes).toString('base64');
  known.set(text, base64);
  return base64;
}

/**
 * Data as a statement of JavaScript that defines `name`. Packed: as text, the catalogue would take a fifth of the
 * template, and people read it in `dist/catalog.json`. The value must be plain data.
 */
export function packedConstant(name: string, value: unknown): string {
  return `// Data of this build, as JSON, compressed.
const ${name} = JSON.parse(require("node:zlib").gunzipSync(Buffer.from("${packed(JSON.stringify(value))}", "base64")).toString());
`;
}
