import { describe, expect, it } from 'vitest';
import { AwsProblem } from '../../../generator/deploy/aws-problem.ts';
import { explainResult } from '../../../generator/deploy/rollout/explain-result.ts';
import { followOperation } from '../../../generator/deploy/rollout/follow-operation.ts';
import { parseAmount, preferencesOf } from '../../../generator/deploy/rollout/preferences.ts';
import {
  countResults,
  duration,
  progressLine,
  secondsLeft,
} from '../../../generator/deploy/rollout/progress.ts';
import type { StackSetClient } from '../../../generator/deploy/rollout/stack-set-client.ts';
import type { OperationResult } from '../../../generator/deploy/rollout/stack-set-records.ts';

const result = (
  account: string,
  region: string,
  status: OperationResult['status'],
): OperationResult => ({ account, region, status });
const RESULTS = [
  result('1', 'a', 'SUCCEEDED'),
  result('1', 'b', 'SUCCEEDED'),
  result('2', 'a', 'SUCCEEDED'),
  result('2', 'b', 'RUNNING'),
  result('3', 'a', 'RUNNING'),
  result('3', 'b', 'FAILED'),
  result('4', 'a', 'PENDING'),
  result('4', 'b', 'PENDING'),
];

describe('progress', () => {
  it('counts an account as done with its last Region, and as failed with its first failure', () => {
    expect(countResults(RESULTS)).toEqual({
      stacks: { done: 3, ended: 4, total: 8 },
      accounts: { done: 1, running: 1, failed: 1, total: 4 },
    });
  });

  it('estimates the time left from the pace since the first count, failures included', () => {
    const at = (seconds: number, results: readonly OperationResult[]) => ({
      counts: countResults(results),
      at: seconds * 1000,
    });
    const begun = RESULTS.map((one) => ({ ...one, status: 'RUNNING' as const }));
    expect(secondsLeft(at(0, begun), at(30, RESULTS))).toBe(30);
    // A run that follows what an earlier one began: two of the four had ended when it came.
    const found = RESULTS.map((one, index) =>
      index < 2 ? one : { ...one, status: 'RUNNING' as const },
    );
    expect(secondsLeft(at(1000, found), at(1030, RESULTS))).toBe(60);
    expect(secondsLeft(at(0, RESULTS), at(30, RESULTS))).toBeUndefined();
    expect([1, 59, 90, 3600, 7500].map(duration)).toEqual([
      '1 s',
      '59 s',
      '2 min',
      '1 h 0 min',
      '2 h 5 min',
    ]);
  });

  it('says all of it in one line', () => {
    expect(progressLine('deploy the roles', countResults(RESULTS), { seconds: 65, left: 50 })).toBe(
      '1:05  deploy the roles: accounts 1 of 4 done, 1 running, 1 failed; stacks 3 of 8, about 50 s left',
    );
    expect(progressLine('deploy the roles', undefined, { seconds: 5, left: undefined })).toBe(
      '0:05  deploy the roles',
    );
  });
});

