import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Catalog } from '../../../templates/admin/functions/model/catalog.ts';
import { parseFinding } from '../../../templates/admin/functions/model/finding.ts';
import { impactOf } from '../../../templates/admin/functions/model/impact.ts';
import { acceptControlParameters } from '../../../templates/admin/functions/model/parameters.ts';
import type { Policy } from '../../../templates/admin/functions/model/policy.ts';
import { isRefusal } from '../../../templates/admin/functions/model/refusal.ts';
import type { Refusal } from '../../../templates/admin/functions/model/refusal.ts';
import { resolve, resolveControl } from '../../../templates/admin/functions/model/resolve.ts';
import type { Resolved } from '../../../templates/admin/functions/model/resolve.ts';
import type { Settings } from '../../../templates/admin/functions/model/settings.ts';
import { asff, known, remediation } from './decide-fixtures.ts';
import { catalog, GROUP, MEMBER, settings } from './fixtures.ts';

type Changes = Readonly<Record<string, unknown>>;
type Parameters = Policy['parameters'];

function meaning(
  raw: unknown,
  configured: Parameters = {},
  at: Settings = settings,
): Resolved | Refusal {
  return resolve(parseFinding(raw), at, { parameters: configured }, catalog);
}

function reason(raw: unknown, configured: Parameters = {}, at: Settings = settings): string {
  const result = meaning(raw, configured, at);
  return isRefusal(result) ? result.reason : 'resolved';
}

/** A finding of a control whose values customers can set. */
const ports = (Value?: unknown): Changes =>
  asff({
    GeneratorId: 'security-control/EC2.18',
    Compliance: {
      Status: 'FAILED',
      SecurityControlParameters:
        Value === undefined ? undefined : [{ Name: 'authorizedTcpPorts', Value }],
    },
  });

const bucket = (...values: readonly { Name: string; Value: readonly string[] }[]): Changes =>
  asff({
    GeneratorId: 'security-control/S3.99',
    Compliance: { Status: 'FAILED', SecurityControlParameters: values },
    Resources: [{ Type: 'AwsS3Bucket', Id: 'arn:aws:s3:::orders' }],
  });

describe('what a finding means', () => {
  it('is a control, a remediation, and a resource', () => {
    expect(meaning(asff())).toEqual({
      standard: 'SC',
      securityControlId: 'EC2.2',
      remediation: 'CloseGroup',
      document: 'ASR-CloseGroup',
      roleStem: 'SO0111-CloseGroup',
      resource: GROUP,
      parameters: {},
      parametersToRead: {},
    });
  });

  it("follows from its standard's own control id", () => {
    const GeneratorId =
      'arn:aws:securityhub:::ruleset/cis-aws-foundations-benchmark/v/1.2.0/rule/4.3';
    expect(meaning(asff({ GeneratorId }))).toMatchObject({
      standard: 'CIS120',
      securityControlId: 'EC2.2',
    });
  });

  it('does not depend on capitals', () => {
    const raw = asff({
      GeneratorId: 'security-control/ec2.2',
      Compliance: { Status: 'FAILED', SecurityControlId: 'eC2.2' },
    });
    expect(meaning(raw)).toMatchObject({ securityControlId: 'EC2.2' });
  });

  it("is known before the control's row is read", () => {
    expect(resolveControl(parseFinding(asff()), settings, catalog)).toEqual({
      standard: 'SC',
      control: 'EC2.2',
      id: 'EC2.2',
    });
  });

  it('is refused when something before was refused', () => {
    const refused = parseFinding({});
    expect(resolve(refused, settings, { parameters: {} }, catalog)).toBe(refused);
    const unread: Refusal = { status: 'refused', reason: 'settings-unreadable', message: 'No.' };
    expect(resolve(parseFinding(asff()), unread, { parameters: {} }, catalog)).toBe(unread);
    expect(resolve(parseFinding(asff()), settings, unread, catalog)).toBe(unread);
    expect(resolveControl(parseFinding(asff()), unread, catalog)).toBe(unread);
  });

  it.each<readonly [string, Changes, string]>([
    ['another account', { Resources: [{ Id: GROUP.replace(MEMBER, '999999999999') }] }, 'mismatch'],
    [
      'another Region',
      { Resources: [{ Id: GROUP.replace('eu-west-1', 'us-west-2') }] },
      'mismatch',
    ],
    [
      'another partition',
      { Resources: [{ Id: GROUP.replace('arn:aws:', 'arn:aws-cn:') }] },
      'mismatch',
    ],
    [
      'a reference',
      { Resources: [{ Id: `arn:aws:ec2:eu-west-1:${MEMBER}:security-group/{{x}}` }] },
      'unknown-resource',
    ],
    ['another kind', { Resources: [{ Id: 'arn:aws:s3:::orders' }] }, 'unknown-resource'],
    ['two of them', { Resources: [{ Id: GROUP }, { Id: `${GROUP}9` }] }, 'unknown-resource'],
    ['none', { Resources: undefined }, 'unknown-resource'],
  ])('is refused for a resource: %s', (_, changes, expected) => {
    expect(reason(asff(changes))).toBe(expected);
  });

  it.each<readonly [string, Changes, string]>([
    ['unknown', { GeneratorId: 'security-control/EC2.999' }, 'unknown-control'],
    ['an inherited name', { GeneratorId: 'security-control/constructor' }, 'unknown-control'],
    ['contradicted', { Compliance: { SecurityControlId: 'S3.99' } }, 'unknown-control'],
    ['of no standard', { GeneratorId: 'my-standard/EC2.2' }, 'unknown-standard'],
    [
      'without remediation',
      { GeneratorId: 'security-control/IAM.1', Compliance: {} },
      'no-remediation',
    ],
  ])('is refused for a control: %s', (_, changes, expected) => {
    expect(reason(asff(changes))).toBe(expected);
  });

  it('is refused for a standard that is not loaded', () => {
    expect(reason(asff(), {}, { ...settings, standards: ['CIS120'] })).toBe('standard-disabled');
  });
});

