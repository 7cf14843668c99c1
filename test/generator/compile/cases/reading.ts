import type { MistakeCase } from '../compile-source.ts';
import { SOME_TEST, unit, unitText } from '../unit-text.ts';

const path = 'runbooks/kms/Rotate.yaml';
const test = { 'runbooks/kms/Rotate.test.yaml': SOME_TEST };

/** Files and YAML: what the reader says before it looks at meaning. */
export const readingCases: readonly MistakeCase[] = [
  {
    title: 'a map that is never closed',
    files: { ...test, [path]: 'title: { a: b\n»why: x' },
    says: `
      yaml-syntax
        Flow map in block collection must be sufficiently indented and end with a }.
        The file cannot be read as YAML.
        Mend the YAML.`,
  },
  {
    title: 'a tab as indentation',
    files: { ...test, [path]: 'title: x\nbefore:\n»\t- read' },
    says: `
      yaml-syntax
        Tabs are not allowed as indentation.
        The file cannot be read as YAML.
        Mend the YAML.`,
  },
  {
    title: 'two documents in one file',
    files: { ...test, [path]: 'title: x\n»---\ntitle: y\n' },
    says: `
      yaml-syntax
        A second document begins here.
        The file cannot be read as YAML.
        Keep one.`,
  },
  {
    title: 'an alias that leads nowhere',
    files: { ...test, [path]: '»title: *gone\n' },
    says: `
      yaml-syntax
        Unresolved alias (the anchor must be set before the alias): gone.
        The file cannot be read as YAML.
        Mend the YAML.`,
  },
  {
    title: 'aliases that would fill the memory',
    files: {
      ...test,
      [path]:
        '»a: &a [x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b]\nd: [*c, *c, *c, *c, *c, *c, *c, *c]\n',
    },
    says: `
      yaml-syntax
        Excessive alias count indicates a resource exhaustion attack.
        The file cannot be read as YAML.
        Mend the YAML.`,
  },
  {
    title: 'a key that is there twice',
    files: unit({ note: 'note: Key {KeyId} rotates.\n»note: Key {KeyId} rotates yearly.' }),
    says: `
      duplicate-key
        This key is there twice.
        Only one of the values would count, and readers would see the other.
        Keep one of them.`,
  },
  {
    title: 'an empty file',
    files: { ...test, [path]: '»' },
    says: `
      wrong-type
        The file is empty.
        The value would be misread.
        Fill it in: a map.`,
  },
  {
    title: 'a file that is a folder',
    files: {
      ...unit(),
      'runbooks/kms/Other.test.yaml': SOME_TEST,
      'runbooks/kms/Other.yaml/': '»',
    },
    says: `
      unreadable-file
        It cannot be read: EISDIR: illegal operation on a directory, read.
        The build reads every source, so that nothing is left out silently.
        Check that it exists and that you may read it.`,
  },
  {
    title: 'a unit without a test',
    files: { [path]: `»${unitText()}` },
    says: `
      missing-test
        Rotate has no test.
        A remediation without a test is not proven.
        Write runbooks/kms/Rotate.test.yaml.`,
  },
  {
    title: 'a test that is no test',
    files: { ...unit(), 'runbooks/kms/Rotate.test.yaml': '»»situation: []\n' },
    says: `
      missing-key
        The file has no situations.
        The build cannot go on without it.
        Add situations.
      unknown-key
        situation is not a key here.
        A key that nobody reads looks like a setting that works.
        Did you mean situations?`,
  },
  {
    title: 'recorded answers in a test on the emulator',
    files: {
      ...unit(),
      'runbooks/kms/Rotate.test.yaml': SOME_TEST.replace(
        '- name: failing',
        '- name: failing\n    »answers: [{ operation: "kms:EnableKeyRotation" }]',
      ),
    },
    says: `
      unknown-key
        answers can't stand here.
        A key that nobody reads looks like a setting that works.
        See the schema in generator/read/schemas.`,
  },
  {
    title: 'files that belong to no unit',
    files: {
      ...unit(),
      'runbooks/README.md': '»',
      'runbooks/_shared/notes.txt': '»',
      'runbooks/kms/Rotat.py': '»',
      'runbooks/kms/Rotate.yml': '»',
    },
    says: `
      unexpected-file
        This file belongs to no unit.
        The folder is the registry: a file that belongs to no unit is probably misnamed.
        A unit is <Name>.yaml, <Name>.py and <Name>.test.yaml in a service folder.
      unexpected-file
        This file belongs to no unit.
        The folder is the registry: a file that belongs to no unit is probably misnamed.
        A unit is <Name>.yaml, <Name>.py and <Name>.test.yaml in a service folder.
      unexpected-file
        This file belongs to no unit.
        The folder is the registry: a file that belongs to no unit is probably misnamed.
        A unit is <Name>.yaml, <Name>.py and <Name>.test.yaml in a service folder.
      unexpected-file
        This file belongs to no unit.
        The folder is the registry: a file that belongs to no unit is probably misnamed.
        A unit is <Name>.yaml, <Name>.py and <Name>.test.yaml in a service folder.`,
  },
  {
    title: 'a file name that is no name',
    files: {
      'runbooks/kms/rotate-keys.yaml': `»${unitText()}`,
      'runbooks/kms/rotate-keys.test.yaml': SOME_TEST,
    },
    says: `
      bad-name
        rotate-keys is not a name for a unit.
        Document, role and catalogue row are named after the unit.
        Use letters and digits, starting with a capital: EnableKeyRotation.yaml.`,
  },
];
