import type { Attempt } from '../../templates/admin/functions/model/attempt.ts';
import type { Mode } from '../../templates/admin/functions/model/request.ts';
import type { Catalog as ControlCatalog } from '../emit/catalog.ts';
import type { Catalog } from '../../templates/admin/functions/model/catalog.ts';
import type { Selection } from './bulk.ts';
import { entryOf, gatherAttempts, gatherFindings, undoEntryOf } from './gather.ts';
import type { Gathered, Wanted } from './gather.ts';
import type { Period } from './history.ts';
import type { OperatePorts } from './ports.ts';
import { readSituation } from './situation.ts';
import { requireAttempt, canUndo } from './state-queries.ts';
import { accountTable, controlTable, count, leftOutLines, verdictLines } from './summary.ts';
import type { Countable } from './summary.ts';
import { table } from '../cli/print.ts';

/** What the build knows: for decisions, and for people. */
export interface Catalogs {
  readonly catalog: Catalog;
  readonly controls: ControlCatalog;
}

/** Findings that a preview or a remediation is to be asked for. Throws `AwsProblem`, and `Interrupted` on Ctrl-C. */
export async function selectFindings(
  ports: OperatePorts,
  mode: Exclude<Mode, 'Undo'>,
  wanted: Wanted,
  { catalog, controls }: Catalogs,
): Promise<Selection> {
  const situation = await readSituation(ports.connection, catalog, ports.now());
  const gathered = await gatherFindings(ports, mode, wanted, situation);
  return {
    entries: gathered.chosen.map(entryOf),
    text: textOf(gathered, wanted, controls, mode),
    isIncomplete: wanted.findings.length > 0 && gathered.leftOut.length > 0,
  };
}

/** Changes that are to be taken back: the named attempts, or those that the query or the findings mean. Throws `DeployError`. */
export async function selectAttempts(
  ports: OperatePorts,
  ids: readonly string[],
  wanted: Wanted,
  { catalog, controls, period }: Catalogs & { readonly period: Period },
): Promise<Selection> {
  const gathered =
    ids.length > 0
      ? await namedAttempts(ports, ids)
      : await gatherAttempts(ports, wanted, { period, catalog });
  return {
    entries: gathered.chosen.flatMap(undoEntryOf),
    text: textOf(gathered, wanted, controls, 'Undo'),
    isIncomplete: gathered.leftOut.length > 0,
  };
}

async function namedAttempts(
  { connection }: OperatePorts,
  ids: readonly string[],
): Promise<Gathered<Attempt>> {
  const attempts: Attempt[] = [];
  for (const id of ids) attempts.push(await requireAttempt(connection, id));
  return {
    chosen: attempts.filter(canUndo),
    leftOut: attempts
      .filter((one) => !canUndo(one))
      .map((one) => ({ id: one.id, reason: 'nothing-to-undo', why: whyNot(one) })),
    isMore: false,
  };
}

function whyNot({ status, mode, undoneBy }: Attempt): string {
  if (status !== 'ended') return "It hasn't ended.";
  if (mode !== 'Remediate')
    return `It is a ${mode}, which changes nothing that Undo could take back.`;
  return undoneBy === undefined
    ? 'It changed nothing, or its remediation has no undo; asr show <control> says which.'
    : `It was taken back by attempt ${undoneBy}.`;
}

const WORDS: Readonly<Record<Mode, { readonly what: string; readonly one: string }>> = {
  Preview: { what: 'preview', one: 'finding' },
  Remediate: { what: 'remediate', one: 'finding' },
  Undo: { what: 'take back', one: 'change' },
};

function textOf(
  { chosen, leftOut, isMore }: Gathered<Countable>,
  { limit }: Wanted,
  { controls }: ControlCatalog,
  mode: Mode,
): string {
  const { what, one } = WORDS[mode];
  const undo = new Map(controls.map((one) => [one.securityControlId, undoText(one.undo)] as const));
  const [only, ...others] = chosen;
  const list =
    only === undefined
      ? []
      : [
          '',
          table(controlTable(chosen, (id) => undo.get(id) ?? '-')),
          others.length === 0
            ? `${only.account} ${only.region} ${only.resource}`
            : `\n${table(accountTable(chosen))}`,
        ];
  return [
    `To ${what}: ${count(chosen.length, one)}.`,
    ...list,
    ...verdictLines(chosen),
    ...(isMore
      ? [
          `The limit of ${limit} is reached, and there are more. Raise --limit, or run it again afterwards.`,
        ]
      : []),
    ...(leftOut.length > 0
      ? ['', `Left out: ${count(leftOut.length, one)}.`, ...leftOutLines(leftOut)]
      : []),
  ].join('\n');
}

function undoText(undo: ControlCatalog['controls'][number]['undo']): string {
  return undo === null ? '-' : undo === 'yes' ? 'yes' : 'no';
}
