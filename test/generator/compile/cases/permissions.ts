import type { MistakeCase } from '../compile-source.ts';
import { unit } from '../unit-text.ts';

/** What IAM would ignore, refuse or grant too widely. */
export const permissionCases: readonly MistakeCase[] = [
  {
    title: 'actions that IAM does not have',
    files: unit({
      more: `
        roles:
          Reader: { service: sns, allow: [»"kms:Decrypts"], on: kms-key }
        permissions:
          - { action: »"kms:CreateGrants", on: kms-key, why: It is needed. }
          - { action: »"frobnicator:Run", on: kms-key, why: It is needed. }`,
      note: 'note: "{roles.Reader}."',
    }),
    says: `
      unknown-action
        kms:Decrypts is not an IAM action.
        IAM would ignore the permission.
        Did you mean kms:Decrypt?
      unknown-action
        kms:CreateGrants is not an IAM action.
        IAM would ignore the permission.
        Did you mean kms:CreateGrant?
      unknown-action
        frobnicator:Run is not an IAM action.
        IAM would ignore the permission.
        See the Service Authorization Reference.`,
  },
  {
    title: 'an operation for which no action is known',
    files: unit({
      change: `
        change:
          - call: »dynamodb:ExecuteStatement
            with: { Statement: "DELETE FROM keys" }`,
    }),
    says: `
      no-action
        No IAM action is known for dynamodb:ExecuteStatement.
        The role could not make the call.
        Add a row with its source to generator/data/iam-actions.yaml.`,
  },
  {
    title: 'an action that does not act on the resource of the unit',
    files: unit({
      change: `
        change:
          - call: »sns:SetTopicAttributes
            with: { TopicArn: "{KeyArn}", AttributeName: KmsMasterKeyId }`,
    }),
    says: `
      scope-missing
        sns:SetTopicAttributes does not act on the unit's own resource.
        The permission would reach every resource of the account.
        Say with \`on:\` what it acts on: sns:topic (arn:\${Partition}:sns:\${Region}:\${Account}:\${TopicName}).`,
  },
  {
    title: 'scopes that the action does not act on, or that are none',
    files: unit({
      change: `
        change:
          - call: sns:SetTopicAttributes
            on: »sqs-queue
            with: { TopicArn: "{KeyArn}", AttributeName: KmsMasterKeyId }
          - call: sns:SetTopicAttributes
            on: »"*"
            with: { TopicArn: "{KeyArn}", AttributeName: KmsMasterKeyId }
          - call: sns:SetTopicAttributes
            on: »topics
            with: { TopicArn: "{KeyArn}", AttributeName: KmsMasterKeyId }`,
      more: `
        roles:
          Reader: { service: sns, allow: [»"kms:Decrypt"], on: sns-topic }`,
      note: 'note: "{roles.Reader}."',
    }),
    says: `
      scope-mismatch
        kms:Decrypt acts on nothing that \`on\` names.
        IAM would never match the resource, so the call would be denied.
        It acts on: kms:key.
      scope-mismatch
        sns:SetTopicAttributes does not act on arn:\${AWS::Partition}:sqs:*:\${AWS::AccountId}:*.
        IAM would never match the resource, so the call would be denied.
        It acts on: sns:topic.
      scope-missing
        A wildcard is no scope.
        The permission would reach every resource of the account.
        Name a resource kind or an ARN.
      unknown-kind
        topics is neither a resource kind nor an ARN.
        Values could not be checked before they reach AWS.
        See generator/model/kinds/resource-kinds.yaml.`,
  },
  {
    title: 'a permission that a step brings anyway',
    files: unit({
      more: `
        permissions:
          - { action: »"kms:EnableKeyRotation", on: kms-key, why: It is needed. }
          - { action: "kms:CreateGrant", on: kms-key, why: It is needed. }`,
    }),
    says: `
      permission-unused
        kms:EnableKeyRotation is already derived from a step.
        Least privilege: what no step needs is not granted.
        Remove it.`,
  },
];
