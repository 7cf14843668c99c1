import Handlebars from 'handlebars';
import type { Impact, Runbook } from '../model/runbook.ts';

/** One row of the permissions that people read. */
export interface DescribedPermission {
  readonly action: string;
  readonly resources: readonly string[];
}

const DOCUMENT = Handlebars.compile<unknown>(
  `### {{title}}
{{why}}

**Controls:** {{controls}}.
**What is checked:** {{checks}}
**Impact:** {{impact}}.{{#if warning}} {{warning}}{{/if}}

#### What it does
{{#if verified}}
It fails unless the control's check passes afterwards.
{{/if}}
{{#each calls}}
* {{this}}
{{/each}}
{{#if mitigated}}

Not verified: {{mitigated}}
{{/if}}

{{#if parameters}}
#### Parameters
{{parameters}}

{{/if}}
#### Undo
{{undo}}{{#if leaves}} {{leaves}}{{/if}}

#### Permissions
{{#each permissions}}
* {{action}} on {{resources}}
{{/each}}
`,
  { noEscape: true, strict: true },
);

/** The text that people read in the Systems Manager console (Markdown), generated from the unit. */
export function describeDocument(
  runbook: Runbook,
  permissions: readonly DescribedPermission[],
): string {
  return (
    DOCUMENT({
      title: `${runbook.title}.`,
      why: runbook.why,
      checks: runbook.checks,
      controls: runbook.controls.map((control) => control.id).join(', '),
      impact: impactText(runbook.impact),
      warning: runbook.warning ?? '',
      verified: runbook.verify.type === 'again',
      mitigated: runbook.verify.type === 'none' ? runbook.verify.reason : '',
      calls: [
        ...new Set(
          runbook.change.flatMap((step) =>
            step.type === 'call'
              ? [`calls ${step.service}:${step.operation}`]
              : step.type === 'wait'
                ? [`waits until ${step.service}:${step.operation} shows the change`]
                : [],
          ),
        ),
      ],
      parameters:
        runbook.parameters.length === 0
          ? ''
          : `${runbook.parameters.map(parameterText).join(', ')}.`,
      undo:
        runbook.undo.type === 'none'
          ? `Not possible: ${runbook.undo.reason}`
          : 'Undo restores it with the State of the change, ForceUndo also when it was changed since.',
      leaves: runbook.leaves ?? '',
      permissions: byResources(permissions),
    })
      .replaceAll(/\n{3,}/gu, '\n\n')
      // Systems Manager would take doubled braces for one of its variables.
      .replaceAll('{{', '{ {')
  );
}

/** A parameter by name; its meaning stands with the parameter itself. */
function parameterText({ name, default: fallback }: Runbook['parameters'][number]): string {
  const text = String(fallback ?? '');
  return text === '' ? `**${name}**` : `**${name}** (default ${text})`;
}

/** Actions on the same resources share a line. */
function byResources(
  permissions: readonly DescribedPermission[],
): readonly { readonly action: string; readonly resources: string }[] {
  const lines = new Map<string, string[]>();
  for (const { action, resources } of permissions) {
    const on = resources.map(readable).join(', ');
    lines.set(on, [...(lines.get(on) ?? []), action]);
  }
  return [...lines].map(([resources, actions]) => ({ action: actions.join(', '), resources }));
}

/** An impact in words. */
export function impactText(impact: Impact): string {
  if (impact.type === 'fixed') return impact.word;
  const when = impact.when
    .map(
      (line) =>
        `${line.left} ${line.expected.type === 'is' || line.expected.type === 'is-not' ? `${line.expected.type === 'is' ? 'is' : 'is not'} ${JSON.stringify(plain(line.expected.value))}` : `is ${line.expected.type}`}`,
    )
    .join(' and ');
  return `${impact.then} when ${when}, otherwise ${impact.else}`;
}

function plain(value: unknown): unknown {
  return value !== null && typeof value === 'object' && 'value' in value ? value.value : value;
}

function readable(resource: string): string {
  return resource
    .replaceAll('${AWS::Partition}', '<partition>')
    .replaceAll('${AWS::AccountId}', '<account>')
    .replaceAll('${Namespace}', '<Namespace>');
}
