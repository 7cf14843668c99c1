import { isFields } from './intrinsics.ts';

/** One thing that a policy allows or denies. */
export interface Grant {
  /** `trust`: who may take a role; `action`: what may be done; `attached`: a managed policy or boundary by its ARN. */
  readonly kind: 'trust' | 'action' | 'attached';
  /** For people, without conditions spelled out: `s3:GetObject on arn:...`. */
  readonly text: string;
  /** The action or principal alone, for summaries. */
  readonly subject: string;
}

/** What a resource newly allows, and what it no longer does. */
export interface PermissionChange {
  readonly gains: readonly Grant[];
  readonly loses: readonly Grant[];
}

type Fields = Readonly<Record<string, unknown>>;

/** Where resource types keep a policy document [CloudFormation Template Reference, the page of each type]. */
const POLICY_PROPERTY: Readonly<Record<string, string>> = {
  'AWS::Events::EventBusPolicy': 'Statement',
  'AWS::IAM::ManagedPolicy': 'PolicyDocument',
  'AWS::IAM::Policy': 'PolicyDocument',
  'AWS::IAM::RolePolicy': 'PolicyDocument',
  'AWS::KMS::Key': 'KeyPolicy',
  'AWS::Logs::ResourcePolicy': 'PolicyDocument',
  'AWS::S3::BucketPolicy': 'PolicyDocument',
  'AWS::SNS::TopicPolicy': 'PolicyDocument',
  'AWS::SQS::QueuePolicy': 'PolicyDocument',
  'AWS::SecretsManager::ResourcePolicy': 'ResourcePolicy',
};

/** Whether resources of a type say who may do what. */
export function grantsPermissions(type: string): boolean {
  return (
    type.startsWith('AWS::IAM::') || type === 'AWS::Lambda::Permission' || type in POLICY_PROPERTY
  );
}

/** Compares the permissions in the properties of a resource; undefined properties stand for no resource. */
export function permissionChange(
  type: string,
  before: Fields | undefined,
  after: Fields | undefined,
): PermissionChange {
  const [old, fresh] = [keyed(type, before), keyed(type, after)];
  const only = (these: ReadonlyMap<string, Grant>, those: ReadonlyMap<string, Grant>) =>
    [...these].filter(([key]) => !those.has(key)).map(([, grant]) => grant);
  return { gains: only(fresh, old), loses: only(old, fresh) };
}

/** Conditions are part of what is compared, but too long to be shown. */
type KeyedGrant = readonly [key: string, grant: Grant];

function keyed(type: string, properties: Fields | undefined): ReadonlyMap<string, Grant> {
  if (properties === undefined) return new Map();
  if (type === 'AWS::IAM::Role') return new Map(roleGrants(properties));
  if (type === 'AWS::Lambda::Permission') {
    const subject = `${show(properties['Action'])} by ${show(properties['Principal'])}`;
    const text = `${subject} on ${show(properties['FunctionName'])}`;
    return new Map([[JSON.stringify(properties), { kind: 'action', text, subject }]]);
  }
  const property = POLICY_PROPERTY[type];
  return new Map(property === undefined ? [] : policyGrants(properties[property]));
}

function roleGrants(role: Fields): readonly KeyedGrant[] {
  const inline = list(role['Policies']).flatMap((one) =>
    isFields(one) ? policyGrants(one['PolicyDocument']) : [],
  );
  const trusted = statements(role['AssumeRolePolicyDocument']).map((statement): KeyedGrant => {
    const by = principals(statement['Principal'] ?? statement['NotPrincipal']);
    const subject = `${prefix(statement)}${inverse(statement, 'NotPrincipal')}${by}`;
    return [
      `trust ${JSON.stringify(statement)}`,
      { kind: 'trust', text: `${subject}${conditioned(statement)}`, subject },
    ];
  });
  const attached = [
    ...list(role['ManagedPolicyArns']).map((arn) => `policy ${show(arn)}`),
    ...list(role['PermissionsBoundary']).map((arn) => `boundary ${show(arn)}`),
  ].map((text): KeyedGrant => [text, { kind: 'attached', text, subject: text }]);
  return [...trusted, ...attached, ...inline];
}

/** One grant for each action on each resource, so that a longer list shows only what is new. */
function policyGrants(document: unknown): readonly KeyedGrant[] {
  return statements(document).flatMap((statement) => {
    const { Principal: who = statement['NotPrincipal'], Condition: condition = null } = statement;
    const by =
      who === undefined ? '' : ` by ${inverse(statement, 'NotPrincipal')}${principals(who)}`;
    const verb = `${prefix(statement)}${inverse(statement, 'NotAction')}`;
    return list(statement['Action'] ?? statement['NotAction']).flatMap((action) => {
      const subject = `${verb}${show(action)}`;
      return targets(statement).map((on): KeyedGrant => {
        const text = `${subject}${by}${on}${conditioned(statement)}`;
        return [`${text} ${JSON.stringify(condition)}`, { kind: 'action', text, subject }];
      });
    });
  });
}

function targets(statement: Fields): readonly string[] {
  const { Resource: included, NotResource: excluded } = statement;
  // Everything but these: each one narrows the others, so they belong together.
  if (excluded !== undefined) return [` on all but ${list(excluded).map(show).join(', ')}`];
  return included === undefined ? [''] : list(included).map((one) => ` on ${show(one)}`);
}

function inverse(statement: Fields, key: 'NotAction' | 'NotPrincipal'): string {
  return key in statement ? 'all but ' : '';
}

function statements(document: unknown): readonly Fields[] {
  if (typeof document === 'string') {
    try {
      return statements(JSON.parse(document));
    } catch {
      return [];
    }
  }
  if (!isFields(document)) return [];
  // A policy written as text with references in it: references stand inside strings, so it still is JSON.
  if (typeof document['Fn::Sub'] === 'string') return statements(document['Fn::Sub']);
  return (document['Statement'] === undefined ? [document] : list(document['Statement'])).filter(
    isFields,
  );
}

function prefix(statement: Fields): string {
  return statement['Effect'] === 'Deny' ? 'denial of ' : '';
}

function conditioned(statement: Fields): string {
  return statement['Condition'] === undefined ? '' : ' (with conditions)';
}

function principals(principal: unknown): string {
  if (
    !isFields(principal) ||
    'Fn::Sub' in principal ||
    'Fn::GetAtt' in principal ||
    'Ref' in principal
  )
    return principal === '*' ? 'everyone' : show(principal);
  return Object.values(principal)
    .flatMap((one) => list(one))
    .map((one) => (one === '*' ? 'everyone' : show(one)))
    .join(', ');
}

function list(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as readonly unknown[]) : [value];
}

/** A value of a template as people read it. */
function show(value: unknown): string {
  if (typeof value === 'string') return value;
  if (isFields(value)) {
    const { 'Fn::Sub': sub, 'Fn::GetAtt': attribute, Ref: ref } = value;
    if (typeof sub === 'string') return sub;
    if (Array.isArray(attribute)) return attribute.join('.');
    if (typeof ref === 'string') return ref;
  }
  return JSON.stringify(value) ?? '';
}
