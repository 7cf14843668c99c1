import { isOpenBreaker } from '../../templates/admin/functions/decide/breaker.ts';
import type { Breaker } from '../../templates/admin/functions/decide/types.ts';
import { isWorse } from '../../templates/admin/functions/model/impact.ts';
import { parsePolicy } from '../../templates/admin/functions/model/policy.ts';
import { isRefusal } from '../../templates/admin/functions/model/refusal.ts';
import { isSameControl } from '../../templates/admin/functions/model/same-control.ts';
import { suggest } from '../data/operations.ts';
import { DeployError } from '../deploy/deploy-error.ts';
import type { Catalog, CatalogControl } from '../emit/catalog.ts';
import { IMPACTS } from '../model/runbook.ts';
import type { ImpactWord } from '../model/runbook.ts';
import { EVERY_CONTROL } from './rows.ts';
import type { ConfigurationRows } from './rows.ts';

/** A control that has a remediation, and what its row says. */
export interface ControlState {
  readonly id: string;
  readonly title: string;
  readonly remediation: string;
  /** The worst that the remediation can do. */
  readonly impact: ImpactWord;
  /** Also on what it depends, where it does. */
  readonly impactText: string;
  /** `yes`, or why there is none. */
  readonly undo: string;
  readonly standards: readonly string[];
  readonly automatic: boolean;
  /** By its own row, or by the row `*`. */
  readonly paused: boolean;
  /** ISO 8601; while too many failures have stopped it. */
  readonly breakerOpenUntil?: string;
  /** Why nothing is done for the control: its row is missing or isn't understood. */
  readonly problem?: string;
}

/** The controls with a remediation, in the order of the catalogue. Pure. */
export function controlStates(
  { controls }: Catalog,
  rows: ConfigurationRows,
  breakers: ReadonlyMap<string, Breaker>,
  now: Date,
): readonly ControlState[] {
  return controls.flatMap((control) => {
    const { remediation, impact, undo } = control;
    if (remediation === null || impact === null || undo === null) return [];
    const id = control.securityControlId;
    const breaker = breakers.get(id);
    return [
      {
        id,
        title: control.title ?? '',
        remediation,
        impact: worst(impact),
        impactText: impactText(impact),
        undo: undo === 'yes' ? undo : `none: ${undo.none}`,
        standards: Object.keys(control.standards),
        ...switches(id, rows),
        ...(breaker?.openUntil !== undefined && isOpenBreaker(breaker, now)
          ? { breakerOpenUntil: breaker.openUntil }
          : {}),
      },
    ];
  });
}

type KnownImpact = NonNullable<CatalogControl['impact']>;

function worst(impact: KnownImpact): ImpactWord {
  if (typeof impact === 'string') return impact;
  return isWorse(impact.then, impact.else) ? impact.then : impact.else;
}

function impactText(impact: KnownImpact): string {
  return typeof impact === 'string'
    ? impact
    : `${impact.then} when ${impact.when}, otherwise ${impact.else}`;
}

function switches(
  id: string,
  rows: ConfigurationRows,
): Pick<ControlState, 'automatic' | 'paused' | 'problem'> {
  const control = rows.get(id);
  const policy = parsePolicy({ control, defaults: rows.get(EVERY_CONTROL) });
  if (isRefusal(policy)) return { automatic: false, paused: false, problem: policy.message };
  const { automatedRemediationEnabled: automatic, paused } = policy;
  return control === undefined
    ? {
        automatic,
        paused,
        problem: `The configuration table has no row ${id}. Update the administrator stack, which adds it.`,
      }
    : { automatic, paused };
}

/** Which controls people mean. With several members, all must fit. */
export interface ControlChoice {
  readonly controls?: readonly string[];
  /** Id of a standard. */
  readonly standard?: string;
  /** Impact that is not to be exceeded. */
  readonly impact?: ImpactWord;
}

/** The chosen controls. Throws `DeployError` on a control or standard that isn't known. Pure. */
export function chooseControls(
  all: readonly ControlState[],
  { controls = [], standard, impact }: ControlChoice,
  standards: readonly string[],
): readonly ControlState[] {
  const ids = controls.map((given) => knownControl(given, all));
  const wanted = standard === undefined ? undefined : knownStandard(standard, standards);
  return all.filter(
    (one) =>
      (ids.length === 0 || ids.includes(one.id)) &&
      (wanted === undefined || one.standards.includes(wanted)) &&
      (impact === undefined || !isWorse(one.impact, impact)),
  );
}

/** The id as the catalogue spells it. Throws `DeployError` when no control with a remediation has it. */
export function knownControl(given: string, all: readonly { readonly id: string }[]): string {
  const found = all.find(({ id }) => isSameControl(id, given));
  if (found !== undefined) return found.id;
  const near = suggest(
    given,
    all.map(({ id }) => id),
  );
  throw new DeployError(
    `There is no control ${given} with a remediation. ${near === undefined ? 'See asr list --remediated.' : `Did you mean ${near}?`}`,
    { isUsage: true },
  );
}

/** The id as the project spells it. Throws `DeployError` when there is no such standard. */
export function knownStandard(given: string, standards: readonly string[]): string {
  const found = standards.find((one) => one.toLowerCase() === given.toLowerCase());
  if (found !== undefined) return found;
  throw new DeployError(`There is no standard ${given}. Known: ${standards.join(', ')}.`, {
    isUsage: true,
  });
}

/** The impact that is meant. Throws `DeployError` on a word that is none. */
export function knownImpact(given: string): ImpactWord {
  const found = IMPACTS.find((one) => one === given);
  if (found !== undefined) return found;
  throw new DeployError(`There is no impact ${given}. Known: ${IMPACTS.join(', ')}.`, {
    isUsage: true,
  });
}

/** What `enable` or `disable` would do. */
export interface SwitchPlan {
  readonly changes: readonly ControlState[];
  /** As it is asked for already. */
  readonly already: readonly ControlState[];
  /** Their rows are missing or not understood. */
  readonly refused: readonly ControlState[];
}

/** Pure. */
export function planSwitch(chosen: readonly ControlState[], to: boolean): SwitchPlan {
  const sound = chosen.filter(({ problem }) => problem === undefined);
  return {
    changes: sound.filter(({ automatic }) => automatic !== to),
    already: sound.filter(({ automatic }) => automatic === to),
    refused: chosen.filter(({ problem }) => problem !== undefined),
  };
}
