import { few, merge, ok, problem, unread, warn } from '../../members/judgement.ts';
import type { Judgement } from '../../members/judgement.ts';
import type { Check } from '../check.ts';
import { placeOf, regionsOf } from '../facts.ts';
import type { Facts } from '../facts.ts';
import { isInstalled, isOtherDocument, isOtherStack } from '../installation.ts';

export const otherSolution: Check = {
  id: 'other-solution',
  title: "AWS's own Automated Security Response is not installed in the same places.",
  reads: ['cloudformation:DescribeStacks', 'ssm:GetParametersByPath', 'ssm:ListDocuments'],
  facts: ['admin', 'accounts'],
  judge: (facts) => {
    const found = [...judgeAdmin(facts), ...judgeMembers(facts)];
    return found.length > 0 ? merge(found) : [ok('It is not, as far as could be seen.')];
  },
};

const GUIDE = 'docs/migration.md says how to change over, and how to keep the settings.';

function judgeAdmin({ admin, hub, build }: Facts): readonly Judgement[] {
  const stacks = admin.stacks.known
    ? admin.stacks.value.filter(({ description }) => isOtherStack(description))
    : [];
  const names = admin.parameters.known ? admin.parameters.value : new Map<string, string>();
  const root = `/Solutions/${build.solutionId}`;
  // Its stack keeps the key of its topic there; ours says which standards are loaded.
  const isItsParameters = names.has(`${root}/CMK_ARN`) && !names.has(`${root}/standards`);
  const where = [`${hub.account} ${hub.home}`];
  if (stacks.length === 0 && !isItsParameters)
    return [admin.stacks, admin.parameters].flatMap((read) =>
      read.known ? [] : [unread("Whether AWS's own solution is installed", read, where)],
    );
  return [
    problem({
      what:
        stacks.length > 0
          ? `AWS's own solution is installed: ${few(stacks.map(({ name, description }) => `${name} (${versionIn(description)})`))}.`
          : "Parameters of AWS's own solution are there.",
      why: 'It has roles, documents, a state machine, a topic, custom actions and settings of the same names, so the stacks can not be there together.',
      do: GUIDE,
      where,
    }),
  ];
}

/** What could not be read in members is told by the checks of the parts themselves. */
function judgeMembers(facts: Facts): readonly Judgement[] {
  const { solutionId } = facts.build;
  return regionsOf(facts).flatMap((region): readonly Judgement[] => {
    const documents = region.documents.known ? region.documents.value.filter(isOtherDocument) : [];
    const hasParameter =
      region.parameters.known &&
      region.parameters.value.has(`/Solutions/${solutionId}/member-version`);
    if (documents.length === 0 && !hasParameter) return [];
    const isOurs = isInstalled(region, solutionId);
    return [
      (isOurs ? warn : problem)({
        what: "Documents or parameters of AWS's own solution are there.",
        why: isOurs
          ? 'Nothing of ours uses them, but they count against the quota of documents.'
          : 'Its member stack owns documents and roles of the same names, so ours can not be launched.',
        do: GUIDE,
        where: [placeOf(region)],
      }),
    ];
  });
}

function versionIn(description: string): string {
  return /v\d+\.\d+\.\d+/u.exec(description)?.[0] ?? 'version unknown';
}
