import { evaluate } from '../../../simulate/policy.ts';
import type { ConditionValue, PolicyStatement } from '../../../simulate/policy.ts';
import { isFields } from '../../intrinsics.ts';
import { overlapsArn } from './overlap.ts';

/** Whether a statement applies to a request: `maybe` where it depends on what only AWS knows. */
export type Match = 'yes' | 'maybe' | 'no';

/** What one call of ours looks like to a policy. */
export interface CallContext {
  /** Condition keys in lower case with their values. */
  readonly values: ReadonlyMap<string, string>;
  /** Condition keys in lower case that such a call does not have; all others are unknown. */
  readonly absent: ReadonlySet<string>;
}

export interface Call extends CallContext {
  readonly action: string;
  /** ARN, or a pattern of ARNs; `*` for an action without a resource. */
  readonly scope: string;
}

/** A statement of a service control policy. */
export interface Statement {
  /** Its Sid, or its place. */
  readonly name: string;
  readonly effect: 'Allow' | 'Deny';
  /** The elements as they were written. */
  readonly elements: Readonly<Record<string, unknown>>;
}

/** The statements of a policy; undefined when it isn't one. */
export function parsePolicy(text: string): readonly Statement[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const all = isFields(value) ? value['Statement'] : undefined;
  const statements = (Array.isArray(all) ? all : [all]).map((elements: unknown, at) =>
    toStatement(elements, at),
  );
  return statements.every((one) => one !== undefined) ? statements : undefined;
}

function toStatement(elements: unknown, at: number): Statement | undefined {
  if (!isFields(elements)) return undefined;
  const { Sid: sid, Effect: effect } = elements;
  if (effect !== 'Allow' && effect !== 'Deny') return undefined;
  const name = typeof sid === 'string' && sid !== '' ? sid : `statement ${at + 1}`;
  return { name, effect, elements };
}

/**
 * Whether a statement applies to a call. The comparing of actions, ARNs and conditions is that of the simulator; what it
 * doesn't know is a maybe. (AWS Organizations User Guide, "SCP syntax")
 */
export function matches({ elements }: Statement, call: Call): Match {
  return all([
    matchesAction(elements, call.action),
    matchesResource(elements, call.scope),
    matchesConditions(elements['Condition'], call),
  ]);
}

/** Whether a statement is about an action at all. */
export function matchesAction(
  { Action: actions, NotAction: others }: Readonly<Record<string, unknown>>,
  action: string,
): Match {
  if (others !== undefined) return not(ask({ Action: strings(others) }, { action }));
  return ask({ Action: strings(actions) }, { action });
}

function matchesResource(
  { Resource: resources, NotResource: others }: Readonly<Record<string, unknown>>,
  scope: string,
): Match {
  if (others !== undefined) return not(covers(strings(others), scope));
  // Without the element, a statement is about everything.
  return resources === undefined ? 'yes' : covers(strings(resources), scope);
}

/** Whether patterns cover all ARNs of a scope, some, or none. */
function covers(patterns: readonly string[], scope: string): Match {
  if (patterns.includes('*')) return 'yes';
  const matched = patterns.map((pattern) => {
    const whole = ask({ Resource: [pattern], Effect: 'Deny' }, { resource: scope });
    return whole === 'no' && overlapsArn(scope, pattern) && scope !== '*' ? 'maybe' : whole;
  });
  return any(matched);
}

function matchesConditions(conditions: unknown, call: CallContext): Match {
  if (conditions === undefined) return 'yes';
  if (!isFields(conditions)) return 'maybe';
  return all(
    Object.entries(conditions).flatMap(([operator, keys]) =>
      isFields(keys)
        ? Object.entries(keys).map(([key, value]) => matchesCondition(operator, key, value, call))
        : (['maybe'] as const),
    ),
  );
}

function matchesCondition(
  operator: string,
  key: string,
  value: unknown,
  { values, absent }: CallContext,
): Match {
  const name = key.toLowerCase();
  const actual = values.get(name);
  if (actual === undefined && !absent.has(name)) return 'maybe';
  // IAM User Guide, "Condition operator to check existence of condition keys".
  if (operator === 'Null') {
    if (!['true', 'false'].includes(String(value))) return 'maybe';
    return (String(value) === 'true') === (actual === undefined) ? 'yes' : 'no';
  }
  const context = actual === undefined ? {} : { [name]: actual };
  const Condition = { [operator]: { [name]: value as ConditionValue } };
  return ask({ Condition }, { context });
}

/** Asks the simulator about one element of a statement, with the others open. */
function ask(
  element: Partial<PolicyStatement>,
  {
    action = 'service:Action',
    resource,
    context = {},
  }: {
    readonly action?: string;
    readonly resource?: string;
    readonly context?: Readonly<Record<string, string>>;
  },
): Match {
  const statement = { Effect: 'Allow' as const, Action: '*', Resource: '*', ...element };
  try {
    const { decision } = evaluate(
      { Statement: statement },
      { action, resources: resource === undefined ? [] : [resource], context },
    );
    return decision === 'implicit-denied' ? 'no' : 'yes';
  } catch {
    // An element, operator or variable that the simulator does not know.
    return 'maybe';
  }
}

function strings(value: unknown): readonly string[] {
  return (Array.isArray(value) ? (value as readonly unknown[]) : [value]).map(String);
}

/** All must hold. */
function all(parts: readonly Match[]): Match {
  if (parts.includes('no')) return 'no';
  return parts.includes('maybe') ? 'maybe' : 'yes';
}

/** One is enough. */
export function any(parts: readonly Match[]): Match {
  if (parts.includes('yes')) return 'yes';
  return parts.includes('maybe') ? 'maybe' : 'no';
}

function not(match: Match): Match {
  switch (match) {
    case 'yes':
      return 'no';
    case 'no':
      return 'yes';
    case 'maybe':
      return 'maybe';
  }
}
