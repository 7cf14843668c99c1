import type { MistakeCase } from '../compile-source.ts';
import { unit } from '../unit-text.ts';

const text = `
short-text:
  type: string
  pattern: "[a-z]{1,8}"
  describes: a short text
  accepts: [abc]
  refuses: [ABC]
`.trimStart();
const topic = `
topic:
  finding: AwsSnsTopic
  arn: "arn:{partition}:sns:{region}:{account}:{TopicName}"
  fields: { TopicName: "[a-z]{1,8}" }
  iam: [sns:topic]
  accepts: ["arn:aws:sns:us-east-1:111122223333:abc", "arn:aws-cn:sns:cn-north-1:111122223333:abc"]
  refuses: ["arn:aws:sns:us-east-1:1111:abc", "arn:aws:sns:us-east-1:111122223333:ABC"]
`.trimStart();
const kinds = (parameters: string, resources: string) => ({
  'kinds/parameter-kinds.yaml': parameters,
  'kinds/resource-kinds.yaml': resources,
});

/** Kinds: patterns that can't be compiled or fail their own examples, and kinds that there are not. */
export const kindCases: readonly MistakeCase[] = [
  {
    title: 'patterns that are no regular expressions',
    files: kinds(
      text.replace('pattern: "[a-z]{1,8}"', 'pattern: »"[a-z"'),
      topic.replace('{ TopicName: "[a-z]{1,8}" }', '»{ TopicName: "(" }'),
    ),
    says: `
      bad-kind
        The pattern can't be compiled: Invalid regular expression: /^(?:[a-z)$/u: Unterminated character class.
        Every unit that uses the kind relies on its pattern.
        Mend the pattern.
      bad-kind
        The pattern can't be compiled: Invalid regular expression: /^arn:(?<partition>aws|aws-us-gov|aws-cn):sns:(?<region>[a-z]{2,}(?:-[a-z]+)+-[0-9]{1,2}):(?<account>[0-9]{12}):(?<TopicName>()$/u: Unterminated group.
        Every unit that uses the kind relies on its pattern.
        Mend the pattern.`,
  },
  {
    title: 'patterns that fail their own examples',
    files: kinds(
      text.replace('[abc]', '[abc, »abcdefghi]').replace('[ABC]', '[ABC, »xyz]'),
      topic.replace('1111:abc"', '1111:abc", »"arn:aws:sns:us-east-1:111122223333:ab"'),
    ),
    says: `
      bad-kind
        The kind refuses its own example abcdefghi.
        Every unit that uses the kind relies on its pattern.
        Mend the pattern or the example.
      bad-kind
        The kind accepts xyz, which it should refuse.
        Every unit that uses the kind relies on its pattern.
        Mend the pattern or the example.
      bad-kind
        The kind accepts arn:aws:sns:us-east-1:111122223333:ab, which it should refuse.
        Every unit that uses the kind relies on its pattern.
        Mend the pattern or the example.`,
  },
  {
    title: 'a text without a pattern, a field without one and fields that the ARN lacks',
    files: kinds(
      text.replace('  pattern: "[a-z]{1,8}"\n', '').replace('type: string', 'type: »string'),
      topic
        .replace('arn: "', 'arn: »"')
        .replace('fields: { TopicName: "[a-z]{1,8}" }', 'fields: {}'),
    ),
    says: `
      bad-kind
        The kind has neither pattern nor values, so it would accept anything.
        Every unit that uses the kind relies on its pattern.
        Add one of them.
      bad-kind
        TopicName has no pattern in fields.
        Every unit that uses the kind relies on its pattern.
        Add it to fields.`,
  },
  {
    title: 'shapes that no kind has',
    files: kinds(
      text.replace('string', '»text'),
      topic.replace('[sns:topic]', '[»topic]').replace('finding', '»»findings'),
    ),
    says: `
      wrong-value
        text is not a value of type.
        The value has no meaning here.
        Allowed: string, integer, boolean, list, integer-list.
      missing-key
        topic has no finding.
        The build cannot go on without it.
        Add finding.
      unknown-key
        findings is not a key here.
        A key that nobody reads looks like a setting that works.
        Did you mean finding?
      wrong-value
        topic does not have the form of iam.
        The value has no meaning here.
        Expected form: ^[a-z0-9-]+:.+$`,
  },
  {
    title: 'kinds that a unit names and nobody defines',
    files: unit({
      resource: 'resource: »kms-keys',
      more: `
        parameters:
          Key: { kind: »kmskey }`,
    }),
    says: `
      unknown-kind
        kms-keys is not a resource kind.
        Values could not be checked before they reach AWS.
        Did you mean kms-key?
      unknown-kind
        kmskey is not a parameter kind.
        Values could not be checked before they reach AWS.
        Did you mean kms-key?`,
  },
  {
    title: 'one of several kinds',
    files: unit({ resource: 'resource: [kms-key, »hologram]' }),
    says: `
      unknown-kind
        hologram is not a resource kind.
        Values could not be checked before they reach AWS.
        See generator/model/kinds/resource-kinds.yaml.`,
  },
];
