import { few, ok, problem, unread, warn } from '../../members/judgement.ts';
import type { Judgement } from '../../members/judgement.ts';
import { isRefusal } from '../../../../templates/admin/functions/model/refusal.ts';
import { parseSettings } from '../../../../templates/admin/functions/model/settings.ts';
import type { Settings } from '../../../../templates/admin/functions/model/settings.ts';
import type { Check } from '../check.ts';
import type { Facts } from '../facts.ts';
import { adminParameter } from '../installation.ts';

export const filters: Check = {
  id: 'filters',
  title: 'The filters are understood, and can be applied from this account.',
  reads: [
    'ssm:GetParametersByPath',
    'organizations:DescribeOrganization',
    'organizations:ListDelegatedAdministrators',
  ],
  facts: ['admin', 'organization'],
  judge: (facts) => {
    const { parameters } = facts.admin;
    if (!parameters.known) return [unread('What the filters are', parameters)];
    const standards = adminParameter(facts, 'standards');
    // Without the administrator stack there are no filters; that it is missing is told by another check.
    if (!standards.known || standards.value === undefined) return [];
    const settings = parseSettings(parameters.value, facts.build.solutionId);
    if (isRefusal(settings))
      return [
        problem({
          what: settings.message,
          why: 'As long as it is so, every finding is refused.',
          do: 'Correct it in Parameter Store; docs/configuration.md says what it may hold.',
        }),
      ];
    const found = [...judgeUnits(facts, settings), ...judgeLists(facts, settings)];
    return found.length > 0 ? found : [ok(describe(settings))];
  },
};

function describe({ filters: all }: Settings): string {
  const on = Object.entries(all).filter(([, { mode }]) => mode !== 'Disabled');
  if (on.length === 0) return 'No filter is on.';
  return `${on.map(([kind, { mode, values }]) => `${kind}: ${mode} ${few(values)}`).join('; ')}.`;
}

/** A path of units can be read by the management account and by delegated administrators only. */
function judgeUnits(
  { organization, hub }: Facts,
  { filters: all }: Settings,
): readonly Judgement[] {
  if (all.OU.mode === 'Disabled') return [];
  const { organization: found, isReader } = organization;
  if (!found.known) return [unread('Whether the OU filter works', found)];
  if (found.value !== undefined && !isReader.known)
    return [unread('Whether the OU filter works', isReader)];
  if (found.value !== undefined && isReader.known && isReader.value) return [];
  return [
    problem({
      what: `The OU filter (${all.OU.mode}) can't work from account ${hub.account}.`,
      why:
        found.value === undefined
          ? 'It belongs to no organization, so no account has units, and every finding is refused.'
          : 'It is neither the management account nor a delegated administrator, so it can read no units, and every finding is refused.',
      do:
        found.value === undefined
          ? 'Set /ASR/Filters/OUFilterMode to Disabled and filter accounts by their ids.'
          : `In the management account: aws organizations register-delegated-administrator --account-id ${hub.account} --service-principal securityhub.amazonaws.com. Or set /ASR/Filters/OUFilterMode to Disabled.`,
    }),
  ];
}

function judgeLists(
  { hub, organization }: Facts,
  { filters: all }: Settings,
): readonly Judgement[] {
  const found: Judgement[] = [];
  for (const [kind, { mode, values }] of Object.entries(all))
    if (mode === 'Include' && values.length === 0)
      found.push(
        warn({
          what: `The ${kind} filter includes nothing.`,
          why: 'An empty list lets nothing through: every finding is refused.',
          do: `Fill /ASR/Filters/${kind}Filters, or set /ASR/Filters/${kind}FilterMode to Disabled.`,
        }),
      );
  const members = new Set(
    hub.regions.flatMap(({ members: read }) =>
      read.known ? read.value.map(({ account }) => account) : [],
    ),
  );
  const strangers = all.Account.values.filter((id) => id !== hub.account && !members.has(id));
  if (all.Account.mode !== 'Disabled' && members.size > 0 && strangers.length > 0)
    found.push(
      warn({
        what: `The account filter names accounts that are no members: ${few(strangers)}.`,
        why: 'A misspelled id excludes, or includes, nobody.',
        do: 'Correct /ASR/Filters/AccountFilters.',
      }),
    );
  const tree = organization.tree.known ? organization.tree.value : undefined;
  const unknown = all.OU.values.filter((id) => tree !== undefined && !tree.names.has(id));
  if (all.OU.mode !== 'Disabled' && unknown.length > 0)
    found.push(
      warn({
        what: `The OU filter names units that the organization does not have: ${few(unknown)}.`,
        why: 'A misspelled id excludes, or includes, nobody.',
        do: 'Correct /ASR/Filters/OUFilters.',
      }),
    );
  return found;
}
