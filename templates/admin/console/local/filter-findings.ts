import { GetFindingsCommand } from '@aws-sdk/client-securityhub';
import type {
  AwsSecurityFinding,
  AwsSecurityFindingFilters,
  GetFindingsCommandInput,
  GetFindingsCommandOutput,
  SecurityHubClient,
} from '@aws-sdk/client-securityhub';

const PAGE = 100;

/** Where each filter that the console uses looks. */
const VALUES: Partial<
  Record<keyof AwsSecurityFindingFilters, (finding: AwsSecurityFinding) => string | undefined>
> = {
  Id: ({ Id }) => Id,
  ProductArn: ({ ProductArn }) => ProductArn,
  ProductName: ({ ProductName }) => ProductName,
  ComplianceStatus: ({ Compliance }) => Compliance?.Status,
  ComplianceSecurityControlId: ({ Compliance }) => Compliance?.SecurityControlId,
  RecordState: ({ RecordState }) => RecordState,
  WorkflowStatus: ({ Workflow }) => Workflow?.Status,
  AwsAccountId: ({ AwsAccountId }) => AwsAccountId,
  Region: ({ Region }) => Region,
  SeverityLabel: ({ Severity }) => Severity?.Label,
};

/**
 * Makes GetFindings of this client do what the emulator leaves out: filters of equal texts, the newest first, pages. A
 * filter of another kind is an Error, since leaving it out would show too much.
 */
export function filterFindings(securityHub: SecurityHubClient): void {
  securityHub.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName !== GetFindingsCommand.name) return next(args);
        const {
          Filters: filters = {},
          MaxResults: most = PAGE,
          NextToken: token,
        } = args.input as GetFindingsCommandInput;
        const all: AwsSecurityFinding[] = [];
        let answer: Awaited<ReturnType<typeof next>>;
        let from: string | undefined;
        do {
          const input = { MaxResults: PAGE, ...(from === undefined ? {} : { NextToken: from }) };
          answer = await next({ ...args, input });
          const { Findings: findings = [], NextToken: more } =
            answer.output as GetFindingsCommandOutput;
          all.push(...findings);
          from = more;
        } while (from !== undefined && from !== '');
        const meant = all
          .filter((one) => isMeant(one, filters))
          .toSorted((one, other) => (String(one.UpdatedAt) < String(other.UpdatedAt) ? 1 : -1));
        const start = Number(token ?? 0);
        const end = start + most;
        const page = {
          ...(answer.output as GetFindingsCommandOutput),
          Findings: meant.slice(start, end),
          NextToken: end < meant.length ? String(end) : undefined,
        };
        return { ...answer, output: page };
      },
    { step: 'initialize', name: 'filterFindings' },
  );
}

function isMeant(finding: AwsSecurityFinding, filters: AwsSecurityFindingFilters): boolean {
  return Object.entries(filters).every(([name, wanted]) => {
    const valueOf = VALUES[name as keyof AwsSecurityFindingFilters];
    const entries = wanted as readonly { readonly Value?: string; readonly Comparison?: string }[];
    if (valueOf === undefined || entries.some(({ Comparison }) => Comparison !== 'EQUALS'))
      throw new Error(`The local console can't filter findings by ${name}.`);
    return entries.some(({ Value }) => Value === valueOf(finding));
  });
}
