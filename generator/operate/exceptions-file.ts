import { parseException } from '../../templates/admin/functions/decide/exceptions.ts';
import type { Exception } from '../../templates/admin/functions/decide/types.ts';
import { isRefusal } from '../../templates/admin/functions/model/refusal.ts';
import { isSameControl } from '../../templates/admin/functions/model/same-control.ts';
import { suggest } from '../data/operations.ts';
import { diagnostic, hasErrors } from '../read/diagnostics.ts';
import type { Diagnostic, DiagnosticCode } from '../read/diagnostics.ts';
import { validate } from '../read/schema.ts';
import { readYaml } from '../read/source.ts';
import type { Path, YamlSource } from '../read/source.ts';

/** What a file says; with errors it says nothing. */
export interface ExceptionsFile {
  /** Those that haven't ended. */
  readonly exceptions: readonly Exception[];
  readonly diagnostics: readonly Diagnostic[];
}

interface Context {
  /** Ids of all security controls. */
  readonly controls: readonly string[];
  readonly now: Date;
}

type Content = { readonly exceptions: Readonly<Record<string, Readonly<Record<string, unknown>>>> };

/** Reads a file of exceptions (`exceptions.schema.json`); problems are returned, with their places. Never throws. */
export function readExceptionsFile(path: string, context: Context): ExceptionsFile {
  const source = readYaml(path, path);
  const invalid = validate(source, 'exceptions');
  if (invalid.length > 0) return { exceptions: [], diagnostics: invalid };
  const { exceptions: entries } = source.value as Content;
  const exceptions: Exception[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const [id, members] of Object.entries(entries)) {
    const at = ['exceptions', id];
    const exception = parseException({ ...members, id, expiresAt: endOf(members['expiresAt']) });
    if (isRefusal(exception)) {
      diagnostics.push(
        source.reportKey(at, 'wrong-value', exception.message, 'Mend or remove the exception.'),
      );
      continue;
    }
    diagnostics.push(...problemsOf(exception, source, at, context));
    if (Date.parse(exception.expiresAt) > context.now.getTime()) exceptions.push(exception);
  }
  return { exceptions: hasErrors(diagnostics) ? [] : exceptions, diagnostics };
}

/** A day is meant whole: it ends with the next one's beginning, in UTC. */
function endOf(given: unknown): unknown {
  if (typeof given !== 'string' || !/^\d{4}-\d{2}-\d{2}$/u.test(given)) return given;
  const day = new Date(given);
  // Date reads 30 February as 2 March.
  if (Number.isNaN(day.getTime()) || !day.toISOString().startsWith(given)) return undefined;
  return new Date(day.getTime() + DAY).toISOString();
}

const DAY = 86_400_000;
/** Days that an exception should not outlast: what it is about should be fixed, or looked at again, by then. */
const LONGEST = 90;

function problemsOf(
  exception: Exception,
  source: YamlSource,
  at: Path,
  { controls, now }: Context,
): readonly Diagnostic[] {
  const { expiresAt, controls: own, accounts, resources } = exception;
  const end = Date.parse(expiresAt);
  const warn = (path: Path, code: DiagnosticCode, what: string, fix: string): Diagnostic =>
    diagnostic(path === at ? source.atKey(path) : source.at(path), code, what, fix, 'warning');
  const problems: Diagnostic[] = [];
  if (end <= now.getTime())
    problems.push(
      warn(
        [...at, 'expiresAt'],
        'ended-exception',
        `It ended at ${expiresAt}.`,
        'Remove it, or give it a new end and a new reason.',
      ),
    );
  else if (end > now.getTime() + LONGEST * DAY)
    problems.push(
      warn(
        [...at, 'expiresAt'],
        'broad-exception',
        `It lasts more than ${LONGEST} days.`,
        'Choose an earlier end, and look at it again by then.',
      ),
    );
  if (own === undefined)
    problems.push(
      warn(at, 'broad-exception', 'It names no controls.', 'Name the controls that it is about.'),
    );
  if (accounts === undefined)
    problems.push(
      warn(at, 'broad-exception', 'It names no accounts.', 'Name the accounts that it is about.'),
    );
  for (const [index, resource] of (resources ?? []).entries())
    if (isEveryResource(resource))
      problems.push(
        warn(
          [...at, 'resources', index],
          'broad-exception',
          `${resource} stands for every resource${resource === '*' ? '' : ' of its kind'}.`,
          'Name resources, or a prefix that only they have.',
        ),
      );
  for (const [index, control] of (own ?? []).entries()) {
    if (controls.some((one) => isSameControl(one, control))) continue;
    const near = suggest(control, controls);
    problems.push(
      source.report(
        [...at, 'controls', index],
        'idle-exception',
        `There is no control ${control}.`,
        near === undefined ? 'See asr list.' : `Did you mean ${near}?`,
      ),
    );
  }
  return problems;
}

/** Whether nothing but `*` names the resource: `*`, `arn:aws:s3:::*`, `arn:aws:ec2:*:*:security-group/*`. */
export function isEveryResource(pattern: string): boolean {
  const [, , , , , ...rest] = pattern.split(':');
  if (rest.length === 0) return pattern.endsWith('*');
  // The type before the name says only of which kind all are.
  const [, ...names] = rest.join('/').split('/');
  const name = names.length === 0 ? rest : names;
  return name.every((part) => /^\**$/u.test(part));
}
