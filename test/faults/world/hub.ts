import type { Call, Raw } from './aws.ts';

/** A finding as Security Hub has it, in either format. */
export interface HubFinding {
  readonly format: 'asff' | 'ocsf';
  readonly raw: Raw;
}

/** One write of ours to one finding. */
export interface HubUpdate {
  readonly id: string;
  readonly workflow: string | undefined;
  readonly note: string;
}

/** Security Hub of the administrator account. */
export interface Hub {
  /** Adds or replaces a finding, without an event. */
  readonly put: (finding: HubFinding) => void;
  /** A finding's workflow status now. */
  readonly workflow: (finding: HubFinding) => string;
  readonly raw: (finding: HubFinding) => Raw;
  readonly updates: HubUpdate[];
  readonly answer: (call: Call) => unknown;
}

interface HubOptions {
  readonly members: readonly string[];
  /** Called with each finding that was updated: Security Hub sends it as an imported event. */
  readonly onUpdate: (finding: HubFinding) => void;
}

const WORKFLOWS: Readonly<Record<number, string>> = {
  1: 'NEW',
  2: 'NOTIFIED',
  3: 'SUPPRESSED',
  4: 'RESOLVED',
};

const partOf = (raw: Raw, name: string): Raw => (raw[name] ?? {}) as Raw;

/** What a finding is named by in either API. */
function nameOf({ format, raw }: HubFinding): string {
  const id = format === 'asff' ? raw['Id'] : partOf(raw, 'metadata')['uid'];
  return `${format} ${String(id)}`;
}

export function createHub({ members, onUpdate }: HubOptions): Hub {
  const findings = new Map<string, HubFinding>();
  /** Names of OCSF findings by the id that both formats share. */
  const names = new Map<string, string>();
  const updates: HubUpdate[] = [];
  const rawOf = (finding: HubFinding): Raw => findings.get(nameOf(finding))?.raw ?? {};
  /** Updates don't change `UpdatedAt` (Security Hub API, BatchUpdateFindings). */
  const update = (name: string, changes: Raw, done: HubUpdate): readonly object[] => {
    const before = findings.get(name);
    if (before === undefined) return [{ ErrorCode: 'FindingNotFound' }];
    const after = { ...before, raw: { ...before.raw, ...changes } };
    findings.set(name, after);
    updates.push(done);
    onUpdate(after);
    return [];
  };
  const updateAsff = (input: Raw): unknown => {
    const { Text: note = '' } = input['Note'] as { readonly Text?: string };
    const workflow = partOf(input, 'Workflow')['Status'] as string | undefined;
    const changes = {
      Note: { Text: note },
      ...(workflow === undefined ? {} : { Workflow: { Status: workflow } }),
    };
    const identifiers = input['FindingIdentifiers'] as readonly { readonly Id: string }[];
    return {
      UnprocessedFindings: identifiers.flatMap(({ Id: id }) =>
        update(`asff ${id}`, changes, { id, workflow, note }),
      ),
    };
  };
  const updateOcsf = (input: Raw): unknown => {
    const status = input['StatusId'] as number | undefined;
    const workflow = status === undefined ? undefined : WORKFLOWS[status];
    const changes = status === undefined ? {} : { status_id: status };
    const note = String(input['Comment']);
    const uids = input['MetadataUids'] as readonly string[];
    return {
      UnprocessedFindings: uids.flatMap((id) =>
        update(`ocsf ${id}`, changes, { id, workflow, note }),
      ),
    };
  };
  return {
    updates,
    put: (finding) => {
      findings.set(nameOf(finding), finding);
      if (finding.format === 'ocsf')
        names.set(String(partOf(finding.raw, 'finding_info')['uid']), nameOf(finding));
    },
    raw: rawOf,
    workflow: (finding) =>
      finding.format === 'asff'
        ? String(partOf(rawOf(finding), 'Workflow')['Status'])
        : (WORKFLOWS[rawOf(finding)['status_id'] as number] ?? 'unknown'),
    answer: ({ operation, input }) => {
      switch (operation) {
        case 'GetMembers': {
          const [id] = input['AccountIds'] as readonly string[];
          return {
            Members: members
              .filter((one) => one === id)
              .map((AccountId) => ({ AccountId, MemberStatus: 'Enabled' })),
          };
        }
        case 'BatchUpdateFindings':
          return updateAsff(input);
        case 'BatchUpdateFindingsV2':
          return updateOcsf(input);
        case 'GetFindings':
        case 'GetFindingsV2':
          return { Findings: findingsOf(findings, names, operation, input) };
        default:
          throw new Error(`${operation} is not played.`);
      }
    },
  };
}

function findingsOf(
  findings: ReadonlyMap<string, HubFinding>,
  names: ReadonlyMap<string, string>,
  operation: string,
  input: Raw,
): readonly Raw[] {
  if (operation === 'GetFindings') {
    const [{ Value: id }] = partOf(input, 'Filters')['Id'] as readonly [{ readonly Value: string }];
    const found = findings.get(`asff ${id}`);
    return found === undefined ? [] : [found.raw];
  }
  const [uid = ''] = JSON.stringify(input['Filters']).match(/arn:[^"]*\/finding\/[^"]*/u) ?? [];
  const found = findings.get(names.get(uid) ?? '');
  return found === undefined ? [] : [found.raw];
}
