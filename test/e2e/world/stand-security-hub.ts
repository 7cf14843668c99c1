import { inputOf } from './api-request.ts';
import { findingId, memberOf } from './findings.ts';
import { AwsError } from './front.ts';
import type { Stand } from './front.ts';
import { ADMIN, HOME } from './places.ts';
import type { Members } from './places.ts';
import type { SecurityHub } from './security-hub.ts';
import type { Sessions } from './sessions.ts';

type Caller = { readonly account: string; readonly region: string };
type Operation = (hub: SecurityHub, input: Members, caller: Caller) => Promise<object> | object;

/** The operations of AWS Security Hub that the functions, and people at the console, use. */
const OPERATIONS: Readonly<Record<string, Operation>> = {
  BatchUpdateFindings: updateAsff,
  BatchUpdateFindingsV2: updateOcsf,
  GetFindings: (hub, { Filters: filters }) => ({ Findings: findAsff(hub, filters as Members) }),
  GetFindingsV2: (hub, { Filters: filters }) => ({ Findings: findOcsf(hub, filters as Members) }),
  GetMembers: ({ members }, { AccountIds: ids }) => ({
    Members: (ids as readonly string[]).flatMap((id) =>
      members.has(id) ? [{ AccountId: id, MemberStatus: members.get(id) }] : [],
    ),
    UnprocessedAccounts: [],
  }),
  ListMembers: ({ members }) => ({
    Members: [...members].map(([AccountId, MemberStatus]) => ({ AccountId, MemberStatus })),
  }),
  CreateMembers: ({ members }, { AccountDetails: details }) => {
    for (const { AccountId } of details as readonly Members[])
      members.set(String(AccountId), 'Created');
    return { UnprocessedAccounts: [] };
  },
  InviteMembers: ({ members }, { AccountIds: ids }) => {
    for (const id of ids as readonly string[]) members.set(id, 'Invited');
    return { UnprocessedAccounts: [] };
  },
  ListInvitations: ({ members }, _, { account }) => ({
    Invitations:
      members.get(account) === 'Invited'
        ? [{ AccountId: ADMIN, InvitationId: `${ADMIN}-${account}`, MemberStatus: 'Invited' }]
        : [],
  }),
  AcceptAdministratorInvitation: ({ members }, { InvitationId: id }, { account }) => {
    if (members.get(account) !== 'Invited' || id !== `${ADMIN}-${account}`)
      throw new AwsError('ResourceNotFoundException', 'There is no such invitation.', 404);
    members.set(account, 'Enabled');
    return {};
  },
  BatchGetSecurityControls: ({ controls }, { SecurityControlIds: ids }, { account }) => ({
    SecurityControls: (ids as readonly string[]).flatMap((id) => {
      const parameters = controls.get(`${account} ${id}`);
      return parameters === undefined ? [] : [{ SecurityControlId: id, Parameters: parameters }];
    }),
    UnprocessedIds: [],
  }),
  CreateActionTarget: ({ actions }, input) => {
    const arn = `arn:aws:securityhub:${HOME}:${ADMIN}:action/custom/${String(input['Id'])}`;
    if (actions.has(arn)) throw new AwsError('ResourceConflictException', 'It exists.', 409);
    actions.set(arn, { ...input, ActionTargetArn: arn });
    return { ActionTargetArn: arn };
  },
  DescribeActionTargets: ({ actions }) => ({ ActionTargets: [...actions.values()] }),
};

/** Answers calls to Security Hub from the world's own findings, since the emulator lacks most of its operations. */
export function createSecurityHubApi(hub: SecurityHub, sessions: Sessions): Stand {
  return async (request) => {
    if (request.service !== 'securityhub') return undefined;
    const operation = OPERATIONS[request.operation];
    if (operation === undefined) throw new Error(`securityhub:${request.operation} is not played.`);
    const { account } = sessions.of(request.accessKey);
    return operation(hub, inputOf(request), { account, region: request.region });
  };
}

type Unprocessed = { readonly ErrorCode: string; readonly ErrorMessage: string };
const NOT_FOUND: Unprocessed = { ErrorCode: 'FindingNotFound', ErrorMessage: 'No such finding.' };

async function updateAsff(hub: SecurityHub, input: Members): Promise<object> {
  const { FindingIdentifiers: identifiers, Note: note, Workflow: workflow } = input;
  const left: object[] = [];
  const done: Members[] = [];
  for (const one of identifiers as readonly Members[]) {
    const found = hub
      .all()
      .find(({ Id, ProductArn }) => Id === one['Id'] && ProductArn === one['ProductArn']);
    if (found === undefined) {
      left.push({ FindingIdentifier: one, ...NOT_FOUND });
      continue;
    }
    await hub.put({
      ...found,
      ...(note === undefined ? {} : { Note: note }),
      ...(workflow === undefined ? {} : { Workflow: workflow }),
    });
    done.push(one);
  }
  return { ProcessedFindings: done, UnprocessedFindings: left };
}

async function updateOcsf(hub: SecurityHub, input: Members): Promise<object> {
  const { MetadataUids: uids = [], FindingIdentifiers: named = [], Comment: comment } = input;
  const wanted: readonly ((finding: Members) => boolean)[] = [
    ...(uids as readonly string[]).map(
      (uid) => (finding: Members) => memberOf(finding, 'metadata')['uid'] === uid,
    ),
    ...(named as readonly Members[]).map(
      (one) => (finding: Members) => findingId(finding) === one['FindingInfoUid'],
    ),
  ];
  const left: object[] = [];
  for (const isWanted of wanted) {
    const found = hub.all().find((one) => 'class_uid' in one && isWanted(one));
    if (found === undefined) left.push(NOT_FOUND);
    else
      await hub.put({
        ...found,
        activity_id: 2,
        activity_name: 'Update',
        ...(comment === undefined ? {} : { comment }),
        ...(input['StatusId'] === undefined ? {} : { status_id: input['StatusId'] }),
      });
  }
  return { ProcessedFindings: [], UnprocessedFindings: left };
}

/** Security Hub API, GetFindings: all filters must hold, of each one value. Knows `EQUALS`. */
function findAsff(hub: SecurityHub, filters: Members): readonly Members[] {
  return hub.all().filter((finding) =>
    Object.entries(filters).every(([name, values]) =>
      (values as readonly Members[]).some(({ Value, Comparison }) => {
        if (Comparison !== 'EQUALS') throw new Error(`${String(Comparison)} is not played.`);
        return finding[name] === Value;
      }),
    ),
  );
}

const OCSF_FIELDS: Readonly<Record<string, (finding: Members) => unknown>> = {
  'finding_info.uid': findingId,
  'metadata.product.uid': (finding) => memberOf(memberOf(finding, 'metadata'), 'product')['uid'],
};

/** Security Hub API, GetFindingsV2: knows text filters joined by `AND`. */
function findOcsf(hub: SecurityHub, { CompositeFilters: composite }: Members): readonly Members[] {
  const filters = (composite as readonly Members[]).flatMap(
    ({ StringFilters }) => StringFilters as readonly Members[],
  );
  return hub.all().filter(
    (finding) =>
      'class_uid' in finding &&
      filters.every(({ FieldName, Filter }) => {
        const read = OCSF_FIELDS[String(FieldName)];
        if (read === undefined) throw new Error(`${String(FieldName)} is not played.`);
        return read(finding) === (Filter as Members)['Value'];
      }),
  );
}
