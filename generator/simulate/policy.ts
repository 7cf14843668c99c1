/** An identity policy as IAM stores it, with all intrinsics resolved. */
export interface PolicyDocument {
  readonly Version?: string;
  readonly Statement: PolicyStatement | readonly PolicyStatement[];
}

export interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, ConditionValue>>>>;
}

export type ConditionValue = string | boolean | readonly (string | boolean)[];

/** One authorization question: may this action touch all of these resources? */
export interface PolicyRequest {
  readonly action: string;
  /** ARNs; empty for an action without a resource, which only `Resource: "*"` allows. */
  readonly resources: readonly string[];
  /** Condition keys, such as `iam:PassedToService`; names in any case. */
  readonly context: Readonly<Record<string, string>>;
}

export interface PolicyDecision {
  readonly decision: 'allowed' | 'denied' | 'implicit-denied';
  /** Sid (or `Statement[n]`) of the statement that decided; absent when none did. */
  readonly statement?: string;
}

type Context = ReadonlyMap<string, string>;
type Test = (actual: string, expected: string) => boolean;

const STATEMENT_KEYS = ['Sid', 'Effect', 'Action', 'Resource', 'Condition'];

// Source: IAM user guide, "IAM JSON policy elements: Condition operators". A negated operator holds when the key is absent.
const OPERATORS: ReadonlyMap<string, { readonly test: Test; readonly negated: boolean }> = new Map([
  ['StringEquals', { test: (actual, expected) => actual === expected, negated: false }],
  ['StringNotEquals', { test: (actual, expected) => actual === expected, negated: true }],
  ['StringLike', { test: matchesGlob, negated: false }],
  ['StringNotLike', { test: matchesGlob, negated: true }],
  ['ArnEquals', { test: matchesArn, negated: false }],
  ['ArnLike', { test: matchesArn, negated: false }],
  ['ArnNotEquals', { test: matchesArn, negated: true }],
  ['ArnNotLike', { test: matchesArn, negated: true }],
  [
    'Bool',
    { test: (actual, expected) => actual.toLowerCase() === expected.toLowerCase(), negated: false },
  ],
]);

/**
 * Decides a request against one identity policy the way IAM does: an explicit Deny wins, else an Allow must cover every
 * resource. Where we can't be sure, an Allow matches less and a Deny more. Knows only what our policies use.
 * @throws Error for an element, operator or variable it does not know, in any statement: an unknown never allows.
 */
export function evaluate(policy: PolicyDocument, request: PolicyRequest): PolicyDecision {
  const statements = asList(policy.Statement);
  statements.forEach(checkStatement);
  const context: Context = new Map(
    Object.entries(request.context).map(([key, value]) => [key.toLowerCase(), value]),
  );
  const relevant = statements
    .map((statement, at) => ({ statement, name: statement.Sid ?? `Statement[${at}]` }))
    .filter(
      ({ statement }) =>
        matchesAction(statement, request.action) && meetsConditions(statement, context),
    );
  const resources = request.resources.length === 0 ? ['*'] : request.resources;

  const deny = relevant.find(
    ({ statement }) =>
      statement.Effect === 'Deny' && resources.some((arn) => covers(statement, arn, matchesGlob)),
  );
  if (deny !== undefined) return { decision: 'denied', statement: deny.name };

  const allows = relevant.filter(({ statement }) => statement.Effect === 'Allow');
  const allowing = resources.map((arn) =>
    allows.find(({ statement }) => covers(statement, arn, matchesArn)),
  );
  const first = allowing[0];
  if (first === undefined || allowing.includes(undefined)) return { decision: 'implicit-denied' };
  return { decision: 'allowed', statement: first.name };
}

function asList<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}

