import type { Mode } from '../../templates/admin/functions/model/request.ts';
import { objectOf } from '../../templates/admin/functions/model/json.ts';
import { Interrupted, throwIfInterrupted } from '../deploy/deploy-error.ts';
import { chunksOf } from './chunks.ts';
import { findFindings } from './find-findings.ts';
import { followUp, isSettled } from './outcome.ts';
import type { Followable, Followed, FindingNote } from './outcome.ts';
import type { OperatePorts } from './ports.ts';
import { searchOfIds } from './query.ts';
import type { FindingName } from './query.ts';
import { readResource } from './state-queries.ts';

/** Milliseconds between two looks: at first, and at most. */
const FIRST_LOOK = 5000;
const LAST_LOOK = 60_000;
/** Looks at once. */
const AT_ONCE = 8;

interface FollowOptions {
  readonly mode: Mode;
  /** When to stop waiting. */
  readonly until: Date;
  /** Called once for each command, as soon as there is nothing to wait for. */
  readonly onSettled: (at: number, followed: Followed) => void;
}

/**
 * Waits until commands have come to an end, or `until`; answers what is known of each, by its place in the list. The
 * pauses grow with the number of commands, so that thousands cost little. Throws `AwsProblem`, and `Interrupted` on
 * Ctrl-C.
 */
export async function follow(
  ports: Pick<OperatePorts, 'connection' | 'display' | 'now' | 'sleep' | 'signal'>,
  commands: readonly Followable[],
  { mode, until, onSettled }: FollowOptions,
): Promise<readonly Followed[]> {
  const { display, now, sleep, signal } = ports;
  const known: Followed[] = commands.map(() => ({ state: 'unknown' }));
  let left = [...commands.keys()];
  let pause = FIRST_LOOK;
  for (;;) {
    await look(ports, commands, mode, left, known);
    const settled = left.filter((at) => isSettled(known[at] ?? { state: 'unknown' }, until));
    for (const at of settled) onSettled(at, known[at] ?? { state: 'unknown' });
    left = left.filter((at) => !settled.includes(at));
    if (left.length === 0 || now() >= until) return known;
    display.live(`${commands.length - left.length} of ${commands.length} ended.`);
    await sleep(Math.max(pause, left.length * 20), signal);
    pause = Math.min(pause * 1.5, LAST_LOOK);
  }
}

async function look(
  { connection, signal }: Pick<OperatePorts, 'connection' | 'signal'>,
  commands: readonly Followable[],
  mode: Mode,
  places: readonly number[],
  known: Followed[],
): Promise<void> {
  for (const batch of chunksOf(places, AT_ONCE)) {
    throwIfInterrupted(signal);
    await Promise.all(
      batch.map(async (at) => {
        const command = commands[at];
        if (command === undefined) return;
        known[at] = followUp(command, mode, await readResource(connection, command.entry));
      }),
    );
  }
  const silent = places.filter((at) => known[at]?.state === 'unknown');
  const names = silent.flatMap((at) => commands[at]?.entry.finding ?? []);
  const notes = await readNotes(connection, names, signal);
  for (const at of silent) {
    const command = commands[at];
    if (command === undefined) continue;
    const nothing = { attempts: [], held: [], unreadable: 0 };
    known[at] = followUp(command, mode, nothing, notes.get(command.entry.finding.id));
  }
}

/** Notes that Security Hub's own findings carry now. Nothing rests on them: who can't read them learns less. */
async function readNotes(
  connection: OperatePorts['connection'],
  names: readonly FindingName[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, FindingNote>> {
  const notes = new Map<string, FindingNote>();
  const products = new Map(names.map(({ id, productArn }) => [id, productArn]));
  const { asff } = searchOfIds([...products.keys()]);
  const note = (): void => undefined;
  try {
    // What people write to a finding in OCSF has no time, so an older answer could not be told from a new one.
    for await (const page of findFindings(connection, { asff, ocsf: [] }, { signal, note }))
      for (const raw of page) {
        const { Id, ProductArn, Note } = objectOf(raw);
        const { Text: text, UpdatedAt: updatedAt } = objectOf(Note);
        if (typeof Id !== 'string' || products.get(Id) !== ProductArn) continue;
        if (typeof text === 'string' && typeof updatedAt === 'string')
          notes.set(Id, { text, updatedAt });
      }
  } catch (error) {
    if (error instanceof Interrupted) throw error;
  }
  return notes;
}
