import { randomUUID } from 'node:crypto';
import type { CompiledRunbook } from '../../../generator/compile/compiled.ts';
import { createAnswerBook } from '../../../generator/simulate/answers.ts';
import { ApiError } from '../../../generator/simulate/bridge.ts';
import type { Bridge } from '../../../generator/simulate/bridge.ts';
import { nameOf } from '../../../generator/simulate/calls.ts';
import type { Execution } from '../../../generator/simulate/execution.ts';
import { textOfJson } from '../../../generator/simulate/json.ts';
import { checkPermissions } from '../../../generator/simulate/permission-check.ts';
import { runDocument } from '../../../generator/simulate/run-document.ts';
import type { WorldClock } from './clock.ts';
import { NAMESPACE } from './places.ts';
import type { Place } from './places.ts';
import type { Roles } from './roles.ts';

export interface StartRequest extends Place {
  readonly document: string;
  readonly parameters: Readonly<Record<string, readonly string[]>>;
  readonly token: string;
  readonly tags: readonly string[];
}

/** An execution of a document in a member account. */
export interface Automation extends StartRequest {
  readonly id: string;
  /** Absent while it runs. */
  readonly ended?: Execution;
}

/** Systems Manager's Automation: runs the documents that the member stacks brought, with the project's own interpreter. */
export interface Automations {
  /** Starts once for each client token. Undefined when there is no such document. */
  readonly start: (request: StartRequest) => Promise<Automation | undefined>;
  readonly all: () => readonly Automation[];
  /** The document's content in a place; undefined when it isn't there. */
  readonly document: (place: Place, name: string) => Promise<unknown>;
  /** Documents that never come to an end. */
  readonly stuck: Set<string>;
  /** Calls that AWS denies, as `service:Operation`, say by an organization's policy. */
  readonly denied: Set<string>;
  /** Calls that AWS accepts without any effect, as `service:Operation`. */
  readonly swallowed: Set<string>;
  /** Calls of documents that their own role does not allow. Must stay empty. */
  readonly violations: string[];
  readonly forget: () => void;
}

export interface AutomationOptions {
  readonly bridge: Bridge;
  readonly clock: WorldClock;
  readonly roles: Roles;
  readonly units: readonly CompiledRunbook[];
}

export function createAutomations(options: AutomationOptions): Automations {
  const { bridge } = options;
  const known = new Map<string, Automation>();
  const stuck = new Set<string>();
  const denied = new Set<string>();
  const swallowed = new Set<string>();
  const violations: string[] = [];
  const document: Automations['document'] = async (place, name) => {
    try {
      const found = await bridge.call(
        'ssm',
        'GetDocument',
        { Name: name, DocumentFormat: 'JSON' },
        place,
      );
      return JSON.parse(textOfJson(found['Content'] ?? '')) as unknown;
    } catch (error) {
      if (error instanceof ApiError && error.code === 'InvalidDocument') return undefined;
      throw error;
    }
  };
  return {
    document,
    stuck,
    denied,
    swallowed,
    violations,
    all: () => [...known.values()],
    forget: () => {
      for (const set of [known, stuck, denied, swallowed]) set.clear();
      violations.length = 0;
    },
    start: async (request) => {
      const earlier = [...known.values()].find(({ token }) => token === request.token);
      if (earlier !== undefined) return earlier;
      const content = await document(request, request.document);
      if (content === undefined) return undefined;
      const automation: Automation = { ...request, id: randomUUID() };
      known.set(automation.id, automation);
      if (stuck.has(request.document)) return automation;
      const ended = await run(options, automation, content, { denied, swallowed });
      violations.push(...(await violationsOf(options, automation, ended)));
      known.set(automation.id, { ...automation, ended });
      return automation;
    },
  };
}

/** Its role must be there and let it in; then every call is made under that role's name in the member account. */
async function run(
  { bridge, clock, roles }: AutomationOptions,
  { id, account, region, parameters }: Automation,
  content: unknown,
  { denied, swallowed }: Pick<Automations, 'denied' | 'swallowed'>,
): Promise<Execution> {
  const [role = ''] = parameters['AutomationAssumeRole'] ?? [];
  const arn = `arn:aws:ssm:${region}:${account}:automation-execution/${id}`;
  if (!(await roles.trustsAutomation(role, arn)))
    return {
      status: 'Failed',
      failure: 'The defined assume role is unable to be assumed.',
      steps: [],
      outputs: {},
      calls: [],
    };
  return runDocument(content, {
    parameters,
    endpoint: bridge.endpoint,
    account,
    region,
    roleSession: id,
    sleep: 'skip',
    now: clock.now().toISOString(),
    answers: createAnswerBook([...swallowed].map((operation) => ({ operation }))),
    allow: (call) => !denied.has(nameOf(call)),
    bridge,
  });
}

async function violationsOf(
  { units }: AutomationOptions,
  { document, account, region, parameters }: Automation,
  { calls }: Execution,
): Promise<readonly string[]> {
  const unit = units.find(({ documentName }) => documentName === document);
  if (unit === undefined) return [`${document} is a document of none of the units.`];
  const report = await checkPermissions(calls, unit.statements, {
    account,
    region,
    partition: 'aws',
    namespace: NAMESPACE,
    resourceArn: parameters['ResourceArn']?.[0] ?? '',
  });
  return report.denied;
}
