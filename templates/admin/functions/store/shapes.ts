import { VERDICTS } from '../decide/types.ts';
import type { Breaker, Decision, Hold, Lease, RuleResult, TargetState } from '../decide/types.ts';
import { ATTEMPT_STATUSES, OUTCOMES } from '../model/attempt.ts';
import type { Attempt, AttemptFinding } from '../model/attempt.ts';
import type { Finding, FindingResource } from '../model/finding.ts';
import { APPROVALS, STACK_OWNED, TICKETS } from '../model/policy.ts';
import type { Policy } from '../model/policy.ts';
import { MODES, ORIGINS } from '../model/request.ts';
import type { Request } from '../model/request.ts';
import {
  amount,
  flag,
  instant,
  listOf,
  nullable,
  object,
  oneOf,
  optional,
  recordOf,
  text,
} from './shape.ts';
import type { Held } from './store.ts';

// What each item must look like. A member that a model gains and that is missing here doesn't compile.

const texts = listOf(text);
const values = recordOf(texts);
const tags = recordOf(text);
const format = oneOf(['asff', 'ocsf']);

const request = object<Request>({
  id: text,
  origin: oneOf(ORIGINS),
  mode: oneOf(MODES),
  actor: text,
  force: flag,
  ticket: flag,
  attempt: optional(text),
});

const finding = object<Finding>({
  format,
  id: text,
  productArn: text,
  metadataUid: optional(text),
  partition: text,
  region: text,
  account: text,
  generatorId: text,
  securityControlId: optional(text),
  compliance: optional(text),
  recordState: optional(text),
  workflow: optional(text),
  updatedAt: instant,
  resources: listOf(object<FindingResource>({ id: text, tags: optional(tags) })),
  parameters: recordOf(nullable(texts)),
  title: text,
  description: text,
  severity: text,
});

const decision = object<Decision>({
  verdict: oneOf(VERDICTS),
  reason: text,
  message: text,
  notBefore: optional(instant),
  trace: listOf(
    object<RuleResult>({
      rule: text,
      verdict: oneOf(VERDICTS),
      reason: text,
      why: text,
      notBefore: optional(instant),
    }),
  ),
});

const policy = object<Policy>({
  automatedRemediationEnabled: flag,
  paused: flag,
  approval: oneOf(APPROVALS),
  approvalHours: amount,
  attempts: amount,
  perHour: amount,
  accountPerHour: amount,
  breakerFailures: amount,
  breakerMinutes: amount,
  breakerPauseMinutes: amount,
  changeWindow: text,
  stackOwned: oneOf(STACK_OWNED),
  tickets: oneOf(TICKETS),
  holdDays: amount,
  parameters: values,
});

const attemptFinding = object<AttemptFinding>({
  id: text,
  productArn: text,
  format,
  metadataUid: optional(text),
  updatedAt: instant,
  title: text,
  description: text,
  severity: text,
});

export const readHeldShape = object<Held>({
  account: text,
  region: text,
  resource: text,
  remediation: text,
  request,
  finding,
  also: optional(listOf(attemptFinding)),
  reason: text,
  message: text,
  notBefore: instant,
  since: instant,
  times: amount,
});

export const readAttemptShape = object<Attempt>({
  id: text,
  account: text,
  region: text,
  resource: text,
  status: oneOf(ATTEMPT_STATUSES),
  phase: oneOf(['run', 'approval-preview']),
  origin: oneOf(ORIGINS),
  actor: text,
  mode: oneOf(MODES),
  force: flag,
  ticketAsked: flag,
  standard: text,
  control: text,
  remediation: text,
  document: text,
  roleStem: text,
  partition: text,
  parameters: values,
  parametersToRead: recordOf(text),
  findings: listOf(attemptFinding),
  tags: optional(tags),
  unitPath: optional(texts),
  decision,
  policy,
  claimedAt: instant,
  undoes: optional(object<NonNullable<Attempt['undoes']>>({ id: text, state: texts })),
  approver: optional(text),
  approvalExpiresAt: optional(instant),
  preview: optional(text),
  endedAt: optional(instant),
  outcome: optional(oneOf(OUTCOMES)),
  message: optional(text),
  note: optional(text),
  error: optional(text),
  changes: optional(text),
  state: optional(texts),
  automation: optional(text),
  execution: optional(text),
  stack: optional(text),
  ticket: optional(text),
  ticketId: optional(text),
  undoneBy: optional(text),
});

export const readTargetShape = object<TargetState>({
  failures: amount,
  failedAt: optional(instant),
  verifiedAt: optional(instant),
  seen: recordOf(instant),
});

export const readBreakerShape = object<Breaker>({
  failures: listOf(instant),
  openUntil: optional(instant),
});

/** Leases and holds keep their end in `until`: `expiresAt` is the table's attribute for items that are deleted. */
const ending = object<{ readonly until: string }>({ until: instant });

const leaseHolder = object<Omit<Lease, 'expiresAt'>>({ attempt: text, remediation: text });
export const readLeaseShape = (value: unknown): Lease => ({
  ...leaseHolder(value),
  expiresAt: ending(value).until,
});

const holdOwner = object<Omit<Hold, 'expiresAt'>>({ owner: text, reason: text });
export const readHoldShape = (value: unknown): Hold => ({
  ...holdOwner(value),
  expiresAt: ending(value).until,
});

export const readStarts = (value: unknown): number =>
  object<{ readonly starts: number }>({ starts: amount })(value).starts;
