import { createHash } from 'node:crypto';
import { decide } from '../../functions/decide/decide.ts';
import type { Decision } from '../../functions/decide/types.ts';
import { newAttempt } from '../../functions/ingest/new-attempt.ts';
import type { Attempt } from '../../functions/model/attempt.ts';
import type { Catalog } from '../../functions/model/catalog.ts';
import { parseFinding } from '../../functions/model/finding.ts';
import type { Finding } from '../../functions/model/finding.ts';
import { objectOf, textOf } from '../../functions/model/json.ts';
import { parsePolicy } from '../../functions/model/policy.ts';
import type { Policy } from '../../functions/model/policy.ts';
import { isRefusal } from '../../functions/model/refusal.ts';
import type { Request } from '../../functions/model/request.ts';
import { resolve } from '../../functions/model/resolve.ts';
import type { Resolved } from '../../functions/model/resolve.ts';
import type { Backend, FindingName, ShownControl } from '../api/backend.ts';
import type { Records, Worker } from './records.ts';
import { endOf, sampleCalls } from './simulate-end.ts';

type Raw = Readonly<Record<string, unknown>>;

export interface SimulationOptions {
  /** What the API reads is what this decides by. */
  readonly backend: Backend;
  readonly records: Records;
  readonly catalog: Catalog;
  readonly controls: Readonly<Record<string, ShownControl>>;
  readonly adminAccount: string;
  readonly now: () => Date;
  /** Does `work` when an automation would have ended. */
  readonly later: (work: () => Promise<void>) => void;
  readonly newId: () => string;
}

const HOUR = 3_600_000;

/**
 * Works on commands as the administrator stack does, with the real `decide`; only the change itself is made up: the
 * finding passes, or fails again after Undo.
 */
export function createSimulation(options: SimulationOptions): Worker {
  return async (command) => {
    const actor = textOf(command['actor']) ?? '';
    const id = textOf(command['attempt']) ?? '';
    switch (command['command']) {
      case 'preview':
        return ask(options, requestOf('Preview', actor, command, options.newId()), command);
      case 'remediate':
        return ask(options, requestOf('Remediate', actor, command, options.newId()), command);
      case 'undo':
        return ask(options, requestOf('Undo', actor, command, options.newId()), command);
      case 'approve':
        return approve(options, id, actor);
      default:
        return reject(options, id, actor);
    }
  };
}

function requestOf(mode: Request['mode'], actor: string, command: Raw, id: string): Request {
  const { attempt } = command;
  return {
    id,
    mode,
    actor,
    origin: 'console',
    force: command['force'] === true,
    ticket: command['ticket'] === true,
    ...(typeof attempt === 'string' ? { attempt } : {}),
  };
}

async function ask(options: SimulationOptions, request: Request, command: Raw): Promise<void> {
  const { records, now } = options;
  const { id, productArn } = objectOf(command['finding']);
  const name = { id: String(id), productArn: String(productArn) };
  const judged = await judge(options, request, name);
  if (judged === undefined) return;
  const { finding, raw, decision, resolved, policy, undoable } = judged;
  if (decision.verdict === 'deny' || decision.verdict === 'hold') {
    const { account, region } = finding;
    if (decision.notBefore !== undefined)
      await records.putHeld({
        account,
        region,
        resource: resolved.resource,
        remediation: resolved.remediation,
        request,
        finding,
        reason: decision.reason,
        message: decision.message,
        notBefore: decision.notBefore,
        since: now().toISOString(),
        times: 1,
      });
    await annotate(records, raw, `Not started: ${decision.message}`);
    return;
  }
  const attempt = newAttempt({
    id: createHash('sha256').update(request.id).digest('hex').slice(0, 32),
    request,
    finding,
    resolved,
    policy,
    decision,
    phase: decision.verdict === 'needs-approval' ? 'approval-preview' : 'run',
    facts: { tags: { known: false, why: 'later' }, unitPath: { known: false, why: 'later' } },
    undoable,
    now: now(),
  });
  await begin(options, attempt);
  options.later(async () => {
    if (attempt.phase === 'run') await endOf(options, attempt);
    else await awaitApproval(options, attempt);
  });
}

