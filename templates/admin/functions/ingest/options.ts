import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { OrganizationsClient } from '@aws-sdk/client-organizations';
import type { SecurityHubClient } from '@aws-sdk/client-securityhub';
import type { SFNClient } from '@aws-sdk/client-sfn';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { SSMClient } from '@aws-sdk/client-ssm';
import type { Attempt } from '../model/attempt.ts';
import type { Catalog } from '../model/catalog.ts';
import type { Environment } from '../run/environment.ts';
import type { Recorded } from '../run/recorded.ts';
import type { Result } from '../run/run.ts';
import type { IntakeStore } from '../store/store.ts';
import type { Batch } from './batch.ts';
import type { LookUp } from './facts.ts';
import type { Queues } from './messages.ts';

export interface IngestOptions extends Environment, Queues {
  readonly catalog: Catalog;
  readonly store: IntakeStore;
  readonly ssm: SSMClient;
  readonly securityHub: SecurityHubClient;
  readonly organizations: OrganizationsClient;
  readonly sfn: SFNClient;
  readonly sqs: SQSClient;
  readonly events: EventBridgeClient;
  readonly deadLetterQueueUrl: string;
  /** ARN of the state machine. */
  readonly orchestratorArn: string;
  /** Records the end of an attempt that no execution ends. */
  readonly ending: (attempt: Attempt, result: Result, execution?: string) => Promise<Recorded>;
  readonly metrics: boolean;
  readonly now: () => Date;
  readonly log: (line: string) => void;
}

/** What the parts of the function share while they work on one batch. */
export interface Work extends IngestOptions {
  readonly batch: Batch;
  readonly lookUp: LookUp;
  /** Counts one of these in the batch's metrics. */
  readonly count: (what: Counted) => void;
}

/**
 * What became of a request. `ignored`: nothing was to be done. `denied`: somebody asked, and was told why not.
 * `unreadable`: put aside in the dead-letter queue.
 */
export const COUNTED = [
  'ignored',
  'denied',
  'held',
  'joined',
  'started',
  'unreadable',
  'breakerOpened',
] as const;
export type Counted = (typeof COUNTED)[number];
