import type { AutomationExecution } from '@aws-sdk/client-ssm';
import { judge } from './claims.ts';
import type { ClaimResult } from './claims.ts';
import { OUTPUT_SIZES } from './documents.ts';
import { output, summary } from './executions.ts';
import type { Names, Place } from './names.ts';

interface Facts {
  readonly python: string;
  readonly boto3: string;
  readonly jmespath: string;
  readonly region: string | null;
  readonly caller: string;
  readonly payload: { readonly Text: unknown; readonly List: unknown };
}

/** What the execution of the facts document proves. Throws when it gave no answer. */
export function factsResults(
  execution: AutomationExecution,
  names: Names,
  { region }: Place,
): readonly ClaimResult[] {
  const text = output(execution, 'Facts')?.[0];
  if (text === undefined)
    throw new Error(`The facts document gave no answer: ${summary(execution)}`);
  const facts = JSON.parse(text) as Facts;
  const { Text, List } = facts.payload;
  const list = Array.isArray(List) && List.length === 0;
  const ended = execution.AutomationExecutionStatus === 'Success';
  const versions = `Python ${facts.python}, boto3 ${facts.boto3}, jmespath ${facts.jmespath}`;
  return [
    judge('role-trust', facts.caller.includes(`:assumed-role/${names.role}/`), facts.caller),
    judge('python-runtime', facts.python.startsWith('3.11.'), versions),
    judge('default-region', facts.region === region, facts.region ?? 'none'),
    judge('empty-defaults', Text === '' && list, JSON.stringify(facts.payload)),
    judge('empty-outputs', ended && isEmpty(execution), emptyOutputs(execution)),
    sizes(execution),
  ];
}

function isEmpty(execution: AutomationExecution): boolean {
  return ['Empty', 'Nothing'].every((name) =>
    (output(execution, name) ?? []).every((value) => value === ''),
  );
}

function emptyOutputs(execution: AutomationExecution): string {
  const shown = ['Empty', 'Nothing'].map(
    (name) => `${name} ${JSON.stringify(output(execution, name) ?? null)}`,
  );
  return `${summary(execution)}, ${shown.join(', ')}`;
}

function sizes(execution: AutomationExecution): ClaimResult {
  const large = output(execution, 'Large')?.[0]?.length ?? 0;
  const chunks = output(execution, 'Chunks') ?? [];
  const whole = chunks.every((one) => one.length === OUTPUT_SIZES.chunk);
  const holds = large === OUTPUT_SIZES.large && chunks.length === OUTPUT_SIZES.chunks && whole;
  return judge('output-size', holds, `${large} characters, ${chunks.length} chunks`);
}
