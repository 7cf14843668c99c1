import { DeployError } from '../deploy/deploy-error.ts';
import type { ExplainContext } from '../model/explain.ts';
import type { ConnectOptions } from '../operate/connect.ts';
import { explainLive } from '../operate/explain-live.ts';
import type { LiveExplanation } from '../operate/explain-live.ts';
import { findFindings } from '../operate/find-findings.ts';
import { REAL_OPERATE_OUTSIDE, withConnection } from '../operate/ports.ts';
import type { OperateOutside, OperatePorts } from '../operate/ports.ts';
import { filtersOfIds, findingNameOf } from '../operate/query.ts';
import { asCommand } from './deploy.ts';
import { connectOptions } from './installation-options.ts';
import type { Printer } from './print.ts';
import { readFindings } from './read-json.ts';

interface LiveOptions extends ConnectOptions {
  /** A file, `-`, or the id of a finding. */
  readonly finding: string;
}

/** `asr explain --live`, apart from the rest because it loads the AWS SDK. Throws `CommandError`. */
export async function explainByInstallation(
  options: LiveOptions,
  context: ExplainContext,
  printer: Printer,
  outside: OperateOutside = REAL_OPERATE_OUTSIDE,
): Promise<readonly LiveExplanation[]> {
  const explanations: LiveExplanation[] = [];
  await asCommand(() =>
    withConnection({ outside, printer, options: connectOptions(options) }, async (ports) => {
      const findings = options.finding.startsWith('arn:')
        ? [await readOne(ports, options.finding)]
        : readFindings(options.finding);
      for (const finding of findings)
        explanations.push(await explainLive(ports.connection, finding, context));
    }),
  );
  return explanations;
}

/** The finding as Security Hub has it. Throws `DeployError` when it has none. */
async function readOne({ connection, signal }: OperatePorts, given: string): Promise<unknown> {
  const { id, productArn } = findingNameOf(given);
  for await (const page of findFindings(connection, filtersOfIds([id]), signal)) {
    const found = page.find(({ ProductArn: product }) => product === productArn);
    if (found !== undefined) return found;
  }
  throw new DeployError(
    `Security Hub has no finding ${id} here. Look in the administrator account and its aggregation Region.`,
  );
}
