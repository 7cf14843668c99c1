import type { SSMClient } from '@aws-sdk/client-ssm';
import type { Exception } from '../decide/types.ts';
import type { Rows } from '../model/policy.ts';
import type { Refusal } from '../model/refusal.ts';
import type { Settings } from '../model/settings.ts';
import { rethrow } from '../run/aws-errors.ts';
import { readSettings } from '../run/read-settings.ts';
import type { IntakeStore } from '../store/store.ts';

/** What is read once for a batch of records, and only when one of them needs it. */
export interface Batch {
  readonly settings: () => Promise<Settings | Refusal>;
  readonly exceptions: () => Promise<readonly Exception[] | Refusal>;
  readonly rows: (control: string) => Promise<Rows>;
}

interface BatchOptions {
  readonly store: Pick<IntakeStore, 'exceptions' | 'readRows'>;
  readonly ssm: SSMClient;
  readonly solutionId: string;
}

/** What fails is read again for the next record. */
export function createBatch({ store, ssm, solutionId }: BatchOptions): Batch {
  const known = new Map<string, Promise<unknown>>();
  const once = async <T>(name: string, read: () => Promise<T>): Promise<T> => {
    const reading = (known.get(name) as Promise<T> | undefined) ?? read();
    known.set(name, reading);
    try {
      return await reading;
    } catch (error) {
      known.delete(name);
      throw error;
    }
  };
  return {
    settings: () => once('settings', async () => readSettings(ssm, solutionId).catch(rethrow)),
    exceptions: () => once('exceptions', () => store.exceptions()),
    rows: (control) => once(`rows#${control}`, () => store.readRows(control)),
  };
}
