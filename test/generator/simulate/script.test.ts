import { describe, expect, it } from 'vitest';

import { createAnswerBook } from '../../../generator/simulate/answers.ts';
import { nameOf } from '../../../generator/simulate/calls.ts';
import { outputsOf } from '../../../generator/simulate/execution.ts';
import type { Execution, RunOptions } from '../../../generator/simulate/execution.ts';
import type { JsonObject } from '../../../generator/simulate/json.ts';
import { describeWithEmulator } from '../../support/emulator.ts';
import { account, documentOf, region, scriptStep, simulate } from '../../support/simulation.ts';

const outputs = [{ Name: 'Value', Selector: '$.Payload.value', Type: 'String' }];

describeWithEmulator('scripts', ({ bridge }) => {
  const run = (
    script: string,
    rest: JsonObject = {},
    options: Partial<RunOptions> = {},
  ): Promise<Execution> =>
    simulate(documentOf([scriptStep('Do', script, rest)]), { bridge: bridge(), ...options });
  const payload = (execution: Execution): unknown =>
    outputsOf(execution, 'Do')?.['Payload'] ?? execution.failure;

  it('get their payload and give outputs', async () => {
    const document = documentOf(
      [
        scriptStep(
          'First',
          'def handler(events, context):\n    print("seen")\n    return {"value": events["name"] + "!"}',
          {
            InputPayload: { name: '{{ Name }}' },
            outputs,
          },
        ),
        scriptStep('Second', 'def handler(events, context):\n    return events', {
          InputPayload: { text: 'got {{ First.Value }}', whole: '{{ First.Payload }}' },
        }),
      ],
      { parameters: { Name: { type: 'String' } }, outputs: ['First.Value', 'Second.Payload'] },
    );
    const execution = await simulate(document, { bridge: bridge(), parameters: { Name: ['me'] } });
    expect(execution.status).toBe('Success');
    expect(execution.outputs).toEqual({
      'First.Value': 'me!',
      'Second.Payload': { text: 'got me!', whole: { value: 'me!' } },
    });
    expect(execution.steps[0]?.printed).toBe('seen\n');
  });

  it('fail with their exception, and leave a traceback', async () => {
    const execution = await run(
      'def handler(events, context):\n    raise ValueError("no such thing")',
    );
    expect(execution.failure).toBe('step Do: ValueError: no such thing (line 2 of the script)');
    expect(execution.steps[0]?.printed).toContain('Traceback');
  });

  it.each([
    ['exit', 'import sys\ndef handler(events, context):\n    sys.exit(3)', 'SystemExit: 3'],
    ['have no handler', 'x = 1', 'defines no function handler'],
    ['do not compile', 'def handler(:', 'SyntaxError'],
    [
      'return what JSON lacks',
      'def handler(events, context):\n    return {"value": {1, 2}}',
      'not JSON serializable',
    ],
    [
      'hold a reference',
      'def handler(events, context):\n    return f"{{ x }}"',
      'in whose place Automation puts a value',
    ],
    [
      'return too much',
      'def handler(events, context):\n    return "x" * 110000',
      '102400 are the most',
    ],
    [
      'use modules of the simulator',
      'import clock\ndef handler(events, context):\n    return 1',
      "No module named 'clock'",
    ],
  ])('fail when they %s', async (_, script, message) => {
    expect((await run(script)).failure).toContain(message);
  });

  it('fail when an output matches nothing', async () => {
    const execution = await run('def handler(events, context):\n    return {"value": None}', {
      outputs,
    });
    expect(execution.failure).toContain('output Value: $.Payload.value matches nothing');
  });

  it('share nothing with each other', async () => {
    await run(
      'import builtins, os\nleft = 1\nos.environ["LEFT"] = "1"\ndef handler(events, context):\n    return 1',
    );
    const script =
      'import os\ndef handler(events, context):\n    return [os.environ.get("LEFT"), "left" in globals()]';
    expect(payload(await run(script))).toEqual([null, false]);
  });

  it('run as the role of the document, in its account and Region', async () => {
    const script = [
      'import boto3',
      'def handler(events, context):',
      '    return [boto3.client("sts").get_caller_identity()["Arn"], boto3.client("s3").meta.region_name]',
    ].join('\n');
    const document = documentOf([scriptStep('Do', script)], {
      assumeRole: `arn:aws:iam::${account}:role/Fixer`,
    });
    const execution = await simulate(document, { bridge: bridge(), roleSession: 'test-run' });
    expect(payload(execution)).toEqual([
      `arn:aws:sts::${account}:assumed-role/Fixer/test-run`,
      region,
    ]);
  });

  it('skip sleeps, and see the time pass all the same', async () => {
    const script = [
      'import time',
      'from datetime import datetime, timezone',
      'def handler(events, context):',
      '    start, clock = datetime.now(timezone.utc), time.monotonic()',
      '    while time.monotonic() < clock + 300:',
      '        time.sleep(60)',
      '    end = datetime.now(timezone.utc)',
      '    return [start.isoformat(), (end - start).total_seconds(), isinstance(end, datetime), str(datetime.utcnow().date())]',
    ].join('\n');
    const begin = performance.now();
    const document = documentOf([
      { name: 'Wait', action: 'aws:sleep', inputs: { Duration: 'PT1H' } },
      scriptStep('Do', script),
    ]);
    const execution = await simulate(document, { bridge: bridge(), now: '2024-02-29T22:58:00Z' });
    expect(payload(execution)).toEqual(['2024-02-29T23:58:00+00:00', 300, true, '2024-03-01']);
    expect(performance.now() - begin).toBeLessThan(30_000);
  });

  it('are repeated in a loop with what a variable carries, as time passes', async () => {
    const script = [
      'import time',
      'def handler(events, context):',
      '    rounds = events["rounds"] + [str(int(time.time()) % 86400)]',
      '    return {"rounds": rounds, "pending": len(rounds) < 3}',
    ].join('\n');
    const loop = {
      name: 'Work',
      action: 'aws:loop',
      inputs: {
        Steps: [
          scriptStep('Look', script, {
            InputPayload: { rounds: '{{ variable:Rounds }}' },
            outputs: [
              { Name: 'Rounds', Selector: '$.Payload.rounds', Type: 'StringList' },
              { Name: 'Pending', Selector: '$.Payload.pending', Type: 'Boolean' },
            ],
          }),
          {
            name: 'Keep',
            action: 'aws:updateVariable',
            inputs: { Name: 'variable:Rounds', Value: '{{ Look.Rounds }}' },
          },
          { name: 'Pause', action: 'aws:sleep', inputs: { Duration: 'PT1H' } },
        ],
        LoopCondition: { Variable: '{{ Look.Pending }}', BooleanEquals: true },
        MaxIterations: 10,
      },
    };
    const last = scriptStep('Do', 'def handler(events, context):\n    return events["rounds"]', {
      InputPayload: { rounds: '{{ variable:Rounds }}' },
    });
    const document = documentOf([loop, last], {
      variables: { Rounds: { type: 'StringList', default: [] } },
    });
    const execution = await simulate(document, { bridge: bridge(), now: '2024-05-01T00:00:00Z' });
    expect(payload(execution)).toEqual(['0', '3600', '7200']);
  });

  it('run out of time on the skipping clock, whatever they catch', async () => {
    const script =
      'import time\ndef handler(events, context):\n    while True:\n        try:\n            time.sleep(30)\n        except Exception:\n            pass';
    expect((await run(script)).failure).toBe('step Do: timed out after 600 seconds');
  });

  it('are ended when they hang, and the next one runs', async () => {
    const script = 'def handler(events, context):\n    while True:\n        pass';
    expect((await run(script, { timeoutSeconds: 1 })).failure).toBe(
      'step Do: timed out after 1 seconds',
    );
    expect(payload(await run('def handler(events, context):\n    return "alive"'))).toBe('alive');
  });

  it('are refused calls that are not allowed, and can tell', async () => {
    const script = [
      'import boto3',
      'from botocore.exceptions import ClientError',
      'def handler(events, context):',
      '    s3 = boto3.client("s3")',
      '    s3.list_buckets()',
      '    try:',
      '        s3.create_bucket(Bucket="refused-bucket")',
      '    except ClientError as error:',
      '        return error.response["Error"]["Code"]',
    ].join('\n');
    const execution = await run(script, {}, { allow: (call) => nameOf(call) === 's3:ListBuckets' });
    expect(payload(execution)).toBe('AccessDenied');
    expect(execution.calls).toEqual([
      { service: 's3', operation: 'ListBuckets', parameters: {} },
      {
        service: 's3',
        operation: 'CreateBucket',
        parameters: { Bucket: 'refused-bucket' },
        errorCode: 'AccessDenied',
      },
    ]);
  });

  it('do not wait for retries of what the endpoint lacks', async () => {
    const script = [
      'import boto3',
      'from botocore.config import Config',
      'def handler(events, context):',
      '    config = Config(retries={"mode": "standard", "max_attempts": 4})',
      '    boto3.client("athena", config=config).update_work_group(WorkGroup="primary")',
    ].join('\n');
    const begin = performance.now();
    const execution = await run(script);
    expect(execution.calls).toMatchObject([{ operation: 'UpdateWorkGroup', errorCode: '500' }]);
    expect(performance.now() - begin).toBeLessThan(30_000);
  });

  describe('recorded answers', () => {
    const script = [
      'import boto3',
      'def handler(events, context):',
      '    athena = boto3.client("athena")',
      '    seen = []',
      '    for enabled in events["writes"]:',
      '        athena.update_work_group(WorkGroup="w", ConfigurationUpdates={"PublishCloudWatchMetricsEnabled": enabled})',
      '        group = athena.get_work_group(WorkGroup="w")["WorkGroup"]',
      '        seen.append([group["Configuration"]["PublishCloudWatchMetricsEnabled"], str(group["CreationTime"].year)])',
      '    return seen',
    ].join('\n');
    const group = (enabled: boolean): JsonObject => ({
      WorkGroup: {
        Name: 'w',
        CreationTime: '2024-05-01T00:00:00Z',
        Configuration: { PublishCloudWatchMetricsEnabled: enabled },
      },
    });
    const write = (enabled: boolean): JsonObject => ({
      ConfigurationUpdates: { PublishCloudWatchMetricsEnabled: enabled },
    });
    const book = () =>
      createAnswerBook([
        { operation: 'athena:GetWorkGroup', when: 'start', result: group(false) },
        { operation: 'athena:GetWorkGroup', when: 'on', result: group(true) },
        { operation: 'athena:UpdateWorkGroup', match: write(true), sets: 'on' },
        { operation: 'athena:UpdateWorkGroup', match: write(false), sets: 'start', times: 1 },
        { operation: 'athena:DeleteWorkGroup', error: 'InvalidRequestException' },
      ]);
    const run = (text: string, writes: readonly boolean[], answers = book()): Promise<Execution> =>
      simulate(documentOf([scriptStep('Do', text, { InputPayload: { writes } })]), {
        bridge: bridge(),
        answers,
      });

    it('follow the state of what they stand for, with the types of the service', async () => {
      const answers = book();
      const execution = await run(script, [false, true], answers);
      expect(outputsOf(execution, 'Do')?.['Payload']).toEqual([
        [false, '2024'],
        [true, '2024'],
      ]);
      expect(execution.calls.map(nameOf)).toEqual([
        'athena:UpdateWorkGroup',
        'athena:GetWorkGroup',
        'athena:UpdateWorkGroup',
        'athena:GetWorkGroup',
      ]);
      expect(answers.unused()).toEqual(['athena:DeleteWorkGroup']);
    });

    it('can be errors of the service', async () => {
      const text = [
        'import boto3',
        'def handler(events, context):',
        '    athena = boto3.client("athena")',
        '    try:',
        '        athena.delete_work_group(WorkGroup="w")',
        '    except athena.exceptions.InvalidRequestException as error:',
        '        return error.response["Error"]["Code"]',
      ].join('\n');
      expect(outputsOf(await run(text, []), 'Do')?.['Payload']).toBe('InvalidRequestException');
    });

    it('do not hide a parameter that the service would refuse', async () => {
      const text =
        'import boto3\ndef handler(events, context):\n    boto3.client("athena").delete_work_group(WorkGroupName="w")';
      const execution = await run(text, []);
      expect(execution.failure).toContain('ParamValidationError');
      expect(execution.calls).toMatchObject([{ errorCode: 'ParamValidationError' }]);
    });

    it('must be ones that the service could give', async () => {
      const answers = createAnswerBook([
        { operation: 'athena:DeleteWorkGroup', result: { Deleted: true } },
      ]);
      const text =
        'import boto3\ndef handler(events, context):\n    boto3.client("athena").delete_work_group(WorkGroup="w")';
      expect((await run(text, [], answers)).failure).toContain(
        'recorded answer: result has no member Deleted',
      );
    });
  });
});
