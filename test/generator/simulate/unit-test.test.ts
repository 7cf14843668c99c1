import { readFileSync } from 'node:fs';

import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

import type { SituationResult, UnitTest } from '../../../generator/simulate/unit-test-types.ts';
import { runUnitTest } from '../../../generator/simulate/unit-test.ts';
import { bucketDocument } from '../../support/bucket-unit.ts';
import { describeWithEmulator } from '../../support/emulator.ts';

const file = `
situations:
  - name: no block at all
    control: S3.8
    proven-on: emulator
    given:
      - call: s3:CreateBucket
        with: { Bucket: "bucket-of-{account}" }
      - call: s3:GetBucketLocation
        with: { Bucket: "bucket-of-{account}" }
        as: location
    resource: "arn:{partition}:s3:::bucket-of-{account}"
    observe:
      - read: s3:GetPublicAccessBlock
        with: { Bucket: "bucket-of-{account}" }
        keep: { block: PublicAccessBlockConfiguration, policy: PublicAccessBlockConfiguration.BlockPublicPolicy }
        absent: [NoSuchPublicAccessBlockConfiguration]
    preview: { outcome: would-change, calls: [s3:PutPublicAccessBlock] }
    remediate:
      says: The bucket is changed.
      expect:
        policy: true
        block: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true }
  - name: already blocked
    control: S3.8
    proven-on: emulator
    given:
      - call: s3:CreateBucket
        with: { Bucket: closed-bucket }
      - call: s3:PutPublicAccessBlock
        with:
          Bucket: closed-bucket
          PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true }
    resource: "arn:aws:s3:::closed-bucket"
    observe:
      - read: s3:GetPublicAccessBlock
        with: { Bucket: closed-bucket }
        keep: { block: PublicAccessBlockConfiguration }
    preview: { outcome: compliant }
    remediate: { outcome: compliant }
  - name: no such bucket
    control: S3.8
    proven-on: recorded answers
    answers:
      - { operation: s3:GetPublicAccessBlock, error: NoSuchBucket }
    resource: "arn:aws:s3:::gone-bucket"
    observe:
      - read: s3:ListBuckets
        keep: { buckets: "Buckets[].Name" }
    preview: { outcome: failed }
    remediate: { outcome: failed, says: NoSuchBucket }
`;
const test = parse(file) as UnitTest;
const reads = new Set(['s3:GetPublicAccessBlock', 's3:ListBuckets']);

