import { fileURLToPath } from 'node:url';
import type { CompiledRunbook } from '../compile/compiled.ts';
import { diagnostic } from '../read/diagnostics.ts';
import type { Diagnostic } from '../read/diagnostics.ts';
import { ssm } from './cdk.ts';
import { laneEdges } from './lanes.ts';
import type { LaneEdges } from './lanes.ts';
import { measure, startOf } from './limits.ts';
import { documentId, scriptsOf, templateContent } from './member-document.ts';
import {
  conditionName,
  loadParameter,
  standardConditions,
  standardsOf,
} from './standard-conditions.ts';
import { withStandardSwitches } from './standard-switches.ts';
import { SHARED_SCRIPT, shareScripts } from './shared-script.ts';
import { collectSupporting } from './supporting-resources.ts';
import type { Supporting } from './supporting-resources.ts';
import { loadTemplate } from './template.ts';
import type { LoadedTemplate } from './template.ts';
import type { EmitInput, EmittedTemplate, Template } from './types.ts';

/** Name of the template in `dist/`. */
const MEMBER_FILE = 'automated-security-response-member.template';

const MEMBER_BASE = fileURLToPath(new URL('../../templates/member/template.yaml', import.meta.url));
const SHOWN_BASE = 'templates/member/template.yaml';

type CfnDocument = InstanceType<typeof ssm.CfnDocument>;

interface Unit {
  readonly compiled: CompiledRunbook;
  readonly standards: readonly string[];
}

/** The remediation documents of an account and Region, and the few resources that remediations need. */
export function emitMember(input: EmitInput): EmittedTemplate {
  const { units, problems } = documentUnits(input);
  const scripts = shareScripts(units.flatMap(({ compiled }) => scriptsOf(compiled.document)));
  let extended: Template = { Resources: {} };
  const template = loadTemplate(MEMBER_BASE, input.names, (file) => {
    const base = withStandardSwitches(file, input.standards, 'Member');
    const supporting = collectSupporting(input.compiled, base);
    problems.push(...supporting.problems, ...missingSwitches(input, base));
    const mappings = { ...base.Mappings, [SHARED_SCRIPT]: scripts.mapping };
    extended = { ...extend(base, units, supporting), Mappings: mappings };
    return extended;
  });
  if (problems.length > 0) return { file: template.toFile(MEMBER_FILE), problems };
  const documents = new Map<Unit, CfnDocument>();
  for (const unit of units) {
    const made = templateContent(unit.compiled, extended, scripts.expression);
    problems.push(...made.problems);
    if (made.problems.length === 0) documents.set(unit, addDocument(template, unit, made.content));
  }
  for (const edges of laneEdges([...documents.keys()], (unit) => unit.standards))
    addEdges(documents, edges);
  const file = template.toFile(MEMBER_FILE);
  problems.push(...tooManyDocuments(units.length));
  return { file, problems };
}

function documentUnits(input: EmitInput): {
  readonly units: readonly Unit[];
  readonly problems: Diagnostic[];
} {
  const problems: Diagnostic[] = [];
  const units = input.compiled
    .toSorted((a, b) => (a.runbook.name < b.runbook.name ? -1 : 1))
    .flatMap((compiled): readonly Unit[] => {
      const standards = standardsOf(compiled, input.standards);
      if (standards.length > 0) return [{ compiled, standards }];
      const { source, name } = compiled.runbook;
      const what = `No standard has a control of ${name}, so no stack would bring its document.`;
      problems.push(
        source.report(['controls'], 'unknown-control', what, 'Add the control to a standard.'),
      );
      return [];
    });
  return { units, problems };
}

function missingSwitches(input: EmitInput, base: Template): readonly Diagnostic[] {
  return input.standards.all
    .map((standard) => loadParameter(standard.id))
    .filter((name) => !(name in (base.Parameters ?? {})))
    .map((name) => {
      const what = `The member stack has no parameter ${name}.`;
      const fix = `Add it to ${SHOWN_BASE}, in its group and with a label.`;
      return diagnostic(startOf(SHOWN_BASE), 'stack-parameter', what, fix);
    });
}

function extend(base: Template, units: readonly Unit[], supporting: Supporting): Template {
  const known = units.filter((unit) =>
    unit.standards.every((id) => loadParameter(id) in (base.Parameters ?? {})),
  );
  return {
    ...base,
    Conditions: {
      ...base.Conditions,
      ...standardConditions(known.map((unit) => unit.standards)),
      ...supporting.conditions,
    },
    Resources: { ...base.Resources, ...supporting.resources },
  };
}

/**
 * A document that is updated in place: CloudFormation replaces documents by default, and a named one cannot be
 * replaced. It has no tags, because a tag that changes with the version would touch every document at each update.
 */
function addDocument(
  template: LoadedTemplate,
  { compiled, standards }: Unit,
  content: unknown,
): CfnDocument {
  const document = new ssm.CfnDocument(template.stack, documentId(compiled), {
    name: compiled.documentName,
    documentType: 'Automation',
    documentFormat: 'YAML',
    updateMethod: 'NewVersion',
    content,
  });
  document.cfnOptions.condition = template.base.getCondition(conditionName(standards));
  return document;
}

/**
 * A document waits for another that may be absent through a reference in its metadata, which `Fn::If` takes away with
 * the other; metadata is one of the places where `Fn::If` works ("Condition functions", CloudFormation Template
 * Reference).
 */
function addEdges(
  documents: ReadonlyMap<Unit, CfnDocument>,
  { item, always, whenPresent }: LaneEdges<Unit>,
): void {
  const document = documents.get(item);
  const before = always === undefined ? undefined : documents.get(always);
  if (document === undefined) return;
  if (before !== undefined) document.addResourceDependency(before);
  if (whenPresent.length === 0) return;
  const references = whenPresent.map(({ compiled, standards }) => ({
    'Fn::If': [conditionName(standards), { Ref: documentId(compiled) }, ''],
  }));
  document.cfnOptions.metadata = { CreateAfter: references };
}

function tooManyDocuments(count: number): readonly Diagnostic[] {
  return measure('documents', count, 'The member stack', startOf(SHOWN_BASE), 'Merge units.');
}
