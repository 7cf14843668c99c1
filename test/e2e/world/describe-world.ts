import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFailed } from 'vitest';
import { probe } from '../../../generator/simulate/emulator.ts';
import { createWorld } from './create-world.ts';
import { openGroup } from './groups.ts';
import type { Group } from './groups.ts';
import type { Members, Place } from './places.ts';
import { TICKET_FUNCTION } from './stand-small.ts';
import type { World } from './world.ts';

/** What is installed before the first test. */
export interface Installed {
  /** Remediations in the templates. */
  readonly remediations: readonly string[];
  /** Accounts that are members of Security Hub. */
  readonly members: readonly string[];
  /** Accounts with the roles. @default `members` */
  readonly withRoles?: readonly string[];
  /** Places with the documents. */
  readonly places: readonly Place[];
}

// The emulator and Python need time on a machine that is busy with other things.
const PATIENCE = 300_000;

/**
 * Tests in one world, whose stacks are launched once; each test begins without findings and history. After each, the
 * resources must be free, the queues empty, and no stand-in may have been out of its depth.
 */
export function describeWorld(
  title: string,
  installed: Installed,
  tests: (world: () => World) => void,
): void {
  const { emulator: lacking } = probe();
  const name = lacking === undefined ? title : `${title} (skipped: ${lacking})`;
  describe.skipIf(lacking !== undefined)(name, { timeout: PATIENCE }, () => {
    let made: World | undefined;
    const world = (): World => {
      if (made === undefined) throw new Error('The world is not there: use it inside a test.');
      return made;
    };
    beforeAll(async () => {
      made = await createWorld(installed.remediations);
      await install(made, installed);
    }, PATIENCE);
    beforeEach(async () => {
      await world().reset();
      onTestFailed(() => void process.stdout.write(`${world().logs.join('\n')}\n`));
    });
    afterEach(async () => {
      expect(world().surprises).toEqual([]);
      expect(world().automations.violations).toEqual([]);
      expect(await world().tables.items('lease')).toEqual([]);
      expect(await world().delivery.peek('SO0111-ASR-DeadLetters')).toEqual([]);
    });
    afterAll(async () => made?.stop());
    tests(world);
  });
}

async function install(
  world: World,
  { members, withRoles = members, places }: Installed,
): Promise<void> {
  for (const account of members) world.hub.members.set(account, 'Enabled');
  await world.launchAdmin({
    LoadSCAdminStack: 'yes',
    LoadAFSBPAdminStack: 'yes',
    TicketGenFunctionName: TICKET_FUNCTION,
  });
  for (const account of withRoles) await world.launchRoles(account);
  for (const place of places) await world.launchMember(place);
}

/** A default security group that is open to the whole world, and the finding that says so. */
export interface OpenGroup {
  readonly group: Group;
  /** Id of the finding. */
  readonly finding: string;
}

/** Opens a group; EC2.2 fails, and what follows by itself happens. */
export async function failGroup(
  world: World,
  place: Place,
  format: 'asff' | 'ocsf' = 'asff',
): Promise<OpenGroup> {
  const group = await openGroup(world.bridge, place);
  const finding = await world.hub.fail({ ...place, control: 'EC2.2', resource: group.arn }, format);
  await world.settle();
  return { group, finding };
}

/** How a path must end. */
export interface Ending {
  readonly workflow: 'NEW' | 'NOTIFIED' | 'RESOLVED';
  readonly note: RegExp;
  /** Members that the newest attempt has. */
  readonly attempt: Members;
  /** First words of the newest message to the topic. @default none was sent */
  readonly notice?: string;
}

/** Looks at all that people look at: the finding, the history, and what the topic was told. */
export async function expectEnding(
  world: World,
  { group, finding }: OpenGroup,
  { workflow, note, attempt, notice }: Ending,
): Promise<void> {
  expect(noteOf(world, finding)).toMatch(note);
  expect(world.hub.finding(finding)).toMatchObject({ Workflow: { Status: workflow } });
  expect((await world.tables.history(group.arn)).at(-1)).toMatchObject(attempt);
  const subject = world.told.notices.at(-1)?.subject;
  if (notice === undefined) expect(subject).toBeUndefined();
  else expect(subject?.startsWith(`ASR ${notice}: EC2.2 `), subject).toBe(true);
}

/** Text of the note on a finding in ASFF. */
export function noteOf(world: World, finding: string): string {
  const { Note: note } = world.hub.finding(finding) as {
    readonly Note?: { readonly Text: string };
  };
  return note?.Text ?? '';
}

/** Whether the whole world gets in, or nothing goes in and out. */
export async function stateOf({ group }: OpenGroup): Promise<'open' | 'closed' | 'between'> {
  const { inbound, outbound } = await group.rules();
  if (inbound.length === 0 && outbound.length === 0) return 'closed';
  return inbound.length === 1 && outbound.length === 1 ? 'open' : 'between';
}
