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
\`Mode\` Preview reads and says what it would change. Remediate changes it{{#if verified}}, then reads again and fails unless the control's check passes{{/if}}. Undo restores.
{{#each calls}}
* {{this}}
{{/each}}
{{#if mitigated}}

Not verified: {{mitigated}}
{{/if}}

#### Parameters
{{#each parameters}}
* **{{name}}**: {{text}}
{{/each}}

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
      parameters: runbook.parameters.map((parameter) => ({
        name: parameter.name,
        text: `${parameter.describes ?? `${parameter.kind.describes}.`}${parameter.default === undefined ? '' : ` Default: ${String(parameter.default) || 'none'}.`}`,
      })),
      undo:
        runbook.undo.type === 'none'
          ? `Not possible: ${runbook.undo.reason}`
          : `Mode Undo with the State of the change restores it.`,
      leaves: runbook.leaves ?? '',
      permissions: permissions.map(({ action, resources }) => ({
        action,
        resources: resources.map(readable).join(', '),
      })),
    })
      .replaceAll(/\n{3,}/gu, '\n\n')
      // Systems Manager would take doubled braces for one of its variables.
      .replaceAll('{{', '{ {')
  );
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
