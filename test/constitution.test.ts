import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import { stringify } from 'yaml';
import { compileAll } from '../generator/compile/compile.ts';
import type { CompiledRunbook, DocumentStep } from '../generator/compile/compiled.ts';
import { LIMITS } from '../generator/compile/limits.ts';
import { selectBlocks, splitPython } from '../generator/compile/python-blocks.ts';
import { formatEmitted, lintPython } from '../generator/compile/ruff.ts';
import type { PythonProblem } from '../generator/compile/ruff.ts';
import { actionFacts, actionsForOperation, isReadOnly } from '../generator/data/iam.ts';
import { buildCatalog } from '../generator/emit/catalog.ts';
import { IMPACTS, allSteps } from '../generator/model/runbook.ts';
import { readSources } from '../generator/read/read-sources.ts';

vi.setConfig({ testTimeout: 60_000 });

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/u, '');
const sources = readSources(root);
const { compiled, problems } = await compileAll(sources, 'SO0111');
const units = compiled.map((unit) => [unit.runbook.name, unit] as const);

/** Names of the units for which something does not hold. */
const breaking = (holds: (unit: CompiledRunbook) => boolean): readonly string[] =>
  compiled.filter((unit) => !holds(unit)).map(({ runbook }) => runbook.name);

function stepsOf(steps: readonly DocumentStep[]): readonly DocumentStep[] {
  return steps.flatMap((step) => [
    step,
    ...stepsOf((inputsOf(step)['Steps'] ?? []) as readonly DocumentStep[]),
  ]);
}

function inputsOf(step: DocumentStep): Readonly<Record<string, unknown>> {
  return (step['inputs'] ?? {}) as Readonly<Record<string, unknown>>;
}

function scriptsOf({ document }: CompiledRunbook): readonly string[] {
  return stepsOf(document.mainSteps).flatMap((step) => {
    const script = inputsOf(step)['Script'];
    return typeof script === 'string' ? [script] : [];
  });
}

/**
 * Lint of a script. The one after a loop begins like every other, so that a template holds the beginning once: names that
 * it lacks are no problem in helpers that it never comes to.
 */
function lintOf(unit: CompiledRunbook, script: string): readonly PythonProblem[] {
  const found = lintPython(script);
  if (script === unit.script) return found;
  const reached = selectBlocks(splitPython(script), ['main']).map(({ text }) => text);
  return [
    ...found.filter(({ code }) => code !== 'F821'),
    ...lintPython(`${reached.join('\n\n\n')}\n`),
  ];
}

/** Texts that people read. */
function textsOf({ runbook }: CompiledRunbook): readonly string[] {
  const { why, checks, warning, unchanged, leaves, deprecated, undo, verify } = runbook;
  const raw = runbook.source.value as { readonly note: string; readonly preview?: string };
  return [
    ...[why, checks, warning, leaves, deprecated, raw.note, raw.preview],
    ...(undo.type === 'none' ? [undo.reason] : []),
    ...(unchanged?.type === 'none' ? [unchanged.reason] : []),
    ...(verify.type === 'none' ? [verify.reason] : []),
    ...runbook.permissions.map((permission) => permission.why),
    ...runbook.parameters.flatMap(({ missing, describes }) => [missing, describes]),
  ].filter((text) => text !== undefined);
}

