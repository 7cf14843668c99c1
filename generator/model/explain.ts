import { acceptsValue, matchArn } from './kinds/kinds.ts';
import {
  controlOf,
  isSameControl,
  excerpt,
  parseFinding,
  NotAFinding,
  standardOf,
} from './finding.ts';
import type { FindingFacts } from './finding.ts';
import type { Parameter, Runbook } from './runbook.ts';
import type { Standards } from './standard.ts';

/** What happens to a finding and why; members that can't be known are null. */
export interface Explanation {
  readonly finding: string | null;
  readonly standard: string | null;
  /** The standard's own control id. */
  readonly control: string | null;
  readonly securityControlId: string | null;
  readonly remediation: string | null;
  readonly document: string | null;
  readonly account: string | null;
  readonly region: string | null;
  /** Parameters of the document, in the form that StartAutomationExecution takes. */
  readonly parameters: Readonly<Record<string, readonly string[]>> | null;
  /** Why, as sentences. */
  readonly because: string;
}

export interface ExplainContext {
  readonly standards: Standards;
  readonly runbooks: readonly Runbook[];
  readonly solutionId: string;
  /** Suffix of the roles, when it is known. */
  readonly namespace?: string;
}

const NOTHING: Explanation = {
  finding: null,
  standard: null,
  control: null,
  securityControlId: null,
  remediation: null,
  document: null,
  account: null,
  region: null,
  parameters: null,
  because: '',
};

/** Says which control a finding is of, which remediation applies and with which parameters, or why none does. Pure; never throws. */
export function explainFinding(input: unknown, context: ExplainContext): Explanation {
  let finding: FindingFacts;
  try {
    finding = parseFinding(input);
  } catch (error) {
    if (error instanceof NotAFinding) return { ...NOTHING, because: error.message };
    throw error;
  }
  const known: Explanation = {
    ...NOTHING,
    finding: finding.id,
    account: finding.account,
    region: finding.region,
  };
  const found = controlOf(finding, context.standards);
  if (found === undefined) {
    const standard = standardOf(finding, context.standards);
    if (standard === undefined)
      return {
        ...known,
        because: `No standard has findings with the generator id ${excerpt(finding.generatorId)}.`,
      };
    return {
      ...known,
      standard: standard.standard.id,
      control: standard.control,
      because: `${standard.standard.name} has no control ${excerpt(standard.control)}.`,
    };
  }
  const named: Explanation = {
    ...known,
    standard: found.standard.id,
    control: found.control,
    securityControlId: found.securityControlId,
  };
  if (
    finding.securityControlId !== undefined &&
    !isSameControl(finding.securityControlId, found.securityControlId)
  )
    return {
      ...named,
      securityControlId: null,
      because: `The finding contradicts itself: its generator id means ${found.securityControlId}, its SecurityControlId says ${excerpt(finding.securityControlId)}.`,
    };
  const runbook = context.runbooks.find(({ controls }) =>
    controls.some(({ id }) => id === found.securityControlId),
  );
  if (runbook === undefined)
    return {
      ...named,
      because: `${found.securityControlId} has no remediation: it is detect-only.`,
    };
  return withRemediation(named, finding, found.securityControlId, runbook, context);
}

function withRemediation(
  named: Explanation,
  finding: FindingFacts,
  controlId: string,
  runbook: Runbook,
  context: ExplainContext,
): Explanation {
  const chosen: Explanation = {
    ...named,
    remediation: runbook.name,
    document: `ASR-${runbook.name}`,
  };
  if (runbook.deprecated !== undefined)
    return { ...chosen, because: `The remediation is not offered any more: ${runbook.deprecated}` };
  const problem = resourceProblem(finding, runbook);
  if (problem !== undefined) return { ...chosen, because: problem };
  const { values, problems, notes } = unitParameters(
    finding,
    controlId,
    runbook,
    context.standards,
  );
  if (problems.length > 0) return { ...chosen, because: problems.join(' ') };
  const role = `arn:${finding.partition}:iam::${finding.account}:role/${context.solutionId}-${runbook.name}-${context.namespace ?? '<Namespace>'}`;
  return {
    ...chosen,
    parameters: {
      AutomationAssumeRole: [role],
      ControlId: [controlId],
      AccountId: [finding.account],
      ResourceArn: [finding.resourceId],
      ...values,
    },
    because: [`${controlId} is remediated by ${runbook.name}.`, ...notes].join(' '),
  };
}

/** The resource must be of a kind that the unit knows, and lie where the finding says. */
function resourceProblem(finding: FindingFacts, runbook: Runbook): string | undefined {
  if (finding.resourceId.includes('{{'))
    return 'The resource id holds two opening braces, which Systems Manager would read as a variable.';
  for (const kind of runbook.resources) {
    const fields = matchArn(kind, finding.resourceId);
    if (fields === undefined) continue;
    const facts: Readonly<Record<string, string>> = {
      partition: finding.partition,
      account: finding.account,
      region: finding.region,
    };
    const wrong = Object.keys(facts).find(
      (name) => fields[name] !== undefined && fields[name] !== facts[name],
    );
    return wrong === undefined
      ? undefined
      : `The finding contradicts itself: the resource's ${wrong} is ${fields[wrong] ?? ''}, the finding's is ${facts[wrong] ?? ''}.`;
  }
  return `${runbook.name} works on ${runbook.resources.map(({ name }) => name).join(' or ')}, and ${excerpt(finding.resourceId)} is none.`;
}

function unitParameters(
  finding: FindingFacts,
  controlId: string,
  runbook: Runbook,
  standards: Standards,
) {
  const values: Record<string, readonly string[]> = {};
  const problems: string[] = [];
  const notes: string[] = [];
  for (const parameter of runbook.parameters) {
    const name = parameter.finding.get(controlId) ?? parameter.finding.get('*');
    const settable =
      name !== undefined && standards.controls.get(controlId)?.parameters.includes(name) === true;
    const given = name === undefined ? undefined : finding.controlParameters.get(name);
    if (given !== undefined && settable) {
      if (acceptsAll(parameter, given)) values[parameter.name] = given;
      else
        problems.push(
          `The finding's ${name ?? ''} ${excerpt(JSON.stringify(given))} is not ${parameter.kind.describes}.`,
        );
    } else if (settable) {
      notes.push(
        `The finding carries no ${name ?? ''}: it is read from Security Hub in the finding's account before the document starts.`,
      );
    } else if (parameter.default === undefined && !parameter.optional && !parameter.fromStack) {
      problems.push(
        `${parameter.name} has no default and must be given: ${parameter.describes ?? `${parameter.name} is ${parameter.kind.describes}.`}`,
      );
    }
  }
  return { values, problems, notes };
}

function acceptsAll(parameter: Parameter, given: readonly string[]): boolean {
  const isList = parameter.kind.type === 'list' || parameter.kind.type === 'integer-list';
  return isList
    ? acceptsValue(parameter.kind, given)
    : given.length === 1 && acceptsValue(parameter.kind, given[0] ?? '');
}
