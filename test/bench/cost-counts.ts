/*
 * What one finding takes of what AWS bills, counted while the end-to-end world works on it: the emitted templates, the real
 * functions, state machine and document. What depends on time (seconds) can't be counted here; those are assumptions of
 * generator/cost/assumptions.yaml.
 *
 *   node --import tsx test/bench/cost-counts.ts           prints the counts
 *   node --import tsx test/bench/cost-counts.ts --write   writes them to generator/cost/counts.yaml
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';
import { createWorld } from '../e2e/world/create-world.ts';
import { asffFinding } from '../e2e/world/findings.ts';
import type { Stand } from '../e2e/world/front.ts';
import { openGroup } from '../e2e/world/groups.ts';
import { HOME, MEMBER } from '../e2e/world/places.ts';
import type { World } from '../e2e/world/world.ts';
import type { Machine } from '../templates/admin/asl.ts';
import { createCostMeter } from './cost-meter.ts';
import type { CostMeter } from './cost-meter.ts';

/** Amounts by name, for each kind of thing that happens: what counts.yaml holds. */
export type CostCounts = Readonly<Record<string, Readonly<Record<string, number>>>>;

const UNIT = 'RemoveVPCDefaultSecurityGroupRules';
const PLACE = { account: MEMBER, region: HOME };
const FILE = fileURLToPath(new URL('../../generator/cost/counts.yaml', import.meta.url));
const MACHINE = fileURLToPath(
  new URL('../../templates/admin/orchestrator.asl.yaml', import.meta.url),
);
const HEAD = `# What things take, for \`asr cost\`, as test/bench/cost-counts.ts counted it in the end-to-end world; a test says when it is
# stale, and that script with --write writes it anew. What you know better goes on the command line: --set fixed.writeUnits=50.
#
# The finding is one of EC2.2, with texts of usual length; two rules of a security group are removed. Each kind is counted
# until nothing moves any more: our own update of the finding, which comes back as an event, is in it.
#
#   fixed    a finding that is remediated, with one look at its automation    previewed  one of which a person asked for a preview
#   ignored  one whose control isn't automatic                                look       each further look at an automation
#   sweep    one run of the sweep that finds nothing due
`;

/** Counts anew. Takes half a minute, and needs Python with the emulator. */
export async function measureCosts(): Promise<CostCounts> {
  const made: { world?: World } = {};
  const meter = createCostMeter(() => {
    if (made.world === undefined) throw new Error('The world is not there yet.');
    return made.world.bridge;
  });
  const automations = slowAutomations();
  const world = await createWorld([UNIT], [meter.stand, automations.stand]);
  made.world = world;
  try {
    await install(world);
    const measure = async (act: () => Promise<void>) => measured(world, meter, act);
    const ignored = await measure(async () => fail(world));
    const [finding] = world.hub.all();
    const previewed = await measure(async () =>
      world.hub.select(String(finding?.['Id']), 'ASRPreview'),
    );
    await world.tables.setRow('EC2.2', { automatedRemediationEnabled: true });
    const fixed = await measure(async () => fail(world));
    automations.looksMore = 1;
    const slower = await measure(async () => fail(world));
    const sweep = await measure(async () => world.later(0));
    return {
      fixed,
      previewed,
      ignored,
      look: nonZero(difference(slower, fixed)),
      sweep: nonZero(sweep),
    };
  } finally {
    await world.stop();
  }
}

async function install(world: World): Promise<void> {
  world.hub.members.set(MEMBER, 'Enabled');
  await world.launchAdmin({ LoadSCAdminStack: 'yes' });
  await world.launchRoles(MEMBER);
  await world.launchMember(PLACE);
  await world.reset();
}

/** Opens another group to the world; EC2.2 fails, with texts as long as those of Security Hub usually are. */
async function fail(world: World): Promise<void> {
  const { arn: resource } = await openGroup(world.bridge, PLACE);
  const finding = asffFinding({ ...PLACE, control: 'EC2.2', resource }, world.clock.now());
  await world.hub.put({ ...finding, Title: 'T'.repeat(80), Description: 'D'.repeat(300) });
}

