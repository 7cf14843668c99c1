import { merge, okIn, problem, unread, warn } from '../../members/judgement.ts';
import type { Judgement } from '../../members/judgement.ts';
import type { Check } from '../check.ts';
import { placeOf, regionsOf } from '../facts.ts';
import { loadedStandards } from '../installation.ts';
import { documentsOf } from '../installed-build.ts';

/** Documents that an account may own in a Region, unless it was raised (AWS Systems Manager endpoints and quotas). */
const QUOTA = 500;

/** From here on, the next stack may not fit. */
const NEAR = 450;

export const documentQuota: Check = {
  id: 'document-quota',
  title: 'There is room for the documents.',
  reads: ['ssm:ListDocuments'],
  facts: ['admin', 'accounts'],
  judge: (facts) => {
    const standards = loadedStandards(facts);
    const wanted = documentsOf(facts.build, (standards.known ? standards.value : []) ?? []);
    const found = regionsOf(facts).flatMap((region): readonly Judgement[] => {
      const where = [placeOf(region)];
      if (!region.documents.known)
        return [unread('How many documents there are', region.documents, where)];
      const present = new Set(region.documents.value);
      const missing = wanted.filter((name) => !present.has(name)).length;
      const total = present.size + missing;
      if (total <= NEAR) return [];
      const told = {
        what:
          missing > 0
            ? `With ${missing} documents that are missing, the account would own ${total}; the quota is ${QUOTA}.`
            : `The account owns ${total} documents; the quota is ${QUOTA}.`,
        why: 'A stack that makes more documents than the quota allows fails.',
        do: 'Remove documents that nobody needs, or have the quota raised (Service Quotas, AWS Systems Manager).',
        where,
      };
      return [total > QUOTA ? problem(told) : warn(told)];
    });
    return found.length > 0
      ? merge(found)
      : okIn(regionsOf(facts).length, `No account is near the quota of ${QUOTA} documents.`);
  },
};
