import type { MistakeCase } from '../compile-source.ts';
import { unit } from '../unit-text.ts';

/** References that lead nowhere, names that nothing reads, references without quotes. */
export const referenceCases: readonly MistakeCase[] = [
  {
    title: 'names that are misspelt, each at its own place in the text',
    files: unit({
      change: `
        change:
          - call: kms:EnableKeyRotation
            with: { KeyId: "arn:{partition}:kms:»{regon}:{account}:key/»{KeyID}" }`,
      note: 'note: Key »{KeyIdd} was »{before.rotatin}.',
    }),
    says: `
      unknown-reference
        {regon} refers to nothing.
        The document would fail at this step in every account.
        Did you mean region?
      unknown-reference
        {KeyID} refers to nothing.
        The document would fail at this step in every account.
        Did you mean KeyId?
      unknown-reference
        {KeyIdd} refers to nothing.
        The document would fail at this step in every account.
        Did you mean KeyId?
      unknown-reference
        {before.rotatin} refers to nothing.
        The document would fail at this step in every account.
        Did you mean before.rotating?`,
  },
  {
    title: 'roots that resemble nothing',
    files: unit({ note: "note: '»{whatever.it.is} »{item.Id} »{roles.Reader} »{control.Days}.'" }),
    says: `
      unknown-reference
        {whatever.it.is} refers to nothing.
        The document would fail at this step in every account.
        Known here: account, region, partition, kind, control, now, KeyId, KeyArn.
      unknown-reference
        {item.Id} refers to nothing.
        The document would fail at this step in every account.
        Known here: account, region, partition, kind, control, now, KeyId, KeyArn.
      unknown-reference
        {roles.Reader} refers to nothing.
        The document would fail at this step in every account.
        Known here: nothing.
      unknown-reference
        {control.Days} refers to nothing.
        The document would fail at this step in every account.
        Known here: nothing.`,
  },
  {
    title: 'what is kept later, and answers of calls that come later',
    files: unit({
      before: `
        before:
          - read: kms:DescribeKey
            with: { KeyId: "»{before.rotating}" }
            keep: { key: KeyMetadata }
          - read: kms:GetKeyRotationStatus
            with: { KeyId: "{before.key.KeyId}" }
            keep: { rotating: KeyRotationEnabled }`,
      change: `
        change:
          - call: kms:EnableKeyRotation
            with: { KeyId: "»{tagged.done}" }
          - call: kms:TagResource
            with: { KeyId: "{KeyArn}", Tags: [] }
            as: tagged`,
    }),
    says: `
      unknown-reference
        {before.rotating} refers to nothing.
        The document would fail at this step in every account.
        Known here: nothing.
      unknown-reference
        {tagged.done} refers to nothing.
        The document would fail at this step in every account.
        Known here: account, region, partition, kind, control, now, KeyId, KeyArn.`,
  },
  {
    title: 'references in checks',
    files: unit({
      change: `
        change:
          - call: kms:EnableKeyRotation
            when: { »before.rotatin: false, before.rotating: "»{before.x}" }
            with: { KeyId: "{KeyArn}" }`,
      compliant: 'compliant: { »before.rotates: true }',
      impact: 'impact: { when: { »KeyArn: present }, then: cost, else: none }',
      note: 'note: It was {before.rotating}.',
    }),
    says: `
      unknown-reference
        KeyArn refers to nothing.
        The document would fail at this step in every account.
        Known here: account, region, partition, kind, control, now.
      unknown-reference
        before.rotates refers to nothing.
        The document would fail at this step in every account.
        Known here: rotating.
      unknown-reference
        before.rotatin refers to nothing.
        The document would fail at this step in every account.
        Did you mean before.rotating?
      unknown-reference
        {before.x} refers to nothing.
        The document would fail at this step in every account.
        Known here: rotating.`,
  },
  {
    title: 'a field that only one of two kinds has',
    files: unit({
      resource: 'resource: [kms-key, sns-topic]',
      change: `
        change:
          - call: kms:EnableKeyRotation
            when: { kind: kms-key }
            with: { KeyId: "{KeyArn}" }
          - call: kms:DisableKeyRotation
            with: { KeyId: "»{KeyArn}" }`,
      before: `
        before:
          - read: kms:GetKeyRotationStatus
            when: { kind: kms-key }
            with: { KeyId: "{KeyArn}" }
            keep: { rotating: KeyRotationEnabled }`,
      undo: 'undo: { none: It is final. }',
      note: 'note: Done.',
    }),
    says: `
      unknown-reference
        {KeyArn} refers to nothing.
        The document would fail at this step in every account.
        Known here: account, region, partition, kind, control, now.`,
  },
  {
    title: 'names that nothing reads',
    files: unit({
      more: `
        parameters:
          »Days: { kind: days, default: 3 }`,
      before: `
        before:
          - read: kms:GetKeyRotationStatus
            with: { KeyId: "{KeyArn}" }
            keep: { rotating: KeyRotationEnabled, »next: NextRotationDate }`,
      change: `
        change:
          - call: kms:EnableKeyRotation
            with: { KeyId: "{KeyArn}" }
            as: »enabled`,
    }),
    says: `
      unused-parameter
        Nothing reads {Days}.
        People would set a value that has no effect.
        Use it or remove it.
      unused-name
        Nothing reads {before.next}.
        A kept value that nobody reads takes room in the undo state.
        Use it or remove it.
      unused-name
        Nothing reads {enabled}.
        A kept value that nobody reads takes room in the undo state.
        Use it or remove it.`,
  },
  {
    title: 'unchanged values that before does not keep',
    files: unit({ more: 'unchanged: [rotating, »rotatin, »policy]' }),
    says: `
      unknown-reference
        before keeps no rotatin.
        The document would fail at this step in every account.
        Did you mean rotating?
      unknown-reference
        before keeps no policy.
        The document would fail at this step in every account.
        It keeps rotating.`,
  },
  {
    title: 'references without quotes where any value can stand',
    files: unit({
      before: `
        before:
          - read: kms:GetKeyRotationStatus
            with: { KeyId: »{KeyArn} }
            keep: { rotating: KeyRotationEnabled }`,
      compliant: 'compliant: { before.rotating: »{region} }',
      change: `
        change:
          - call: kms:TagResource
            with: { KeyId: "{KeyArn}", Tags: [{ TagKey: a, TagValue: »{before.rotating | ''} }] }`,
    }),
    says: `
      unquoted-reference
        {KeyArn} is a map here, not a reference.
        Unquoted braces are a YAML map, not a reference.
        Quote it: "{KeyArn}".
      unquoted-reference
        {region} is a map here, not a reference.
        Unquoted braces are a YAML map, not a reference.
        Quote it: "{region}".
      unquoted-reference
        {before.rotating | ''} is a map here, not a reference.
        Unquoted braces are a YAML map, not a reference.
        Quote it: "{before.rotating | ''}".`,
  },
  {
    title: 'a reference in a text over several lines, at its beginning',
    files: unit({ note: 'note: »Key {KeyId} rotates from now on\n  and {nobody} must do it.' }),
    says: `
      unknown-reference
        {nobody} refers to nothing.
        The document would fail at this step in every account.
        Known here: account, region, partition, kind, control, now, KeyId, KeyArn.`,
  },
];
