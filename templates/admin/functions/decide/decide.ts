import type { Rule, ScreenInput } from './rule.ts';
import { FINDING_RULES } from './rules-finding.ts';
import { PLACE_RULES } from './rules-place.ts';
import { POLICY_RULES } from './rules-policy.ts';
import { STATE_RULES } from './rules-state.ts';
import { VERDICTS } from './types.ts';
import type { DecideInput, Decision, RuleResult, Verdict } from './types.ts';

/** All rules. Of several with the same verdict the first one gives the reason. */
export const RULES: readonly Rule[] = [
  ...FINDING_RULES,
  ...POLICY_RULES,
  ...PLACE_RULES,
  ...STATE_RULES,
];

/**
 * Decides about a request by all rules; the worst verdict counts. Total: a rule that throws denies, and so does
 * whatever is missing, malformed or unreadable.
 */
export function decide(input: DecideInput): Decision {
  return conclude(RULES.flatMap((rule) => judged(rule.name, () => rule.judge(input))));
}

/** Decides by the rules that need nothing but the finding, the settings and the control's row. Total, as `decide`. */
export function screen(input: ScreenInput): Decision {
  return conclude(
    RULES.flatMap((rule) =>
      rule.needs === 'finding' ? judged(rule.name, () => rule.judge(input)) : [],
    ),
  );
}

function judged(
  rule: string,
  judge: () => Omit<RuleResult, 'rule'> | undefined,
): readonly RuleResult[] {
  try {
    const result = judge();
    return result === undefined ? [] : [{ rule, ...result }];
  } catch {
    return [
      {
        rule,
        verdict: 'deny',
        reason: 'internal-error',
        why: `The rule ${rule} could not be asked, so nothing is done.`,
      },
    ];
  }
}

function conclude(trace: readonly RuleResult[]): Decision {
  const verdict = worst(trace);
  const decisive = trace.find((one) => one.verdict === verdict);
  const times = trace.flatMap((one) =>
    one.verdict === 'hold' && one.notBefore !== undefined ? [one.notBefore] : [],
  );
  const notBefore = times.toSorted().at(-1);
  return {
    verdict,
    reason: verdict === 'allow' ? 'allowed' : (decisive?.reason ?? 'internal-error'),
    message: verdict === 'allow' ? 'All rules allow it.' : (decisive?.why ?? 'No rule was asked.'),
    ...(verdict === 'hold' && notBefore !== undefined ? { notBefore } : {}),
    trace,
  };
}

/** Deny when nothing was asked. */
function worst(trace: readonly RuleResult[]): Verdict {
  const ranks = trace.map(({ verdict }) => VERDICTS.indexOf(verdict));
  return ranks.length === 0 || ranks.includes(-1)
    ? 'deny'
    : (VERDICTS[Math.max(...ranks)] ?? 'deny');
}
