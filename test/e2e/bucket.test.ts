/*
 * Nine S3 controls fail on one bucket at once, some of them in both formats and in two standards: seven remediations, two
 * of which rewrite the same policy. They take turns, and nobody's change is lost.
 *
 * The emulator's: CloudFormation and what it makes, DynamoDB, SQS, SNS, STS, IAM, Parameter Store, S3.
 * Ours: the emitted templates, the functions' code, the state machine's definition, the documents.
 * Played here (world/): Security Hub, event delivery by the deployed rules, Step Functions, Automation.
 */
import { expect, it } from 'vitest';
import { makeBucket } from './world/buckets.ts';
import { describeWorld, noteOf } from './world/describe-world.ts';
import { HOME, MEMBER } from './world/places.ts';

const PLACE = { account: MEMBER, region: HOME };
const CONTROLS = ['S3.2', 'S3.3', 'S3.4', 'S3.5', 'S3.6', 'S3.8', 'S3.9', 'S3.11', 'S3.13'];
/** Values that customers set on the control. */
const VALUES: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  'S3.11': { eventTypes: ['s3:ObjectRemoved:*'] },
  'S3.13': {
    targetTransitionDays: ['30'],
    targetExpirationDays: ['0'],
    targetTransitionStorageClass: ['STANDARD_IA'],
  },
};
/** These come in OCSF, too. */
const TWICE = ['S3.2', 'S3.5', 'S3.8', 'S3.9'];
const REMEDIATIONS = [
  'ConfigureS3BucketPublicAccessBlock',
  'EnableDefaultEncryptionS3',
  'SetSSLBucketPolicy',
  'S3BlockDenylist',
  'ConfigureS3BucketLogging',
  'EnableBucketEventNotifications',
  'SetS3LifecyclePolicy',
];

describeWorld(
  'one bucket',
  { remediations: REMEDIATIONS, members: [MEMBER], places: [PLACE] },
  (world) => {
    it('nine controls at once, then one is taken back', async () => {
      const { hub, tables } = world();
      for (const control of CONTROLS)
        await tables.setRow(control, { automatedRemediationEnabled: true });
      const bucket = await makeBucket(world().bridge, PLACE, 'nine-controls');
      const before = await bucket.settings();
      expect(before).toEqual({
        publicAccess: undefined,
        encryption: undefined,
        policy: ['Partner'],
        logging: undefined,
        topics: [],
        lifecycle: [],
      });
      const findings = new Map<string, string>();
      for (const control of CONTROLS) {
        const parameters = VALUES[control] ?? {};
        const failure = { ...PLACE, control, resource: bucket.arn, parameters };
        findings.set(control, await hub.fail(failure));
        if (TWICE.includes(control))
          findings.set(`${control} OCSF`, await hub.fail(failure, 'ocsf'));
      }
      const generator = 'aws-foundational-security-best-practices/v/1.0.0/S3.8';
      findings.set(
        'AFSBP',
        await hub.fail({ ...PLACE, control: 'S3.8', resource: bucket.arn, generator }),
      );
      await world().settle();

      // One execution for each remediation; whoever came while it ran or after it was resolved with it.
      expect(
        world()
          .automations.all()
          .map(({ document }) => document)
          .toSorted(),
      ).toEqual(REMEDIATIONS.map((name) => `ASR-${name}`).toSorted());
      for (const [name, id] of findings)
        expect([name, hub.finding(id)['status_id'] ?? hub.finding(id)['Workflow']]).toEqual([
          name,
          name.endsWith('OCSF') ? 4 : { Status: 'RESOLVED' },
        ]);
      const after = await bucket.settings();
      expect(after).toMatchObject({
        publicAccess: {
          BlockPublicAcls: true,
          IgnorePublicAcls: true,
          BlockPublicPolicy: true,
          RestrictPublicBuckets: true,
        },
        encryption: { Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
        logging: { TargetBucket: `asr-access-logs-${MEMBER}-${HOME}` },
        topics: [{ Events: ['s3:ObjectRemoved:*'] }],
        lifecycle: ['asr-lifecycle'],
      });
      expect(after.policy).toHaveLength(3);
      expect(after.policy[0]).toBe('Partner');
      expect(await tables.items('held')).toEqual([]);
      const history = await tables.history(bucket.arn);
      expect(history.map(({ outcome }) => outcome)).toEqual(REMEDIATIONS.map(() => 'changed'));
      expect(world().told.notices).toHaveLength(REMEDIATIONS.length);

      await hub.select(findings.get('S3.13') ?? '', 'ASRUndo');
      await world().settle();
      expect(await bucket.settings()).toEqual({ ...after, lifecycle: [] });

      // Two remediations rewrote the policy: taking the earlier one back would lose what the later one wrote.
      const earlier = history.find(({ control }) => control === 'S3.5' || control === 'S3.6');
      const finding = findings.get(String(earlier?.['control'])) ?? '';
      await hub.select(finding, 'ASRUndo');
      await world().settle();
      expect(noteOf(world(), finding)).toMatch(
        /^Not taken back by .+: the resource changed since/u,
      );
      expect(await bucket.settings()).toEqual({ ...after, lifecycle: [] });
    });
  },
);
