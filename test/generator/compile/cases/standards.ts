import type { MistakeCase } from '../compile-source.ts';

const consolidated = `
id: SC
name: Consolidated control findings
version: 2.0.0
generatorId: security-control/{control}
controls:
  EC2.1: { severity: HIGH }
  EC2.2: { severity: HIGH }
`.trimStart();
const other = (controls: string): string =>
  `
id: ACME
name: Acme baseline
version: 1.0.0
generatorId: acme/v/1.0.0/{control}
controls:
${controls}`.trimStart();

/** Standards: shapes, and maps that lead nowhere. */
export const standardCases: readonly MistakeCase[] = [
  {
    title: 'a map to a control that there is not',
    files: {
      'standards/sc.yaml': consolidated,
      'standards/acme.yaml': other('  "1": »EC2.3\n  "2": EC2.1\n'),
    },
    says: `
      unknown-control
        EC2.3 is not a security control.
        No finding would ever reach the remediation.
        Did you mean EC2.1?`,
  },
  {
    title: 'a map to a control that resembles none',
    files: {
      'standards/sc.yaml': consolidated,
      'standards/acme.yaml': other('  "1": »Kinesis.99\n'),
    },
    says: `
      unknown-control
        Kinesis.99 is not a security control.
        No finding would ever reach the remediation.
        Add it to the SC standard first.`,
  },
  {
    title: 'facts where an id is expected, and an id where facts are',
    files: {
      'standards/acme.yaml': other('  "1": »{ severity: LOW }\n'),
      'standards/sc.yaml': `${consolidated}  EC2.3: »EC2.1\n`,
    },
    says: `
      wrong-type
        1 is a map.
        The value would be misread.
        Name the security control it stands for.
      wrong-type
        EC2.3 is text.
        The value would be misread.
        Give the control a severity.`,
  },
  {
    title: 'shapes that no standard has',
    files: {
      'standards/acme.yaml': `
id: »acme
name: Acme baseline
version: »one
generatorId: »acme/v/1.0.0
standardsArn: »arn:aws:securityhub:::ruleset/acme
controls:
  EC2.1: »[EC2.1]
`.trimStart(),
      'standards/sc.yaml': `${consolidated}  EC2.3: { severity: »URGENT, »tittle: Nobody is let in, title: »»No. }\n`,
    },
    says: `
      wrong-value
        acme does not have the form of id.
        The value has no meaning here.
        Expected: 2 to 12 capital letters and digits.
      wrong-value
        one does not have the form of version.
        The value has no meaning here.
        Expected: Numbers with dots between them.
      wrong-value
        acme/v/1.0.0 does not have the form of generatorId.
        The value has no meaning here.
        Expected: Text with {control} in it.
      wrong-value
        arn:aws:securityhub:::ruleset/acme does not have the form of standardsArn.
        The value has no meaning here.
        Expected: An ARN that begins with arn:{partition}:securityhub:.
      wrong-type
        EC2.1 is a list.
        The value would be misread.
        Make it text (quote it) or a map.
      wrong-value
        URGENT is not a value of severity.
        The value has no meaning here.
        Allowed: INFORMATIONAL, LOW, MEDIUM, HIGH, CRITICAL.
      unknown-key
        tittle is not a key here.
        A key that nobody reads looks like a setting that works.
        Did you mean title?
      wrong-value
        title has fewer than 8 characters.
        The value has no meaning here.
        Expected: 8 to 140 characters without a period at the end.
      wrong-value
        No. does not have the form of title.
        The value has no meaning here.
        Expected: 8 to 140 characters without a period at the end.`,
  },
  {
    title: 'a file that is no standard',
    files: { 'standards/sc.yaml': consolidated, 'standards/README.md': '»' },
    says: `
      unexpected-file
        This is no standard.
        The folder is the registry: a file that belongs to no unit is probably misnamed.
        Move it elsewhere, or name it <standard>.yaml.`,
  },
];
