import { describe, expect, it, vi } from 'vitest';
import { diagnosticCodes } from '../../../generator/read/diagnostics.ts';
import type { DiagnosticCode } from '../../../generator/read/diagnostics.ts';
import { kindCases } from './cases/kinds.ts';
import { limitCases } from './cases/limits.ts';
import { permissionCases } from './cases/permissions.ts';
import { pythonCases } from './cases/python.ts';
import { readingCases } from './cases/reading.ts';
import { referenceCases } from './cases/references.ts';
import { shapeCases } from './cases/shape.ts';
import { standardCases } from './cases/standards.ts';
import { stepCases } from './cases/steps.ts';
import { unitCases } from './cases/unit.ts';
import { compileFiles, dedent, markedPlaces, said } from './compile-source.ts';
import type { MistakeCase } from './compile-source.ts';
import { unit } from './unit-text.ts';

const groups: Readonly<Record<string, readonly MistakeCase[]>> = {
  reading: readingCases,
  shape: shapeCases,
  standards: standardCases,
  kinds: kindCases,
  unit: unitCases,
  references: referenceCases,
  steps: stepCases,
  python: pythonCases,
  permissions: permissionCases,
  limits: limitCases,
};

/** Codes of the emitters, of `asr check --templates`, of the documentation and of exceptions, whose own tests show them. */
const ELSEWHERE: readonly DiagnosticCode[] = [
  'template-invalid',
  'stale-page',
  'broad-exception',
  'ended-exception',
  'idle-exception',
];

// The first case waits for the kinds, the standards and ruff.
vi.setConfig({ testTimeout: 60_000 });

const seen = new Set<DiagnosticCode>();

describe('mistakes in the sources', () => {
  for (const [group, cases] of Object.entries(groups)) {
    describe(group, () => {
      it.each(cases.map((one) => [one.title, one] as const))('%s', async (_, { files, says }) => {
        const { problems } = await compileFiles(files);
        for (const { code } of problems) seen.add(code);
        const places = problems.map(({ file, line, column }) => `${file}:${line}:${column}`);
        expect(said(problems)).toBe(dedent(says).replaceAll(/^ +/gmu, ''));
        expect(places).toEqual(markedPlaces(files));
      });
    });
  }

  it('are none in the unit that the cases start from', async () => {
    const { report, compiled } = await compileFiles(unit());
    expect(report).toBe('');
    expect(compiled.map(({ documentName }) => documentName)).toEqual(['ASR-Rotate']);
  });

  it('have every code that there is', () => {
    const missing = diagnosticCodes.filter((code) => !seen.has(code));
    expect(missing).toEqual(ELSEWHERE);
  });
});
