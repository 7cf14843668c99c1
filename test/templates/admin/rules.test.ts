import { beforeAll, describe, expect, it } from 'vitest';
import type { TemplateFile } from '../../../generator/emit/types.ts';
import { emittedSmall, propertyOf } from './emitted.ts';
import { matchesPattern } from './event-pattern.ts';
import { arnOf, resolve } from './intrinsics.ts';
import type { Resolved } from './intrinsics.ts';

let file: TemplateFile;
beforeAll(async () => {
  file = await emittedSmall();
}, 60_000);

const TICKETS: Resolved = {
  parameters: { TicketGenFunctionName: 'tickets' },
  conditions: ['HasTickets'],
};
const RULES = ['ImportedFindingsRule', 'ImportedFindingsV2Rule', 'CustomActionsRule'];

type Members = Readonly<Record<string, unknown>>;

/** The rules that an event meets. */
function met(event: Members, given: Resolved = {}): readonly string[] {
  return RULES.filter((rule) =>
    matchesPattern(resolve(file, propertyOf(file, rule, 'EventPattern'), given), event),
  );
}

const ASFF = {
  ProductArn: 'arn:aws:securityhub:eu-west-1::product/aws/securityhub',
  Compliance: { Status: 'FAILED', SecurityControlId: 'EC2.2' },
  RecordState: 'ACTIVE',
  Workflow: { Status: 'NEW' },
};
const OCSF = {
  class_uid: 2003,
  activity_id: 2,
  activity_name: 'Update',
  status_id: 1,
  compliance: { control: 'EC2.2', status: 'Fail', status_id: 3 },
  metadata: { product: { uid: 'arn:aws:securityhub:eu-west-1::productv2/aws/securityhub' } },
};

function imported(...findings: readonly Members[]): Members {
  return {
    source: 'aws.securityhub',
    'detail-type': 'Security Hub Findings - Imported',
    detail: { findings },
  };
}

function importedV2(finding: Members): Members {
  return { ...imported(finding), 'detail-type': 'Findings Imported V2' };
}

function selected(action: string, account = '012345678901'): Members {
  return {
    source: 'aws.securityhub',
    'detail-type': 'Security Hub Findings - Custom Action',
    resources: [`arn:aws:securityhub:us-east-1:${account}:action/custom/${action}`],
    detail: { actionName: action, findings: [ASFF] },
  };
}

describe('imported findings', () => {
  it('go to the queue when they failed, are active and not suppressed', () => {
    for (const Status of ['NEW', 'NOTIFIED', 'RESOLVED'])
      expect(met(imported({ ...ASFF, Workflow: { Status } }))).toEqual(['ImportedFindingsRule']);
  });
  it.each([
    ['passed', { Compliance: { Status: 'PASSED' } }],
    ['without a result', { Compliance: { Status: 'NOT_AVAILABLE' } }],
    ['archived', { RecordState: 'ARCHIVED' }],
    ['suppressed', { Workflow: { Status: 'SUPPRESSED' } }],
    ['of another product', { ProductArn: 'arn:aws:securityhub:eu-west-1::product/aws/inspector' }],
    [
      'of a product that a member account made',
      { ProductArn: 'arn:aws:securityhub:eu-west-1:111122223333:product/111122223333/default' },
    ],
    ['without a workflow', { Workflow: undefined }],
  ])('stay out when they are %s', (_, change) => {
    expect(met(imported({ ...ASFF, ...change }))).toEqual([]);
  });
  it('need one finding that meets everything, not several that meet parts', () => {
    const passed = { ...ASFF, Compliance: { Status: 'PASSED' } };
    const archived = { ...ASFF, RecordState: 'ARCHIVED' };
    expect(met(imported(passed, archived))).toEqual([]);
    expect(met(imported(passed, ASFF))).toEqual(['ImportedFindingsRule']);
  });
  it('come from Security Hub alone', () => {
    expect(met({ ...imported(ASFF), source: 'securityhub' })).toEqual([]);
    expect(met({ ...imported(ASFF), 'detail-type': 'Security Hub Insight Results' })).toEqual([]);
  });
});

describe('findings of the second format', () => {
  it('go to the queue when they failed and are not closed or suppressed', () => {
    for (const status_id of [1, 2, 4])
      expect(met(importedV2({ ...OCSF, status_id }))).toEqual(['ImportedFindingsV2Rule']);
  });
  it.each([
    ['passed', { compliance: { status: 'Pass', status_id: 1 } }],
    ['closed', { activity_id: 3 }],
    ['suppressed', { status_id: 3 }],
    ['archived', { status_id: 5 }],
    ['no compliance findings', { class_uid: 2004 }],
    [
      'of another product of Security Hub',
      {
        metadata: {
          product: { uid: 'arn:aws:securityhub:us-east-1::productv2/aws/securityhub-coverage' },
        },
      },
    ],
  ])('stay out when they are %s', (_, change) => {
    expect(met(importedV2({ ...OCSF, ...change }))).toEqual([]);
  });
});

describe('custom actions', () => {
  it.each(['ASRRemediation', 'ASRPreview', 'ASRUndo'])('%s goes to the queue', (action) => {
    expect(met(selected(action))).toEqual(['CustomActionsRule']);
  });
  it('with a ticket exists only where a ticket function does', () => {
    expect(met(selected('ASRTicketing'))).toEqual([]);
    expect(met(selected('ASRTicketing'), TICKETS)).toEqual(['CustomActionsRule']);
  });
  it("of others, and ours in another account, don't", () => {
    expect(met(selected('SendToChat'))).toEqual([]);
    expect(met(selected('ASRRemediation', '111122223333'))).toEqual([]);
  });
  it('are the ones that the stack makes', () => {
    const made = Object.values(file.json.Resources)
      .filter(({ Type }) => Type === 'Custom::ActionTarget')
      .map(({ Properties }) => String(Properties?.['Id']));
    expect(made.toSorted()).toEqual(['ASRPreview', 'ASRRemediation', 'ASRTicketing', 'ASRUndo']);
    for (const action of made) expect(met(selected(action), TICKETS)).toHaveLength(1);
  });
});

describe('every rule', () => {
  it('sends to the event queue, and what could not be delivered to the dead letters', () => {
    for (const rule of RULES)
      expect(resolve(file, propertyOf(file, rule, 'Targets'))).toEqual([
        {
          Id: 'EventQueue',
          Arn: arnOf(file, 'EventQueue'),
          DeadLetterConfig: { Arn: arnOf(file, 'DeadLetterQueue') },
        },
      ]);
  });
  it('works in each partition', () => {
    const china = { ...ASFF, ProductArn: ASFF.ProductArn.replace('arn:aws:', 'arn:aws-cn:') };
    const partition = { parameters: { 'AWS::Partition': 'aws-cn' } };
    const pattern = propertyOf(file, 'ImportedFindingsRule', 'EventPattern');
    expect(matchesPattern(resolve(file, pattern, partition), imported(china))).toBe(true);
    expect(matchesPattern(resolve(file, pattern), imported(china))).toBe(false);
  });
});
