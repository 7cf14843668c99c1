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
import type { Backend, ShownControl } from '../api/backend.ts';
import { targetName } from './memory.ts';
import type { Memory } from './memory.ts';

type Raw = Readonly<Record<string, unknown>>;

export interface SimulationOptions {
  readonly memory: Memory;
  /** The same memory as the API sees it; set once both exist. */
  readonly backend: () => Backend;
  readonly catalog: Catalog;
  readonly controls: Readonly<Record<string, ShownControl>>;
  readonly adminAccount: string;
  readonly now: () => Date;
  /** Calls `work` when an automation would have ended. */
  readonly later: (work: () => void) => void;
  readonly newId: () => string;
}

const HOUR = 3_600_000;

/**
 * Works on commands as the administrator stack does, with the real `decide`; only the change itself is made up: the
 * finding passes, or fails again after Undo.
 */
export function createSimulation(options: SimulationOptions): (command: Raw) => Promise<void> {
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
  const { memory, now } = options;
  const raw = memory.findings.get(String(objectOf(command['finding'])['id']));
  const judged = await judge(options, request, raw);
  if (judged === undefined) return;
  const { finding, decision, resolved, policy, undoable } = judged;
  if (decision.verdict === 'deny' || decision.verdict === 'hold') {
    if (decision.verdict === 'hold') memory.held += 1;
    annotate(memory, finding.id, `Not started: ${decision.message}`);
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
  memory.attempts.set(attempt.id, attempt);
  options.later(() => {
    if (attempt.phase === 'run') end(options, attempt);
    else awaitApproval(options, attempt);
  });
}

interface Judged {
  readonly finding: Finding;
  readonly decision: Decision;
  readonly resolved: Resolved;
  readonly policy: Policy;
  readonly undoable: { readonly id: string; readonly state: readonly string[] } | undefined;
}

async function judge(
  { backend, catalog, adminAccount, now, memory }: SimulationOptions,
  request: Request,
  raw: unknown,
  approval?: Attempt,
): Promise<Judged | undefined> {
  const { hub, tables } = backend();
  const finding = parseFinding(raw);
  if (isRefusal(finding)) return undefined;
  const rows = await tables.rows();
  const policy = parsePolicy({
    control: rows.get(finding.securityControlId ?? ''),
    defaults: rows.get('*'),
  });
  const resolved = resolve(finding, memory.settings, policy, catalog);
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
    settings: memory.settings,
    catalog,
    resolved,
    policy,
    facts: await hub.facts(finding, resolved.resource, memory.settings),
    remembered,
    stage: 'claim',
    ...(approval === undefined
      ? {}
      : { attempt: { id: approval.id, actor: approval.actor, approver: request.actor } }),
  });
  const undoable = isRefusal(remembered) ? undefined : remembered.undoable;
  return { finding, decision, resolved, policy, undoable };
}

/** The calls of a made-up change: those that the remediation's role may make, on its resource. */
function callsOf({ controls }: SimulationOptions, { control, resource }: Attempt): string {
  const { permissions = [] } = controls[control] ?? {};
  const changing = permissions.filter((one) => !/:(?:Get|List|Describe|GET)/u.test(one));
  return JSON.stringify(
    changing.slice(0, 2).map((call) => ({ call, with: { Resource: resource } })),
  );
}

function awaitApproval(options: SimulationOptions, attempt: Attempt): void {
  const { memory, now } = options;
  const until = now().getTime() + attempt.policy.approvalHours * HOUR;
  memory.attempts.set(attempt.id, {
    ...attempt,
    status: 'awaiting-approval',
    preview: callsOf(options, attempt),
    approvalExpiresAt: new Date(until).toISOString(),
  });
}

function end(options: SimulationOptions, attempt: Attempt): void {
  const { memory, now } = options;
  const calls = callsOf(options, attempt);
  const ended = (rest: Partial<Attempt>): void =>
    void memory.attempts.set(attempt.id, {
      ...attempt,
      status: 'ended',
      endedAt: now().toISOString(),
      automation: '11111111-2222-4333-8444-555566667777',
      ...rest,
    });
  const [finding] = attempt.findings;
  switch (attempt.mode) {
    case 'Preview':
      return ended({
        outcome: 'would-change',
        message: 'Would change the resource.',
        preview: calls,
      });
    case 'Remediate':
      setStatus(memory, finding?.id, 'PASSED', 'RESOLVED');
      memory.targets.set(targetName(attempt, attempt.remediation), {
        failures: 0,
        verifiedAt: now().toISOString(),
        seen: {},
      });
      return ended({
        outcome: 'changed',
        message: 'Fixed and verified.',
        changes: calls,
        state: ['c2FtcGxl'],
      });
    case 'Undo': {
      setStatus(memory, finding?.id, 'FAILED', 'NOTIFIED');
      const undone = memory.attempts.get(attempt.undoes?.id ?? '');
      if (undone !== undefined) memory.attempts.set(undone.id, { ...undone, undoneBy: attempt.id });
      memory.holds.set(targetName(attempt, attempt.remediation), {
        owner: attempt.actor,
        reason: `Undo of attempt ${undone?.id ?? 'unknown'}`,
        expiresAt: new Date(now().getTime() + attempt.policy.holdDays * 24 * HOUR).toISOString(),
      });
      return ended({ outcome: 'undone', message: 'As it was before.', changes: calls });
    }
  }
}

async function approve(options: SimulationOptions, id: string, actor: string): Promise<void> {
  const { memory } = options;
  const attempt = memory.attempts.get(id);
  if (attempt?.status !== 'awaiting-approval') return;
  const request: Request = {
    id: options.newId(),
    origin: 'approval',
    mode: 'Remediate',
    actor,
    force: false,
    ticket: false,
    attempt: id,
  };
  const finding = attempt.findings[0]?.id ?? '';
  const judged = await judge(options, request, memory.findings.get(finding), attempt);
  if (judged?.decision.verdict !== 'allow') {
    annotate(
      memory,
      finding,
      `Not approved: ${judged?.decision.message ?? 'The finding is gone.'}`,
    );
    return;
  }
  const approved: Attempt = { ...attempt, status: 'claimed', phase: 'run', approver: actor };
  memory.attempts.set(id, approved);
  options.later(() => end(options, approved));
}

function reject({ memory, now }: SimulationOptions, id: string, actor: string): void {
  const attempt = memory.attempts.get(id);
  if (attempt?.status !== 'awaiting-approval') return;
  memory.attempts.set(id, {
    ...attempt,
    status: 'ended',
    outcome: 'rejected',
    endedAt: now().toISOString(),
    message: `Rejected by ${actor}.`,
  });
}

function annotate({ findings }: Memory, id: string, text: string): void {
  const raw = findings.get(id);
  if (raw !== undefined) findings.set(id, { ...raw, Note: { Text: text } });
}

function setStatus({ findings }: Memory, id = '', status: string, workflow: string): void {
  const raw = findings.get(id);
  if (raw === undefined) return;
  const compliance = objectOf(raw['Compliance']);
  findings.set(id, {
    ...raw,
    Compliance: { ...compliance, Status: status },
    Workflow: { Status: workflow },
  });
}
