import { AwsError } from './aws.ts';
import type { Call, Raw } from './aws.ts';
import type { Clock } from './clock.ts';

/** One automation in a member account. */
export interface Automation {
  readonly id: string;
  readonly account: string;
  readonly document: string;
  readonly resource: string;
  readonly tagKey: string;
  readonly startedAt: number;
  outcome?: 'changed' | 'compliant';
}

/** Systems Manager of all accounts. */
export interface Automations {
  readonly all: Automation[];
  /** What must never happen: two changes of one resource at once, or a client token that is used twice. */
  readonly violations: string[];
  /** Resources that a document fixed, as `document resource`. */
  readonly fixed: Set<string>;
  /** How long a lookup by tag doesn't see a new automation, in milliseconds. */
  invisibleFor: number;
  readonly answer: (call: Call) => unknown;
}

interface AutomationsOptions {
  readonly clock: Clock;
  readonly admin: string;
  /** Parameters of the administrator account. */
  readonly settings: ReadonlyMap<string, string>;
  /** Milliseconds that an automation takes. */
  readonly takes: number;
}

export function createAutomations({
  clock,
  admin,
  settings,
  takes,
}: AutomationsOptions): Automations {
  const tokens = new Set<string>();
  const tags = new Set<string>();
  const member = new Map([
    ['/Solutions/SO0111/member/admin-account', admin],
    ['/Solutions/SO0111/member/namespace', 'shtest'],
    ['/Solutions/SO0111/member/version', 'v1.0.0'],
  ]);
  const start = ({ account, input }: Call): unknown => {
    const token = String(input['ClientToken']);
    const { ResourceArn: [resource = ''] = [] } = input['Parameters'] as Readonly<
      Record<string, readonly string[]>
    >;
    const [{ Key: tagKey }] = input['Tags'] as readonly [{ readonly Key: string }];
    if (tokens.has(token)) throw new AwsError('IdempotentParameterMismatch');
    tokens.add(token);
    const document = String(input['DocumentName']);
    const others = [...running.values()].flat();
    if (others.some((one) => one.resource === resource))
      automations.violations.push(`two changes of ${resource} at once`);
    if (tags.has(tagKey)) automations.violations.push(`${tagKey} has two automations`);
    tags.add(tagKey);
    const started: Automation = {
      id: `automation-${automations.all.length}`,
      account,
      document,
      resource,
      tagKey,
      startedAt: clock.now().getTime(),
    };
    automations.all.push(started);
    byId.set(started.id, started);
    running.set(account, [...(running.get(account) ?? []), started]);
    clock.later(takes, () => {
      const name = `${document} ${resource}`;
      started.outcome = automations.fixed.has(name) ? 'compliant' : 'changed';
      automations.fixed.add(name);
      running.set(
        account,
        (running.get(account) ?? []).filter((one) => one !== started),
      );
    });
    return { AutomationExecutionId: started.id };
  };
  const byId = new Map<string, Automation>();
  const running = new Map<string, readonly Automation[]>();
  const describe = ({ account, input }: Call): unknown => {
    const [{ Key: by, Values: values }] = input['Filters'] as readonly [Filter];
    const since = clock.now().getTime() - automations.invisibleFor;
    const found =
      by === 'TagKey'
        ? automations.all.filter(
            (one) => one.account === account && one.tagKey === values[0] && one.startedAt <= since,
          )
        : (running.get(account) ?? []);
    return {
      AutomationExecutionMetadataList: found.map((one) => ({
        AutomationExecutionId: one.id,
        DocumentName: one.document,
      })),
    };
  };
  const get = ({ input }: Call): unknown => {
    const found = byId.get(String(input['AutomationExecutionId']));
    if (found === undefined) throw new AwsError('AutomationExecutionNotFoundException');
    const { outcome } = found;
    return {
      AutomationExecution:
        outcome === undefined
          ? { AutomationExecutionStatus: 'InProgress' }
          : {
              AutomationExecutionStatus: 'Success',
              Outputs: {
                'Result.Outcome': [outcome],
                'Result.Changes': ['[{"call":"one"}]'],
                'Result.State': ['c3RhdGU='],
              },
            },
    };
  };
  const automations: Automations = {
    all: [],
    violations: [],
    fixed: new Set(),
    invisibleFor: 0,
    answer: (call) => {
      switch (call.operation) {
        case 'GetParameters': {
          const values = call.account === admin ? settings : member;
          const names = call.input['Names'] as readonly string[];
          return {
            Parameters: names.flatMap((Name) =>
              values.has(Name) ? [{ Name, Value: values.get(Name) }] : [],
            ),
          };
        }
        case 'DescribeDocument':
          return { Document: { Status: 'Active', Owner: call.account, DocumentVersion: '1' } };
        case 'DescribeAutomationExecutions':
          return describe(call);
        case 'StartAutomationExecution':
          return start(call);
        case 'GetAutomationExecution':
          return get(call);
        default:
          throw new Error(`${call.operation} is not played.`);
      }
    },
  };
  return automations;
}

interface Filter {
  readonly Key: string;
  readonly Values: readonly string[];
}

/** What the settings say when everything of some standards is on and no filter is. */
export function quietSettings(standards: readonly string[]): Map<string, string> {
  const loaded: Raw = Object.fromEntries(standards.map((one) => [one, 'yes']));
  return new Map([
    ['/Solutions/SO0111/standards', JSON.stringify(loaded)],
    ...['Account', 'OU', 'Tag'].flatMap((kind): readonly (readonly [string, string])[] => [
      [`/ASR/Filters/${kind}FilterMode`, 'Disabled'],
      [`/ASR/Filters/${kind}Filters`, 'none'],
    ]),
  ]);
}
