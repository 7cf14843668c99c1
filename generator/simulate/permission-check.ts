import { actionFacts, actionsForOperation, arnMatchesType } from '../data/iam.ts';
import type { IamActionFacts } from '../data/iam.ts';
import type { PolicyStatement } from '../compile/compiled.ts';
import type { ApiCall } from './calls.ts';
import { nameOf } from './calls.ts';
import type { Json } from './json.ts';
import { isList, isObject } from './json.ts';
import { evaluate } from './policy.ts';
import type { PolicyDocument } from './policy.ts';

/** Where the calls were made, and for which resource. */
export interface CallPlace {
  readonly account: string;
  readonly region: string;
  readonly partition: string;
  readonly namespace: string;
  readonly resourceArn: string;
}

export interface PermissionReport {
  /** Calls that the role could not make, as sentences. */
  readonly denied: readonly string[];
  /** Actions that the calls used. */
  readonly used: ReadonlySet<string>;
}

/**
 * Checks recorded calls against the policy of the role that would make them. A call's resources are built from its own
 * parameters and the resource types that IAM knows for its action; each type that the action demands must be allowed.
 */
export async function checkPermissions(
  calls: readonly ApiCall[],
  statements: readonly PolicyStatement[],
  place: CallPlace,
): Promise<PermissionReport> {
  const policy = concretePolicy(statements, place);
  const denied = new Set<string>();
  const used = new Set<string>();
  for (const call of calls) {
    for (const role of rolesIn(call, place)) {
      used.add('iam:PassRole');
      const passed = statements.flatMap(
        ({ Condition }) => Condition?.['StringEquals']?.['iam:PassedToService'] ?? [],
      );
      const allowed = passed.some(
        (service) =>
          evaluate(policy, {
            action: 'iam:PassRole',
            resources: [role],
            context: { 'iam:PassedToService': service },
          }).decision === 'allowed',
      );
      if (!allowed) denied.add(`${nameOf(call)} passes ${role}, which the role may not.`);
    }
    for (const action of (await actionsForOperation(call.service, call.operation)) ?? []) {
      const facts = await actionFacts(action);
      if (facts === undefined) continue;
      used.add(facts.action);
      if (!isAllowed(policy, facts, call, place))
        denied.add(
          `${nameOf(call)} needs ${facts.action} on ${candidates(facts, call, place).join(' or ') || 'a resource'}, which the role lacks.`,
        );
    }
  }
  return { denied: [...denied].toSorted(), used };
}

function isAllowed(
  policy: PolicyDocument,
  facts: IamActionFacts,
  call: ApiCall,
  place: CallPlace,
): boolean {
  const may = (resource: string): boolean =>
    evaluate(policy, { action: facts.action, resources: [resource], context: {} }).decision ===
    'allowed';
  if (facts.wildcardOnly || facts.resourceTypes.length === 0) return may('*');
  return candidates(facts, call, place).some(may);
}

/** ARNs that the call can be about: the unit's resource, ARNs among the parameters, ids put into the types' ARNs. */
function candidates(facts: IamActionFacts, call: ApiCall, place: CallPlace): readonly string[] {
  const values = [...new Set([place.resourceArn, ...textsIn(call.parameters)])];
  const patterns = facts.resourceTypes.flatMap((type) => type.arn.split(','));
  const arns = values.filter(
    (value) =>
      value.startsWith('arn:') && patterns.some((pattern) => arnMatchesType(value, pattern)),
  );
  const ids = values.filter((value) => !value.startsWith('arn:')).map((id) => nameInArn(facts, id));
  const local = patterns.map((pattern) => localArn(pattern, place));
  const built = local
    .filter((pattern) => (pattern.match(VARIABLE) ?? []).length === 1)
    .flatMap((pattern) => ids.map((id) => pattern.replaceAll(VARIABLE, () => id)));
  const found = [...arns, ...built];
  return found.length > 0 ? found : local.map((pattern) => pattern.replaceAll(VARIABLE, '*'));
}

const VARIABLE = /\$\{[^{}]+\}/gu;

function localArn(pattern: string, { partition, region, account }: CallPlace): string {
  return pattern
    .replace('${Partition}', partition)
    .replace('${Region}', region)
    .replace('${Account}', account);
}

/** How an id stands in the ARN: parameters lose their slash, service-linked roles have a path and a name of their own. */
function nameInArn({ action }: IamActionFacts, id: string): string {
  if (action === 'iam:CreateServiceLinkedRole') {
    const [service = ''] = id.split('.');
    const title = service.charAt(0).toUpperCase() + service.slice(1);
    return `aws-service-role/${id}/AWSServiceRoleFor${title}`;
  }
  return action.startsWith('ssm:') ? id.replace(/^\//u, '') : id;
}

function concretePolicy(statements: readonly PolicyStatement[], place: CallPlace): PolicyDocument {
  const text = JSON.stringify({ Version: '2012-10-17', Statement: statements })
    .replaceAll('${AWS::Partition}', place.partition)
    .replaceAll('${AWS::AccountId}', place.account)
    .replaceAll('${Namespace}', place.namespace);
  return JSON.parse(text) as PolicyDocument;
}

/** Roles of ours that a call hands to a service: by ARN, or by name into an instance profile. */
function rolesIn({ operation, parameters }: ApiCall, place: CallPlace): readonly string[] {
  const { RoleName: name } = parameters;
  const byName =
    operation === 'AddRoleToInstanceProfile' && typeof name === 'string'
      ? [`arn:${place.partition}:iam::${place.account}:role/${name}`]
      : [];
  const all = [...textsIn(parameters), ...byName];
  return all.filter((text) => /^arn:[^:]+:iam::\d{12}:role\/SO0111-/u.test(text));
}

function textsIn(value: Json): readonly string[] {
  if (typeof value === 'string') return [value];
  if (isList(value)) return value.flatMap(textsIn);
  return isObject(value) ? Object.values(value).flatMap(textsIn) : [];
}