async function begin({ records, now }: SimulationOptions, attempt: Attempt): Promise<void> {
  await records.putAttempt(attempt);
  if (attempt.mode === 'Remediate' && attempt.phase === 'run')
    await records.countStart(attempt, now());
}

interface Judged {
  readonly finding: Finding;
  readonly raw: Raw;
  readonly decision: Decision;
  readonly resolved: Resolved;
  readonly policy: Policy;
  readonly undoable: { readonly id: string; readonly state: readonly string[] } | undefined;
}

async function judge(
  { backend: { hub, tables }, catalog, adminAccount, now }: SimulationOptions,
  request: Request,
  name: FindingName,
  approval?: Attempt,
): Promise<Judged | undefined> {
  const raw = objectOf(await hub.finding(name));
  const finding = parseFinding(raw);
  if (isRefusal(finding)) return undefined;
  const [rows, settings] = await Promise.all([tables.rows(), tables.settings()]);
  const policy = parsePolicy({
    control: rows.get(finding.securityControlId ?? ''),
    defaults: rows.get('*'),
  });
  const resolved = resolve(finding, settings, policy, catalog);
  if (isRefusal(resolved) || isRefusal(policy)) return undefined;
  const { account, region } = finding;
  const remembered = await tables.remembered(
    {
      account,
      region,
      resource: resolved.resource,
      remediation: resolved.remediation,
      control: resolved.securityControlId,
    },
    now(),
  );
  const decision = decide({
    now: now(),
    environment: { partition: 'aws', adminAccount },
    request,
    finding,
    settings,
    catalog,
    resolved,
    policy,
    facts: await hub.facts(finding, resolved.resource, settings),
    remembered,
    stage: 'claim',
    ...(approval === undefined
      ? {}
      : { attempt: { id: approval.id, actor: approval.actor, approver: request.actor } }),
  });
  const undoable = isRefusal(remembered) ? undefined : remembered.undoable;
  return { finding, raw, decision, resolved, policy, undoable };
}

async function approve(options: SimulationOptions, id: string, actor: string): Promise<void> {
  const attempt = await options.backend.tables.findAttempt(id);
  const [name] = attempt?.findings ?? [];
  if (attempt?.status !== 'awaiting-approval' || name === undefined) return;
  const request: Request = {
    id: options.newId(),
    origin: 'approval',
    mode: 'Remediate',
    actor,
    force: false,
    ticket: false,
    attempt: id,
  };
  const judged = await judge(options, request, name, attempt);
  if (judged === undefined) return;
  if (judged.decision.verdict !== 'allow')
    return annotate(options.records, judged.raw, `Not approved: ${judged.decision.message}`);
  const approved: Attempt = { ...attempt, status: 'claimed', phase: 'run', approver: actor };
  await begin(options, approved);
  options.later(async () => endOf(options, approved));
}

async function awaitApproval(options: SimulationOptions, attempt: Attempt): Promise<void> {
  const until = options.now().getTime() + attempt.policy.approvalHours * HOUR;
  await options.records.putAttempt({
    ...attempt,
    status: 'awaiting-approval',
    preview: sampleCalls(attempt),
    approvalExpiresAt: new Date(until).toISOString(),
  });
}

async function reject(
  { backend, records, now }: SimulationOptions,
  id: string,
  actor: string,
): Promise<void> {
  const attempt = await backend.tables.findAttempt(id);
  if (attempt?.status !== 'awaiting-approval') return;
  await records.putAttempt({
    ...attempt,
    status: 'ended',
    outcome: 'rejected',
    endedAt: now().toISOString(),
    message: `Rejected by ${actor}.`,
  });
}

async function annotate(records: Records, raw: Raw, text: string): Promise<void> {
  await records.putFinding({
    ...raw,
    Note: { Text: text, UpdatedBy: 'ASR', UpdatedAt: new Date().toISOString() },
  });
}
