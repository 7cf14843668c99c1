import type { Command } from 'commander';
import { stringify } from 'yaml';
import { isSameControl } from '../../templates/admin/functions/model/same-control.ts';
import type { CompiledRunbook } from '../compile/compiled.ts';
import { impactText } from '../compile/describe.ts';
import { ownIds } from '../model/standard.ts';
import { suggest } from '../data/operations.ts';
import type { CommandContext } from './context.ts';
import { CommandError } from './exit-codes.ts';
import { projectWith, withSources } from './own-sources.ts';
import type { SourcesOptions } from './own-sources.ts';
import { requireProject } from './project.ts';
import type { CompiledProject } from './project.ts';

interface ShowOptions extends SourcesOptions {
  readonly document?: true;
  readonly script?: true;
  readonly policy?: true;
  readonly json?: true;
}

/** `asr show`: one control or one runbook, or what a runbook compiles to. */
export function addShow(program: Command, { printer, project }: CommandContext): void {
  withSources(program.command('show'))
    .description('show a control or a runbook: standards, impact, undo, permissions')
    .argument('<control|runbook>', 'for example EC2.2 or EnableKeyRotation')
    .option('--document', 'print the Automation document (YAML)')
    .option('--script', 'print the Python script of the document')
    .option('--policy', "print the role's policy")
    .option('--json', 'print JSON')
    .action(async (given: string, options: ShowOptions) => {
      const all = await requireProject(projectWith(project, options));
      const id = [...all.sources.standards.controls.keys()].find((one) =>
        isSameControl(one, given),
      );
      const name = id ?? given;
      const control = id === undefined ? undefined : all.sources.standards.controls.get(id);
      const unit = all.compiled.find(
        ({ runbook }) =>
          runbook.name === name ||
          runbook.aliases.includes(name) ||
          runbook.controls.some(({ id }) => id === name),
      );
      if (unit === undefined && control === undefined)
        throw new CommandError(`There is no control or runbook ${name}. ${near(name, all)}`);
      const wanted =
        options.document === true || options.script === true || options.policy === true;
      if (wanted) {
        if (unit === undefined) throw new CommandError(`${name} has no remediation.`);
        printer.result(part(unit, options).trimEnd());
        return;
      }
      const facts = describe(name, unit, all);
      printer.result(
        options.json === true
          ? JSON.stringify(facts, undefined, 2)
          : stringify(facts, { lineWidth: 100 }).trimEnd(),
      );
    });
}

function part(unit: CompiledRunbook, options: ShowOptions): string {
  if (options.script === true) return unit.script;
  if (options.policy === true)
    return JSON.stringify({ Version: '2012-10-17', Statement: unit.statements }, undefined, 2);
  return stringify(unit.document, { lineWidth: 0 });
}

function describe(
  name: string,
  unit: CompiledRunbook | undefined,
  { sources }: CompiledProject,
): Readonly<Record<string, unknown>> {
  const ids =
    unit === undefined || sources.standards.controls.has(name)
      ? [name]
      : unit.runbook.controls.map(({ id }) => id);
  const controls = ids.map((id) => {
    const control = sources.standards.controls.get(id);
    const standards = sources.standards.all.flatMap((standard) => {
      const own = ownIds(standard, id);
      return own.length === 0 ? [] : [[standard.id, own] as const];
    });
    return {
      id,
      title: control?.title ?? null,
      severity: control?.severity ?? null,
      standards: Object.fromEntries(standards),
    };
  });
  if (unit === undefined) return { controls, remediation: null };
  const { runbook } = unit;
  return {
    controls,
    remediation: runbook.name,
    title: runbook.title,
    why: runbook.why,
    checks: runbook.checks,
    impact: impactText(runbook.impact),
    ...(runbook.warning === undefined ? {} : { warning: runbook.warning }),
    undo: runbook.undo.type === 'steps' ? 'yes' : { none: runbook.undo.reason },
    parameters: runbook.parameters.map(({ name: parameter, kind, default: fallback }) => ({
      name: parameter,
      kind: kind.name,
      default: fallback ?? null,
    })),
    document: unit.documentName,
    permissions: Object.fromEntries(unit.proof.map(({ action, resources }) => [action, resources])),
  };
}

function near(name: string, { sources, compiled }: CompiledProject): string {
  const known = [
    ...sources.standards.controls.keys(),
    ...compiled.map(({ runbook }) => runbook.name),
  ];
  const found = suggest(name, known);
  return found === undefined ? 'See asr list.' : `Did you mean ${found}?`;
}
