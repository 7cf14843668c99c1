import { createHash } from 'node:crypto';
import type { Decision, Facts, Remembered } from '../decide/types.ts';
import type { Attempt, AttemptFinding, Phase } from '../model/attempt.ts';
import { defined } from '../model/finding-parts.ts';
import type { Finding } from '../model/finding.ts';
import type { Policy } from '../model/policy.ts';
import type { Request } from '../model/request.ts';
import type { Resolved } from '../model/resolve.ts';

/**
 * The id of the attempt that answers a request: the same for each delivery of one event. What comes by itself is the
 * same as long as the finding wasn't checked again and no further attempt failed.
 */
export function attemptIdOf(request: Request, finding: Finding, failures: number): string {
  const name =
    request.origin === 'automatic'
      ? `${finding.format} ${finding.id} ${finding.updatedAt} ${failures}`
      : request.id;
  return createHash('sha256').update(`${request.origin} ${name}`).digest('hex').slice(0, 32);
}

export interface Plan {
  readonly id: string;
  readonly request: Request;
  readonly finding: Finding;
  readonly resolved: Resolved;
  readonly policy: Policy;
  readonly decision: Decision;
  readonly phase: Phase;
  readonly facts: Pick<Facts, 'tags' | 'unitPath'>;
  readonly undoable: Remembered['undoable'];
  /** Findings of the same failure, besides. @default none */
  readonly also?: readonly AttemptFinding[] | undefined;
  readonly now: Date;
}

/** A claimed attempt with everything that the orchestrator needs. */
export function newAttempt({
  id,
  request,
  finding,
  resolved,
  policy,
  decision,
  phase,
  facts,
  undoable,
  also = [],
  now,
}: Plan): Attempt {
  return {
    id,
    account: finding.account,
    region: finding.region,
    resource: resolved.resource,
    status: 'claimed',
    phase,
    origin: request.origin,
    actor: request.actor,
    mode: request.mode,
    force: request.force,
    ticketAsked: request.ticket,
    standard: resolved.standard,
    control: resolved.securityControlId,
    remediation: resolved.remediation,
    document: resolved.document,
    roleStem: resolved.roleStem,
    partition: finding.partition,
    parameters: resolved.parameters,
    parametersToRead: resolved.parametersToRead,
    findings: [attemptFinding(finding), ...also],
    ...known(facts),
    decision,
    policy,
    claimedAt: now.toISOString(),
    ...(request.mode === 'Undo' ? defined('undoes', undoable) : {}),
  };
}

/** What was looked up for the claim and is judged again at the start. */
function known({ tags, unitPath }: Plan['facts']): Pick<Attempt, 'tags' | 'unitPath'> {
  return {
    ...(tags.known ? { tags: tags.value } : {}),
    ...(unitPath.known ? { unitPath: unitPath.value } : {}),
  };
}

export function attemptFinding(finding: Finding): AttemptFinding {
  const { id, productArn, format, metadataUid, updatedAt, title, description, severity } = finding;
  return {
    id,
    productArn,
    format,
    ...defined('metadataUid', metadataUid),
    updatedAt,
    title,
    description,
    severity,
  };
}