describe('the sources', () => {
  it('have no problems, and every unit is compiled', () => {
    expect(
      [...sources.problems, ...problems].map(
        ({ file, line, code, what }) => `${file}:${line} ${code} ${what}`,
      ),
    ).toEqual([]);
    expect(compiled.map(({ runbook }) => runbook.name)).toEqual(
      sources.runbooks.map(({ name }) => name),
    );
    expect(compiled.length).toBeGreaterThanOrEqual(20);
  });

  it('are in the folder of their service, with names and aliases that nobody shares', () => {
    const names = compiled.flatMap(({ runbook }) =>
      [runbook.name, ...runbook.aliases, ...runbook.roles.map(({ name }) => name)].map((name) =>
        name.toLowerCase(),
      ),
    );
    expect(names).toHaveLength(new Set(names).size);
    expect(
      breaking(
        ({ runbook }) => runbook.source.file === `runbooks/${runbook.service}/${runbook.name}.yaml`,
      ),
    ).toEqual([]);
    expect(breaking(({ runbook }) => /^[A-Z][A-Za-z0-9]{2,46}$/u.test(runbook.name))).toEqual([]);
  });

  it('claim each control once, and only controls that Security Hub has', () => {
    const claims = compiled.flatMap(({ runbook }) => runbook.controls.map(({ id }) => id));
    expect(claims).toHaveLength(new Set(claims).size);
    expect(claims.filter((id) => !sources.standards.controls.has(id))).toEqual([]);
  });

  it('stay short: 100 lines of YAML, 150 of Python', () => {
    expect(breaking(({ runbook }) => lines(yamlOf(runbook.source.file)) <= 100)).toEqual([]);
    expect(breaking(({ runbook }) => lines(runbook.python?.text ?? '') <= 150)).toEqual([]);
  });

  it('end their texts with a period, and their titles without', () => {
    const unended = compiled.flatMap((unit) =>
      textsOf(unit).filter((text) => !/[.!]$/u.test(text)),
    );
    expect(unended).toEqual([]);
    expect(breaking(({ runbook }) => /^[A-Z].*[^.]$/u.test(runbook.title))).toEqual([]);
  });

  it('warn where the impact can be noticed, and undo or say why not', () => {
    const noticeable = IMPACTS.slice(IMPACTS.indexOf('access-loss'));
    expect(
      breaking(
        ({ runbook: { impact, warning } }) =>
          warning !== undefined ||
          !(impact.type === 'fixed' ? [impact.word] : [impact.then, impact.else]).some((word) =>
            noticeable.includes(word),
          ),
      ),
    ).toEqual([]);
    expect(
      breaking(({ runbook: { undo } }) =>
        undo.type === 'steps' ? undo.steps.length > 0 : undo.reason.length > 10,
      ),
    ).toEqual([]);
  });

  it('are tested: every control that a unit claims has a unit test, and a failing situation', () => {
    expect(breaking(({ runbook }) => sources.tests.has(runbook.name))).toEqual([]);
    const failing = ({ runbook }: CompiledRunbook): boolean => {
      const { situations } = (sources.tests.get(runbook.name)?.value ?? { situations: [] }) as {
        readonly situations: readonly {
          readonly control: string;
          readonly preview: { readonly outcome: string };
        }[];
      };
      const claimed = runbook.controls.map(({ id }) => id);
      return (
        situations.every(({ control }) => claimed.includes(control)) &&
        situations.some(({ preview }) => preview.outcome === 'would-change')
      );
    };
    expect(breaking(failing)).toEqual([]);
  });

  it('have no Python that no step needs', () => {
    // Scripts have what their steps call, and what that calls.
    const isNeeded = (name: string): boolean =>
      compiled.some(({ script }) => script.includes(`def ${name}(`));
    expect(
      breaking(
        ({ runbook, script }) =>
          runbook.python === undefined ||
          definitions(runbook.python.text).every((name) => script.includes(`def ${name}(`)),
      ),
    ).toEqual([]);
    expect(
      sources.shared.flatMap(({ file, text }) =>
        definitions(text)
          .filter((name) => !isNeeded(name))
          .map((name) => `${file} ${name}`),
      ),
    ).toEqual([]);
  });
});

describe('the catalogue', () => {
  it('has every control of every standard, remediated or detect-only', () => {
    const rows = buildCatalog({
      compiled,
      standards: sources.standards,
      names: { solutionId: 'SO0111', version: '1.0.0' },
    }).controls;
    const byId = new Map(rows.map((row) => [row.securityControlId, row]));
    const missing = sources.standards.all.flatMap((standard) =>
      [...standard.controls]
        .filter(([own, id]) => byId.get(id)?.standards[standard.id]?.includes(own) !== true)
        .map(([own]) => `${standard.id} ${own}`),
    );
    expect(missing).toEqual([]);
    expect(new Set(rows.map(({ securityControlId }) => securityControlId))).toEqual(
      new Set(sources.standards.controls.keys()),
    );
    const remediated = new Map(
      compiled.flatMap(({ runbook }) =>
        runbook.controls.map(({ id }) => [id, runbook.name] as const),
      ),
    );
    expect(
      rows.filter(
        ({ securityControlId, remediation }) =>
          remediation !== (remediated.get(securityControlId) ?? null),
      ),
    ).toEqual([]);
  });
});

