import type { Command } from 'commander';
import { CONSOLIDATED } from '../model/standard.ts';
import { suggest } from '../data/operations.ts';
import type { CommandContext } from './context.ts';
import { CommandError, EXIT } from './exit-codes.ts';
import { projectWith, withSources } from './own-sources.ts';
import type { SourcesOptions } from './own-sources.ts';
import { table } from './print.ts';
import { requireProject } from './project.ts';

interface ListOptions extends SourcesOptions {
  readonly standard: string;
  readonly remediated?: true;
  readonly detectOnly?: true;
  readonly json?: true;
}

/** `asr list`: controls of a standard and what remediates them. */
export function addList(program: Command, { printer, project }: CommandContext): void {
  withSources(program.command('list'))
    .description('list the controls of a standard and their remediations')
    .option(
      '--standard <id>',
      'SC, AFSBP, CIS120, CIS140, CIS300, NIST80053 or PCI321',
      CONSOLIDATED,
    )
    .option('--remediated', 'only controls with a remediation')
    .option('--detect-only', 'only controls without a remediation')
    .option('--json', 'print JSON')
    .action(async (options: ListOptions) => {
      if (options.remediated === true && options.detectOnly === true)
        throw new CommandError('--remediated and --detect-only exclude each other.', EXIT.usage);
      const { sources, compiled } = await requireProject(projectWith(project, options));
      const standard = sources.standards.all.find(
        ({ id }) => id.toLowerCase() === options.standard.toLowerCase(),
      );
      if (standard === undefined) {
        const ids = sources.standards.all.map(({ id }) => id);
        throw new CommandError(
          `There is no standard ${options.standard}. ${suggestion(suggest(options.standard.toUpperCase(), ids), ids)}`,
          EXIT.usage,
        );
      }
      const byControl = new Map(
        compiled.flatMap(({ runbook }) =>
          runbook.controls.map(({ id }) => [id, runbook.name] as const),
        ),
      );
      const rows = [...standard.controls]
        .map(([control, securityControlId]) => ({
          control,
          securityControlId,
          title: sources.standards.controls.get(securityControlId)?.title ?? null,
          remediation: byControl.get(securityControlId) ?? null,
        }))
        .filter(({ remediation }) =>
          options.remediated === true
            ? remediation !== null
            : options.detectOnly === true
              ? remediation === null
              : true,
        );
      if (options.json === true)
        printer.result(JSON.stringify({ standard: standard.id, controls: rows }, undefined, 2));
      else
        printer.result(
          `${table([['CONTROL', 'SECURITY CONTROL', 'REMEDIATION', 'TITLE'], ...rows.map((row) => [row.control, row.securityControlId, row.remediation ?? '-', row.title ?? ''])])}\n${rows.length} controls`,
        );
    });
}

function suggestion(near: string | undefined, all: readonly string[]): string {
  return near === undefined ? `Known: ${all.join(', ')}.` : `Did you mean ${near}?`;
}
