import Handlebars from 'handlebars';
import type { CompiledRunbook } from '../compile/compiled.ts';
import { impactText } from '../compile/describe.ts';
import type { Step } from '../model/runbook.ts';
import { undoSteps } from '../model/runbook.ts';
import type { Standard, Standards } from '../model/standard.ts';
import { ownIds } from '../model/standard.ts';
import type { UnitTest } from '../simulate/unit-test-types.ts';
import { buildCatalog } from './catalog.ts';
import type { CatalogControl } from './catalog.ts';
import type { EmitInput } from './types.ts';

export interface DocsInput extends EmitInput {
  /** Test of each unit, by the unit's name. */
  readonly tests: ReadonlyMap<string, UnitTest>;
}

const HINT = '<!-- Written by `npm run docs` from standards/ and runbooks/. -->';

/** The catalogue of controls and a page for each remediation, by path from the project's root. */
export function buildDocs(input: DocsInput): ReadonlyMap<string, string> {
  const pages = input.compiled.map(
    (unit) => [`docs/remediations/${unit.runbook.name}.md`, remediationPage(unit, input)] as const,
  );
  return new Map([['docs/controls.md', controlsPage(input)] as const, ...pages]);
}

const CONTROLS = Handlebars.compile<unknown>(
  `${HINT}

# Controls and their remediations

| standard | controls | remediated | detect-only |
| --- | --- | --- | --- |
{{#each standards}}
| {{name}} {{version}} ({{id}}) | {{controls}} | {{remediated}} | {{detectOnly}} |
{{/each}}

{{provenOnEmulator}} of {{remediations}} remediations are proven on the emulator, the others rest on recorded answers in at least one situation that changes something.

| control | severity | {{#each columns}}{{this}} | {{/each}}remediation | impact | undo | proven on |
| --- | --- | {{#each columns}}--- | {{/each}}--- | --- | --- | --- |
{{#each rows}}
| {{id}}{{#if retired}} (retired){{/if}} | {{severity}} | {{#each ids}}{{this}} | {{/each}}[{{remediation}}](remediations/{{remediation}}.md) | {{impact}} | {{undo}} | {{proof}} |
{{/each}}
`,
  { noEscape: true, strict: true },
);

function controlsPage(input: DocsInput): string {
  const remediated = buildCatalog(input).controls.filter(({ remediation }) => remediation !== null);
  const columns = input.standards.all.filter(({ standardsArn }) => standardsArn !== undefined);
  const proofs = input.compiled.map(({ runbook }) => provenOn(input.tests.get(runbook.name)));
  return CONTROLS({
    standards: input.standards.all.map((standard) => count(standard, remediated)),
    columns: columns.map(({ id }) => id),
    remediations: input.compiled.length,
    provenOnEmulator: proofs.filter((proof) => proof === 'emulator').length,
    rows: remediated.map((control) => ({
      id: control.securityControlId,
      severity: control.severity,
      retired: control.retired === true,
      ids: columns.map(({ id }) => control.standards[id]?.join(', ') ?? ''),
      remediation: control.remediation,
      impact: impactOf(control),
      undo: control.undo === 'yes' ? 'yes' : 'no',
      proof: provenOn(input.tests.get(control.remediation ?? '')),
    })),
  });
}

function count(standard: Standard, remediated: readonly CatalogControl[]) {
  const known = new Set(remediated.map(({ securityControlId }) => securityControlId));
  const all = [...standard.controls.values()];
  const fixed = all.filter((id) => known.has(id)).length;
  const { id, name, version } = standard;
  return {
    id,
    name,
    version,
    controls: all.length,
    remediated: fixed,
    detectOnly: all.length - fixed,
  };
}

function impactOf({ impact }: CatalogControl): string {
  if (impact === null || typeof impact === 'string') return impact ?? '';
  return `${impact.then} when ${impact.when}, otherwise ${impact.else}`;
}

/** Recorded answers in a situation that changes something make the proof rest on them. */
function provenOn(test: UnitTest | undefined): string {
  const changing = (test?.situations ?? []).filter(
    ({ remediate }) => (remediate.outcome ?? 'changed') !== 'compliant',
  );
  return changing.some((situation) => situation['proven-on'] === 'emulator')
    ? 'emulator'
    : 'recorded answers';
}

