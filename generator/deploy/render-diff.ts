import { grantsPermissions } from './permission-changes.ts';
import type { Grant, PermissionChange } from './permission-changes.ts';
import type { ParameterDiff, ResourceAction, ResourceDiff, StackDiff } from './stack-diff.ts';

const SIGN: Readonly<Record<ResourceAction, string>> = {
  add: '+',
  import: '+',
  change: '~',
  replace: '!',
  'maybe-replace': '!',
  remove: '-',
  leave: '-',
  unknown: '?',
};

/** From how many on like resources share a line; what replaces or removes always has a line of its own. */
const GROUPED_FROM = 6;
const NAMES_SHOWN = 3;
const GRANTS_SHOWN = 8;

/** A diff for people: parameters, permissions set apart, other resources, and a summary. */
export function renderDiff({ resources, parameters }: StackDiff): string {
  const permissions = resources.filter((one) => isAboutPermissions(one));
  const others = resources.filter((one) => !isAboutPermissions(one));
  const sections = [
    section('Parameters', parameters.map(parameterLine)),
    section('Permissions (IAM)', permissions.flatMap(permissionLines)),
    section('Resources', resourceLines(others)),
    [summary({ resources, parameters })],
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

/** How many resources have which fate, as one sentence. */
function summary({ resources, parameters }: StackDiff): string {
  if (resources.length === 0 && parameters.length === 0) return 'No differences.';
  const count = (...actions: readonly ResourceAction[]): number =>
    resources.filter(({ action }) => actions.includes(action)).length;
  const optional = [
    [count('import'), 'taken over'],
    [count('maybe-replace'), 'perhaps replaced'],
    [count('leave'), 'left in the account'],
    [count('unknown'), 'with an unknown change'],
  ] as const;
  const parts = [
    `${count('add')} added`,
    `${count('change')} changed`,
    `${count('replace')} replaced`,
    `${count('remove')} removed`,
    ...optional.filter(([number]) => number > 0).map(([number, word]) => `${number} ${word}`),
  ];
  return `${parts.join(', ')}.`;
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [title, ...lines];
}

function parameterLine({ name, before, after }: ParameterDiff): string {
  if (before === undefined) return `  + ${name} = ${quoted(after)}`;
  if (after === undefined) return `  - ${name} (was ${quoted(before)})`;
  return `  ~ ${name}: ${quoted(before)} -> ${quoted(after)}`;
}

function quoted(value: string | undefined): string {
  return value === undefined || value === '' ? '""' : value;
}

/** A key whose policy stays the same is no matter of permissions. */
function isAboutPermissions({ type, permissions }: ResourceDiff): boolean {
  if (type !== 'AWS::KMS::Key') return grantsPermissions(type);
  return permissions !== undefined && permissions.gains.length + permissions.loses.length > 0;
}

function permissionLines(one: ResourceDiff): readonly string[] {
  const { action, permissions } = one;
  const trusted = action === 'add' || action === 'import' ? subjects(permissions, 'trust') : [];
  const by = trusted.length === 0 ? '' : `, assumed by ${trusted.join(', ')}`;
  return [`${oneLine(one)}${by}`, ...grantLines(one).map((text) => `      ${text}`)];
}

function grantLines({ action, permissions }: ResourceDiff): readonly string[] {
  if (permissions === undefined) return [];
  if (action === 'add' || action === 'import') return newGrants(permissions);
  if (action === 'remove' || action === 'leave') return [];
  const { gains, loses } = permissions;
  if (gains.length + loses.length === 0) return ['allows the same as before'];
  return [
    ...shortened(gains.map(({ text }) => `gains ${text}`)),
    ...shortened(loses.map(({ text }) => `loses ${text}`)),
  ];
}

/** What something new allows; where and when is in the template, and too long to be read here. */
function newGrants(permissions: PermissionChange): readonly string[] {
  const actions = subjects(permissions, 'action');
  return [
    ...(actions.length === 0 ? [] : [`may ${joined(actions, GRANTS_SHOWN)}`]),
    ...subjects(permissions, 'attached'),
  ];
}

function subjects(
  permissions: PermissionChange | undefined,
  kind: Grant['kind'],
): readonly string[] {
  const grants = (permissions?.gains ?? []).filter((grant) => grant.kind === kind);
  return [...new Set(grants.map(({ subject }) => subject))];
}

function shortened(lines: readonly string[]): readonly string[] {
  const rest = lines.length - GRANTS_SHOWN;
  return rest <= 0 ? lines : [...lines.slice(0, GRANTS_SHOWN), `and ${rest} more`];
}

function resourceLines(resources: readonly ResourceDiff[]): readonly string[] {
  const groups = new Map<string, readonly ResourceDiff[]>();
  for (const one of resources) {
    const key = groupKey(one);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined || group.length < GROUPED_FROM) return group.map(oneLine);
    const names = joined(
      group.map(({ id }) => id),
      NAMES_SHOWN,
    );
    return [`  ${SIGN[first.action]} ${group.length} x ${first.type}${remark(first)}: ${names}`];
  });
}

function groupKey({ action, type, id, properties, causes }: ResourceDiff): string {
  const isAlone = action !== 'add' && action !== 'change';
  return JSON.stringify([action, type, properties, causes, isAlone ? id : '']);
}

function oneLine(one: ResourceDiff): string {
  return `  ${SIGN[one.action]} ${one.id}  ${one.type}${remark(one)}`;
}

function remark({ action, properties, causes, keepsOld, physicalId }: ResourceDiff): string {
  const what = properties.length === 0 ? '' : `  ${properties.join(', ')}`;
  const why = causes.length === 0 ? '' : `  because of ${causes.join(', ')}`;
  const name = physicalId === undefined ? '' : ` (${physicalId})`;
  const old = keepsOld ? 'the old one stays in the account' : 'the old one is deleted';
  switch (action) {
    case 'add':
      return '';
    case 'import':
      return `${name}  taken over into the stack`;
    case 'change':
      return `${what}${why}`;
    case 'replace':
      return `${name}  REPLACED, ${old}:${what}${why}`;
    case 'maybe-replace':
      return `${name}  perhaps REPLACED, then ${old}:${what}${why}`;
    case 'remove':
      return `${name}  DELETED`;
    case 'leave':
      return `${name}  leaves the stack, stays in the account`;
    case 'unknown':
      return `${name}  can't be told in advance`;
  }
}

function joined(names: readonly string[], shown: number): string {
  const rest = names.length - shown;
  return rest <= 0 ? names.join(', ') : `${names.slice(0, shown).join(', ')} and ${rest} more`;
}
