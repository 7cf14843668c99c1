import type { Attempt, AttemptFinding } from '../../../templates/admin/functions/model/attempt.ts';
import type { Finding } from '../../../templates/admin/functions/model/finding.ts';
import { DEFAULTS } from '../../../templates/admin/functions/model/policy.ts';
import type { Policy } from '../../../templates/admin/functions/model/policy.ts';
import type { Request } from '../../../templates/admin/functions/model/request.ts';
import type { Held } from '../../../templates/admin/functions/store/store.ts';

export const NOW = new Date('2026-03-02T10:00:00.000Z');
export const ACCOUNT = '111122223333';
export const RESOURCE = `arn:aws:ec2:eu-west-1:${ACCOUNT}:security-group/sg-0a1b2c3d`;
export const TARGET = { account: ACCOUNT, region: 'eu-west-1', resource: RESOURCE };
export const REMEDIATION = 'RemoveVPCDefaultSecurityGroupRules';

/** `NOW`, so many minutes later. */
export function later(minutes: number): Date {
  return new Date(NOW.getTime() + minutes * 60_000);
}

export function iso(minutes: number): string {
  return later(minutes).toISOString();
}

export const POLICY: Policy = {
  ...DEFAULTS,
  automatedRemediationEnabled: true,
  breakerFailures: 3,
};

/** An id of an attempt that ends in `number`. */
export function idOf(number: number): string {
  return number.toString(16).padStart(32, '0');
}

export function attemptFinding(number: number): AttemptFinding {
  return {
    id: `arn:aws:securityhub:eu-west-1:${ACCOUNT}:security-control/EC2.2/finding/${number}`,
    productArn: 'arn:aws:securityhub:eu-west-1::product/aws/securityhub',
    format: 'asff',
    updatedAt: iso(-10),
    title: 'Default security group with open rules',
    description: 'This control checks the default security group of a VPC.',
    severity: 'HIGH',
  };
}

export function attemptOf(number: number, changed: Partial<Attempt> = {}): Attempt {
  return {
    ...TARGET,
    id: idOf(number),
    status: 'claimed',
    phase: 'run',
    origin: 'automatic',
    actor: 'Security Hub',
    mode: 'Remediate',
    force: false,
    ticketAsked: false,
    standard: 'SC',
    control: 'EC2.2',
    remediation: REMEDIATION,
    document: `ASR-${REMEDIATION}`,
    roleStem: `SO0111-${REMEDIATION}`,
    partition: 'aws',
    parameters: {},
    parametersToRead: {},
    findings: [attemptFinding(1)],
    decision: {
      verdict: 'allow',
      reason: 'allowed',
      message: 'All rules allow it.',
      trace: [{ rule: 'paused', verdict: 'allow', reason: 'allowed', why: 'Nothing is paused.' }],
    },
    policy: POLICY,
    claimedAt: NOW.toISOString(),
    ...changed,
  };
}

export function requestOf(changed: Partial<Request> = {}): Request {
  return {
    id: 'event#0',
    origin: 'automatic',
    mode: 'Remediate',
    actor: 'Security Hub',
    force: false,
    ticket: false,
    ...changed,
  };
}

export function findingOf(number: number): Finding {
  return {
    ...attemptFinding(number),
    partition: 'aws',
    region: 'eu-west-1',
    account: ACCOUNT,
    generatorId: 'security-control/EC2.2',
    securityControlId: 'EC2.2',
    compliance: 'FAILED',
    recordState: 'ACTIVE',
    workflow: 'NEW',
    resources: [{ id: RESOURCE, tags: { team: 'blue' } }],
    parameters: { days: ['90'], odd: null },
  };
}

export function heldOf(changed: Partial<Held> = {}): Held {
  return {
    ...TARGET,
    remediation: REMEDIATION,
    request: requestOf(),
    finding: findingOf(1),
    reason: 'outside-window',
    message: 'The change window opens later.',
    notBefore: iso(60),
    since: NOW.toISOString(),
    times: 1,
    ...changed,
  };
}

/** Options of a claim that takes the resource for a day. */
export const TAKE = { lease: true, leaseUntil: iso(1500) } as const;

/** Partition of the resource in the state table. */
export const PARTITION = `resource#${ACCOUNT}#eu-west-1#${RESOURCE}`;
export const WANTED = { ...TARGET, remediation: REMEDIATION, control: 'EC2.2' };
export const HOUR = '2026-03-02T10';

/** A number of promises that start together; what became of them. */
export async function together<T>(
  count: number,
  act: (index: number) => Promise<T>,
): Promise<readonly T[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => act(index)));
}

/** The attempt as it ended. */
export function endedOf(attempt: Attempt, changed: Partial<Attempt> = {}): Attempt {
  return {
    ...attempt,
    status: 'ended',
    endedAt: iso(5),
    outcome: 'changed',
    message: 'Fixed and verified.',
    state: ['c3RhdGU='],
    ...changed,
  };
}
