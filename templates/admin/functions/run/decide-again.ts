import { decide } from '../decide/decide.ts';
import type { Decision, Facts, Remembered } from '../decide/types.ts';
import type { Attempt } from '../model/attempt.ts';
import type { Catalog } from '../model/catalog.ts';
import { defined } from '../model/finding-parts.ts';
import type { Finding } from '../model/finding.ts';
import { parsePolicy } from '../model/policy.ts';
import type { Rows } from '../model/policy.ts';
import { isRefusal, refuse } from '../model/refusal.ts';
import type { Refusal } from '../model/refusal.ts';
import type { Resolved } from '../model/resolve.ts';
import type { Settings } from '../model/settings.ts';
import type { Environment } from './environment.ts';

/** What is known right before the start. */
export interface BeforeStart {
  readonly environment: Environment;
  readonly catalog: Catalog;
  readonly attempt: Attempt;
  readonly rows: Rows;
  readonly settings: Settings | Refusal;
  readonly remembered: Remembered | Refusal;
  readonly facts: Pick<Facts, 'tags' | 'stack'>;
  /** All values that the document gets. */
  readonly parameters: Resolved['parameters'];
  readonly now: Date;
}

/**
 * Decides about a claimed attempt once more: with the settings and the control's row as they are now (the kill switch
 * among them), and with what only the member account knew. Pure; never throws.
 */
export function decideAgain(before: BeforeStart): Decision {
  const { environment, catalog, attempt, settings, facts, now } = before;
  const [first] = attempt.findings;
  const { adminAccount, partition } = environment;
  const { id, actor, approver } = attempt;
  return decide({
    now,
    environment: { adminAccount, partition },
    request: {
      id,
      origin: approver === undefined ? attempt.origin : 'approval',
      mode: attempt.mode,
      actor,
      force: attempt.force,
      ticket: attempt.ticketAsked,
    },
    finding:
      first === undefined
        ? refuse('state-unreadable', 'The attempt names no finding.')
        : findingOf(attempt, first),
    settings,
    catalog,
    resolved: {
      standard: attempt.standard,
      securityControlId: attempt.control,
      remediation: attempt.remediation,
      document: attempt.document,
      roleStem: attempt.roleStem,
      resource: attempt.resource,
      parameters: before.parameters,
      parametersToRead: {},
    },
    policy: parsePolicy(before.rows),
    facts: {
      // The claim demands it, and the member stack just named this administrator.
      isMember: { known: true, value: true },
      unitPath:
        attempt.unitPath === undefined
          ? { known: false, why: 'unreadable' }
          : { known: true, value: attempt.unitPath },
      ...facts,
    },
    remembered: rememberedOf(before),
    attempt: { id, actor, ...defined('approver', approver) },
    stage: 'start',
  });
}

/** What the rules of the start read of a finding; its status was looked at when the attempt was claimed. */
function findingOf(attempt: Attempt, first: Attempt['findings'][number]): Finding {
  const { id, productArn, format, updatedAt, title, description, severity } = first;
  const { tags } = attempt;
  return {
    format,
    id,
    productArn,
    ...defined('metadataUid', first.metadataUid),
    partition: attempt.partition,
    region: attempt.region,
    account: attempt.account,
    generatorId: `security-control/${attempt.control}`,
    securityControlId: attempt.control,
    updatedAt,
    resources: [{ id: attempt.resource, ...defined('tags', tags) }],
    parameters: {},
    title,
    description,
    severity,
  };
}

/** The preview for an approver changes nothing, so a change under way doesn't matter to it. */
function rememberedOf({ attempt, remembered }: BeforeStart): Remembered | Refusal {
  return isRefusal(remembered) || attempt.phase === 'run'
    ? remembered
    : { ...remembered, lease: undefined };
}