const REMEDIATION = Handlebars.compile<unknown>(
  `${HINT}

# {{name}}

{{title}}. {{why}}

**What is checked.** {{checks}}

**Impact.** {{impact}}.{{#if warning}} {{warning}}{{/if}}

| control | title | standards |
| --- | --- | --- |
{{#each controls}}
| {{id}} | {{title}} | {{standards}} |
{{/each}}

## What it does

Reads:

{{#each reads}}
- \`{{this}}\`
{{/each}}

Changes:

{{#each calls}}
- \`{{this}}\`
{{/each}}

{{verify}}

**Undo.** {{undo}}{{#if leaves}} {{leaves}}{{/if}}
{{#if parameters}}

## Parameters

| name | meaning | default | from |
| --- | --- | --- | --- |
{{#each parameters}}
| {{name}} | {{meaning}} | {{default}} | {{from}} |
{{/each}}
{{/if}}

## Permissions of the role

| action | resource | because of |
| --- | --- | --- |
{{#each permissions}}
| {{action}} | {{resources}} | {{reasons}} |
{{/each}}

## Proof

{{#each situations}}
- {{control}}: {{name}} ({{proof}})
{{/each}}
`,
  { noEscape: true, strict: true },
);

function remediationPage(unit: CompiledRunbook, { standards, tests }: DocsInput): string {
  const { runbook } = unit;
  return REMEDIATION({
    name: runbook.name,
    title: runbook.title,
    why: runbook.why,
    checks: runbook.checks,
    impact: impactText(runbook.impact),
    warning: runbook.warning ?? '',
    controls: runbook.controls.map(({ id }) => ({
      id,
      title: standards.controls.get(id)?.title ?? '',
      standards: idsIn(standards, id),
    })),
    reads: operations(runbook.before),
    calls: operations(runbook.change),
    verify:
      runbook.verify.type === 'again'
        ? `Then it reads again, for up to ${runbook.verify.withinSeconds} seconds, and fails unless the check passes.`
        : `Not verified: ${runbook.verify.reason}`,
    undo:
      runbook.undo.type === 'none'
        ? `Not possible: ${runbook.undo.reason}`
        : `Calls ${operations(undoSteps(runbook)).join(', ')}. ${refusal(runbook)}`,
    leaves: runbook.leaves ?? '',
    parameters: runbook.parameters.map((parameter) => ({
      name: parameter.name,
      meaning: cell(parameter.describes ?? `${parameter.kind.describes}.`),
      default: cell(String(parameter.default ?? '')),
      from: source(parameter),
    })),
    permissions: unit.proof.map(({ action, resources, neededBy }) => ({
      action,
      resources: resources.map((text) => `\`${text}\``).join(' '),
      reasons: cell(neededBy.join('; ')),
    })),
    situations: (tests.get(runbook.name)?.situations ?? []).map((situation) => ({
      control: situation.control,
      name: situation.name,
      proof: situation['proven-on'],
    })),
  });
}

/** When Undo refuses, which ForceUndo doesn't. */
function refusal({ unchanged }: CompiledRunbook['runbook']): string {
  return unchanged?.type === 'none'
    ? `Doesn't look for changes that were made since: ${unchanged.reason}`
    : 'Refuses when the resource was changed since, unless the mode is ForceUndo.';
}

function idsIn({ all }: Standards, control: string): string {
  return all
    .filter(({ standardsArn }) => standardsArn !== undefined)
    .map((standard) => ({ id: standard.id, own: ownIds(standard, control) }))
    .filter(({ own }) => own.length > 0)
    .map(({ id, own }) => `${id} ${own.join(' ')}`)
    .join(', ');
}

function operations(steps: readonly Step[]): readonly string[] {
  const named = steps.map((step) =>
    step.type === 'compute' ? '' : `${step.service}:${step.operation}`,
  );
  return [...new Set(named.filter((name) => name !== ''))];
}

function source({ fromStack, finding }: CompiledRunbook['runbook']['parameters'][number]): string {
  if (fromStack) return 'member stack';
  const names = [...new Set(finding.values())];
  return names.length === 0 ? '' : `finding: ${names.join(', ')}`;
}

/** Text inside a table cell. */
function cell(text: string): string {
  return text.replaceAll('|', String.raw`\|`).replaceAll('\n', ' ');
}
