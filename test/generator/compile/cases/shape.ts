import type { MistakeCase } from '../compile-source.ts';
import { unit } from '../unit-text.ts';

/** What the JSON Schema of units refuses, in words that help. */
export const shapeCases: readonly MistakeCase[] = [
  {
    title: 'a key that is misspelt',
    files: unit({ more: '»notes: Key {KeyId} rotates.' }),
    says: `
      unknown-key
        notes is not a key here.
        A key that nobody reads looks like a setting that works.
        Did you mean note?`,
  },
  {
    title: 'a key that resembles none',
    files: unit({
      before: `
      before:
        - read: kms:GetKeyRotationStatus
          »parameters: { KeyId: "{KeyArn}" }
          keep: { rotating: KeyRotationEnabled }`,
    }),
    says: `
      unknown-key
        parameters is not a key here.
        A key that nobody reads looks like a setting that works.
        Known here: read, call, wait, compute, with, when, each, on, as, keep, absent, ok, retry, hide, until, fail, within, every.`,
  },
  {
    title: 'no undo',
    files: unit({ title: '»title: Turn on rotation of a key', undo: '' }),
    says: `
      missing-undo
        The file has no undo.
        People must know whether a change can be taken back.
        Add the steps that restore, or \`undo: { none: reason }\`.`,
  },
  {
    title: 'what must be unchanged for an undo that there is not',
    files: unit({ undo: 'undo: { none: Keys never stop. }', more: '»unchanged: [rotating]' }),
    says: `
      unknown-key
        unchanged can't stand here.
        A key that nobody reads looks like a setting that works.
        See the schema in generator/read/schemas.`,
  },
  {
    title: 'no note and no checks',
    files: unit({ title: '»»title: Turn on rotation of a key', note: '', checks: '' }),
    says: `
      missing-key
        The file has no checks.
        The build cannot go on without it.
        Add checks.
      missing-key
        The file has no note.
        The build cannot go on without it.
        Add note.`,
  },
  {
    title: 'sections that are left empty',
    files: unit({ title: 'title: »', impact: 'impact: »', undo: 'undo: »' }),
    says: `
      wrong-type
        title is empty.
        The value would be misread.
        Fill it in: text (quote it).
      wrong-value
        impact is empty.
        The value has no meaning here.
        Allowed: none, config-only, cost, access-loss, availability, credential-loss, data-loss.
      wrong-type
        undo is empty.
        The value would be misread.
        Fill it in: a map or a list.`,
  },
  {
    title: 'text where a list is expected',
    files: unit({ controls: 'controls: »KMS.4', change: 'change: »kms:EnableKeyRotation' }),
    says: `
      wrong-type
        controls is text.
        The value would be misread.
        Make it a list or a map.
      wrong-type
        change is text.
        The value would be misread.
        Make it a list.`,
  },
  {
    title: 'a number where text is expected',
    files: unit({ why: 'why: »42' }),
    says: `
      wrong-type
        why is a number.
        The value would be misread.
        Make it text (quote it).`,
  },
  {
    title: 'words that are none of the known ones',
    files: unit({ impact: 'impact: »data-los', scope: 'scope: »everywhere' }),
    says: `
      wrong-value
        everywhere is not a value of scope.
        The value has no meaning here.
        Allowed: regional, global.
      wrong-value
        data-los is not a value of impact.
        The value has no meaning here.
        Did you mean data-loss?`,
  },
  {
    title: 'texts without a period, a title with one',
    files: unit({
      title: 'title: »Turn on rotation of a key.',
      why: 'why: »Old keys lose more data',
      checks: 'checks: »Rotation is on for every customer managed symmetric key in the Region',
    }),
    says: `
      wrong-value
        Turn on rotation of a key. does not have the form of title.
        The value has no meaning here.
        Expected: One sentence, imperative, without a period.
      wrong-value
        Old keys lose more data does not have the form of why.
        The value has no meaning here.
        Expected: A sentence that ends with a period.
      wrong-value
        Rotation is on for every customer managed symmetric key i... does not have the form of checks.
        The value has no meaning here.
        Expected: A sentence that ends with a period.`,
  },
  {
    title: 'names that are none',
    files: unit({
      more: `
      parameters:
        »key-id: { kind: kms-key }`,
      controls: 'controls: [»KMS4]',
      resource: 'resource: »KmsKey',
    }),
    says: `
      wrong-value
        KMS4 does not have the form of controls.
        The value has no meaning here.
        Expected: A security control id, such as EC2.2.
      wrong-value
        KmsKey does not have the form of resource.
        The value has no meaning here.
        Expected: The name of a kind, such as kms-key.
      wrong-value
        key-id is not a name that can stand here.
        The value has no meaning here.
        Expected: Letters, digits and _, starting with a letter.`,
  },
  {
    title: 'a reference without quotes where text is expected',
    files: unit({
      note: 'note: »{KeyId}',
      change: `
      change:
        - call: kms:EnableKeyRotation
          each: »{before.keys}
          with: { KeyId: "{KeyArn}" }`,
    }),
    says: `
      unquoted-reference
        {before.keys} is a map here, not a reference.
        Unquoted braces are a YAML map, not a reference.
        Quote it: "{before.keys}".
      unquoted-reference
        {KeyId} is a map here, not a reference.
        Unquoted braces are a YAML map, not a reference.
        Quote it: "{KeyId}".`,
  },
  {
    title: 'a list to repeat on that is no reference',
    files: unit({
      change: `
      change:
        - call: kms:EnableKeyRotation
          each: »before.keys
          with: { KeyId: "{KeyArn}" }`,
    }),
    says: `
      wrong-value
        before.keys does not have the form of each.
        The value has no meaning here.
        Expected: One reference to a list, such as "{before.rules}".`,
  },
  {
    title: 'a step without anything to do',
    files: unit({
      change: `
      change:
        - »with: { KeyId: "{KeyArn}" }`,
    }),
    says: `
      missing-key
        The step does nothing.
        The build cannot go on without it.
        Give it read, call, wait or compute.`,
  },
  {
    title: 'a step that does two things',
    files: unit({
      change: `
      change:
        - call: kms:EnableKeyRotation
          »wait: kms:GetKeyRotationStatus
          with: { KeyId: "{KeyArn}" }`,
    }),
    says: `
      unknown-key
        A step is a call or a wait, not both.
        A key that nobody reads looks like a setting that works.
        Make two steps of it.`,
  },
  {
    title: 'members of another kind of step',
    files: unit({
      before: `
      before:
        - read: kms:GetKeyRotationStatus
          with: { KeyId: "{KeyArn}" }
          »ok: [NotFoundException]
          keep: { rotating: KeyRotationEnabled }`,
      change: `
      change:
        - call: kms:EnableKeyRotation
          with: { KeyId: "{KeyArn}" }
          »keep: { x: y }`,
    }),
    says: `
      unknown-key
        ok is not a key of a read.
        A key that nobody reads looks like a setting that works.
        See "Steps" in docs/runbook-format.md.
      unknown-key
        keep is not a key of a call.
        A key that nobody reads looks like a setting that works.
        See "Steps" in docs/runbook-format.md.`,
  },
  {
    title: 'a wait without an end',
    files: unit({
      change: `
      change:
        - »wait: kms:GetKeyRotationStatus
          with: { KeyId: "{KeyArn}" }
          until: { KeyRotationEnabled: true }`,
    }),
    says: `
      missing-key
        The wait has no within.
        The build cannot go on without it.
        Add within.`,
  },
  {
    title: 'a duration in words',
    files: unit({ more: 'verify: { within: »5 minutes }' }),
    says: `
      wrong-value
        5 minutes does not have the form of within.
        The value has no meaning here.
        Expected: 30s, 9m or 6h.`,
  },
  {
    title: 'a way to verify that there is not',
    files: unit({ more: 'verify: { »withn: 5m }' }),
    says: `
      unknown-key
        withn is not a key here.
        A key that nobody reads looks like a setting that works.
        Did you mean within?`,
  },
  {
    title: 'a verify that says nothing',
    files: unit({ more: 'verify: »{}' }),
    says: `
      missing-key
        verify has no none or within.
        The build cannot go on without it.
        Add none or within.`,
  },
  {
    title: 'an undo without a reason',
    files: unit({ undo: 'undo: { none: »}' }),
    says: `
      wrong-type
        none is empty.
        The value would be misread.
        Fill it in: text (quote it).`,
  },
  {
    title: 'an operation that is not written as one, and a bad error code',
    files: unit({
      change: `
      change:
        - call: »EnableKeyRotation
          with: { KeyId: "{KeyArn}" }
          ok: [»no such key]`,
    }),
    says: `
      wrong-value
        EnableKeyRotation does not have the form of call.
        The value has no meaning here.
        Expected: service:Operation, as boto3 and the API model spell them.
      wrong-value
        no such key does not have the form of ok.
        The value has no meaning here.
        Expected: An error code of the service.`,
  },
  {
    title: 'an empty check',
    files: unit({ compliant: 'compliant: »{}' }),
    says: `
      wrong-value
        compliant is empty.
        The value has no meaning here.
        Expected: At least one line, such as { before.encrypted: true }.`,
  },
  {
    title: 'a parameter from the stack without a text for when it is missing',
    files: unit({
      more: `
      parameters:
        KmsKeyForTopics: »{ kind: kms-key, from: stack }`,
    }),
    says: `
      missing-key
        KmsKeyForTopics has from, but no missing.
        The build cannot go on without it.
        Add missing.`,
  },
  {
    title: 'a default that is a map',
    files: unit({
      more: `
      parameters:
        Days: { kind: days, default: »{ days: 3 } }`,
    }),
    says: `
      wrong-type
        default is a map.
        The value would be misread.
        Make it text (quote it) or a number or true or false or a list.`,
  },
];
