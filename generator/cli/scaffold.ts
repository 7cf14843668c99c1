import type { ResourceKind } from '../model/kinds/kinds.ts';
import type { SecurityControl } from '../model/standard.ts';

/** The YAML of a new unit: complete in form; what must be decided is empty, so that `asr check` names it. */
export function scaffoldUnit(
  controlId: string,
  kind: ResourceKind,
  control: SecurityControl | undefined,
): string {
  const fields = [...kind.fields.keys(), ...(kind.whole === undefined ? [] : [kind.whole])];
  return `# yaml-language-server: $schema=../../generator/read/schemas/runbook.schema.json
# ${controlId}${control?.title === undefined ? '' : `: ${control.title}`}
title:
why:
checks:
controls: [${controlId}]
resource: ${kind.name}
scope: regional
impact:
before:
  - read:
    with: {${fields[0] === undefined ? '' : ` ${fields[0]}: "{${fields[0]}}" `}}
    keep: {}
compliant: {}
change:
  - call:
    with: {${fields[0] === undefined ? '' : ` ${fields[0]}: "{${fields[0]}}" `}}
undo:
  - call:
    with: {${fields[0] === undefined ? '' : ` ${fields[0]}: "{${fields[0]}}" `}}
note:
`;
}

/** The test of a new unit, with the situation that every unit needs. */
export function scaffoldTest(controlId: string, kind: ResourceKind): string {
  return `situations:
  - name: failing
    control: ${controlId}
    proven-on: emulator
    given:
      - call:
        with: {}
    resource: "${kind.accepts[0] ?? kind.arn}"
    observe:
      - read:
        with: {}
        keep: {}
    preview: { outcome: would-change, calls: [] }
    remediate: { outcome: changed, expect: {} }
`;
}
