import { AsyncLocalStorage } from 'node:async_hooks';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { OrganizationsClient } from '@aws-sdk/client-organizations';
import { ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import { SecurityHubClient } from '@aws-sdk/client-securityhub';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';

export type Raw = Readonly<Record<string, unknown>>;

const CLIENTS = {
  dynamodb: DynamoDBClient,
  events: EventBridgeClient,
  lambda: LambdaClient,
  organizations: OrganizationsClient,
  securityhub: SecurityHubClient,
  sns: SNSClient,
  sqs: SQSClient,
  ssm: SSMClient,
  states: SFNClient,
  sts: STSClient,
  tagging: ResourceGroupsTaggingAPIClient,
} as const;
export type Service = keyof typeof CLIENTS;

/** One call of the SDK, without the SDK's own retries: what fails here fails for the function. */
export interface Call {
  readonly service: Service;
  readonly operation: string;
  readonly input: Raw;
  /** Account in which it is made, by the credentials. */
  readonly account: string;
}

/** One run of one function. */
export interface Invocation {
  readonly name: string;
  /** It was killed: whatever it still does has no effect. */
  isDead: boolean;
}

/** Which run of which function makes a call. */
export const invocations = new AsyncLocalStorage<Invocation>();

interface Client {
  readonly config: { readonly credentials: () => Promise<{ readonly accessKeyId: string }> };
}

/** For whom each client acts: the SDK takes long to say so. */
const accounts = new WeakMap<Client, string>();

/** Answers all calls of all clients of the SDK in this process, until `stop` is called. */
export function playAws(answer: (call: Call) => Promise<unknown>): { readonly stop: () => void } {
  for (const [service, { prototype }] of Object.entries(CLIENTS))
    Object.defineProperty(prototype, 'send', {
      configurable: true,
      value: async function send(
        this: Client,
        command: { readonly input: Raw; readonly constructor: { readonly name: string } },
      ): Promise<unknown> {
        const account = accounts.get(this) ?? (await this.config.credentials()).accessKeyId;
        accounts.set(this, account);
        return answer({
          service: service as Service,
          operation: command.constructor.name.slice(0, -'Command'.length),
          input: command.input,
          account,
        });
      },
    });
  return {
    stop: () => {
      for (const { prototype } of Object.values(CLIENTS)) Reflect.deleteProperty(prototype, 'send');
    },
  };
}

/** Settings of a client that acts for an account; the account stands in the place of a key. */
export function actingFor(account: string) {
  return {
    region: 'us-east-1',
    credentials: { accessKeyId: account, secretAccessKey: 'none', sessionToken: 'none' },
  };
}

/** An error as the SDK throws it. */
export class AwsError extends Error {
  readonly $fault: 'client' | 'server';
  readonly $metadata: { readonly httpStatusCode: number };
  constructor(name: string, status = 400) {
    super(`${name}: played`);
    this.name = name;
    this.$fault = status < 500 ? 'client' : 'server';
    this.$metadata = { httpStatusCode: status };
  }
}
