import type { Rule } from '../../contract.ts';
import { useSession } from '../session.ts';
import { wordOf } from '../texts/texts.ts';

export type Tone = 'good' | 'bad' | 'warn' | 'busy' | 'plain';

export function Badge({ tone, children }: { readonly tone: Tone; readonly children: string }) {
  return <span class={`badge ${tone}`}>{children}</span>;
}

export function Severity({ severity }: { readonly severity: string }) {
  const { texts } = useSession();
  return (
    <span class={`severity ${severity.toLowerCase().replaceAll(/[^a-z]/gu, '')}`}>
      {wordOf(texts.severities, severity)}
    </span>
  );
}

const IMPACT_TONES: Readonly<Record<string, Tone>> = {
  none: 'good',
  'config-only': 'good',
  cost: 'plain',
  'access-loss': 'warn',
  availability: 'warn',
};

/** How grave an impact is; one that isn't known is grave. */
export function Impact({ impact }: { readonly impact: string }) {
  const { texts } = useSession();
  return <Badge tone={IMPACT_TONES[impact] ?? 'bad'}>{wordOf(texts.impacts, impact)}</Badge>;
}

const VERDICT_TONES: Readonly<Record<Rule['verdict'], Tone>> = {
  allow: 'good',
  'needs-approval': 'warn',
  hold: 'warn',
  deny: 'bad',
};

export function Verdict({ verdict }: { readonly verdict: Rule['verdict'] }) {
  const { texts } = useSession();
  return <Badge tone={VERDICT_TONES[verdict]}>{texts.verdicts[verdict]}</Badge>;
}

const GOOD: readonly string[] = ['changed', 'mitigated', 'compliant', 'undone'];
const PLAIN: readonly string[] = ['would-change', 'cancelled', 'rejected', 'approval-expired'];

/** Where an attempt is: its outcome once it has one. */
export function Outcome({
  attempt: { status, outcome },
}: {
  readonly attempt: { readonly status: string; readonly outcome?: string };
}) {
  const { texts } = useSession();
  if (status === 'awaiting-approval')
    return <Badge tone="warn">{wordOf(texts.statuses, status)}</Badge>;
  if (outcome === undefined) return <Badge tone="busy">{wordOf(texts.statuses, status)}</Badge>;
  const tone = GOOD.includes(outcome) ? 'good' : PLAIN.includes(outcome) ? 'plain' : 'bad';
  return <Badge tone={tone}>{wordOf(texts.outcomes, outcome)}</Badge>;
}