interface SlowAutomations {
  looksMore: number;
  readonly stand: Stand;
}

/** Automations that say so many times that they still run, each. */
function slowAutomations(): SlowAutomations {
  const looked = new Map<string, number>();
  const slow: SlowAutomations = {
    looksMore: 0,
    stand: async ({ operation, body }) => {
      if (operation !== 'GetAutomationExecution') return undefined;
      const id = body.toString('utf8');
      const looks = (looked.get(id) ?? 0) + 1;
      looked.set(id, looks);
      return looks > slow.looksMore
        ? undefined
        : { AutomationExecution: { AutomationExecutionStatus: 'InProgress' } };
    },
  };
  return slow;
}

type Amounts = Readonly<Record<string, number>>;

/** Lets something happen and everything that follows, and counts. */
async function measured(
  world: World,
  meter: CostMeter,
  act: () => Promise<void>,
): Promise<Amounts> {
  const [runs, documents] = [world.machines.all().length, world.automations.all().length];
  world.logs.length = 0;
  world.meter.reset();
  meter.reset();
  await act();
  await world.settle();
  if (world.surprises.length > 0) throw new Error(world.surprises.join('\n'));
  const states = world.machines
    .all()
    .slice(runs)
    .map(({ ended }) => ended?.states ?? []);
  const entered = (name: string): number => states.flat().filter((one) => one === name).length;
  const { transitions } = world.meter.counts();
  const steps = world.automations
    .all()
    .slice(documents)
    .map(({ ended }) => ended?.steps.length ?? 0);
  const log = world.logs.map((line) => Buffer.byteLength(line) + 1);
  return {
    ingests: world.meter.counts('ingest').functionCalls,
    starts: entered('Start'),
    looks: entered('Check'),
    finishes: entered('Finish'),
    transitions,
    historyEvents: sum(states.map(historyEvents)),
    automationSteps: sum(steps),
    logKilobytes: kilobytes(sum(log)),
    ...meter.billed(),
    ...metricsOf(world.logs),
  };
}

/** Metrics that the log lines count under, each by its name (CloudWatch User Guide, embedded metric format). */
function metricsOf(logs: readonly string[]): Amounts {
  const names = logs
    .filter((line) => line.includes('"_aws"'))
    .flatMap((line) => {
      const { _aws: meta } = JSON.parse(line) as EmbeddedMetrics;
      return meta.CloudWatchMetrics.flatMap(({ Metrics }) => Metrics.map(({ Name }) => Name));
    });
  return Object.fromEntries(names.toSorted().map((name) => [`metric${name}`, 1]));
}

interface EmbeddedMetrics {
  readonly _aws: {
    readonly CloudWatchMetrics: readonly {
      readonly Metrics: readonly { readonly Name: string }[];
    }[];
  };
}

const machine = parse(readFileSync(MACHINE, 'utf8')) as Machine;

/**
 * Events in the history of an execution, each a line in its log: five of a task (entered, scheduled, started, succeeded,
 * exited), two of each other state, and that of its start and end (Step Functions API, HistoryEvent).
 */
function historyEvents(states: readonly string[]): number {
  return 2 + sum(states.map((name) => (machine.States[name]?.Type === 'Task' ? 5 : 2)));
}

function difference(more: Amounts, less: Amounts): Amounts {
  return Object.fromEntries(
    Object.entries(more).map(([name, amount]) => [name, kilobytesKept(amount - (less[name] ?? 0))]),
  );
}

function nonZero(amounts: Amounts): Amounts {
  return Object.fromEntries(Object.entries(amounts).filter(([, amount]) => amount !== 0));
}

/** To a tenth: an id or a time more or less in a log makes no difference. */
function kilobytes(bytes: number): number {
  return kilobytesKept(bytes / 1024);
}

function kilobytesKept(amount: number): number {
  return Math.round(amount * 10) / 10;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** The file's text for these counts. */
export function countsText(counts: CostCounts): string {
  return `${HEAD}${stringify(counts)}`;
}

if (process.argv[1] === import.meta.filename) {
  const text = countsText(await measureCosts());
  if (process.argv.includes('--write')) writeFileSync(FILE, text);
  else console.log(text);
}
