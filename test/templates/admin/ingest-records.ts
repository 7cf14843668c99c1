import type { SqsRecord } from '../../../templates/admin/functions/ingest/messages.ts';
import { ADMIN, MEMBER, finding } from './fixtures.ts';

type Raw = Readonly<Record<string, unknown>>;

export const EVENTS = `arn:aws:sqs:us-east-1:${ADMIN}:SO0111-ASR-Events`;
export const COMMANDS = `arn:aws:sqs:us-east-1:${ADMIN}:SO0111-ASR-Commands`;
export const CONSOLE_ROLE = 'AROACONSOLEEXAMPLE001';
export const ALICE = 'AROAADMINEXAMPLE00001:alice';
export const BOB = 'AIDABOBEXAMPLE0000001';

let messages = 0;

function record(queue: string, body: unknown, changed: Partial<SqsRecord> = {}): SqsRecord {
  messages += 1;
  return {
    messageId: `message-${messages}`,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    attributes: { SenderId: ALICE },
    eventSourceARN: queue,
    ...changed,
  };
}

/** A record of the event queue with any body. */
export function eventRecord(body: unknown): SqsRecord {
  return record(EVENTS, body, { attributes: { SenderId: 'AIDAEVENTBRIDGE000001' } });
}

/** A failed finding that comes by itself; `changes` replace its top-level fields. */
export function imported(changes: Raw = {}): SqsRecord {
  return eventRecord(importedEvent(failed(changes)));
}

export function importedEvent(...findings: readonly unknown[]): Raw {
  messages += 1;
  return {
    version: '0',
    id: `event-${messages}`,
    'detail-type': 'Security Hub Findings - Imported',
    source: 'aws.securityhub',
    account: ADMIN,
    region: 'us-east-1',
    resources: [],
    detail: { findings },
  };
}

/** Somebody selects a finding in Security Hub and chooses a custom action. */
export function clicked(action: string, changes: Raw = {}): SqsRecord {
  return eventRecord({
    ...importedEvent(failed(changes)),
    'detail-type': 'Security Hub Findings - Custom Action',
    resources: [`arn:aws:securityhub:us-east-1:${ADMIN}:action/custom/${action}`],
  });
}

/** A command from somebody. */
export function command(body: Raw, sender = ALICE): SqsRecord {
  return record(COMMANDS, { asr: 1, ...body }, { attributes: { SenderId: sender } });
}

/** A failed finding whose check was an hour before the start. */
export function failed(changes: Raw = {}): Raw {
  return finding({ UpdatedAt: '2026-05-06T11:20:00.000Z', ...changes });
}

/** The same failure as another standard's finding. */
export function failedCis(changes: Raw = {}): Raw {
  return failed({
    Id: `arn:aws:securityhub:eu-west-1:${MEMBER}:subscription/cis-aws-foundations-benchmark/v/1.2.0/4.3/finding/0b`,
    GeneratorId: 'arn:aws:securityhub:::ruleset/cis-aws-foundations-benchmark/v/1.2.0/rule/4.3',
    Compliance: { Status: 'FAILED' },
    ...changes,
  });
}

/** What a command names a finding by. */
export function keyOf(raw: Raw): { readonly id: unknown; readonly productArn: unknown } {
  return { id: raw['Id'], productArn: raw['ProductArn'] };
}
