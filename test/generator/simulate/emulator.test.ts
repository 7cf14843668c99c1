import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { describe, expect, it } from 'vitest';

import { ApiError } from '../../../generator/simulate/bridge.ts';
import { probe } from '../../../generator/simulate/emulator.ts';
import { outputsOf } from '../../../generator/simulate/execution.ts';
import { describeWithEmulator } from '../../support/emulator.ts';
import { account, documentOf, region, scriptStep, simulate } from '../../support/simulation.ts';

const target = { account, region };

describeWithEmulator('the emulator', ({ emulator, bridge }) => {
  it('keeps what a document changes, in the account of its role', async () => {
    await bridge().call(
      's3',
      'CreateBucket',
      { Bucket: 'example-bucket', CreateBucketConfiguration: { LocationConstraint: region } },
      target,
    );
    const script = [
      'import boto3',
      'def handler(events, context):',
      '    s3 = boto3.client("s3")',
      '    block = dict.fromkeys(["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"], True)',
      '    s3.put_public_access_block(Bucket=events["bucket"], PublicAccessBlockConfiguration=block)',
      '    return s3.get_public_access_block(Bucket=events["bucket"])["PublicAccessBlockConfiguration"]',
    ].join('\n');
    const block = {
      BlockPublicAcls: true,
      IgnorePublicAcls: true,
      BlockPublicPolicy: true,
      RestrictPublicBuckets: true,
    };
    const execution = await simulate(
      documentOf([scriptStep('Block', script, { InputPayload: { bucket: 'example-bucket' } })]),
      { bridge: bridge() },
    );
    expect(outputsOf(execution, 'Block')?.['Payload']).toEqual(block);
    expect(
      await bridge().call('s3', 'GetPublicAccessBlock', { Bucket: 'example-bucket' }, target),
    ).toEqual({ PublicAccessBlockConfiguration: block });
  });

  it('answers native steps: call, assert and wait', async () => {
    const key = {
      Service: 'kms',
      Api: 'DescribeKey',
      KeyId: '{{ Make.KeyId }}',
      PropertySelector: '$.KeyMetadata.KeyState',
    };
    const steps = [
      {
        name: 'Make',
        action: 'aws:executeAwsApi',
        inputs: { Service: 'kms', Api: 'CreateKey', Description: 'example' },
        outputs: [{ Name: 'KeyId', Selector: '$.KeyMetadata.KeyId', Type: 'String' }],
      },
      {
        name: 'Assert',
        action: 'aws:assertAwsResourceProperty',
        inputs: { ...key, PropertySelector: '$.KeyMetadata.Enabled', DesiredValues: ['True'] },
      },
      {
        name: 'Wait',
        action: 'aws:waitForAwsResourceProperty',
        inputs: { ...key, DesiredValues: ['Enabled'] },
      },
      {
        name: 'Never',
        action: 'aws:waitForAwsResourceProperty',
        timeoutSeconds: 60,
        inputs: { ...key, DesiredValues: ['Disabled'] },
      },
    ];
    const execution = await simulate(documentOf(steps), { bridge: bridge() });
    expect(execution.failure).toBe('step Never: timed out after 60 seconds: the value is Enabled');
    expect(execution.calls.filter((call) => call.operation === 'DescribeKey').length).toBe(9);
  });

  it('fails a step whose operation it lacks or AWS lacks', async () => {
    const step = (Service: string, Api: string) =>
      documentOf([{ name: 'Do', action: 'aws:executeAwsApi', inputs: { Service, Api } }]);
    expect((await simulate(step('kms', 'DescribeKeys'), { bridge: bridge() })).failure).toBe(
      'step Do: UnknownOperation: kms has no DescribeKeys',
    );
    expect((await simulate(step('elb3', 'X'), { bridge: bridge() })).failure).toContain(
      'UnknownService',
    );
  });

  it('takes account-wide S3 calls, whose host holds the account id', async () => {
    const settings = {
      AccountId: account,
      PublicAccessBlockConfiguration: { BlockPublicAcls: true },
    };
    await bridge().call('s3control', 'PutPublicAccessBlock', settings, target);
    const { PublicAccessBlockConfiguration: block } = await bridge().call(
      's3control',
      'GetPublicAccessBlock',
      { AccountId: account },
      target,
    );
    expect(block).toMatchObject({ BlockPublicAcls: true });
  });

  it('takes archives and bytes from plain text', async () => {
    await bridge().call(
      'iam',
      'CreateRole',
      { RoleName: 'r', AssumeRolePolicyDocument: '{}' },
      target,
    );
    const created = await bridge().call(
      'lambda',
      'CreateFunction',
      {
        FunctionName: 'f',
        Role: `arn:aws:iam::${account}:role/r`,
        Runtime: 'python3.11',
        Handler: 'index.handler',
        Code: { ZipFile: { $zip: { 'index.py': 'def handler(e, c): pass' } } },
      },
      target,
    );
    expect(created['FunctionName']).toBe('f');
  });

  it('forgets everything at a reset', async () => {
    await bridge().call('sqs', 'CreateQueue', { QueueName: 'q' }, target);
    await emulator().reset();
    expect(await bridge().call('sqs', 'ListQueues', {}, target)).toEqual({});
  });

  it('gives errors their AWS code', async () => {
    const failed = bridge().call('s3', 'GetBucketPolicy', { Bucket: 'no-such-bucket' }, target);
    await expect(failed).rejects.toThrow(ApiError);
    await expect(failed).rejects.toMatchObject({ code: 'NoSuchBucket' });
  });

  it('finds values by JMESPath', async () => {
    const value = { Groups: [{ Id: 'a' }, { Id: 'b' }] };
    expect(await bridge().search({ ids: 'Groups[].Id', none: 'Other' }, value)).toEqual({
      ids: ['a', 'b'],
      none: null,
    });
    await expect(bridge().search({ bad: '[' }, value)).rejects.toThrow('JMESPath');
  });
});

describe.skipIf(probe().emulator !== undefined)('child processes', () => {
  it('end when their parent is killed', async () => {
    const module = new URL('../../../generator/simulate/', import.meta.url).href;
    const code = `
      import { startEmulator } from '${module}emulator.ts';
      import { startBridge } from '${module}bridge.ts';
      const emulator = await startEmulator();
      const bridge = startBridge(emulator.endpoint);
      await bridge.search({ a: 'b' }, {});
      const run = bridge.callAs('sts', 'GetCallerIdentity', {}, { credentials: { accessKeyId: 'a', secretAccessKey: 'b' }, region: 'us-east-1' });
      await run;
      console.log(emulator.endpoint);
      setInterval(() => undefined, 1000);
    `;
    const parent = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [endpoint] = (await once(parent.stdout.setEncoding('utf8'), 'data')) as [string];
    expect((await fetch(`${endpoint.trim()}/moto-api/`)).ok).toBe(true);
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    await expect
      .poll(
        () =>
          fetch(endpoint.trim()).then(
            () => 'up',
            () => 'down',
          ),
        { timeout: 20_000 },
      )
      .toBe('down');
  }, 60_000);
});
