import type { Access } from '../members/access.ts';
import type { Finding } from '../members/render.ts';
import type { Display } from '../terminal.ts';
import type { Check } from './check.ts';
import { gather } from './gather/gather.ts';
import type { GatherOptions } from './gather/gather.ts';

export interface ExamineOptions extends Omit<GatherOptions, 'wanted'> {
  readonly checks: readonly Check[];
}

/** What was looked at, and what was found. */
export interface Report {
  readonly account: string;
  readonly region: string;
  readonly regions: readonly string[];
  readonly accounts: number;
  readonly findings: readonly Finding[];
}

/** Looks at everything once and has each check judge it. Reads only; what is refused is a finding. */
export async function examine(
  access: Access,
  { checks, ...options }: ExamineOptions,
  display: Display,
): Promise<Report> {
  const wanted = new Set(checks.flatMap((check) => check.facts));
  const { facts, notes } = await gather(access, { ...options, wanted }, display);
  const findings = checks.flatMap((check) =>
    check.judge(facts).map((judgement) => ({ check: check.id, ...judgement })),
  );
  return {
    account: access.account,
    region: access.region,
    regions: facts.regions,
    accounts: facts.accounts.length,
    findings: [...findings, ...notes.map((note) => ({ check: 'access', ...note }))],
  };
}