describeWithEmulator('situations of a unit', ({ emulator, bridge }) => {
  const run = (document: unknown, unitTest: UnitTest = test): Promise<readonly SituationResult[]> =>
    runUnitTest(unitTest, {
      document,
      bridge: bridge(),
      reads,
      assumeRole: 'arn:{partition}:iam::{account}:role/SO0111-Block-test',
      reset: emulator().reset,
    });
  const problems = async (change: (script: string) => string): Promise<readonly string[]> => {
    const [first] = await run(bucketDocument(change), { situations: test.situations.slice(0, 1) });
    return first?.problems ?? ['no situation'];
  };

  it('hold for a document that works, and give its calls', async () => {
    const results = await run(bucketDocument());
    expect(results.map((result) => [result.name, result.problems])).toEqual([
      ['no block at all', []],
      ['already blocked', []],
      ['no such bucket', []],
    ]);
    expect(results[0]?.runs.map((one) => one.mode)).toEqual([
      'Preview',
      'Remediate',
      'Remediate',
      'Undo',
    ]);
    expect(results[0]?.calls.map((call) => `${call.mode} ${call.operation}`)).toEqual([
      'Preview GetPublicAccessBlock',
      'Remediate GetPublicAccessBlock',
      'Remediate PutPublicAccessBlock',
      'Remediate GetPublicAccessBlock',
      'Undo DeletePublicAccessBlock',
    ]);
    expect(results[2]?.runs.map((one) => one.execution.status)).toEqual(['Failed', 'Failed']);
  });

  it('find a Preview that writes', async () => {
    const found = await problems((script) =>
      script.replace(
        'if events["mode"] == "Preview":',
        's3.put_public_access_block(**wanted)\n    if events["mode"] == "Preview":',
      ),
    );
    expect(found[0]).toContain(
      'the document ended before its result: step Result: AccessDenied: An error occurred (AccessDenied) when calling the PutPublicAccessBlock',
    );
  });

  it('find a Preview that writes and hides the refusal', async () => {
    const attempt =
      'try:\n        s3.delete_bucket(Bucket=bucket)\n    except ClientError:\n        pass\n    if events["mode"] == "Preview":';
    const found = await problems((script) =>
      script.replace('if events["mode"] == "Preview":', attempt),
    );
    expect(found[0]).toBe('Preview tried s3:DeleteBucket, which is not a read');
  });

  it('find calls that Preview did not announce', async () => {
    const extra =
      's3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})\n    return result("changed"';
    const found = await problems((script) => script.replace('return result("changed"', extra));
    expect(found).toEqual([
      'Remediate made s3:PutBucketVersioning, which Preview did not announce',
    ]);
  });

  it('find a change that is not the expected one', async () => {
    const found = await problems((script) =>
      script.replace('dict.fromkeys(NAMES, True)', 'dict.fromkeys(NAMES, False)'),
    );
    expect(found[0]).toContain('after Remediate the observed block is {"BlockPublicAcls":false');
    expect(found).toContainEqual('the second time: Remediate ended as changed, not as compliant');
    expect(found).toContainEqual('the second time: Remediate made s3:PutPublicAccessBlock');
  });

  it('find an Undo that does not restore', async () => {
    const found = await problems((script) =>
      script
        .replace('if before is None:', 'if False:')
        .replace(
          'PublicAccessBlockConfiguration=before',
          'PublicAccessBlockConfiguration=before or {"BlockPublicAcls": True}',
        ),
    );
    expect(found[0]).toContain('after Undo the observed block is');
  });

  it('find calls of Undo that Preview announced otherwise, or not at all', async () => {
    const undo = '{"call": "s3:DeletePublicAccessBlock", "with": {"Bucket": bucket}}';
    const announcing = (bucket: string): Promise<readonly string[]> =>
      problems((script) =>
        script
          .replace('return result("undone")', `return result("undone", [${undo}])`)
          .replace(
            'return result("would-change", changes)',
            `return result("would-change", [*changes, {**${undo}, "with": {"Bucket": ${bucket}}, "undo": True}])`,
          ),
      );
    expect(await announcing('bucket')).toEqual([]);
    expect(await announcing('"(Name of s3:X, known after the call)"')).toEqual([]);
    expect(await announcing('"another"')).toEqual([
      expect.stringMatching(/^Undo made the calls .*, Preview announced .*another/u),
    ]);
    const silent = await problems((script) =>
      script.replace('return result("undone")', `return result("undone", [${undo}])`),
    );
    expect(silent).toEqual([expect.stringMatching(/, Preview announced \[\]$/u)]);
  });

  it('find an outcome that the execution denies', async () => {
    const found = await problems((script) =>
      script.replace('return result("undone")', 'return result("failed", error="told so")'),
    );
    expect(found).toEqual(['Undo ended as failed (told so), not as undone']);
  });

  it('find a set-up that does not work', async () => {
    const [situation] = test.situations;
    const broken = {
      ...situation,
      given: [{ call: 's3:DeleteBucket', with: { Bucket: 'none-of-{nothing}' } }],
    } as UnitTest['situations'][number];
    const [result] = await run(bucketDocument(), { situations: [broken] });
    expect(result?.problems).toEqual(['{nothing} names nothing']);
  });

  it('find a recorded answer that nobody asked for', async () => {
    const situation = {
      ...test.situations[2],
      answers: [{ operation: 's3:HeadBucket' }, ...(test.situations[2]?.answers ?? [])],
    } as UnitTest['situations'][number];
    const [result] = await run(bucketDocument(), { situations: [situation] });
    expect(result?.problems).toEqual(['the recorded answer of s3:HeadBucket was never asked for']);
  });
});

describe('the schema of unit tests', () => {
  const path = new URL('../../../generator/read/schemas/unit-test.schema.json', import.meta.url);
  const validate = new Ajv({ allErrors: true }).compile(
    JSON.parse(readFileSync(path, 'utf8')) as object,
  );
  const messages = (changes: object): readonly string[] => {
    const situation = { ...test.situations[0], ...changes };
    validate({ situations: [JSON.parse(JSON.stringify(situation))] });
    return (validate.errors ?? []).map(
      (error) => `${error.instancePath.replace('/situations/0', '')} ${error.message ?? ''}`,
    );
  };

  it('takes the file above', () => {
    expect(validate(test) || validate.errors).toBe(true);
  });

  it.each<[string, object, string]>([
    ['an unknown key', { sleep: 1 }, ' must NOT have additional properties'],
    [
      'recorded answers without answers',
      { 'proven-on': 'recorded answers' },
      " must have required property 'answers'",
    ],
    [
      'answers on the emulator',
      { answers: [{ operation: 's3:HeadBucket' }] },
      ' must NOT be valid',
    ],
    [
      'a change that nothing is expected of',
      { remediate: {} },
      "/remediate must have required property 'expect'",
    ],
    [
      'a change without its calls',
      { preview: { outcome: 'would-change' } },
      "/preview must have required property 'calls'",
    ],
    ['no observation', { observe: [] }, '/observe must NOT have fewer than 1 items'],
    [
      'no undo and a result of it',
      { undo: { none: true, outcome: 'undone' } },
      '/undo must NOT have more than 1 properties',
    ],
    [
      'an operation without its service',
      { given: [{ call: 'CreateBucket' }] },
      '/given/0/call must match pattern "^[a-z0-9-]+:[A-Z][A-Za-z0-9]+$"',
    ],
  ])('refuses %s', (_, changes, message) => {
    expect(messages(changes)).toContain(message);
  });

  it('takes what needs no expectation', () => {
    expect(
      messages({
        remediate: { outcome: 'failed' },
        undo: { none: true },
        parameters: { Days: 3, Ports: ['22', 80] },
      }),
    ).toEqual([]);
  });
});
