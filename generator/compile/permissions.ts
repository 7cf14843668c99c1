import { actionFacts, actionsForOperation, arnMatchesType, suggestAction } from '../data/iam.ts';
import type { IamActionFacts } from '../data/iam.ts';
import { arnScope } from '../model/kinds/kinds.ts';
import type { Kinds, ResourceKind } from '../model/kinds/kinds.ts';
import { allSteps, stepName } from '../model/runbook.ts';
import type { AwsStep, Runbook } from '../model/runbook.ts';
import type { Diagnostic } from '../read/diagnostics.ts';
import type { Path } from '../read/source.ts';
import type { CompiledSupportingRole, PermissionProof, PolicyStatement } from './compiled.ts';
import { allReferences } from './scope.ts';

export interface Permissions {
  readonly statements: readonly PolicyStatement[];
  readonly proof: readonly PermissionProof[];
  readonly supportingRoles: readonly CompiledSupportingRole[];
  readonly problems: readonly Diagnostic[];
}

interface Grant {
  readonly action: string;
  readonly resources: readonly string[];
  readonly reason: string;
  readonly condition?: PolicyStatement['Condition'];
}

/** Derives the role's policy from the operations of the steps, with the narrowest resource that the action knows. */
export async function derivePermissions(
  runbook: Runbook,
  kinds: Kinds,
  prefix: string,
): Promise<Permissions> {
  const problems: Diagnostic[] = [];
  const derived: Grant[] = [];
  for (const step of allSteps(runbook))
    if (step.type !== 'compute')
      derived.push(...(await stepGrants(runbook, step, kinds, problems)));
  derived.push(...passRoleGrants(runbook, prefix));
  const added: Grant[] = [];
  for (const permission of runbook.permissions) {
    const grant = await addedGrant(runbook, permission, kinds, problems);
    if (grant === undefined) continue;
    if (derived.some((other) => covers(other, grant)))
      problems.push(
        runbook.source.report(
          [...permission.path, 'action'],
          'permission-unused',
          `${permission.action} is already derived from a step.`,
          'Remove it.',
        ),
      );
    else added.push(grant);
  }
  const grants = [...derived, ...added];
  return {
    statements: toStatements(grants),
    proof: toProof(grants),
    supportingRoles: await supportingRoles(runbook, kinds, problems),
    problems,
  };
}

async function stepGrants(
  runbook: Runbook,
  step: AwsStep,
  kinds: Kinds,
  problems: Diagnostic[],
): Promise<readonly Grant[]> {
  const where: Path = [...step.path, step.type];
  const actions = await actionsForOperation(step.service, step.operation);
  if (actions === undefined || actions.length === 0) {
    problems.push(
      runbook.source.report(
        where,
        'no-action',
        `No IAM action is known for ${step.service}:${step.operation}.`,
        'Add a row with its source to generator/data/iam-actions.yaml.',
      ),
    );
    return [];
  }
  const grants: Grant[] = [];
  for (const action of actions) {
    const facts = await actionFacts(action);
    if (facts === undefined) {
      problems.push(
        runbook.source.report(
          where,
          'unknown-action',
          `${action} is not an IAM action.`,
          'Mend generator/data/iam-actions.yaml.',
        ),
      );
      continue;
    }
    const resources = await scopeOfAction(
      runbook,
      facts,
      step.on,
      [...step.path, step.on.length > 0 ? 'on' : step.type],
      kinds,
      problems,
    );
    grants.push({
      action,
      resources,
      reason: `${stepName(step)} ${step.service}:${step.operation}`,
    });
  }
  return grants;
}

