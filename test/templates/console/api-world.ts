import { createApi } from '../../../templates/admin/console/api/create-api.ts';
import type { HttpAnswer, HttpEvent } from '../../../templates/admin/console/api/http.ts';
import { createPages } from '../../../templates/admin/console/api/pages.ts';
import { GROUPS } from '../../../templates/admin/console/api/principal.ts';
import type { Role } from '../../../templates/admin/console/contract.ts';
import { createMemory, memoryBackend } from '../../../templates/admin/console/local/memory.ts';
import type { Memory } from '../../../templates/admin/console/local/memory.ts';
import type { Attempt } from '../../../templates/admin/functions/model/attempt.ts';
import { parsePolicy } from '../../../templates/admin/functions/model/policy.ts';
import { isRefusal } from '../../../templates/admin/functions/model/refusal.ts';
import { ADMIN, GROUP, MEMBER, catalog, finding, settings } from '../admin/fixtures.ts';

export const OTHER = '777788889999';
const OTHER_GROUP = `arn:aws:ec2:eu-west-1:${OTHER}:security-group/sg-0f0f0f0f`;
export const PRODUCT = 'arn:aws:securityhub:eu-west-1::product/aws/securityhub';
const ISSUER = 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Example';
const CLIENT = 'client0example';
export const START = new Date('2026-05-06T12:20:00.000Z');

/** One user of each role; the operator may see the account MEMBER. */
export const SUBS: Readonly<Record<Role, string>> = {
  administrator: '11111111-1111-4111-8111-111111111111',
  'delegated-administrator': '22222222-2222-4222-8222-222222222222',
  'account-operator': '33333333-3333-4333-8333-333333333333',
};

export const ATTEMPT = '0123456789abcdef0123456789abcdef';
export const WAITING = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa';
export const FOREIGN = 'ffffffffffffffffffffffffffffffff';
export const FINDING = idIn(MEMBER);
export const FOREIGN_FINDING = idIn(OTHER);

function idIn(account: string): string {
  return `arn:aws:securityhub:eu-west-1:${account}:security-control/EC2.2/finding/0a1b2c3d-1111-4222-8333-444455556666`;
}

type Raw = Readonly<Record<string, unknown>>;

export interface Call {
  readonly method?: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Claims of the token; null sends none. @default those of `as` */
  readonly claims?: Raw | null;
}

export interface World {
  readonly memory: Memory;
  readonly logged: string[];
  readonly clock: { now: Date };
  readonly send: (event: HttpEvent) => Promise<HttpAnswer>;
  /** Calls the API as a user of this role. */
  readonly as: (
    role: Role,
    call: Call,
  ) => Promise<{ readonly status: number; readonly body: Raw; readonly answer: HttpAnswer }>;
}

/** The API on a memory with two accounts, one finding and some attempts in each. */
export function world(): World {
  const memory = createMemory(settings);
  const clock = { now: START };
  const logged: string[] = [];
  let ids = 0;
  for (const role of Object.keys(SUBS) as readonly Role[])
    memory.people.set(SUBS[role], {
      username: SUBS[role],
      sub: SUBS[role],
      email: `${role}@example.com`,
      status: 'CONFIRMED',
      enabled: true,
      groups: [GROUPS[role]],
    });
  memory.operators.set(SUBS['account-operator'], [MEMBER]);
  for (const account of [MEMBER, OTHER]) memory.members.add(account);
  for (const raw of [finding({ UpdatedAt: '2026-05-06T11:20:00.000Z' }), foreignFinding()])
    memory.findings.set(String(raw['Id']), raw);
  for (const control of ['EC2.2', 'EC2.18', 'S3.99'])
    memory.rows.set(control, { controlId: control, automatedRemediationEnabled: false });
  for (const one of [
    attempt({}),
    attempt({
      id: WAITING,
      status: 'awaiting-approval',
      approvalExpiresAt: '2026-05-08T12:00:00.000Z',
    }),
    attempt({ id: FOREIGN, account: OTHER, resource: OTHER_GROUP }),
  ])
    memory.attempts.set(one.id, one);
  const send = createApi({
    catalog,
    controls: {
      'EC2.2': shown('Default security groups let nothing through', ['SC', 'CIS120']),
      'EC2.18': shown('Security groups open only allowed ports', ['SC']),
      'S3.99': shown('Buckets are emptied', ['SC']),
    },
    version: 'v0.1.0',
    partition: 'aws',
    region: 'us-east-1',
    adminAccount: ADMIN,
    backend: memoryBackend(memory),
    issuer: ISSUER,
    clientId: CLIENT,
    now: () => clock.now,
    newId: () => `id${(ids += 1)}`,
    log: (line) => void logged.push(line),
    pages: createPages({
      files: {},
      config: { local: false, domain: 'login.example.com', clientId: CLIENT },
    }),
  });
  const as: World['as'] = async (role, call) => {
    const answer = await send(
      eventOf(call, call.claims === undefined ? claims(role) : call.claims),
    );
    const isJson = answer.headers['content-type']?.startsWith('application/json') === true;
    return {
      status: answer.statusCode,
      body: isJson ? (JSON.parse(answer.body) as Raw) : {},
      answer,
    };
  };
  return { memory, logged, clock, send, as };
}

