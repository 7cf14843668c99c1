import { findingIdOf, productOf } from '../model/finding-parts.ts';
import { isPolicy } from '../model/policy.ts';
import { isRefusal } from '../model/refusal.ts';
import { MODES, ORIGINS } from '../model/request.ts';
import { allow, deny } from './rule.ts';
import type { Judgement, Rule, ScreenInput } from './rule.ts';
import { nowOf } from './strict.ts';

/** Rules about what was asked, and about the finding itself. */
export const FINDING_RULES: readonly Rule[] = [
  { name: 'request', needs: 'finding', judge: request },
  { name: 'provenance', needs: 'finding', judge: provenance },
  { name: 'status', needs: 'finding', judge: status },
  { name: 'settings', needs: 'finding', judge: settings },
  { name: 'policy', needs: 'finding', judge: policy },
  { name: 'meaning', needs: 'finding', judge: meaning },
  { name: 'standard', needs: 'finding', judge: standard },
];

function request({ request: asked, stage, now }: ScreenInput): Judgement {
  nowOf(now);
  const { mode, origin } = asked;
  if (!MODES.includes(mode) || !ORIGINS.includes(origin) || !['claim', 'start'].includes(stage))
    return deny('unknown-request', "What is asked for isn't understood.");
  if (mode !== 'Remediate' && (origin === 'automatic' || origin === 'approval'))
    return deny('unknown-request', 'Only a person can ask for a preview or an undo.');
  return allow('The request is understood.');
}

/** The finding was read by `parseFinding`, but may have been stored since: its parts must still agree. */
function provenance({ finding, environment }: ScreenInput): Judgement {
  if (isRefusal(finding)) return deny(finding.reason, finding.message);
  const { format, productArn, id, account, region, partition } = finding;
  const product = productOf(productArn, format);
  const named = findingIdOf(id);
  const agrees =
    product?.partition === partition &&
    product.region === region &&
    named?.partition === partition &&
    named.region === region &&
    named.account === account;
  if (!agrees) return deny('mismatch', 'The parts of the finding name different places.');
  return partition === environment.partition
    ? allow('The finding comes from Security Hub itself.')
    : deny('mismatch', 'The finding belongs to another partition.');
}

/** At the start, the status was looked at when the attempt was claimed. An Undo goes with any status. */
function status({ finding, request: { mode }, stage }: ScreenInput): Judgement | undefined {
  if (isRefusal(finding) || mode === 'Undo' || stage === 'start') return undefined;
  if (finding.recordState !== 'ACTIVE')
    return deny('not-failed', 'The finding is archived, or its record state is not known.');
  if (finding.compliance !== 'FAILED')
    return deny('not-failed', "The finding's compliance status isn't FAILED.");
  switch (finding.workflow) {
    case 'NEW':
    case 'NOTIFIED':
    case 'RESOLVED':
      return allow('The check fails.');
    case 'SUPPRESSED':
      return deny('not-failed', 'The finding is suppressed.');
    case undefined:
    default:
      return deny('not-failed', "The finding's workflow status is not known.");
  }
}

function settings({ settings: read }: ScreenInput): Judgement {
  return isRefusal(read) ? deny(read.reason, read.message) : allow('The settings were read.');
}

function policy({ policy: read }: ScreenInput): Judgement {
  if (isRefusal(read)) return deny(read.reason, read.message);
  return isPolicy(read)
    ? allow("The control's row was read.")
    : deny('configuration-unreadable', "The control's row isn't understood.");
}

/** What an attempt means was found out by another version of the catalogue, if the stack was updated meanwhile. */
function meaning({ resolved, catalog }: ScreenInput): Judgement {
  if (isRefusal(resolved)) return deny(resolved.reason, resolved.message);
  const { remediation: name, document } = resolved;
  const remediation = Object.hasOwn(catalog.remediations, name)
    ? catalog.remediations[name]
    : undefined;
  return remediation === undefined || remediation.deprecated || remediation.document !== document
    ? deny('no-remediation', 'This version no longer has the remediation.')
    : allow('The control has a remediation.');
}

/** A standard that was unloaded since the attempt was claimed. */
function standard({ settings: read, resolved }: ScreenInput): Judgement | undefined {
  if (isRefusal(read) || isRefusal(resolved)) return undefined;
  return read.standards.includes(resolved.standard)
    ? allow('The standard is loaded.')
    : deny('standard-disabled', "The finding's standard isn't loaded in the administrator stack.");
}