describe('every document', () => {
  it('is named after its unit, within what AWS allows', () => {
    expect(
      breaking(
        ({ documentName, roleStem, runbook }) =>
          documentName === `ASR-${runbook.name}` &&
          /^[a-zA-Z0-9_.-]{3,128}$/u.test(documentName) &&
          roleStem === `SO0111-${runbook.name}`,
      ),
    ).toEqual([]);
    const tooLong = compiled
      .flatMap((unit) => [
        unit.roleStem,
        ...unit.supportingRoles.map(({ name }) => `SO0111-${name}`),
      ])
      .filter((stem) => stem.length + 1 + LIMITS.namespace > LIMITS.roleName);
    expect(tooLong).toEqual([]);
  });

  it('asks for its own role, without a default, and previews unless it is told otherwise', () => {
    for (const { document, roleStem, runbook } of compiled) {
      const { AutomationAssumeRole: role, Mode: mode } = document.parameters;
      expect(role).toEqual({
        type: 'String',
        description: expect.any(String),
        allowedPattern: `^arn:(?:aws|aws-us-gov|aws-cn):iam::\\d{12}:role/${roleStem}-[a-z0-9-]{3,9}$`,
      });
      expect(mode).toMatchObject({
        default: 'Preview',
        allowedValues: [
          ...['Preview', 'Remediate', 'Undo'],
          ...(runbook.undo.type === 'steps' ? ['ForceUndo'] : []),
        ],
      });
      expect(document.assumeRole).toBe('{{ AutomationAssumeRole }}');
    }
  });

  it('holds no partition, and neither does its policy', () => {
    // The patterns of parameters list all three partitions.
    const literal = /arn:aws[a-z-]*:|amazonaws\.com\.cn/u;
    expect(
      breaking(
        (unit) =>
          ![...scriptsOf(unit), JSON.stringify([unit.statements, unit.supportingRoles])].some(
            (text) => literal.test(text),
          ),
      ),
    ).toEqual([]);
    const patterns = compiled.flatMap(({ document }) =>
      Object.values(document.parameters).flatMap(
        ({ allowedPattern = '' }) => allowedPattern.match(/arn:(?:\(\?:)+[^)]*\)/gu) ?? [],
      ),
    );
    expect(
      [...new Set(patterns)].filter((pattern) => !pattern.endsWith('(?:aws|aws-us-gov|aws-cn)')),
    ).toEqual([]);
  });

  it('has scripts without double braces, formatted and free of lint', () => {
    for (const unit of compiled) {
      expect(scriptsOf(unit)).toContain(unit.script);
      for (const script of scriptsOf(unit)) {
        expect(script).not.toContain('{{');
        expect(formatEmitted(script), unit.runbook.name).toBe(script);
        expect(lintOf(unit, script), unit.runbook.name).toEqual([]);
      }
    }
  });

  it('fits: 64 KB, 100 steps, each script once', () => {
    expect(
      breaking(
        ({ document }) =>
          Buffer.byteLength(stringify(document, { lineWidth: 0 })) <= LIMITS.documentBytes,
      ),
    ).toEqual([]);
    expect(
      breaking(({ document }) => stepsOf(document.mainSteps).length <= LIMITS.documentSteps),
    ).toEqual([]);
    expect(breaking((unit) => new Set(scriptsOf(unit)).size === scriptsOf(unit).length)).toEqual(
      [],
    );
  });

  const hasPython = spawnSync('python3', ['--version']).status === 0;
  it.skipIf(!hasPython)('has scripts that Python compiles (skipped without python3)', () => {
    const check =
      'import json, sys\nfor name, script in json.load(sys.stdin):\n    compile(script, name, "exec")';
    const scripts = compiled.flatMap((unit) =>
      scriptsOf(unit).map((script) => [unit.runbook.name, script]),
    );
    expect(scripts.length).toBeGreaterThan(compiled.length);
    expect(
      spawnSync('python3', ['-c', check], { input: JSON.stringify(scripts), encoding: 'utf8' }),
    ).toMatchObject({ status: 0, stderr: '' });
  });

  it.each(units)(
    '%s reads with what IAM calls reading, and may do what it calls',
    async (_, unit) => {
      const allowed = new Set(unit.statements.flatMap(({ Action }) => Action));
      for (const step of allSteps(unit.runbook)) {
        if (step.type === 'compute') continue;
        const name = `${step.service}:${step.operation}`;
        const actions = (await actionsForOperation(step.service, step.operation)) ?? [];
        expect(actions.length, name).toBeGreaterThan(0);
        expect(
          actions.filter((action) => !allowed.has(action)),
          name,
        ).toEqual([]);
        if (!unit.reads.includes(name)) continue;
        for (const action of actions) {
          const facts = await actionFacts(action);
          expect(facts !== undefined && isReadOnly(facts), `${name} ${action}`).toBe(true);
        }
      }
      expect(
        unit.statements.filter(
          ({ Resource, Action }) =>
            Resource.includes('*') && Action.some((action) => action.includes('*')),
        ),
      ).toEqual([]);
    },
  );
});

function yamlOf(file: string): string {
  return readFileSync(`${root}/${file}`, 'utf8');
}

function lines(text: string): number {
  return text.trimEnd() === '' ? 0 : text.trimEnd().split('\n').length;
}

function definitions(text: string): readonly string[] {
  return [...text.matchAll(/^def (\w+)\(/gmu)].map((match) => match[1] ?? '');
}
