import type { ImpactWord } from '../../../../generator/model/runbook.ts';
import { impactOf, isWorse } from '../model/impact.ts';
import type { Origin } from '../model/request.ts';
import { allow, deny, hold, isApproved, isAutomatic, knownOf, needsApproval } from './rule.ts';
import type { Judgement, Rule, ScreenInput } from './rule.ts';
import { isOpen, nextOpening, parseWindows } from './windows.ts';

/** Rules about what the control's row says, and about consent. */
export const POLICY_RULES: readonly Rule[] = [
  { name: 'paused', needs: 'finding', judge: paused },
  { name: 'automatic', needs: 'finding', judge: automatic },
  { name: 'change-window', needs: 'finding', judge: changeWindow },
  { name: 'consent', needs: 'finding', judge: consent },
];

function paused(input: ScreenInput): Judgement | undefined {
  const known = knownOf(input);
  if (known === undefined || input.request.mode === 'Preview') return undefined;
  return known.policy.paused
    ? deny(
        'paused',
        `Remediation is paused; set paused to false in the row ${known.resolved.securityControlId} or * of the configuration table.`,
      )
    : allow('Nothing is paused.');
}

function automatic(input: ScreenInput): Judgement | undefined {
  const known = knownOf(input);
  if (known === undefined || !isAutomatic(input)) return undefined;
  return known.policy.automatedRemediationEnabled
    ? allow('The control is remediated automatically.')
    : deny(
        'not-automatic',
        `Automatic remediation of ${known.resolved.securityControlId} is off; its row in the configuration table turns it on.`,
      );
}

function changeWindow(input: ScreenInput): Judgement | undefined {
  const known = knownOf(input);
  if (known === undefined || input.request.mode !== 'Remediate') return undefined;
  const { changeWindow: text } = known.policy;
  const windows = parseWindows(text);
  if (windows === undefined)
    return deny('configuration-unreadable', "The change window of the control isn't understood.");
  if (windows.length === 0) return allow('Changes may be made at any time.');
  if (isOpen(windows, input.now)) return allow('The change window is open.');
  const opens = nextOpening(windows, input.now);
  return hold(
    'outside-window',
    `The change window (${text}) opens at ${opens.toISOString()}.`,
    opens,
  );
}

/** The worst impact that a request consents to by itself. */
function consentedTo(origin: Origin): ImpactWord {
  switch (origin) {
    case 'automatic':
      return 'access-loss';
    case 'custom-action':
    case 'command':
    case 'console':
      return 'credential-loss';
    case 'approval':
      return 'data-loss';
  }
}

function consent(input: ScreenInput): Judgement | undefined {
  const known = knownOf(input);
  const { mode, origin } = input.request;
  if (known === undefined || mode !== 'Remediate') return undefined;
  if (isApproved(input)) return approval(input);
  const impact = impactOf(known.remediation, known.resolved);
  switch (known.policy.approval) {
    case 'never':
      return allow('The control needs no approval.');
    case 'always':
      return needsApproval('needs-approval', 'The control needs the approval of a named person.');
    case 'by-impact':
      return isWorse(impact, consentedTo(origin))
        ? needsApproval(
            'needs-approval',
            `The impact can be ${impact}, which needs the approval of a named person.`,
          )
        : allow(`The impact is ${impact} at worst.`);
  }
}

function approval({ attempt }: ScreenInput): Judgement {
  if (attempt?.approver === undefined || attempt.approver === '')
    return deny('no-approver', 'Nobody is named who approved.');
  return attempt.approver === attempt.actor
    ? deny('own-approval', 'Somebody else must approve than who asked.')
    : allow('A named person approved.');
}
