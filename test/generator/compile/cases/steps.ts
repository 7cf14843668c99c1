import type { MistakeCase } from '../compile-source.ts';
import { unit } from '../unit-text.ts';

/** Steps: operations, members, error codes, JMESPath, phases, waits. */
export const stepCases: readonly MistakeCase[] = [
  {
    title: 'services and operations that AWS does not have',
    files: unit({
      change: `
        change:
          - call: »kms:EnableKeyRotatio
            with: { KeyId: "{KeyArn}" }
          - call: »kmss:EnableKeyRotation
            with: { KeyId: "{KeyArn}" }
          - call: »kms:Frobnicate
            with: { KeyId: "{KeyArn}" }
          - call: »frobnicator:Run`,
    }),
    says: `
      unknown-operation
        kms:EnableKeyRotatio is not an operation of AWS Key Management Service.
        The document would fail at this step in every account.
        Did you mean kms:EnableKeyRotation?
      unknown-service
        kmss is not a service.
        The document would fail at this step in every account.
        Did you mean kms:EnableKeyRotation?
      unknown-operation
        kms:Frobnicate is not an operation of AWS Key Management Service.
        The document would fail at this step in every account.
        See the API reference of the service.
      unknown-service
        frobnicator is not a service.
        The document would fail at this step in every account.
        Use the boto3 name of the service.`,
  },
  {
    title: 'members that the operation does not have, and one that it needs',
    files: unit({
      before: `
        before:
          - read: »kms:GetKeyRotationStatus
            with: { »KeyID: "{KeyArn}" }
            keep: { rotating: »KeyRotationEnabld }`,
      change: `
        change:
          - call: »kms:EnableKeyRotation
            with: { »Whatever: 1 }
          - wait: kms:GetKeyRotationStatus
            with: { KeyId: "{KeyArn}" }
            until: { »Enabled: true }
            within: 30s`,
    }),
    says: `
      missing-member
        kms:GetKeyRotationStatus needs KeyId.
        AWS would refuse the call.
        Add KeyId to with.
      unknown-member
        kms:GetKeyRotationStatus has no input member KeyID.
        AWS would refuse the call.
        Did you mean KeyId?
      unknown-member
        The answer has no member KeyRotationEnabld.
        AWS would refuse the call.
        Did you mean KeyRotationEnabled?
      missing-member
        kms:EnableKeyRotation needs KeyId.
        AWS would refuse the call.
        Add KeyId to with.
      unknown-member
        kms:EnableKeyRotation has no input member Whatever.
        AWS would refuse the call.
        It has: KeyId, RotationPeriodInDays.
      unknown-member
        The answer has no member Enabled.
        AWS would refuse the call.
        It has: KeyId, KeyRotationEnabled, NextRotationDate, OnDemandRotationStartDate, RotationPeriodInDays.`,
  },
  {
    title: 'members inside of members',
    files: unit({
      change: `
        change:
          - call: kms:TagResource
            with:
              KeyId: "{KeyArn}"
              Tags: [{ TagKey: a, »Value: b }, »»{ Key: a }]`
        .replace('[{ TagKey', '[»{ TagKey')
        .replace('»»{ Key', '»»{ »Key'),
    }),
    says: `
      missing-member
        Tags of kms:TagResource needs TagValue.
        AWS would refuse the call.
        Add TagValue.
      unknown-member
        kms:TagResource has no input member Value here.
        AWS would refuse the call.
        It has: TagKey, TagValue.
      missing-member
        Tags of kms:TagResource needs TagKey.
        AWS would refuse the call.
        Add TagKey.
      missing-member
        Tags of kms:TagResource needs TagValue.
        AWS would refuse the call.
        Add TagValue.
      unknown-member
        kms:TagResource has no input member Key here.
        AWS would refuse the call.
        It has: TagKey, TagValue.`,
  },
  {
    title: 'values of another type than the member',
    files: unit({
      change: `
        change:
          - call: kms:EnableKeyRotation
            with: { KeyId: »[a], RotationPeriodInDays: »ninety }
          - call: kms:TagResource
            with: { KeyId: »true, Tags: »{ a: b } }
          - call: kms:TagResource
            with: { KeyId: »5, Tags: »"x{account}" }`,
    }),
    says: `
      wrong-type
        KeyId of kms:EnableKeyRotation is a string, not a list.
        The value would be misread.
        See the API reference of the operation.
      wrong-type
        RotationPeriodInDays of kms:EnableKeyRotation is an integer, not text.
        The value would be misread.
        See the API reference of the operation.
      wrong-type
        KeyId of kms:TagResource is a string, not true or false.
        The value would be misread.
        See the API reference of the operation.
      wrong-type
        Tags of kms:TagResource is a list, not a map.
        The value would be misread.
        See the API reference of the operation.
      wrong-type
        KeyId of kms:TagResource is a string, not a number.
        The value would be misread.
        See the API reference of the operation.
      wrong-type
        Tags of kms:TagResource is a list, not text.
        The value would be misread.
        See the API reference of the operation.`,
  },
  {
    title: 'an error code that is nearly one of the operation',
    files: unit({
      before: `
        before:
          - read: kms:GetKeyRotationStatus
            with: { KeyId: "{KeyArn}" }
            keep: { rotating: KeyRotationEnabled }
            absent: [»NotFoundExeption]`,
      change: `
        change:
          - call: kms:EnableKeyRotation
            with: { KeyId: "{KeyArn}" }
            ok: [»DisabledExcepton]
            retry: [»KMSInternalExceptio]`,
    }),
    says: `
      unknown-error-code
        kms:GetKeyRotationStatus has no error NotFoundExeption.
        An error that AWS never sends is never tolerated.
        Did you mean NotFoundException?
      unknown-error-code
        kms:EnableKeyRotation has no error DisabledExcepton.
        An error that AWS never sends is never tolerated.
        Did you mean DisabledException?
      unknown-error-code
        kms:EnableKeyRotation has no error KMSInternalExceptio.
        An error that AWS never sends is never tolerated.
        Did you mean KMSInternalException?`,
  },
  {
    title: 'expressions that are not JMESPath',
    files: unit({
      before: `
        before:
          - read: kms:GetKeyRotationStatus
            with: { KeyId: "{KeyArn}" }
            keep: { rotating: »"KeyRotationEnabled[" }`,
      change: `
        change:
          - wait: kms:GetKeyRotationStatus
            with: { KeyId: "{KeyArn}" }
            until: { »"a ||": true }
            fail: { »"KeyId ==": x }
            within: 30s`,
    }),
    says: `
      bad-jmespath
        KeyRotationEnabled[ is not JMESPath: Expected Star, got: EOF.
        The script would fail when it reads the answer.
        See jmespath.org.
      bad-jmespath
        a || is not JMESPath: Invalid token (EOF): "".
        The script would fail when it reads the answer.
        See jmespath.org.
      bad-jmespath
        KeyId == is not JMESPath: Invalid token (EOF): "".
        The script would fail when it reads the answer.
        See jmespath.org.`,
  },
  {
    title: 'what changes something where nothing may change',
    files: unit({
      before: `
        before:
          - »call: kms:DisableKeyRotation
            with: { KeyId: "{KeyArn}" }
          - »wait: kms:GetKeyRotationStatus
            with: { KeyId: "{KeyArn}" }
            until: { KeyRotationEnabled: true }
            within: 30s
          - read: »kms:EnableKeyRotation
            with: { KeyId: "{KeyArn}" }
          - read: kms:GetKeyRotationStatus
            with: { KeyId: "{KeyArn}" }
            keep: { rotating: KeyRotationEnabled }`,
      change: `
        change:
          - wait: »kms:TagResource
            with: { KeyId: "{KeyArn}", Tags: [] }
            until: { "@": present }
            within: 30s`,
    }),
    says: `
      write-in-preview
        A call can't stand in before.
        Preview promises to change nothing.
        Move it to change, or use read.
      write-in-preview
        A wait can't stand in before.
        Preview promises to change nothing.
        Move it to change.
      write-in-preview
        kms:EnableKeyRotation changes something (IAM access level Write).
        Preview promises to change nothing.
        Use call, in change or undo.
      write-in-preview
        kms:TagResource changes something (IAM access level Tagging).
        Preview promises to change nothing.
        Use call, in change or undo.`,
  },
  {
    title: 'reads outside of before',
    files: unit(
      {
        change: `
        change:
          - »read: kms:DescribeKey
            with: { KeyId: "{KeyArn}" }
          - compute: rotated
            with: { key: "{KeyArn}" }
            »keep: { »x: "@" }
            as: found`,
        undo: `
        undo:
          - »read: kms:DescribeKey
            with: { KeyId: "{KeyArn}" }`,
        note: 'note: It was {found}.',
      },
      `
      """How keys rotate."""


      def rotated(key):
          """Return the key."""
          return key`,
    ),
    says: `
      read-in-change
        A read can't stand in change.
        A preview could not say what the step would find.
        Move it to before.
      read-in-change
        Only before keeps values.
        A preview could not say what the step would find.
        Use \`as\`.
      unused-name
        Nothing reads {before.x}.
        A kept value that nobody reads takes room in the undo state.
        Use it or remove it.
      read-in-change
        A read can't stand in undo.
        A preview could not say what the step would find.
        Move it to before.`,
  },
  {
    title: 'a read that would see only the first page',
    files: unit({
      before: `
        before:
          - read: »cloudfront:ListCachePolicies
            keep: { rotating: "CachePolicyList.Items[0].Type" }`,
    }),
    says: `
      unpaged-read
        cloudfront:ListCachePolicies answers page by page, and boto3 has no paginator for it.
        Only the first page would be read, and the rest taken for compliant.
        Read with an operation that has one.`,
  },
  {
    title: 'waits that one script can not hold',
    files: unit({
      change: `
        change:
          - wait: kms:GetKeyRotationStatus
            with: { KeyId: "{KeyArn}" }
            until: { KeyRotationEnabled: true }
            within: 5m
          - wait: kms:GetKeyRotationStatus
            with: { KeyId: "{KeyArn}" }
            until: { KeyRotationEnabled: true }
            within: »5m`,
    }),
    says: `
      wait-too-long
        The waits of one script run add up to 630 seconds, more than 540.
        The execution would be ended before the wait is over.
        Shorten them, or give one more than nine minutes: it becomes a loop of the document.`,
  },
  {
    title: 'a verification that one script can not hold',
    files: unit({ more: 'verify: { within: »1h }' }),
    says: `
      wait-too-long
        The waits of one script run add up to 3600 seconds, more than 540.
        The execution would be ended before the wait is over.
        Shorten them, or give one more than nine minutes: it becomes a loop of the document.`,
  },
];
