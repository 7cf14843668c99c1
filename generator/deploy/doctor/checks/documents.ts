import { count, few, merge, okIn, problem, unread } from '../../members/judgement.ts';
import type { Judgement } from '../../members/judgement.ts';
import type { Check } from '../check.ts';
import { placeOf, regionsOf } from '../facts.ts';
import { isInstalled, loadedStandards } from '../installation.ts';
import { documentsOf } from '../installed-build.ts';

export const documents: Check = {
  id: 'documents',
  title: 'Every member stack has the documents of the standards that the administrator loads.',
  reads: ['ssm:GetParametersByPath', 'ssm:ListDocuments'],
  facts: ['admin', 'accounts'],
  judge: (facts) => {
    const standards = loadedStandards(facts);
    if (!standards.known) return [unread('Which standards are loaded', standards)];
    const expected = documentsOf(facts.build, standards.value ?? []);
    const installed = regionsOf(facts).filter((region) =>
      isInstalled(region, facts.build.solutionId),
    );
    const found = installed.flatMap((region): readonly Judgement[] => {
      const where = [placeOf(region)];
      if (!region.documents.known)
        return [unread('Which documents there are', region.documents, where)];
      const present = new Set(region.documents.value);
      const missing = expected.filter((name) => !present.has(name));
      if (missing.length === 0) return [];
      return [
        problem({
          what: `${count(missing.length, 'document')} ${missing.length === 1 ? 'is' : 'are'} missing: ${few(missing)}.`,
          why: 'Findings of their controls end with document-missing.',
          do: 'Update the member stack with the standards of the administrator stack (Load<Standard>MemberStack=yes).',
          where,
        }),
      ];
    });
    return found.length > 0
      ? merge(found)
      : okIn(
          installed.length,
          `${count(expected.length, 'document')} of the loaded standards in ${count(installed.length, 'place')}.`,
        );
  },
};
