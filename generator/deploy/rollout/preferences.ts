import type { StackSetOperationPreferences } from '@aws-sdk/client-cloudformation';

/** A number of accounts, or a percentage of them. */
export interface Amount {
  readonly value: number;
  readonly isPercentage: boolean;
}

/** How fast and how carefully [API StackSetOperationPreferences]. */
export interface Pace {
  /** Accounts at a time in a Region. */
  readonly concurrency: Amount;
  /** Accounts that may fail in a Region before the operation ends. */
  readonly tolerance: Amount;
  /** All Regions at once instead of one after the other. */
  readonly isParallel: boolean;
}

/** Reads `25` or `25%`; undefined when it is neither. @param least the smallest number that makes sense */
export function parseAmount(text: string, least: number): Amount | undefined {
  const { number, percent } = /^(?<number>\d{1,5})(?<percent>%?)$/u.exec(text)?.groups ?? {};
  if (number === undefined) return undefined;
  const value = Number(number);
  const isPercentage = percent === '%';
  if (value < least || (isPercentage && value > 100)) return undefined;
  return { value, isPercentage };
}

/**
 * The preferences of one operation. With strict failure tolerance, StackSets works on at most one account more than may
 * fail, so one at a time when none may; soft tolerance keeps the pace and stops at the same number of failures
 * (CloudFormation User Guide, "Choose the Concurrency Mode for CloudFormation StackSets").
 * @param isCanary no failure is tolerated
 * @param regions of the operation, in their order
 */
export function preferencesOf(
  { concurrency, tolerance, isParallel }: Pace,
  { isCanary, regions }: { readonly isCanary: boolean; readonly regions: readonly string[] },
): StackSetOperationPreferences {
  return {
    ConcurrencyMode: 'SOFT_FAILURE_TOLERANCE',
    ...(concurrency.isPercentage
      ? { MaxConcurrentPercentage: concurrency.value }
      : { MaxConcurrentCount: concurrency.value }),
    ...(isCanary || !tolerance.isPercentage
      ? { FailureToleranceCount: isCanary ? 0 : tolerance.value }
      : { FailureTolerancePercentage: tolerance.value }),
    ...(isParallel
      ? { RegionConcurrencyType: 'PARALLEL' }
      : {
          RegionConcurrencyType: 'SEQUENTIAL',
          ...(regions.length === 0 ? {} : { RegionOrder: [...regions] }),
        }),
  };
}
