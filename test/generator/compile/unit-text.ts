import type { Files } from './compile-source.ts';
import { dedent } from './compile-source.ts';

/** A correct unit, section by section. Tests replace the sections that they are about. */
const SECTIONS = {
  title: 'title: Turn on rotation of a key',
  why: 'why: Old key material loses more data with it.',
  checks: 'checks: Rotation is on.',
  controls: 'controls: [KMS.4]',
  resource: 'resource: kms-key',
  scope: 'scope: regional',
  impact: 'impact: cost',
  more: '',
  before: `
before:
  - read: kms:GetKeyRotationStatus
    with: { KeyId: "{KeyArn}" }
    keep: { rotating: KeyRotationEnabled }`,
  compliant: 'compliant: { before.rotating: true }',
  change: `
change:
  - call: kms:EnableKeyRotation
    with: { KeyId: "{KeyArn}" }`,
  undo: `
undo:
  - call: kms:DisableKeyRotation
    with: { KeyId: "{KeyArn}" }`,
  note: 'note: Key {KeyId} rotates.',
} as const;

export type Sections = Readonly<Partial<Record<keyof typeof SECTIONS, string>>>;

/** A test file that fits any unit as far as the schema goes. */
export const SOME_TEST = `
situations:
  - name: failing
    control: KMS.4
    proven-on: emulator
    resource: "arn:aws:kms:us-east-1:111122223333:key/0a1b2c3d-1111-4222-8333-444455556666"
    observe: [{ read: "kms:GetKeyRotationStatus", keep: { rotating: KeyRotationEnabled } }]
    preview: { outcome: would-change, calls: ["kms:EnableKeyRotation"] }
    remediate: { outcome: changed, expect: { rotating: true } }
`;

/** The text of a unit: the correct one with some sections replaced, `more` holding the optional keys. */
export function unitText(sections: Sections = {}): string {
  return Object.values({ ...SECTIONS, ...sections })
    .map((text) => dedent(text))
    .filter((text) => text !== '')
    .map((text) => `${text}\n`)
    .join('');
}

/** The files of the unit Rotate, with its test and optionally its Python. */
export function unit(sections: Sections = {}, python?: string): Files {
  return {
    'runbooks/kms/Rotate.yaml': unitText(sections),
    'runbooks/kms/Rotate.test.yaml': SOME_TEST,
    ...(python === undefined ? {} : { 'runbooks/kms/Rotate.py': `${dedent(python)}\n` }),
  };
}
