import { randomUUID } from 'node:crypto';
import type { WorldClock } from './clock.ts';
import { asffFinding, findingId, memberOf, ocsfFinding } from './findings.ts';
import type { Failure } from './findings.ts';
import { ADMIN, HOME } from './places.ts';
import type { Members } from './places.ts';

/** Security Hub with its findings, aggregated in the administrator's home Region. Its API is in `stand-security-hub.ts`. */
export interface SecurityHub {
  /** A check fails for the first time. Answers the finding's id. */
  readonly fail: (failure: Failure, format?: 'asff' | 'ocsf') => Promise<string>;
  /** The check of a finding runs again. */
  readonly check: (id: string, status: 'FAILED' | 'PASSED') => Promise<void>;
  /** Somebody selects a finding in the console and one of the custom actions. */
  readonly select: (id: string, action: string) => Promise<void>;
  readonly finding: (id: string) => Members;
  readonly all: () => readonly Members[];
  /** Replaces a finding and tells EventBridge, as AWS does after every update; its UpdatedAt stays. */
  readonly put: (finding: Members) => Promise<void>;
  /** State of each member account: Created, Invited or Enabled. */
  readonly members: Map<string, string>;
  /** Custom actions by ARN. */
  readonly actions: Map<string, Members>;
  /** Parameters of controls, by account and control: `012345678901 EC2.18`. */
  readonly controls: Map<string, Members>;
  /** Forgets all findings. */
  readonly forget: () => void;
}

/** Makes an empty Security Hub that hands its events to `deliver`. */
export function createSecurityHub(
  clock: WorldClock,
  deliver: (event: Members) => Promise<void>,
): SecurityHub {
  const findings = new Map<string, Members>();
  const emit = async (type: string, resources: readonly string[], detail: Members): Promise<void> =>
    deliver({
      version: '0',
      id: randomUUID(),
      'detail-type': type,
      source: 'aws.securityhub',
      account: ADMIN,
      time: clock.now().toISOString(),
      region: HOME,
      resources,
      detail,
    });
  const known = (id: string): Members => {
    const found = findings.get(id);
    if (found === undefined) throw new Error(`There is no finding ${id}.`);
    return found;
  };
  const put = async (finding: Members): Promise<void> => {
    const id = findingId(finding);
    findings.set(id, finding);
    if ('class_uid' in finding) return emit('Findings Imported V2', [id], { findings: [finding] });
    const arn = `${String(finding['ProductArn'])}/${id}`;
    return emit('Security Hub Findings - Imported', [arn], { findings: [finding] });
  };
  const actions = new Map<string, Members>();
  return {
    put,
    finding: known,
    all: () => [...findings.values()],
    members: new Map(),
    actions,
    controls: new Map(),
    forget: () => findings.clear(),
    fail: async (failure, format = 'asff') => {
      const make = format === 'asff' ? asffFinding : ocsfFinding;
      const finding = make(failure, clock.now());
      await put(finding);
      return findingId(finding);
    },
    check: async (id, status) => put(checked(known(id), status, clock.now())),
    select: async (id, action) => {
      const arn = `arn:aws:securityhub:${HOME}:${ADMIN}:action/custom/${action}`;
      const target = actions.get(arn);
      if (target === undefined) throw new Error(`There is no custom action ${action}.`);
      await emit('Security Hub Findings - Custom Action', [arn], {
        actionName: target['Name'],
        actionDescription: target['Description'],
        findings: [known(id)],
      });
    },
  };
}

/**
 * The finding after its next check. A finding that was RESOLVED or NOTIFIED becomes NEW only when it passed and now
 * fails (Security Hub User Guide, "Setting the workflow status of findings").
 */
function checked(finding: Members, status: 'FAILED' | 'PASSED', now: Date): Members {
  if ('class_uid' in finding)
    return {
      ...finding,
      activity_id: 2,
      activity_name: 'Update',
      time: now.getTime(),
      compliance: {
        ...memberOf(finding, 'compliance'),
        status: status === 'FAILED' ? 'Fail' : 'Pass',
        status_id: status === 'FAILED' ? 3 : 1,
      },
      finding_info: { ...memberOf(finding, 'finding_info'), modified_time: now.getTime() },
    };
  const compliance = memberOf(finding, 'Compliance');
  const isNew = compliance['Status'] === 'PASSED' && status === 'FAILED';
  return {
    ...finding,
    UpdatedAt: now.toISOString(),
    LastObservedAt: now.toISOString(),
    Compliance: { ...compliance, Status: status },
    ...(isNew ? { Workflow: { Status: 'NEW' } } : {}),
  };
}