/** The resources an action is allowed on: what `on` says, else the unit's own, plus types the action demands besides. */
async function scopeOfAction(
  runbook: Runbook,
  facts: IamActionFacts,
  on: readonly string[],
  where: Path,
  kinds: Kinds,
  problems: Diagnostic[],
): Promise<readonly string[]> {
  if (facts.wildcardOnly) return ['*'];
  const stated =
    on.length > 0
      ? on.flatMap((text) => onScope(runbook, text, where, kinds, problems))
      : runbook.resources.map(arnScope);
  // What is no scope at all has been reported.
  if (stated.length < on.length) return [];
  const fitting = stated.filter((scope) =>
    facts.resourceTypes.some((type) => arnMatchesType(scope, type.arn)),
  );
  if (on.length > 0 && fitting.length < stated.length) {
    const wrong = stated.find((scope) => !fitting.includes(scope)) ?? '';
    problems.push(
      runbook.source.report(
        where,
        'scope-mismatch',
        `${facts.action} does not act on ${wrong}.`,
        `It acts on: ${facts.resourceTypes.map((type) => type.key).join(', ')}.`,
      ),
    );
    return fitting;
  }
  if (fitting.length === 0) {
    problems.push(
      runbook.source.report(
        where,
        'scope-missing',
        `${facts.action} does not act on the unit's own resource.`,
        `Say with \`on:\` what it acts on: ${facts.resourceTypes.map((type) => `${type.key} (${type.arn})`).join(', ')}.`,
      ),
    );
    return [];
  }
  const demanded = facts.resourceTypes.filter(
    (type) => type.required && !fitting.some((scope) => arnMatchesType(scope, type.arn)),
  );
  return [...fitting, ...demanded.map((type) => anyOfType(type.arn))];
}

function onScope(
  runbook: Runbook,
  text: string,
  where: Path,
  kinds: Kinds,
  problems: Diagnostic[],
): readonly string[] {
  const kind: ResourceKind | undefined = kinds.resources.get(text);
  if (kind !== undefined) return [arnScope(kind)];
  if (text === '*') {
    problems.push(
      runbook.source.report(
        where,
        'scope-missing',
        'A wildcard is no scope.',
        'Name a resource kind or an ARN.',
      ),
    );
    return [];
  }
  if (!text.startsWith('arn:')) {
    problems.push(
      runbook.source.report(
        where,
        'unknown-kind',
        `${text} is neither a resource kind nor an ARN.`,
        'See generator/model/kinds/resource-kinds.yaml.',
      ),
    );
    return [];
  }
  return [arnText(text)];
}

/** `{partition}` and `{account}` become stack values, every other reference a wildcard. */
function arnText(text: string): string {
  return text
    .replaceAll('{partition}', '${AWS::Partition}')
    .replaceAll('{account}', '${AWS::AccountId}')
    .replaceAll(/\{[^{}]*\}/gu, (found, offset: number, whole: string) =>
      whole[offset - 1] === '$' ? found : '*',
    );
}

function anyOfType(arn: string): string {
  return arn
    .replace('${Partition}', '${AWS::Partition}')
    .replace('${Account}', '${AWS::AccountId}')
    .replaceAll(/\$\{(?!AWS::)[^{}]*\}/gu, '*');
}

/** `{roles.X}` in a call hands the role to a service: PassRole, to that service only. */
function passRoleGrants(runbook: Runbook, prefix: string): readonly Grant[] {
  const used = new Set(
    allReferences(runbook).flatMap(({ reference }) =>
      reference.path[0] === 'roles' ? [reference.path[1] ?? ''] : [],
    ),
  );
  return runbook.roles.flatMap((role) =>
    used.has(role.name)
      ? [
          {
            action: 'iam:PassRole',
            resources: [
              `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/${prefix}-${role.name}-\${Namespace}`,
            ],
            reason: `roles.${role.name} is passed to ${role.service}`,
            condition: passedTo(role.service),
          },
        ]
      : [],
  );
}

/** A role may be passed to this service only. */
function passedTo(service: string): NonNullable<PolicyStatement['Condition']> {
  return { StringEquals: { 'iam:PassedToService': servicePrincipal(service) } };
}

/** `vpc-flow-logs` or `vpc-flow-logs.amazonaws.com` in a unit. */
function servicePrincipal(service: string): string {
  return service.includes('.') ? service : `${service}.amazonaws.com`;
}

