import type { CatalogRemediation } from '../model/catalog.ts';
import type { Finding } from '../model/finding.ts';
import type { Policy } from '../model/policy.ts';
import { isRefusal } from '../model/refusal.ts';
import type { Resolved } from '../model/resolve.ts';
import type { Settings } from '../model/settings.ts';
import type { DecideInput, Looked, RuleResult } from './types.ts';

/** What is known without asking anyone about the account, the resource or the past. */
export type ScreenInput = Omit<DecideInput, 'remembered' | 'facts'>;

export type Judgement = Omit<RuleResult, 'rule'>;

/** Undefined: the rule doesn't bind this request, or it rests on something that another rule denies as unreadable. */
type Judge<I> = (input: I) => Judgement | undefined;

export type Rule =
  /** Needs nothing but the finding, the settings and the control's row. */
  | { readonly name: string; readonly needs: 'finding'; readonly judge: Judge<ScreenInput> }
  | { readonly name: string; readonly needs: 'everything'; readonly judge: Judge<DecideInput> };

export function allow(why: string): Judgement {
  return { verdict: 'allow', reason: 'allowed', why };
}

export function needsApproval(reason: string, why: string): Judgement {
  return { verdict: 'needs-approval', reason, why };
}

/** Throws when the time is invalid. */
export function hold(reason: string, why: string, until: Date): Judgement {
  return { verdict: 'hold', reason, why, notBefore: until.toISOString() };
}

export function deny(reason: string, why: string): Judgement {
  return { verdict: 'deny', reason, why };
}

/** What most rules rest on. */
export interface Known {
  readonly finding: Finding;
  readonly settings: Settings;
  readonly policy: Policy;
  readonly resolved: Resolved;
  readonly remediation: CatalogRemediation;
}

/**
 * Undefined when any of it is a refusal: the rule about that one denies then. Throws when the catalogue lacks the
 * remediation.
 */
export function knownOf(input: ScreenInput): Known | undefined {
  const { finding, settings, policy, resolved, catalog } = input;
  if (isRefusal(finding) || isRefusal(settings) || isRefusal(policy) || isRefusal(resolved))
    return undefined;
  const remediation = Object.hasOwn(catalog.remediations, resolved.remediation)
    ? catalog.remediations[resolved.remediation]
    : undefined;
  if (remediation === undefined) throw new Error('The catalogue lacks the remediation.');
  return { finding, settings, policy, resolved, remediation };
}

/** A named person approved the attempt; whether it was the right one, the rule `consent` says. */
export function isApproved({ request, attempt }: ScreenInput): boolean {
  return request.origin === 'approval' || attempt?.approver !== undefined;
}

/** The finding came by itself, and nobody approved. */
export function isAutomatic(input: ScreenInput): boolean {
  return input.request.origin === 'automatic' && !isApproved(input);
}

/** For values whose type may be wrong at run time: what is not exactly true is false. */
export function isTrue(value: unknown): boolean {
  return value === true;
}

/** Whether a fact was read. */
export function isKnown<T>(looked: Looked<T>): looked is Extract<Looked<T>, { known: true }> {
  return isTrue(looked.known);
}
