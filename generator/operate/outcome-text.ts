import { productOf } from '../../templates/admin/functions/model/finding-parts.ts';
import { attemptIdOfMessage } from './commands.ts';
import { statusOf } from './attempt-text.ts';
import { callLines } from './call-text.ts';
import type { Followable, Followed } from './outcome.ts';

/** One word on what became of a command. Pure. */
export function followedWord(followed: Followed): string {
  switch (followed.state) {
    case 'unknown':
      return 'no answer yet';
    case 'waiting':
    case 'denied':
      return followed.state;
    case 'running':
    case 'awaiting-approval':
    case 'ended':
      return statusOf(followed.attempt);
  }
}

/** What there is to say in a sentence. Pure. */
function sentenceOf(followed: Followed, { finding }: Pick<Followable['entry'], 'finding'>): string {
  switch (followed.state) {
    case 'unknown':
      return productOf(finding.productArn, 'ocsf') === undefined
        ? 'The administrator account did not answer yet.'
        : "The administrator account did not answer yet, or refused: of a finding in OCSF that can't be told apart from here. Its comment in Security Hub says it.";
    case 'waiting':
      return `Waits until ${followed.held.notBefore}: ${followed.held.message}`;
    case 'denied':
      return followed.note;
    case 'running':
      return `Attempt ${followed.attempt.id} is under way.`;
    case 'awaiting-approval':
      return `${followed.attempt.decision.message} Somebody else can: asr approve ${followed.attempt.id}`;
    case 'ended':
      return followed.attempt.message ?? '';
  }
}

/** Lines for people; of a preview also the calls. Pure. */
export function followedText({ entry }: Followable, followed: Followed): string {
  const { control, account, region, resource } = entry;
  const calls =
    'attempt' in followed && followed.state !== 'running'
      ? callLines(followed.attempt.preview)
      : [];
  return [
    `${followedWord(followed)}: ${control} ${account} ${region} ${resource}`,
    `  ${sentenceOf(followed, entry)}`,
    ...calls.map((line) => `  ${line}`),
  ].join('\n');
}

/** One line for programs. Pure. */
export function followedJson({ entry, sent }: Followable, followed: Followed): string {
  const { finding, control, account, region, resource, remediation } = entry;
  const attempt = 'attempt' in followed ? followed.attempt.id : attemptIdOfMessage(sent.messageId);
  return JSON.stringify({
    finding: finding.id,
    control,
    account,
    region,
    resource,
    remediation,
    attempt,
    state: followed.state,
    ...(followed.state === 'ended' ? { outcome: followed.outcome } : {}),
    message: sentenceOf(followed, entry),
    ...('attempt' in followed && followed.attempt.preview !== undefined
      ? { preview: followed.attempt.preview }
      : {}),
  });
}