async function addedGrant(
  runbook: Runbook,
  permission: Runbook['permissions'][number],
  kinds: Kinds,
  problems: Diagnostic[],
): Promise<Grant | undefined> {
  const facts = await actionFacts(permission.action);
  if (facts === undefined) {
    const near = await suggestAction(permission.action);
    problems.push(
      runbook.source.report(
        [...permission.path, 'action'],
        'unknown-action',
        `${permission.action} is not an IAM action.`,
        near === undefined ? 'See the Service Authorization Reference.' : `Did you mean ${near}?`,
      ),
    );
    return undefined;
  }
  const resources = await scopeOfAction(
    runbook,
    facts,
    permission.on,
    [...permission.path, 'on'],
    kinds,
    problems,
  );
  return resources.length === 0
    ? undefined
    : {
        action: facts.action,
        resources,
        reason: permission.why,
        ...(permission.to === undefined ? {} : { condition: passedTo(permission.to) }),
      };
}

async function supportingRoles(
  runbook: Runbook,
  kinds: Kinds,
  problems: Diagnostic[],
): Promise<readonly CompiledSupportingRole[]> {
  const made: CompiledSupportingRole[] = [];
  for (const role of runbook.roles) {
    const grants: Grant[] = [];
    for (const [index, action] of role.allow.entries()) {
      const facts = await actionFacts(action);
      if (facts === undefined) {
        const near = await suggestAction(action);
        problems.push(
          runbook.source.report(
            [...role.path, 'allow', index],
            'unknown-action',
            `${action} is not an IAM action.`,
            near === undefined
              ? 'See the Service Authorization Reference.'
              : `Did you mean ${near}?`,
          ),
        );
        continue;
      }
      const scopes = role.on.flatMap((text) =>
        onScope(runbook, text, [...role.path, 'on'], kinds, problems),
      );
      const fitting = facts.wildcardOnly
        ? ['*']
        : scopes.filter((scope) =>
            facts.resourceTypes.some((type) => arnMatchesType(scope, type.arn)),
          );
      if (fitting.length === 0)
        problems.push(
          runbook.source.report(
            [...role.path, 'allow', index],
            'scope-mismatch',
            `${action} acts on nothing that \`on\` names.`,
            `It acts on: ${facts.resourceTypes.map((type) => type.key).join(', ')}.`,
          ),
        );
      else grants.push({ action, resources: fitting, reason: `supporting role ${role.name}` });
    }
    made.push({
      name: role.name,
      service: servicePrincipal(role.service),
      statements: toStatements(grants),
    });
  }
  return made;
}

function covers(grant: Grant, other: Grant): boolean {
  return (
    grant.action === other.action &&
    other.resources.every((resource) => grant.resources.includes(resource))
  );
}

/** Actions with the same resources share a statement. */
function toStatements(grants: readonly Grant[]): readonly PolicyStatement[] {
  const byScope = new Map<
    string,
    { readonly merged: MergedGrant; readonly actions: Set<string> }
  >();
  for (const merged of mergeByAction(grants)) {
    const key = JSON.stringify([merged.resources, merged.condition ?? null]);
    const entry = byScope.get(key) ?? { merged, actions: new Set<string>() };
    entry.actions.add(merged.action);
    byScope.set(key, entry);
  }
  return [...byScope.entries()]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { merged, actions }]) => ({
      Effect: 'Allow' as const,
      Action: [...actions].toSorted(),
      Resource: merged.resources,
      ...(merged.condition === undefined ? {} : { Condition: merged.condition }),
    }));
}

function toProof(grants: readonly Grant[]): readonly PermissionProof[] {
  return mergeByAction(grants).map(({ action, resources, reasons }) => ({
    action,
    resources,
    neededBy: reasons,
  }));
}

interface MergedGrant {
  readonly action: string;
  readonly resources: readonly string[];
  readonly reasons: readonly string[];
  readonly condition: PolicyStatement['Condition'] | undefined;
}

function mergeByAction(grants: readonly Grant[]): readonly MergedGrant[] {
  const groups = new Map<string, Grant[]>();
  for (const grant of grants) {
    const key = JSON.stringify([grant.action, grant.condition ?? null]);
    groups.set(key, [...(groups.get(key) ?? []), grant]);
  }
  return [...groups.entries()]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, same]) => ({
      action: same[0]?.action ?? '',
      resources: [...new Set(same.flatMap((grant) => grant.resources))].toSorted(),
      reasons: [...new Set(same.map((grant) => grant.reason))],
      condition: same[0]?.condition,
    }));
}
