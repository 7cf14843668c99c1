import fc from 'fast-check';
import { expect, it } from 'vitest';
import { callPure, describePure, valueOf } from '../support/pure-python.ts';

const FILE = 'runbooks/config/EnableAWSConfig.py';
const SERVICE_ROLE =
  'arn:aws:iam::111122223333:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig';

type Recorder = Readonly<Record<string, unknown>> & {
  readonly name: string;
  readonly roleARN: string;
};
interface Situation {
  readonly recorders: readonly Recorder[];
  readonly statuses: readonly { readonly name: string; readonly recording: boolean }[];
  readonly channel: string | null;
  readonly require_service_role: boolean;
  readonly record_global_types: boolean;
}
interface Plan {
  readonly wrong: readonly string[];
  readonly name: string;
  readonly former: Recorder | null;
  readonly wanted: Recorder | null;
  readonly recording: boolean;
}

const group = fc.constantFrom(
  { allSupported: true, includeGlobalResourceTypes: true },
  {
    allSupported: true,
    includeGlobalResourceTypes: false,
    recordingStrategy: { useOnly: 'ALL_SUPPORTED_RESOURCE_TYPES' },
  },
  {
    allSupported: true,
    includeGlobalResourceTypes: true,
    resourceTypes: [],
    exclusionByResourceTypes: { resourceTypes: [] },
  },
  {
    allSupported: false,
    includeGlobalResourceTypes: false,
    resourceTypes: ['AWS::EC2::VPC'],
    recordingStrategy: { useOnly: 'INCLUSION_BY_RESOURCE_TYPES' },
  },
  {
    allSupported: false,
    exclusionByResourceTypes: { resourceTypes: ['AWS::EC2::Instance'] },
    recordingStrategy: { useOnly: 'EXCLUSION_BY_RESOURCE_TYPES' },
  },
);
const own: fc.Arbitrary<Recorder> = fc.record(
  {
    name: fc.constantFrom('default', 'org'),
    roleARN: fc.constantFrom(SERVICE_ROLE, 'arn:aws:iam::111122223333:role/config'),
    recordingGroup: group,
    recordingMode: fc.constant({ recordingFrequency: 'DAILY' }),
    recordingScope: fc.constant('PAID'),
    arn: fc.constant('arn:aws:config:us-east-1:111122223333:configuration-recorder/org/abc'),
  },
  { requiredKeys: ['name', 'roleARN'] },
);
const ofService: Recorder = {
  name: 'AWSConfigurationRecorderForX',
  roleARN: 'r',
  servicePrincipal: 'x.amazonaws.com',
  recordingScope: 'INTERNAL',
};

const situation: fc.Arbitrary<Situation> = fc
  .record({
    own: fc.option(own, { freq: 4 }),
    service: fc.boolean(),
    recording: fc.boolean(),
    channel: fc.option(fc.constant('default')),
    require_service_role: fc.boolean(),
    record_global_types: fc.boolean(),
  })
  .map(({ own: recorder, service, recording, ...rest }) => ({
    ...rest,
    recorders: [...(service ? [ofService] : []), ...(recorder === null ? [] : [recorder])],
    statuses: [
      { name: ofService.name, recording: true },
      ...(recorder === null ? [] : [{ name: recorder.name, recording }]),
    ],
  }));

function plans(situations: readonly Situation[]): readonly Plan[] {
  return callPure(
    FILE,
    'recorder_plan',
    situations.map((one) => ({ ...one, service_role: SERVICE_ROLE })),
  ).map((result) => valueOf(result) as Plan);
}

/** The situation after the calls that the plan leads to. */
function changed(before: Situation, plan: Plan): Situation {
  return {
    ...before,
    recorders: plan.wanted === null ? before.recorders : [plan.wanted],
    statuses: [{ name: plan.name, recording: true }],
    channel: before.channel ?? plan.name,
  };
}

describePure('EnableAWSConfig', () => {
  const situations = fc.sample(situation, { numRuns: 500, seed: 17 });
  const made = plans(situations);

  it('finds a fault exactly when there is something to do, and none the second time', () => {
    for (const [index, before] of situations.entries()) {
      const plan = made[index] as Plan;
      const toDo = plan.wanted !== null || !plan.recording || before.channel === null;
      expect(plan.wrong.length > 0).toBe(toDo);
    }
    const again = plans(situations.map((before, index) => changed(before, made[index] as Plan)));
    expect(again.flatMap((plan) => plan.wrong)).toEqual([]);
    expect(again.filter((plan) => plan.wanted !== null)).toEqual([]);
  });

  it('keeps the name and frequency of a recorder, and its role unless the control asks for another', () => {
    for (const [index, before] of situations.entries()) {
      const { former, wanted } = made[index] as Plan;
      if (former === null || wanted === null) continue;
      const { roleARN, recordingGroup, ...rest } = wanted;
      const { roleARN: roleBefore, recordingGroup: groupBefore, ...restBefore } = former;
      expect(rest).toEqual(restBefore);
      expect(roleARN).toBe(before.require_service_role ? SERVICE_ROLE : roleBefore);
      expect(recordingGroup).toMatchObject({ allSupported: true });
      if (
        (groupBefore as { includeGlobalResourceTypes?: boolean } | undefined)
          ?.includeGlobalResourceTypes === true
      )
        expect(recordingGroup).toMatchObject({ includeGlobalResourceTypes: true });
    }
  });

  it('remembers the recorder as PutConfigurationRecorder takes it, and never one of a service', () => {
    for (const [index, before] of situations.entries()) {
      const { former } = made[index] as Plan;
      const mine = before.recorders.find((one) => !('servicePrincipal' in one));
      expect(former === null).toBe(mine === undefined);
      for (const reported of ['arn', 'recordingScope', 'servicePrincipal'])
        expect(former ?? {}).not.toHaveProperty(reported);
    }
  });

  it('lets AWS Config deliver to a bucket of its own for this account only, over TLS only', () => {
    const places = [
      { account: '012345678901', region: 'us-east-1', partition: 'aws' },
      { account: '012345678901', region: 'cn-north-1', partition: 'aws-cn' },
    ];
    const [first, china] = callPure(FILE, 'delivery_bucket', places).map(
      (result) => valueOf(result) as { name: string; location: unknown; policy: string },
    );
    expect(first).toMatchObject({ name: 'asr-config-012345678901-us-east-1', location: null });
    expect(china).toMatchObject({
      name: 'asr-config-012345678901-cn-north-1',
      location: { LocationConstraint: 'cn-north-1' },
    });
    expect(JSON.parse(china?.policy ?? '')).toMatchObject({
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: 'config.amazonaws.com' },
          Resource: [
            'arn:aws-cn:s3:::asr-config-012345678901-cn-north-1',
            'arn:aws-cn:s3:::asr-config-012345678901-cn-north-1/AWSLogs/012345678901/Config/*',
          ],
          Condition: { StringEquals: { 'aws:SourceAccount': '012345678901' } },
        },
        { Effect: 'Deny', Principal: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
      ],
    });
  });
});
