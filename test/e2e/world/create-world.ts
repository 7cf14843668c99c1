import { startBridge } from '../../../generator/simulate/bridge.ts';
import { startEmulator } from '../../../generator/simulate/emulator.ts';
import type { AdminStack } from './admin-stack.ts';
import { launchAdminStack } from './admin-stack.ts';
import { createAutomations } from './automations.ts';
import { createWorldClock } from './clock.ts';
import { createDelivery } from './delivery.ts';
import { startFront } from './front.ts';
import type { Stand } from './front.ts';
import { createMachines } from './machines.ts';
import { createMeter } from './meter.ts';
import { createPerson } from './people.ts';
import { ADMIN, HOME, NAMESPACE } from './places.ts';
import { createRoles } from './roles.ts';
import { createSecurityHub } from './security-hub.ts';
import { createSessions } from './sessions.ts';
import { build, describeStack, launch } from './stacks.ts';
import { createSecurityHubApi } from './stand-security-hub.ts';
import {
  createEvents,
  createLambda,
  createOrganizations,
  createSns,
  createTagging,
} from './stand-small.ts';
import type { Parents, Tags, Told } from './stand-small.ts';
import { createSqs } from './stand-sqs.ts';
import { createSsm } from './stand-ssm.ts';
import { createSts } from './stand-sts.ts';
import { createTables } from './tables.ts';
import type { World } from './world.ts';

/** A Tuesday. */
const START = '2026-03-03T09:00:00.000Z';
/** More rounds than any test needs: something goes round in circles. */
const ROUNDS = 200;
const DAY = 86_400;

/** Builds the templates with some remediations and starts a world without stacks. `first` are asked before all other stands. */
export async function createWorld(
  remediations: readonly string[],
  first: readonly Stand[] = [],
): Promise<World> {
  const [emulator, files] = await Promise.all([startEmulator(), build(remediations)]);
  const bridge = startBridge(emulator.endpoint);
  const clock = createWorldClock(START);
  const meter = createMeter();
  const sessions = createSessions();
  const senders = new Map<string, string>();
  const parents: Parents = new Map();
  const tags: Tags = new Map();
  const told: Told = { events: [], notices: [], tickets: [] };
  const logs: string[] = [];
  const surprises: string[] = [];
  let admin: AdminStack | undefined;
  const launched = (): AdminStack => {
    if (admin === undefined) throw new Error('The administrator stack is not launched yet.');
    return admin;
  };
  const roles = createRoles(bridge, files.memberRoles);
  const automations = createAutomations({ bridge, clock, roles, units: files.units });
  const delivery = createDelivery({
    emulator: emulator.endpoint,
    meter,
    senders,
    rules: () => admin?.rules ?? [],
  });
  const hub = createSecurityHub(clock, delivery.deliver);
  const machines = createMachines({
    clock,
    meter,
    definition: () => launched().definition,
    functions: () => launched().functions,
  });
  const front = await startFront({
    emulator: emulator.endpoint,
    surprise: (what) => surprises.push(what),
    watch: async (request) => {
      meter.see(request);
      await world.fault?.(request);
    },
    stands: [
      ...first,
      createSts(sessions, roles),
      createSqs(sessions, senders),
      createSsm({ automations, sessions, roles }),
      createSecurityHubApi(hub, sessions),
      machines.stand,
      createEvents(told),
      createSns(told),
      createOrganizations(parents),
      createTagging(tags),
      createLambda(told),
    ],
  });
  const tables = createTables(emulator.endpoint, () => launched().tables);
  const settle = async (): Promise<void> => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const count = await delivery.pump(launched().ingest);
      if (!(await machines.runNext()) && count === 0) return;
    }
    throw new Error('The world does not come to rest.');
  };
  const setParameter = async (name: string, value: string): Promise<void> => {
    await bridge.call(
      'ssm',
      'PutParameter',
      { Name: name, Value: value, Type: 'String', Overwrite: true },
      { account: ADMIN, region: HOME },
    );
  };
  const world: World = {
    clock,
    bridge,
    endpoint: front.endpoint,
    hub,
    automations,
    machines,
    meter,
    tables,
    told,
    delivery,
    parents,
    tags,
    logs,
    surprises,
    fault: undefined,
    launchAdmin: async (parameters) => {
      const place = { account: ADMIN, region: HOME };
      const stack = await launch(bridge, place, 'asr-admin', files.admin, parameters);
      admin = await launchAdminStack(stack, {
        bridge,
        endpoint: front.endpoint,
        file: files.admin,
        clock,
        log: (line) => logs.push(line),
      });
      return describeStack(bridge, stack);
    },
    launchRoles: async (account) =>
      describeStack(
        bridge,
        await launch(bridge, { account, region: HOME }, 'asr-member-roles', files.memberRoles, {
          SecHubAdminAccount: ADMIN,
          Namespace: NAMESPACE,
        }),
      ),
    launchMember: async (place) =>
      describeStack(
        bridge,
        await launch(bridge, place, 'asr-member', files.member, {
          SecHubAdminAccount: ADMIN,
          Namespace: NAMESPACE,
          LoadSCMemberStack: 'yes',
          LoadAFSBPMemberStack: 'yes',
        }),
      ),
    clientOf: (account) => {
      const accessKeyId = account === ADMIN ? 'test' : `AKIA${account}`;
      if (account !== ADMIN)
        sessions.add(accessKeyId, {
          account,
          principal: `arn:aws:iam::${account}:root`,
          userId: account,
        });
      const credentials = { accessKeyId, secretAccessKey: 'secret' };
      return { region: HOME, endpoint: front.endpoint, credentials };
    },
    ingest: () => launched().ingest,
    person: (name) =>
      createPerson(name, {
        endpoint: front.endpoint,
        sessions,
        queueUrl: launched().outputs['CommandQueueUrl'] ?? '',
      }),
    settle,
    later: async (seconds) => {
      clock.advance(seconds);
      meter.turn('sweep');
      meter.add('functionCalls', 1);
      await launched().sweep({});
      meter.turn('nobody');
      await settle();
    },
    setParameter,
    reset: async () => {
      world.fault = undefined;
      for (const kind of ['Account', 'OU', 'Tag']) {
        await setParameter(`/ASR/Filters/${kind}FilterMode`, 'Disabled');
        await setParameter(`/ASR/Filters/${kind}Filters`, 'none');
      }
      for (const part of [hub, machines, automations]) part.forget();
      for (const list of [told.events, told.notices, told.tickets, logs, surprises])
        list.length = 0;
      parents.clear();
      tags.clear();
      hub.controls.clear();
      await tables.reset();
      clock.advance(DAY);
      meter.reset();
    },
    stop: async () => {
      await front.stop();
      await bridge.close();
      await emulator.stop();
    },
  };
  return world;
}
