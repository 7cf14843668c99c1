import { isRefusal } from '../model/refusal.ts';
import { valuesName } from '../model/settings.ts';
import type { FilterKind } from '../model/settings.ts';
import { allow, deny, isApproved, isKnown, isTrue, knownOf, needsApproval } from './rule.ts';
import type { Judgement, Rule, ScreenInput } from './rule.ts';
import { mapOf } from './strict.ts';
import type { DecideInput, Looked } from './types.ts';

/** Rules about the account and the resource. */
export const PLACE_RULES: readonly Rule[] = [
  { name: 'membership', needs: 'everything', judge: membership },
  { name: 'account-filter', needs: 'finding', judge: accountFilter },
  { name: 'unit-filter', needs: 'everything', judge: unitFilter },
  { name: 'tag-filter', needs: 'everything', judge: tagFilter },
  { name: 'stack-owned', needs: 'everything', judge: stackOwned },
];

function membership({ facts: { isMember } }: DecideInput): Judgement {
  if (!isKnown(isMember))
    return deny('membership-unknown', 'It is not known whether the account is a member.');
  return isTrue(isMember.value)
    ? allow('The account is a member.')
    : deny('not-a-member', 'The account is no current member of this administrator.');
}

function accountFilter(input: ScreenInput): Judgement | undefined {
  const { finding } = input;
  return isRefusal(finding)
    ? undefined
    : filter(input, 'Account', { known: true, value: [finding.account] });
}

function unitFilter(input: DecideInput): Judgement | undefined {
  return filter(input, 'OU', input.facts.unitPath);
}

function tagFilter(input: DecideInput): Judgement | undefined {
  const { tags } = input.facts;
  const keys = isKnown(tags) ? { ...tags, value: Object.keys(mapOf(tags.value)) } : tags;
  return filter(input, 'Tag', keys);
}

const WHAT: Readonly<Record<FilterKind, string>> = {
  Account: "the finding's account",
  OU: 'the organizational units of the account',
  Tag: 'the tags of the resource',
};

/** A filter lets nothing through that it can't judge. Including with an empty list includes nothing. */
function filter(
  { settings, stage }: ScreenInput,
  kind: FilterKind,
  own: Looked<readonly string[]>,
): Judgement | undefined {
  if (isRefusal(settings)) return undefined;
  const { mode, values } = settings.filters[kind];
  if (mode === 'Disabled') return allow('The filter is off.');
  if (!isKnown(own))
    return own.why === 'later' && stage === 'claim'
      ? allow('The filter is asked before the start.')
      : deny('filter-unknown', `${valuesName(kind)} is set, and ${WHAT[kind]} could not be read.`);
  const isListed = own.value.some((one) => values.includes(one));
  const passes = mode === 'Include' ? isListed : mode === 'Exclude' && !isListed;
  return passes
    ? allow('The filter lets it through.')
    : deny('filtered', `${valuesName(kind)} (${mode}) leaves out ${WHAT[kind]}.`);
}

function stackOwned(input: DecideInput): Judgement | undefined {
  const known = knownOf(input);
  if (known === undefined || input.request.mode !== 'Remediate') return undefined;
  const { stackOwned: wanted } = known.policy;
  const { stack } = input.facts;
  if (wanted === 'remediate') return allow('Resources of stacks are remediated, too.');
  if (!isKnown(stack))
    return stack.why === 'later' && input.stage === 'claim'
      ? allow('The stack is asked for before the start.')
      : deny(
          'stack-unknown',
          'It could not be read whether a CloudFormation stack owns the resource.',
        );
  if (stack.value === '') return allow('No CloudFormation stack owns the resource.');
  switch (wanted) {
    case 'approve':
      return isApproved(input)
        ? allow('A named person approved the change of a resource that a stack owns.')
        : needsApproval(
            'stack-owned',
            'A CloudFormation stack owns the resource, so a named person must approve.',
          );
    case 'refuse':
      return deny(
        'stack-owned',
        "A CloudFormation stack owns the resource; fix it in the stack's template.",
      );
  }
}
