import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { SecurityHubClient } from '@aws-sdk/client-securityhub';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Store } from '../store/store.ts';

/** What is needed to write down how an attempt ended, or that it waits for an approver. */
export interface EndingOptions {
  readonly solutionId: string;
  readonly store: Pick<
    Store,
    'awaitApproval' | 'end' | 'listHeld' | 'readAttempt' | 'readBreaker' | 'readTarget'
  >;
  readonly securityHub: SecurityHubClient;
  readonly sns: SNSClient;
  readonly lambda: LambdaClient;
  readonly events: EventBridgeClient;
  readonly sqs: SQSClient;
  readonly topicArn: string;
  readonly commandQueueUrl: string;
  /** Name of the customer's ticket function; empty when there is none. */
  readonly ticketFunction: string;
  readonly metrics: boolean;
  readonly metricsPerControl: boolean;
  /**
   * Whether to throw `Busy` when AWS is, so that the caller tries all of it again; otherwise the rest is done and the
   * problem reported.
   * @default true
   */
  readonly isPatient?: boolean;
  readonly now: () => Date;
  readonly log: (line: string) => void;
}
