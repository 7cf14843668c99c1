import type { Ledger, LedgerResource, LedgerTemplate, Release } from './ledger.ts';

/** What an update of a stack to the present templates does to one resource of a released version. */
export interface UpgradeStep {
  /** The released version. */
  readonly from: string;
  /** File name of the template. */
  readonly template: string;
  readonly logicalId: string;
  readonly type: string;
  /**
   * `refused`: CloudFormation would refuse the update. `replaced`: by a new resource. `renamed`: replaced under another
   * name. `moved`: to another template. `left-behind`: no longer in the template, but kept. `removed`: deleted.
   */
  readonly does: 'refused' | 'replaced' | 'renamed' | 'moved' | 'left-behind' | 'removed';
  /** It can't be released: the update fails, or what the resource holds is lost or no longer used. */
  readonly isError: boolean;
  /** What happens, and why, as a sentence. */
  readonly what: string;
}

/** Types whose resources hold what nobody can make anew. A log group counts only when the template keeps it. */
const STATEFUL: ReadonlySet<string> = new Set([
  'AWS::Cognito::UserPool',
  'AWS::DynamoDB::Table',
  'AWS::KMS::Key',
  'AWS::S3::Bucket',
  'AWS::SecretsManager::Secret',
]);

function isStateful({ type, kept }: LedgerResource): boolean {
  return STATEFUL.has(type) || (type === 'AWS::Logs::LogGroup' && kept === true);
}

/** What updates from every version of the ledger would do, in the order of the versions. Additions are not told. */
export function compareReleases(ledger: Ledger, present: Release): readonly UpgradeStep[] {
  return [...ledger].flatMap(([from, released]) =>
    Object.entries(released).flatMap(([template, resources]) =>
      compareTemplate({ from, template, present }, resources, present[template]),
    ),
  );
}

interface Place {
  readonly from: string;
  readonly template: string;
  readonly present: Release;
}

type Found = Pick<UpgradeStep, 'does' | 'isError' | 'what'>;

function compareTemplate(
  place: Place,
  old: LedgerTemplate,
  now: LedgerTemplate | undefined,
): readonly UpgradeStep[] {
  const { from, template } = place;
  // A template that is no longer built leaves its stacks as they are.
  if (now === undefined) return [];
  return Object.entries(old).flatMap(([logicalId, resource]) => {
    const next = now[logicalId];
    const found =
      next === undefined
        ? gone(logicalId, resource, { old, now, place })
        : changed(logicalId, resource, next);
    return found === undefined
      ? []
      : [{ from, template, logicalId, type: resource.type, ...found }];
  });
}

function changed(id: string, old: LedgerResource, now: LedgerResource): Found | undefined {
  if (old.type !== now.type)
    return refused(`${id} becomes ${now.type}, and an update can't change the type of a resource.`);
  const properties = changedProperties(old, now);
  const isRenamed = old.name !== now.name;
  if (!isRenamed && properties.length === 0) {
    const indexes = indexProblem(old, now);
    return indexes === undefined ? undefined : refused(`${id}: ${indexes}`);
  }
  const isError = isStateful(old);
  const loss = isError ? ' What it holds would be lost or no longer used.' : '';
  if (isRenamed)
    return {
      does: 'renamed',
      isError,
      what: `${id} is replaced under another name: ${old.name ?? 'one of CloudFormation'} becomes ${now.name ?? 'one of CloudFormation'}.${loss}`,
    };
  const because = `${properties.join(', ')} can't be changed in place`;
  // AWS::DynamoDB::Table, TableName, and others with a name: "you cannot perform updates that require replacement".
  if (old.name !== undefined)
    return refused(
      `${id}: ${because}, and CloudFormation replaces nothing that has a name (${old.name}).${loss}`,
    );
  return { does: 'replaced', isError, what: `${id} is replaced: ${because}.${loss}` };
}

interface Surroundings {
  readonly old: LedgerTemplate;
  readonly now: LedgerTemplate;
  readonly place: Place;
}

function gone(id: string, resource: LedgerResource, { old, now, place }: Surroundings): Found {
  const { type, name, kept } = resource;
  const heir = name === undefined ? undefined : heirOf(resource, now);
  if (heir !== undefined)
    return refused(
      `${id} is called ${heir} now. CloudFormation makes the new one first, and the name ${name} is taken.`,
    );
  const elsewhere = name === undefined ? undefined : otherTemplate(resource, place);
  if (elsewhere !== undefined)
    return {
      does: 'moved',
      isError: kept === true,
      what:
        kept === true
          ? `${id} moves to ${elsewhere}, but is kept here, so the name ${name} stays taken.`
          : `${id} moves to ${elsewhere}. Update this stack first: until then the name ${name} is taken.`,
    };
  const instead = Object.keys(now).find((other) => !(other in old) && now[other]?.type === type);
  if (isStateful(resource) && instead !== undefined)
    return {
      does: 'replaced',
      isError: true,
      what: `${id} is no longer there, and ${instead} is new. What ${id} holds would be ${kept === true ? 'no longer used' : 'lost'}.`,
    };
  if (kept === true)
    return { does: 'left-behind', isError: false, what: `${id} is no longer there, but stays.` };
  return isStateful(resource)
    ? { does: 'removed', isError: true, what: `${id} is deleted, with what it holds.` }
    : { does: 'removed', isError: false, what: `${id} is deleted.` };
}

/** Logical id under which the resource's name is made now. */
function heirOf({ type, name }: LedgerResource, now: LedgerTemplate): string | undefined {
  return Object.keys(now).find((id) => now[id]?.type === type && now[id]?.name === name);
}

function otherTemplate(
  { type, name }: LedgerResource,
  { template, present }: Place,
): string | undefined {
  return Object.keys(present).find(
    (file) => file !== template && heirOf({ type, name: name ?? '' }, present[file] ?? {}),
  );
}

function refused(what: string): Found {
  return { does: 'refused', isError: true, what };
}

function changedProperties(old: LedgerResource, now: LedgerResource): readonly string[] {
  const names = new Set([...Object.keys(old.fixed ?? {}), ...Object.keys(now.fixed ?? {})]);
  const fixed = [...names].filter((name) => old.fixed?.[name] !== now.fixed?.[name]);
  // "Replacement if you edit an existing AttributeDefinition" (AWS::DynamoDB::Table, AttributeDefinitions).
  const attributes = Object.entries(old.attributes ?? {})
    .filter(([name, kind]) => kind !== (now.attributes?.[name] ?? kind))
    .map(([name]) => `the type of the attribute ${name}`);
  return [...fixed.toSorted(), ...attributes];
}

function indexProblem(old: LedgerResource, now: LedgerResource): string | undefined {
  const before = old.indexes ?? {};
  const after = now.indexes ?? {};
  const edited = Object.keys(before).filter(
    (name) => name in after && before[name] !== after[name],
  );
  if (edited.length > 0) return `an update can't edit an index (${edited.join(', ')}).`;
  const added = Object.keys(after).filter((name) => !(name in before));
  const removed = Object.keys(before).filter((name) => !(name in after));
  return added.length + removed.length > 1
    ? `an update adds or removes one index, not several (${[...added, ...removed].join(', ')}).`
    : undefined;
}
