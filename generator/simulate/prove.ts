import type { CompiledRunbook } from '../compile/compiled.ts';
import type { Bridge } from './bridge.ts';
import type { JsonObject } from './json.ts';
import { checkPermissions } from './permission-check.ts';
import { runUnitTest } from './unit-test.ts';
import type { Situation, SituationResult } from './unit-test-types.ts';

/** Where units are proven. The account has a leading zero on purpose. */
const ACCOUNT = '012345678901';
const NAMESPACE = 'shtest';

export interface ProvingGround {
  readonly bridge: Bridge;
  /** Makes the endpoint forget everything. */
  readonly reset: () => Promise<void>;
}

/** Plays one situation of a unit's test against its emitted document. */
export async function proveSituation(
  unit: CompiledRunbook,
  situation: Situation,
  ground: ProvingGround,
): Promise<SituationResult> {
  const [result] = await runUnitTest(
    { situations: [situation] },
    {
      document: unit.document,
      bridge: ground.bridge,
      reads: new Set(unit.reads),
      assumeRole: `arn:{partition}:iam::{account}:role/${unit.roleStem}-${NAMESPACE}`,
      account: ACCOUNT,
      partition: partitionOf(situation.resource),
      reset: ground.reset,
    },
  );
  if (result === undefined) throw new Error('the situation was not played');
  return result;
}

/**
 * What is wrong with the unit's permissions, as the calls of all its situations show: calls that the role may not make,
 * and permissions that no call needed. What the unit itself adds with a reason need not show.
 */
export async function permissionProblems(
  unit: CompiledRunbook,
  played: readonly SituationResult[],
): Promise<readonly string[]> {
  const used = new Set<string>();
  const denied = new Set<string>();
  for (const { execution } of played.flatMap(({ runs }) => runs)) {
    const payload = payloadOf(execution.steps.map(({ inputs }) => inputs));
    const place = {
      account: ACCOUNT,
      namespace: NAMESPACE,
      partition: partitionOf(textOf(payload['ResourceArn'], '')),
      region: textOf(payload['ExecutingRegion'], 'us-east-1'),
      resourceArn: textOf(payload['ResourceArn'], ''),
    };
    const report = await checkPermissions(execution.calls, unit.statements, place);
    for (const call of report.denied) denied.add(call);
    for (const action of report.used) used.add(action);
  }
  const stated = new Set(unit.runbook.permissions.map(({ action }) => action));
  const unused = unit.proof
    .map(({ action }) => action)
    .filter((action) => !used.has(action) && !stated.has(action));
  return [...denied, ...unused.map((action) => `No situation makes a call that needs ${action}.`)];
}

/** A resource of another partition is proven in that partition; resources without an ARN are in `aws`. */
function partitionOf(resource: string): string {
  return /^arn:(aws-cn|aws-us-gov):/u.exec(resource)?.[1] ?? 'aws';
}

/** Where the document ran, and on what: the payload of its script says so. */
function payloadOf(inputs: readonly JsonObject[]): JsonObject {
  const payloads = inputs.map((input) => input['InputPayload']);
  const found = payloads.find(
    (payload): payload is JsonObject =>
      payload !== null && typeof payload === 'object' && 'ResourceArn' in payload,
  );
  return found ?? {};
}

function textOf(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}