function checkStatement(statement: PolicyStatement, at: number): void {
  const where = statement.Sid ?? `Statement[${at}]`;
  const unknown = Object.keys(statement).filter((key) => !STATEMENT_KEYS.includes(key));
  if (unknown.length > 0)
    throw new Error(`${where}: policy element ${unknown.join(', ')} is not supported`);
  if (statement.Effect !== 'Allow' && statement.Effect !== 'Deny') {
    throw new Error(
      `${where}: Effect must be Allow or Deny, not ${JSON.stringify(statement.Effect)}`,
    );
  }
  for (const [element, value] of [
    ['Action', statement.Action],
    ['Resource', statement.Resource],
  ] as const) {
    for (const text of checkedStrings(value, `${where}: ${element}`)) {
      if (element === 'Action' && text !== '*' && !/^[^:]+:[^:]+$/.test(text)) {
        throw new Error(`${where}: "${text}" is not an action`);
      }
    }
  }
  for (const [operator, keys] of Object.entries(statement.Condition ?? {})) {
    conditionOperator(operator);
    for (const [key, value] of Object.entries(keys))
      conditionValues(value, `${where}: ${operator} ${key}`);
  }
}

// A `${...}` that is still there is a policy variable or an unresolved intrinsic; comparing it as text would be wrong.
function checkedStrings(value: string | readonly string[], where: string): readonly string[] {
  const list = asList(value);
  if (list.length === 0) throw new Error(`${where} is empty`);
  for (const text of list) {
    if (typeof text !== 'string')
      throw new Error(`${where} holds ${JSON.stringify(text)}, not text`);
    if (text.includes('${')) throw new Error(`${where}: variable in "${text}" is not supported`);
  }
  return list;
}

function conditionValues(value: ConditionValue, where: string): readonly string[] {
  return checkedStrings(
    asList<string | boolean>(value).map((one) => (typeof one === 'boolean' ? String(one) : one)),
    where,
  );
}

function conditionOperator(name: string): {
  readonly test: Test;
  readonly negated: boolean;
  readonly ifExists: boolean;
} {
  const ifExists = name.endsWith('IfExists');
  const found = OPERATORS.get(ifExists ? name.slice(0, -'IfExists'.length) : name);
  if (found === undefined) throw new Error(`condition operator ${name} is not supported`);
  return { ...found, ifExists };
}

function matchesAction(statement: PolicyStatement, action: string): boolean {
  const wanted = action.toLowerCase();
  return asList(statement.Action).some((pattern) => matchesGlob(wanted, pattern.toLowerCase()));
}

function covers(statement: PolicyStatement, arn: string, matches: Test): boolean {
  return asList(statement.Resource).some((pattern) => pattern === '*' || matches(arn, pattern));
}

// Operators and keys must all hold; of several values one is enough (of a negated operator: none may match).
function meetsConditions(statement: PolicyStatement, context: Context): boolean {
  return Object.entries(statement.Condition ?? {}).every(([name, keys]) => {
    const operator = conditionOperator(name);
    return Object.entries(keys).every(([key, value]) => {
      const actual = context.get(key.toLowerCase());
      if (actual === undefined) return operator.negated || operator.ifExists;
      const matched = conditionValues(value, name).some((expected) =>
        operator.test(actual, expected),
      );
      return matched !== operator.negated;
    });
  });
}

// Each of the first five parts of an ARN for itself, the resource part as a whole: `*` does not reach over their colons.
function matchesArn(arn: string, pattern: string): boolean {
  const actual = arnParts(arn);
  const wanted = arnParts(pattern);
  if (wanted.length !== 6) return arn === pattern;
  return actual.length === 6 && wanted.every((part, at) => matchesGlob(actual[at] ?? '', part));
}

function arnParts(arn: string): readonly string[] {
  const parts = arn.split(':');
  return parts.length <= 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(':')];
}

// `*` any run of characters, `?` one character. Walks back to the last star only, so it stays linear in practice.
function matchesGlob(text: string, glob: string): boolean {
  let at = 0;
  let star = -1;
  let resume = 0;
  let i = 0;
  while (i < text.length) {
    if (glob[at] === '*') {
      star = at++;
      resume = i;
    } else if (at < glob.length && (glob[at] === '?' || glob[at] === text[i])) {
      at++;
      i++;
    } else if (star >= 0) {
      at = star + 1;
      i = ++resume;
    } else return false;
  }
  while (glob[at] === '*') at++;
  return at === glob.length;
}
