import {
  GetResourcesCommand,
  ResourceGroupsTaggingAPIClient,
} from '@aws-sdk/client-resource-groups-tagging-api';
import { SecurityHubClient } from '@aws-sdk/client-securityhub';
import {
  DescribeAutomationExecutionsCommand,
  DescribeDocumentCommand,
  GetParametersCommand,
  SSMClient,
  StartAutomationExecutionCommand,
} from '@aws-sdk/client-ssm';
import type { StartAutomationExecutionCommandInput } from '@aws-sdk/client-ssm';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import type { Attempt } from '../../../templates/admin/functions/model/attempt.ts';
import { createStart } from '../../../templates/admin/functions/run/create-start.ts';
import type { StartInput } from '../../../templates/admin/functions/run/create-start.ts';
import type { Ended, Running } from '../../../templates/admin/functions/run/run.ts';
import { memoryStore } from '../../support/memory-store.ts';
import type { MemoryStore } from '../../support/memory-store.ts';
import {
  ADMIN,
  attempt,
  AUTOMATION,
  catalog,
  environment,
  EXECUTION,
  GROUP,
  KEY,
  MEMBER,
  NOW,
} from './fixtures.ts';
export const ssm = mockClient(SSMClient);
export const sts = mockClient(STSClient);
export const tagging = mockClient(ResourceGroupsTaggingAPIClient);
export const hub = mockClient(SecurityHubClient);
export let memory: MemoryStore = memoryStore();

export const SETTINGS: Readonly<Record<string, string>> = {
  '/Solutions/SO0111/standards': '{"SC":"yes","CIS120":"no"}',
  '/ASR/Filters/AccountFilters': 'none',
  '/ASR/Filters/AccountFilterMode': 'Disabled',
  '/ASR/Filters/OUFilters': 'none',
  '/ASR/Filters/OUFilterMode': 'Disabled',
  '/ASR/Filters/TagFilters': 'none',
  '/ASR/Filters/TagFilterMode': 'Disabled',
};
const MEMBER_STACK: Readonly<Record<string, string>> = {
  '/Solutions/SO0111/member/admin-account': ADMIN,
  '/Solutions/SO0111/member/namespace': 'shtest',
  '/Solutions/SO0111/member/version': 'v1.4.2',
};

/** Parameter Store: the settings here, the installation in the member account. Undefined takes one away. */
export function parameters(changes: Readonly<Record<string, string | undefined>> = {}): void {
  const all: Readonly<Record<string, string | undefined>> = {
    ...SETTINGS,
    ...MEMBER_STACK,
    ...changes,
  };
  ssm.on(GetParametersCommand).callsFake(({ Names }: { readonly Names: readonly string[] }) => ({
    Parameters: Names.flatMap((Name) =>
      all[Name] === undefined ? [] : [{ Name, Value: all[Name] }],
    ),
  }));
}

/** The automations that Systems Manager knows: how many of ours run, and those with the attempt's tag. */
export function automations(running: number, tagged: readonly string[] = []): void {
  const list = (ids: readonly string[]): object => ({
    AutomationExecutionMetadataList: ids.map((AutomationExecutionId) => ({
      AutomationExecutionId,
      DocumentName: 'ASR-CloseGroup',
    })),
  });
  ssm
    .on(DescribeAutomationExecutionsCommand)
    .callsFake(({ Filters }: { readonly Filters: readonly { readonly Key: string }[] }) =>
      Filters.some(({ Key }) => Key === 'TagKey')
        ? list(tagged)
        : list(Array.from({ length: running }, String)),
    );
}

/** Puts an attempt into the table, with the lease that a change holds. */
export function claimed(changes: Partial<Attempt> = {}): void {
  const made = attempt(changes);
  memory.attempts.set(made.id, made);
  if (made.mode !== 'Preview' && made.phase === 'run')
    memory.leases.set(`${MEMBER} eu-west-1 ${GROUP}`, {
      attempt: made.id,
      remediation: made.remediation,
      expiresAt: '2024-05-02T12:00:00.000Z',
    });
}

/** Runs `start` for what is in the table, or else for a claimed attempt. */
export async function start(
  changes: Partial<Attempt> = {},
  input: Partial<StartInput> = {},
): Promise<Running | Ended> {
  if (memory.attempts.size === 0) claimed(changes);
  const region = 'us-east-1';
  const handler = createStart({
    ...environment,
    catalog,
    version: 'v1.5.0',
    store: memory.store,
    ssm: new SSMClient({ region }),
    sts: new STSClient({ region }),
    now: () => NOW,
  });
  return handler({ key: KEY, execution: EXECUTION, retries: 0, ...input });
}

export const named = (name: string): Error => Object.assign(new Error(name), { name });
export const started = (): StartAutomationExecutionCommandInput | undefined =>
  ssm.commandCalls(StartAutomationExecutionCommand)[0]?.args[0].input;
export const starts = (): number => ssm.commandCalls(StartAutomationExecutionCommand).length;

/** A fresh table. */
export function renew(): void {
  memory = memoryStore();
}

/** A fresh world in which everything works. */
export function reset(): void {
  renew();
  for (const mock of [ssm, sts, tagging, hub]) mock.reset();
  sts.on(AssumeRoleCommand).resolves({
    Credentials: {
      AccessKeyId: 'AKIA',
      SecretAccessKey: 's',
      SessionToken: 't',
      Expiration: new Date(0),
    },
  });
  parameters();
  automations(0);
  ssm.on(DescribeDocumentCommand).resolves({
    Document: { Status: 'Active', Owner: MEMBER, DocumentVersion: '7' },
  });
  tagging.on(GetResourcesCommand).resolves({ ResourceTagMappingList: [] });
  ssm.on(StartAutomationExecutionCommand).resolves({ AutomationExecutionId: AUTOMATION });
}
