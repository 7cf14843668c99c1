import type { Decision } from '../decide/types.ts';
import type { Attempt, AttemptFinding } from '../model/attempt.ts';
import type { Finding } from '../model/finding.ts';
import type { Request } from '../model/request.ts';
import { putEvent } from '../run/announce.ts';
import type { Announcement } from '../run/announcement.ts';
import { updateFindings } from '../run/update-findings.ts';
import type { FindingUpdate } from '../run/update-findings.ts';
import { attemptFinding } from './new-attempt.ts';
import type { Work } from './options.ts';

/** Whether a person waits for an answer. */
export function isAsked({ origin }: Request): boolean {
  return origin !== 'automatic';
}

/**
 * Writes a note on a finding, and its workflow status where one is given. What Security Hub refuses is logged: the note
 * is for people, nothing rests on it. Throws `Busy` when AWS is.
 */
export async function note(
  work: Work,
  finding: Finding,
  text: string,
  workflow?: FindingUpdate['workflow'],
): Promise<void> {
  return noteAll(work, finding.account, [attemptFinding(finding)], text, workflow);
}

/** The same for several findings of one account. Throws `Busy` when AWS is. */
export async function noteAll(
  work: Work,
  account: string,
  findings: readonly AttemptFinding[],
  text: string,
  workflow?: FindingUpdate['workflow'],
): Promise<void> {
  const problem = await updateFindings(work, {
    account,
    findings,
    note: text,
    ...(workflow === undefined ? {} : { workflow }),
  });
  if (problem !== undefined) work.log(JSON.stringify({ finding: findings[0]?.id, problem }));
}

/** Tells the default event bus. What can't be told is logged. */
export async function event(
  work: Work,
  attempt: Attempt,
  told: Pick<Announcement, 'status' | 'headline' | 'message' | 'workflow'>,
): Promise<void> {
  const problem = await putEvent(work, { attempt, ...told });
  if (problem !== undefined) work.log(JSON.stringify({ attempt: attempt.id, problem }));
}

/** One line for people who ask why: the finding's id, never its texts. */
export function logDecision(
  work: Work,
  request: Request,
  finding: Pick<Finding, 'id'>,
  { verdict, reason, message, notBefore }: Decision,
  attempt?: string,
): void {
  const { id, origin, mode, actor } = request;
  work.log(
    JSON.stringify({
      request: id,
      origin,
      mode,
      actor,
      finding: finding.id,
      verdict,
      reason,
      message,
      notBefore,
      attempt,
    }),
  );
}