describe("values of the control's parameters", () => {
  it('are taken from the finding', () => {
    expect(meaning(ports(['22', '443']))).toMatchObject({
      parameters: { TcpPorts: ['22', '443'] },
      parametersToRead: {},
    });
  });

  it('are read from Security Hub when the finding does not name them', () => {
    expect(meaning(ports())).toMatchObject({
      parameters: {},
      parametersToRead: { TcpPorts: 'authorizedTcpPorts' },
    });
    expect(meaning(bucket({ Name: 'targetClass', Value: ['GLACIER'] }))).toMatchObject({
      parameters: { Class: ['GLACIER'] },
      parametersToRead: { Days: 'targetExpirationDays' },
    });
  });

  it('are left to the document when nobody set them, and a list may be empty', () => {
    expect(meaning(ports([]))).toMatchObject({ parameters: { TcpPorts: [] } });
    const unset = meaning(
      bucket({ Name: 'targetClass', Value: [] }, { Name: 'targetExpirationDays', Value: ['7'] }),
    );
    expect(unset).toMatchObject({ parameters: { Days: ['7'] }, parametersToRead: {} });
  });

  it.each<readonly [string, unknown]>([
    ['a reference', ['22', '{{x}}']],
    ['out of bounds', ['70000']],
    ['too many', Array.from({ length: 33 }, (_, port) => String(port + 1))],
    ['no text', [22]],
    ['no list', '22'],
    ['empty', ['']],
  ])('are refused: %s', (_, Value) => {
    expect(reason(ports(Value))).toBe('parameters-refused');
  });

  it('are not overridden by the row', () => {
    expect(meaning(ports(['22']), { TcpPorts: ['80'] })).toMatchObject({
      parameters: { TcpPorts: ['22'] },
    });
    expect(meaning(ports(), { TcpPorts: ['80'] })).toMatchObject({
      parameters: {},
      parametersToRead: { TcpPorts: 'authorizedTcpPorts' },
    });
  });
});