function shown(title: string, standards: readonly string[]) {
  return {
    title,
    impact: 'access-loss',
    impactText: 'access-loss',
    undo: 'yes',
    permissions: ['ec2:RevokeSecurityGroupIngress'],
    standards,
  };
}

export function eventOf(
  { method = 'GET', path, query = {}, body, headers = {} }: Call,
  given: Raw | null,
): HttpEvent {
  const isWrite = method !== 'GET';
  return {
    rawPath: path,
    rawQueryString: new URLSearchParams(query).toString(),
    headers: {
      ...(isWrite ? { 'content-type': 'application/json', 'x-asr-request': '1' } : {}),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    requestContext: {
      http: { method },
      ...(given === null ? {} : { authorizer: { jwt: { claims: given } } }),
    },
  };
}

/** The claims of an access token, as the JWT authorizer passes them. */
export function claims(role: Role, changes: Raw = {}): Raw {
  const now = START.getTime() / 1000;
  return {
    iss: ISSUER,
    client_id: CLIENT,
    token_use: 'access',
    sub: SUBS[role],
    username: SUBS[role],
    scope: 'openid email',
    iat: String(now - 60),
    exp: String(now + 840),
    'cognito:groups': `[${GROUPS[role]}]`,
    ...changes,
  };
}

export function foreignFinding(changes: Raw = {}): Raw {
  return finding({
    Id: FOREIGN_FINDING,
    AwsAccountId: OTHER,
    Title: 'Only for the other account',
    UpdatedAt: '2026-05-06T11:00:00.000Z',
    Resources: [{ Type: 'AwsEc2SecurityGroup', Id: OTHER_GROUP, Region: 'eu-west-1' }],
    ...changes,
  });
}

export function attempt(changes: Partial<Attempt>): Attempt {
  const policy = parsePolicy({ control: undefined, defaults: undefined });
  if (isRefusal(policy)) throw new Error(policy.message);
  const { account = MEMBER } = changes;
  return {
    id: ATTEMPT,
    account,
    region: 'eu-west-1',
    resource: GROUP,
    status: 'ended',
    phase: 'run',
    origin: 'console',
    actor: 'somebody@example.com',
    mode: 'Remediate',
    force: false,
    ticketAsked: false,
    standard: 'SC',
    control: 'EC2.2',
    remediation: 'CloseGroup',
    document: 'ASR-CloseGroup',
    roleStem: 'SO0111-CloseGroup',
    partition: 'aws',
    parameters: {},
    parametersToRead: {},
    findings: [
      {
        id: idIn(account),
        productArn: PRODUCT,
        format: 'asff',
        updatedAt: '2026-05-06T10:00:00.000Z',
        title: 'A default security group lets traffic in',
        description: 'Somebody opened it.',
        severity: 'HIGH',
      },
    ],
    decision: { verdict: 'allow', reason: 'allowed', message: 'All rules allow it.', trace: [] },
    policy,
    claimedAt: '2026-05-06T10:05:00.000Z',
    endedAt: '2026-05-06T10:06:00.000Z',
    outcome: 'changed',
    message: 'Fixed and verified.',
    state: ['c3RhdGU='],
    changes: JSON.stringify([
      { call: 'ec2:RevokeSecurityGroupIngress', with: { GroupId: 'sg-0a1b2c3d' } },
    ]),
    ...changes,
  };
}
