import { IMPACTS } from '../../../../generator/model/runbook.ts';
import type { ImpactWord } from '../../../../generator/model/runbook.ts';
import type { CatalogRemediation } from './catalog.ts';
import type { Resolved } from './resolve.ts';

/** Whether `word` is worse than `limit`, by the order of the impacts. Throws on an impact that doesn't exist. */
export function isWorse(word: ImpactWord, limit: ImpactWord): boolean {
  return rank(word) > rank(limit);
}

function rank(word: ImpactWord): number {
  const at = IMPACTS.indexOf(word);
  if (at < 0) throw new Error('The catalogue names an impact that does not exist.');
  return at;
}

/** What the remediation can do with these values. A value that isn't known yet counts as the worse case. */
export function impactOf(
  { impact, parameters: all }: Pick<CatalogRemediation, 'impact' | 'parameters'>,
  { parameters, parametersToRead }: Pick<Resolved, 'parameters' | 'parametersToRead'>,
): ImpactWord {
  const holds = impact.when.map(({ parameter, values: expected, isAmong }) => {
    const own = all.find(({ name }) => name === parameter)?.default;
    const isLater = Object.hasOwn(parametersToRead, parameter);
    const given = Object.hasOwn(parameters, parameter) ? parameters[parameter]?.[0] : undefined;
    const value = given ?? (isLater ? undefined : own);
    return value === undefined ? undefined : expected.includes(value) === isAmong;
  });
  if (holds.includes(false)) return impact.else;
  if (!holds.includes(undefined)) return impact.then;
  return isWorse(impact.then, impact.else) ? impact.then : impact.else;
}
