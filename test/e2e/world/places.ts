/** The emulator answers unknown access keys for this account, so it is the Security Hub administrator's. */
export const ADMIN = '123456789012';
/** The aggregation Region, where the administrator stack is. */
export const HOME = 'us-east-1';
/** The first has a leading zero on purpose. */
export const MEMBER = '012345678901';
export const OTHER_MEMBER = '111122223333';
/** A member whose owners launched no stack. */
export const BARE_MEMBER = '222233334444';
export const AWAY = 'eu-west-1';
export const NAMESPACE = 'shtest';
export const SOLUTION = 'SO0111';

/** An account and Region. */
export interface Place {
  readonly account: string;
  readonly region: string;
}

export type Members = Readonly<Record<string, unknown>>;