describe("values of the remediation's own parameters", () => {
  const [days] = remediation('EmptyBucket').parameters;
  const own = (hasValue: boolean): Catalog => ({
    ...catalog,
    remediations: {
      CloseGroup: {
        ...remediation('CloseGroup'),
        parameters: days === undefined ? [] : [{ ...days, name: 'Wait', hasValue, finding: {} }],
      },
    },
  });
  const withRow = (hasValue: boolean, parameters: Parameters): Resolved | Refusal =>
    resolve(parseFinding(asff()), settings, { parameters }, own(hasValue));

  it("come from the row, or are the document's own", () => {
    expect(withRow(false, { Wait: ['3'] })).toMatchObject({ parameters: { Wait: ['3'] } });
    expect(withRow(true, { Wait: ['3'] })).toMatchObject({ parameters: { Wait: ['3'] } });
    expect(withRow(true, {})).toMatchObject({ parameters: {} });
  });

  it('are refused when missing or wrong, and the message says where to put them', () => {
    expect(withRow(false, {})).toMatchObject({
      reason: 'parameters-unknown',
      message:
        "ASR-CloseGroup needs a value for Wait; set it in the attribute parameters of the control's row.",
    });
    expect(withRow(true, { Wait: ['soon'] })).toMatchObject({
      reason: 'parameters-refused',
      message:
        "The row's value of Wait isn't one that ASR-CloseGroup takes: it must be a number of days.",
    });
    expect(withRow(true, { Wait: ['1', '2'] })).toMatchObject({ reason: 'parameters-refused' });
  });

  it('that the remediation lacks are not passed on', () => {
    expect(meaning(asff(), { Unknown: ['1'] })).toMatchObject({ parameters: {} });
  });
});

describe('answers of Security Hub', () => {
  const bucketRemediation = remediation('EmptyBucket');
  const open = {
    document: 'ASR-EmptyBucket',
    parameters: { Class: ['GLACIER'] },
    parametersToRead: { Days: 'targetExpirationDays' },
  };
  const required = {
    parameters: bucketRemediation.parameters.map((one) => ({ ...one, hasValue: false })),
  };

  it('complete the values', () => {
    expect(
      acceptControlParameters(open, bucketRemediation, {
        targetExpirationDays: ['30'],
        other: ['x'],
      }),
    ).toEqual({ parameters: { Class: ['GLACIER'], Days: ['30'] } });
  });

  it('leave out what nobody set, when the document has a value of its own', () => {
    for (const answers of [{}, { targetExpirationDays: [] }]) {
      expect(acceptControlParameters(open, bucketRemediation, answers)).toEqual({
        parameters: { Class: ['GLACIER'] },
      });
      expect(acceptControlParameters(open, required, answers)).toMatchObject({
        reason: 'parameters-unknown',
      });
    }
  });

  it.each([
    ['no answer', undefined, 'parameters-unknown'],
    ['a reference', { targetExpirationDays: ['{{x}}'] }, 'parameters-refused'],
    ['two values', { targetExpirationDays: ['1', '2'] }, 'parameters-refused'],
  ])('are refused: %s', (_, answers, expected) => {
    expect(acceptControlParameters(open, bucketRemediation, answers)).toMatchObject({
      reason: expected,
    });
  });

  it('are refused for a parameter that the remediation lacks', () => {
    expect(acceptControlParameters(open, { parameters: [] }, {})).toMatchObject({
      reason: 'parameters-unknown',
    });
  });
});

describe('the impact', () => {
  const impact = (raw: unknown): string => {
    const resolved = known(meaning(raw));
    return impactOf(remediation(resolved.remediation), resolved);
  };

  it('follows from the values, and from the default of what nobody set', () => {
    const target = (...Value: readonly string[]) => ({ Name: 'targetExpirationDays', Value });
    expect(impact(bucket(target('0')))).toBe('cost');
    expect(impact(bucket(target('30')))).toBe('data-loss');
    expect(impact(bucket(target()))).toBe('cost');
  });

  it('is the worse one while a value is not known', () => {
    expect(impact(bucket())).toBe('data-loss');
  });

  it('is the worse one of the two by their order', () => {
    const when = [{ parameter: 'X', values: ['1'], isAmong: true }];
    const open = { parameters: {}, parametersToRead: { X: 'x' } };
    const word = { when, then: 'availability', else: 'config-only' } as const;
    expect(impactOf({ impact: word, parameters: [] }, open)).toBe('availability');
    const turned = { when, then: 'config-only', else: 'availability' } as const;
    expect(impactOf({ impact: turned, parameters: [] }, open)).toBe('availability');
  });
});

describe('anything at all', () => {
  it('as one member of a finding never reaches another resource or remediation', () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(asff())), fc.anything(), (member, value) => {
        const result = meaning(asff({ [member]: value }));
        if (!isRefusal(result))
          expect(result).toMatchObject({ document: 'ASR-CloseGroup', resource: GROUP });
      }),
      { numRuns: 500 },
    );
  });
});