describe('followOperation', () => {
  /** Follows an operation of `count` stacks that ends at the 20th look, with a terminal. */
  const follow = async (count: number, failures: number, columns = 80) => {
    let clock = 0;
    let looks = 0;
    let listings = 0;
    const lines: string[] = [];
    const stackSets: Partial<StackSetClient> = {
      operation: async (_name, id) => {
        looks += 1;
        if (looks <= failures) throw new AwsProblem('Throttled.', 'transient', undefined);
        return { id, status: looks < 20 ? 'RUNNING' : 'SUCCEEDED' };
      },
      results: async () => {
        listings += 1;
        return Array.from({ length: count }, (_, index) => result(String(index), 'a', 'RUNNING'));
      },
    };
    const ended = await followOperation(
      {
        stackSets: stackSets as StackSetClient,
        display: {
          note: () => undefined,
          result: () => undefined,
          live: (line) => void lines.push(line),
          isTerminal: true,
          columns,
        },
        now: () => new Date(clock),
        sleep: async (milliseconds) => {
          clock += milliseconds;
        },
        signal: new AbortController().signal,
      },
      { name: 'set', id: 'operation', title: 'deploy the roles' },
    );
    return { ended, listings, lines };
  };

  it('shows one line that fits the terminal, and clears it at the end', async () => {
    const { ended, lines } = await follow(3, 0, 40);
    expect(ended.status).toBe('SUCCEEDED');
    expect(lines).toHaveLength(20);
    expect(Math.max(...lines.map(({ length }) => length))).toBe(39);
    expect(lines.at(-1)).toBe('');
  });

  it('lists the results of a large operation less often', async () => {
    expect((await follow(100, 0)).listings).toBe(19);
    expect((await follow(5000, 0)).listings).toBe(2);
  });

  it('is patient with what passes, and not for ever', async () => {
    expect((await follow(3, 5)).ended.status).toBe('SUCCEEDED');
    await expect(follow(3, 6)).rejects.toThrow('Throttled.');
  });
});

describe('preferences', () => {
  const pace = {
    concurrency: { value: 25, isPercentage: true },
    tolerance: { value: 5, isPercentage: true },
    isParallel: false,
  };

  it('tolerates no failure in the canary', () => {
    expect(preferencesOf(pace, { isCanary: true, regions: ['b', 'a'] })).toEqual({
      ConcurrencyMode: 'SOFT_FAILURE_TOLERANCE',
      MaxConcurrentPercentage: 25,
      FailureToleranceCount: 0,
      RegionConcurrencyType: 'SEQUENTIAL',
      RegionOrder: ['b', 'a'],
    });
  });

  it('names no order when all Regions go at once', () => {
    const parallel = { ...pace, tolerance: { value: 2, isPercentage: false }, isParallel: true };
    expect(preferencesOf(parallel, { isCanary: false, regions: ['b'] })).toEqual({
      ConcurrencyMode: 'SOFT_FAILURE_TOLERANCE',
      MaxConcurrentPercentage: 25,
      FailureToleranceCount: 2,
      RegionConcurrencyType: 'PARALLEL',
    });
  });

  it.each([
    ['10', 1, { value: 10, isPercentage: false }],
    ['10%', 1, { value: 10, isPercentage: true }],
    ['0', 1, undefined],
    ['0%', 0, { value: 0, isPercentage: true }],
    ['101%', 0, undefined],
    ['-1', 0, undefined],
    ['ten', 0, undefined],
  ])('reads %s, from %i on', (text, least, amount) => {
    expect(parseAmount(text, least)).toEqual(amount);
  });
});

describe('explainResult', () => {
  it.each([
    ['', 'SKIPPED_SUSPENDED_ACCOUNT', 'closed or suspended'],
    [
      "Account 200000000001 should have 'AWSCloudFormationStackSetExecutionRole' role with trust relationship",
      'FAILED',
      'Grant self-managed permissions',
    ],
    ['The security token included in the request is invalid.', 'FAILED', 'Account > AWS Regions'],
    ['Cancelled since failure tolerance has exceeded', 'CANCELLED', 'too many others failed'],
    [
      'ResourceLogicalId:Role, ResourceType:AWS::IAM::Role, ResourceStatusReason:SO0111-X already exists in stack',
      'FAILED',
      'another Namespace',
    ],
    [
      'ResourceLogicalId:Doc, ResourceType:AWS::SSM::Document, ResourceStatusReason:User is not authorized to perform: ssm:CreateDocument',
      'FAILED',
      'ssm:CreateDocument is missing',
    ],
  ])('knows a way out of %j (%s)', (reason, detail, hint) => {
    expect(explainResult(reason, detail, { Resources: {} })).toContain(hint);
  });

  it('invents none', () => {
    expect(explainResult('Internal failure.', 'FAILED', { Resources: {} })).toBeUndefined();
  });
});
