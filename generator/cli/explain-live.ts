import { parseFinding } from '../../templates/admin/functions/model/finding.ts';
import { isRefusal } from '../../templates/admin/functions/model/refusal.ts';
import { DeployError } from '../deploy/deploy-error.ts';
import type { ExplainContext } from '../model/explain.ts';
import type { ConnectOptions } from '../operate/connect.ts';
import { explainLive } from '../operate/explain-live.ts';
import type { LiveExplanation } from '../operate/explain-live.ts';
import { findFindings } from '../operate/find-findings.ts';
import { REAL_OPERATE_OUTSIDE, withConnection } from '../operate/ports.ts';
import type { OperateOutside, OperatePorts } from '../operate/ports.ts';
import { findingNameOf, searchOfIds } from '../operate/query.ts';
import { notFoundText } from '../operate/gather.ts';
import { idOf } from '../operate/judge.ts';
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
async function readOne(
  { connection, display, signal }: OperatePorts,
  given: string,
): Promise<unknown> {
  const { id } = findingNameOf(given);
  const { note } = display;
  for await (const page of findFindings(connection, searchOfIds([id]), { signal, note })) {
    // Another product may have imported a finding with this id.
    const found = page.find((one) => {
      const finding = parseFinding(one);
      return idOf(one) === id && !(isRefusal(finding) && finding.reason === 'foreign-product');
    });
    if (found !== undefined) return found;
  }
  throw new DeployError(`${id}: ${notFoundText(id, connection.installation)}`);
}
