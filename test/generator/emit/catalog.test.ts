import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { buildCatalog } from '../../../generator/emit/catalog.ts';
import { documentYaml } from '../../../generator/emit/documents.ts';
import { buildIamProof } from '../../../generator/emit/iam-proof.ts';
import { compareNaturally } from '../../../generator/emit/natural-order.ts';
import { demanding, inputOf, unit } from './fixtures.ts';

const days = {
  name: 'days',
  type: 'integer',
  describes: 'a number',
  accepts: [],
  refuses: [],
} as const;
const list = {
  name: 'ports',
  type: 'integer-list',
  describes: 'ports',
  accepts: [],
  refuses: [],
} as const;

describe('catalog.json', () => {
  const rich = unit('Rich', ['EC2.2', 'EC2.18'], {
    runbook: {
      parameters: [
        {
          name: 'Days',
          kind: days,
          default: '90',
          optional: false,
          finding: new Map([['EC2.2', 'maxDays']]),
          fromStack: false,
          path: [],
        },
        {
          name: 'Ports',
          kind: list,
          optional: true,
          finding: new Map([['*', 'ports']]),
          fromStack: true,
          path: [],
        },
      ],
      undo: { type: 'none', reason: 'The old value is unknown.' },
      impact: {
        type: 'depends',
        when: [
          {
            left: 'Days',
            reference: undefined,
            expected: { type: 'is-not', value: { type: 'literal', value: 0 } },
            path: [],
          },
          { left: 'Ports', reference: undefined, expected: { type: 'present' }, path: [] },
        ],
        then: 'access-loss',
        else: 'none',
      },
    },
  });
  const controls = { SC: ['EC2.18', 'EC2.2', 'S3.1'], CIS120: ['EC2.2'] };
  const { controls: rows } = buildCatalog(inputOf([rich], controls));

  it('has every control once, in natural order', () => {
    expect(rows.map((row) => row.securityControlId)).toEqual(['EC2.2', 'EC2.18', 'S3.1']);
  });

  it('says what is done about a control', () => {
    expect(rows[0]).toEqual({
      securityControlId: 'EC2.2',
      title: 'Title of EC2.2',
      severity: 'HIGH',
      standards: { SC: ['EC2.2'], CIS120: ['CIS120-EC2.2'] },
      remediation: 'Rich',
      impact: { when: 'Days is not 0 and Ports is present', then: 'access-loss', else: 'none' },
      undo: { none: 'The old value is unknown.' },
      parameters: [
        { name: 'Days', kind: 'days', default: '90', optional: false, finding: 'maxDays' },
        { name: 'Ports', kind: 'ports', optional: true, from: 'stack', finding: 'ports' },
      ],
      permissions: ['ec2:DescribeSecurityGroups', 'ec2:RevokeSecurityGroupIngress'],
    });
    expect(rows[1]?.parameters[0]).toEqual({
      name: 'Days',
      kind: 'days',
      default: '90',
      optional: false,
    });
  });

  it('shows a control without remediation as only detected', () => {
    expect(rows[2]).toEqual({
      securityControlId: 'S3.1',
      title: 'Title of S3.1',
      severity: 'HIGH',
      standards: { SC: ['S3.1'] },
      remediation: null,
      impact: null,
      undo: null,
      parameters: [],
      permissions: [],
    });
  });

  it('knows the impact where constants of the control decide it', () => {
    const strict = {
      type: 'depends',
      when: [
        {
          left: 'control.Strict',
          reference: undefined,
          expected: { type: 'is', value: { type: 'literal', value: true } },
          path: [],
        },
      ],
      then: 'access-loss',
      else: 'none',
    } as const;
    const claims = [
      { id: 'EC2.2', constants: { Strict: true }, path: [] },
      { id: 'EC2.18', constants: { Strict: false }, path: [] },
    ];
    const decided = unit('Rich', [], { runbook: { controls: claims, impact: strict } });
    const impacts = buildCatalog(inputOf([decided], controls)).controls.map((row) => row.impact);
    expect(impacts).toEqual(['access-loss', 'none', null]);
  });

  it('does not offer deprecated remediations', () => {
    const old = unit('Old', ['S3.1'], { runbook: { deprecated: 'Replaced.' } });
    const [row] = buildCatalog(inputOf([old], { SC: ['S3.1'] })).controls;
    expect(row?.remediation).toBeNull();
  });
});

describe('iam-proof.json', () => {
  it('leads from role over action and scope to the steps', () => {
    expect(buildIamProof(inputOf([demanding])).roles).toEqual({
      'SO0111-Demanding-<Namespace>': {
        'ec2:RevokeSecurityGroupIngress': {
          'arn:${AWS::Partition}:ec2:*:${AWS::AccountId}:security-group/*': [
            'change[0] ec2:RevokeSecurityGroupIngress',
          ],
        },
      },
      'SO0111-FlowLogDelivery-<Namespace>': {
        'logs:PutLogEvents': {
          'arn:${AWS::Partition}:logs:*:${AWS::AccountId}:log-group:x:*': [
            'vpc-flow-logs.amazonaws.com for resources that ASR-Demanding remediated',
          ],
        },
      },
      'SO0111-TrailDelivery-<Namespace>': {
        'logs:PutLogEvents': {
          '*': ['cloudtrail.amazonaws.com for resources that ASR-Demanding remediated'],
        },
      },
    });
  });
});

describe('documents/ASR-<Name>.yaml', () => {
  it('is for people: description first, the script as a literal block', () => {
    const text = documentYaml(demanding);
    expect(text.startsWith('description: |\n  ### Mend what Demanding mends.\n')).toBe(true);
    expect(text).toContain(`Script: |
        def main(payload, _context):
            """Do it."""
            return {"Outcome": "changed"}
`);
  });

  it('is the compiled document', () => {
    expect(parse(documentYaml(demanding))).toEqual(demanding.document);
  });

  it('keeps awkward text: long lines, tabs, trailing spaces, no last line break', () => {
    const script = `a = "${'x'.repeat(300)}"  \n\n\tb = 'colon: # no comment'\n  `;
    const [step] = demanding.document.mainSteps;
    const steps = [
      { name: 'Result', action: 'aws:executeScript', ...step, inputs: { Script: script } },
    ];
    const awkward = { ...demanding, document: { ...demanding.document, mainSteps: steps } };
    expect(parse(documentYaml(awkward))).toEqual(awkward.document);
  });
});

describe('compareNaturally', () => {
  it('orders as people count', () => {
    const ids = ['EC2.18', 'S3.1', 'EC2.2', 'EC2.10', 'ACM.1', 'EC2.2'];
    expect(ids.toSorted(compareNaturally)).toEqual([
      'ACM.1',
      'EC2.2',
      'EC2.2',
      'EC2.10',
      'EC2.18',
      'S3.1',
    ]);
  });
});
