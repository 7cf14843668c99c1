import { decide, screen } from '../../templates/admin/functions/decide/decide.ts';
import type { DecideInput, Decision } from '../../templates/admin/functions/decide/types.ts';
import { createFacts } from '../../templates/admin/functions/ingest/facts.ts';
import { parseFinding } from '../../templates/admin/functions/model/finding.ts';
import type { Finding } from '../../templates/admin/functions/model/finding.ts';
import { parsePolicy } from '../../templates/admin/functions/model/policy.ts';
import { isRefusal } from '../../templates/admin/functions/model/refusal.ts';
import { resolve, resolveControl } from '../../templates/admin/functions/model/resolve.ts';
import type { Resolved } from '../../templates/admin/functions/model/resolve.ts';
import type { Settings } from '../../templates/admin/functions/model/settings.ts';
import { readSettings } from '../../templates/admin/functions/run/read-settings.ts';
import { explainFinding } from '../model/explain.ts';
import type { ExplainContext, Explanation } from '../model/explain.ts';
import { asking } from './asking.ts';
import type { Connection } from './connect.ts';

/** What an installation would decide about a finding now, with every rule that was asked. */
export interface LiveExplanation extends Omit<Explanation, 'decision'> {
  readonly decision: {
    /** For the finding as it comes by itself. */
    readonly automatic: Decision;
    /** For a command of whoever asks now. */
    readonly click: Decision;
    /** What isn't looked up here. */
    readonly assumes: string;
  };
}

const ASSUMES =
  'By the settings, the configuration table and the state of the installation as they are now. Tags that the finding ' +
  "lacks, and the stack of the resource, are read in the finding's account right before the start.";

/**
 * Explains a finding by what an installation says now: the same `decide` that it asks. Throws `AwsProblem` when something
 * can't be read that a decision rests on.
 */
export async function explainLive(
  connection: Connection,
  raw: unknown,
  context: ExplainContext,
): Promise<LiveExplanation> {
  const { installation, ssm, store } = connection;
  const { catalog, now } = context;
  const finding = parseFinding(raw);
  const settings = await asking('Reading the settings', () =>
    readSettings(ssm, installation.solutionId),
  );
  const control = isRefusal(finding) ? finding : resolveControl(finding, settings, catalog);
  const policy = isRefusal(control)
    ? control
    : parsePolicy(await asking("Reading the control's row", () => store.readRows(control.id)));
  const resolved = resolve(finding, settings, policy, catalog);
  const { decision: _, ...offline } = explainFinding(raw, context);
  const screened = {
    now,
    environment: { partition: installation.partition, adminAccount: installation.account },
    finding,
    settings,
    catalog,
    resolved,
    policy,
    stage: 'claim',
  } as const;
  const asked = (origin: 'automatic' | 'command'): DecideInput['request'] => ({
    id: 'asr',
    origin,
    mode: 'Remediate',
    actor: 'asr',
    force: false,
    ticket: false,
  });
  if (isRefusal(finding) || isRefusal(resolved) || isRefusal(settings))
    return {
      ...offline,
      parameters: null,
      because: isRefusal(resolved) ? resolved.message : offline.because,
      decision: {
        automatic: screen({ ...screened, request: asked('automatic') }),
        click: screen({ ...screened, request: asked('command') }),
        assumes: ASSUMES,
      },
    };
  const known = await lookUp(connection, finding, resolved, settings, now);
  return {
    ...offline,
    parameters: parametersOf(finding, resolved, context),
    because: `${resolved.securityControlId} is remediated by ${resolved.remediation}.`,
    decision: {
      automatic: decide({ ...screened, ...known, request: asked('automatic') }),
      click: decide({ ...screened, ...known, request: asked('command') }),
      assumes: ASSUMES,
    },
  };
}

async function lookUp(
  { installation, securityHub, organizations, store }: Connection,
  finding: Finding,
  { resource, remediation, securityControlId: control }: Resolved,
  settings: Settings,
  now: Date,
): Promise<Pick<DecideInput, 'facts' | 'remembered'>> {
  const { account, region } = finding;
  const adminAccount = installation.account;
  const look = createFacts({ securityHub, organizations, adminAccount, now: () => now });
  return {
    facts: await asking('Reading the membership of the account', () =>
      look(finding, resource, settings),
    ),
    remembered: await asking('Reading the state of the resource', () =>
      store.readRemembered({ account, region, resource, remediation, control }, now),
    ),
  };
}

function parametersOf(
  { partition, account }: Finding,
  { roleStem, securityControlId, resource, parameters }: Resolved,
  { namespace = '<Namespace>' }: ExplainContext,
): LiveExplanation['parameters'] {
  return {
    AutomationAssumeRole: [`arn:${partition}:iam::${account}:role/${roleStem}-${namespace}`],
    ControlId: [securityControlId],
    AccountId: [account],
    ResourceArn: [resource],
    ...parameters,
  };
}
