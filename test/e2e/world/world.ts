import type { Bridge } from '../../../generator/simulate/bridge.ts';
import type { ApiRequest } from './api-request.ts';
import type { Automations } from './automations.ts';
import type { WorldClock } from './clock.ts';
import type { Delivery } from './delivery.ts';
import type { Handler } from './functions.ts';
import type { Machines } from './machines.ts';
import type { Meter } from './meter.ts';
import type { Person } from './people.ts';
import type { Place } from './places.ts';
import type { SecurityHub } from './security-hub.ts';
import type { Parents, Tags, Told } from './stand-small.ts';
import type { Tables } from './tables.ts';

/** One Security Hub administrator with its member accounts, and time that passes only when it is told to. */
export interface World {
  readonly clock: WorldClock;
  /** Calls to the emulator in any account, as people and attackers make them. */
  readonly bridge: Bridge;
  /** URL of the front: all of AWS. */
  readonly endpoint: string;
  readonly hub: SecurityHub;
  readonly automations: Automations;
  readonly machines: Machines;
  readonly meter: Meter;
  readonly tables: Tables;
  readonly told: Told;
  readonly delivery: Delivery;
  readonly parents: Parents;
  readonly tags: Tags;
  /** Lines that the functions logged. */
  readonly logs: string[];
  /** What the emulator or a stand-in could not do. Must stay empty. */
  readonly surprises: string[];
  /** Called with each request; makes it fail by throwing `AwsError`, or does something at that very moment. Undefined for a quiet world. */
  fault: ((request: ApiRequest) => Promise<void> | void) | undefined;
  /** Launches the administrator stack; answers its status and outputs. */
  readonly launchAdmin: (parameters: Readonly<Record<string, string>>) => Promise<Launched>;
  /** Launches the roles of an account, in one Region. */
  readonly launchRoles: (account: string) => Promise<Launched>;
  /** Launches the documents of an account and Region. */
  readonly launchMember: (place: Place) => Promise<Launched>;
  /** Settings for a client of the SDK that acts for an account, in the home Region. */
  readonly clientOf: (account: string) => ClientSettings;
  /** The deployed ingest function. */
  readonly ingest: () => Handler;
  readonly person: (name: string) => Person;
  /** Lets everything happen that is under way, until nothing moves any more. */
  readonly settle: () => Promise<void>;
  /** Lets seconds pass, then the sweep's next minute come, and everything happen. */
  readonly later: (seconds: number) => Promise<void>;
  /** Sets a value in the administrator's Parameter Store. */
  readonly setParameter: (name: string, value: string) => Promise<void>;
  /** Forgets findings, history, settings and messages, and lets a day pass; stacks and resources stay. */
  readonly reset: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export interface Launched {
  readonly status: string;
  readonly outputs: Readonly<Record<string, string>>;
}

/** What every client of the SDK takes. */
export interface ClientSettings {
  readonly region: string;
  readonly endpoint: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}
