import type { MistakeCase } from '../compile-source.ts';
import { unit } from '../unit-text.ts';

const lines = Array.from(
  { length: 1400 },
  (_, index) => `    "line ${index} of a table that nobody can read any more",`,
);

/** What AWS would refuse although every part is right. */
export const limitCases: readonly MistakeCase[] = [
  {
    title: 'a document that is too large',
    files: {
      ...unit({
        title: '»title: Turn on rotation of a key',
        before: `
          before:
            - read: kms:GetKeyRotationStatus
              with: { KeyId: "{KeyArn}" }
              keep: { status: KeyRotationEnabled }
            - compute: rotates
              with: { status: "{before.status}" }
              keep: { rotating: "@" }`,
      }),
      'runbooks/kms/Rotate.py': `"""How keys rotate."""

TABLE = [
${lines.join('\n')}
]


def rotates(status):
    """Tell whether it rotates."""
    return status in TABLE
`,
    },
    says: `
      over-limit
        The document has N bytes, 65536 are allowed.
        AWS would refuse it.
        Shorten the Python, or split the unit.`,
  },
  {
    title: 'a parameter name that Systems Manager refuses',
    files: unit({
      title: '»title: Turn on rotation of a key',
      more: `parameters: { ${'A'.repeat(130)}: { kind: days, default: 3 } }`,
      note: `note: "{${'A'.repeat(130)}} days."`,
    }),
    says: `
      document-invalid
        The document is invalid: /parameters must not hold the name AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.
        Systems Manager would refuse the document.
        This is a defect of the compiler or a name in the unit that Systems Manager refuses.`,
  },
  {
    title: 'double braces that come from the Python of the unit',
    files: unit(
      {
        title: '»title: Turn on rotation of a key',
        before: `
          before:
            - read: kms:GetKeyRotationStatus
              with: { KeyId: "{KeyArn}" }
              keep: { status: KeyRotationEnabled }
            - compute: rotates
              with: { status: "{before.status}" }
              keep: { rotating: "@" }`,
      },
      `
      """How keys rotate."""


      def rotates(status):
          """Tell whether it rotates."""
          return status == "{{ x }}"`,
    ),
    says: `
      brace-injection
        The script of Rotate holds two opening braces.
        Systems Manager would read the braces as one of its own variables.
        Put a space between them in the Python of the unit.`,
  },
];
