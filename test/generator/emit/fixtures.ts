import type { CompiledRunbook } from '../../../generator/compile/compiled.ts';
import type { EmitInput } from '../../../generator/emit/types.ts';
import type { Runbook } from '../../../generator/model/runbook.ts';
import type { SecurityControl, Standard, Standards } from '../../../generator/model/standard.ts';
import { YamlSource } from '../../../generator/read/source.ts';

export const names = { solutionId: 'SO0111', version: '1.2.3' } as const;

/** A small model with all seven standards; `controls` are the ids that each has besides SC. */
function standardsOf(controls: Readonly<Record<string, readonly string[]>>): Standards {
  const ids = ['AFSBP', 'CIS120', 'CIS140', 'CIS300', 'NIST80053', 'PCI321'];
  const all = [...new Set(Object.values(controls).flat())];
  const standard = (id: string, own: readonly string[]): Standard => ({
    id,
    name: id,
    version: '1.0.0',
    generatorId: `${id}/{control}`,
    controls: new Map(own.map((one) => [id === 'SC' ? one : `${id}-${one}`, one])),
  });
  return {
    all: [standard('SC', all), ...ids.map((id) => standard(id, controls[id] ?? []))],
    controls: new Map(all.map((id): [string, SecurityControl] => [id, control(id)])),
  };
}

function control(id: string): SecurityControl {
  return { id, title: `Title of ${id}`, severity: 'HIGH', parameters: [], retired: false };
}

/** A compiled unit that claims the given controls. */
export function unit(
  name: string,
  claims: readonly string[],
  changes: {
    readonly runbook?: Partial<Runbook>;
    readonly compiled?: Partial<CompiledRunbook>;
  } = {},
): CompiledRunbook {
  const file = `runbooks/test/${name}.yaml`;
  return {
    runbook: {
      name,
      service: 'test',
      source: new YamlSource(file, `title: ${name}\ncontrols: [${claims.join(', ')}]\n`),
      title: `Mend what ${name} mends`,
      why: 'It is broken.',
      checks: 'Whether it is whole.',
      controls: claims.map((id) => ({ id, constants: {}, path: ['controls'] })),
      resources: [],
      scope: 'regional',
      impact: { type: 'fixed', word: 'config-only' },
      parameters: [],
      roles: [],
      supportingResources: [],
      before: [],
      compliant: [],
      change: [],
      verify: { type: 'again', withinSeconds: 30 },
      undo: { type: 'steps', steps: [] },
      note: { type: 'literal', value: 'Mended.' },
      permissions: [],
      aliases: [],
      ...changes.runbook,
    },
    documentName: `ASR-${name}`,
    roleStem: `SO0111-${name}`,
    document: {
      schemaVersion: '0.3',
      description: `### Mend what ${name} mends.\n\nAnd say so.\n`,
      assumeRole: '{{ AutomationAssumeRole }}',
      parameters: {
        AutomationAssumeRole: {
          type: 'String',
          description: 'Role.',
          allowedPattern: `^arn:(?:aws|aws-us-gov|aws-cn):iam::\\d{12}:role/SO0111-${name}-[a-z0-9-]{3,9}$`,
        },
        Mode: { type: 'String', description: 'Mode.', default: 'Preview' },
        AccountId: { type: 'String', description: 'Account.', allowedPattern: '^\\d{12}$' },
        LogGroupName: { type: 'String', description: 'Group.', default: '' },
        State: { type: 'StringList', description: 'State.', default: [], maxItems: 50 },
      },
      outputs: ['Result.Outcome'],
      mainSteps: [
        {
          name: 'Result',
          action: 'aws:executeScript',
          inputs: {
            Runtime: 'python3.11',
            Handler: 'main',
            InputPayload: {},
            Script:
              'def main(payload, _context):\n    """Do it."""\n    return {"Outcome": "changed"}\n',
          },
        },
      ],
    },
    stackDefaults: {},
    script: '',
    statements: [
      {
        Effect: 'Allow',
        Action: ['ec2:DescribeSecurityGroups'],
        Resource: ['*'],
      },
      {
        Effect: 'Allow',
        Action: ['ec2:RevokeSecurityGroupIngress'],
        Resource: ['arn:${AWS::Partition}:ec2:*:${AWS::AccountId}:security-group/*'],
      },
    ],
    proof: [
      {
        action: 'ec2:RevokeSecurityGroupIngress',
        resources: ['arn:${AWS::Partition}:ec2:*:${AWS::AccountId}:security-group/*'],
        neededBy: ['change[0] ec2:RevokeSecurityGroupIngress'],
      },
    ],
    supportingRoles: [],
    reads: [],
    ...changes.compiled,
  };
}

/** Standards for `unit` A.1: every standard has it, so that no parameter of the member stack is idle. */
export const everywhere = {
  SC: ['A.1'],
  AFSBP: ['A.1'],
  CIS120: ['A.1'],
  CIS140: ['A.1'],
  CIS300: ['A.1'],
  NIST80053: ['A.1'],
  PCI321: ['A.1'],
} as const;

/** A unit that uses everything a unit can ask of the member and member-roles stacks. */
export const demanding: CompiledRunbook = unit('Demanding', ['A.1'], {
  runbook: {
    supportingResources: [
      {
        name: 'AuditBucket',
        when: 'CreateS3BucketForRedshiftAuditLogging',
        resource: {
          Type: 'AWS::S3::Bucket',
          DeletionPolicy: 'Retain',
          UpdateReplacePolicy: 'Retain',
          Properties: {},
        },
        path: ['resources', 'AuditBucket'],
      },
    ],
  },
  compiled: {
    stackDefaults: { LogGroupName: 'LogGroupName', Mode: 'AuditBucket' },
    supportingRoles: [
      {
        name: 'FlowLogDelivery',
        service: 'vpc-flow-logs.amazonaws.com',
        statements: [
          {
            Effect: 'Allow',
            Action: ['logs:PutLogEvents'],
            Resource: ['arn:${AWS::Partition}:logs:*:${AWS::AccountId}:log-group:x:*'],
          },
        ],
      },
      {
        name: 'TrailDelivery',
        service: 'cloudtrail.amazonaws.com',
        statements: [{ Effect: 'Allow', Action: ['logs:PutLogEvents'], Resource: ['*'] }],
      },
    ],
  },
});

export function inputOf(
  compiled: readonly CompiledRunbook[],
  controls: Readonly<Record<string, readonly string[]>> = everywhere,
): EmitInput {
  return { compiled, standards: standardsOf(controls), names };
}
