import { rmSync } from 'node:fs';
import { afterAll, afterEach } from 'vitest';
import { createAws } from '../../../generator/deploy/aws.ts';
import { play, writeBuild } from './deploy-support.ts';
import type { Played, Stage } from './deploy-support.ts';
import { stageStack } from './staged-stack.ts';
import type { Situation, StagedStack } from './staged-stack.ts';

const description = '(SO0111M) Automated Security Response, documents.';
export const template = {
  Description: description,
  Parameters: {
    Namespace: { Type: 'String', AllowedPattern: '^[a-z]+$' },
    LoadAFSBPMemberStack: { Type: 'String', Default: 'no', AllowedValues: ['yes', 'no'] },
    ReuseOrchestratorLogGroup: { Type: 'String', Default: 'no' },
  },
  Rules: {
    NotBoth: {
      Assertions: [
        {
          Assert: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'Namespace' }, 'forbidden'] }] },
          AssertDescription: 'This Namespace is forbidden.',
        },
      ],
    },
  },
  Resources: {
    Name: { Type: 'AWS::SSM::Parameter', Properties: { Value: { Ref: 'Namespace' } } },
    Logs: { Type: 'AWS::Logs::LogGroup', DeletionPolicy: 'RetainExceptOnCreate' },
  },
};

/** A stack of an earlier version. */
export const deployed = {
  Description: description,
  Parameters: [{ ParameterKey: 'Namespace', ParameterValue: 'shtest' }],
};

/** Changes that add one resource. */
export const added = [
  {
    Type: 'Resource' as const,
    ResourceChange: {
      Action: 'Add' as const,
      LogicalResourceId: 'Name',
      ResourceType: 'AWS::SSM::Parameter',
    },
  },
];

/** Somebody who agrees. */
export const YES: Stage = { answers: ['yes'] };

/** What a new stack needs. */
export const NEW = ['-p', 'Namespace=shtest'];

/** A place where the member stack is deployed, in Region eu-west-1. Call it once in a test file. */
export function setScene() {
  const dist = writeBuild({ member: template });
  afterAll(() => rmSync(dist, { recursive: true }));
  let staged: StagedStack | undefined;
  afterEach(() => {
    staged?.cloudFormation.restore();
  });
  const stage = (situation: Situation): StagedStack => {
    staged?.cloudFormation.restore();
    staged = stageStack(situation);
    return staged;
  };
  /** Deploys in the situation that was staged last. */
  const run = (people: Stage, ...args: readonly string[]): Promise<Played> =>
    play(
      { aws: (options) => createAws({ region: 'eu-west-1', ...options }, {}), ...people },
      ...['deploy', 'member', '--dist', dist, ...args],
    );
  return {
    dist,
    stage,
    run,
    /** Sets the situation and deploys. */
    deploy: (situation: Situation, people: Stage = YES, ...args: readonly string[]) => {
      stage(situation);
      return run(people, ...args);
    },
    /** What the named operation was called with. */
    inputs: (operation: string) => staged?.inputs(operation) ?? [],
    /** How many calls were made. */
    calls: () => staged?.cloudFormation.calls().length ?? 0,
  };
}
