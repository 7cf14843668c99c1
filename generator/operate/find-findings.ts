import {
  DescribeSecurityHubV2Command,
  GetFindingsCommand,
  GetFindingsV2Command,
} from '@aws-sdk/client-securityhub';
import type {
  AwsSecurityFindingFilters,
  GetFindingsCommandOutput,
  GetFindingsV2CommandOutput,
  OcsfFindingFilters,
  SecurityHubClient,
} from '@aws-sdk/client-securityhub';
import { AwsProblem } from '../deploy/aws-problem.ts';
import { throwIfInterrupted } from '../deploy/deploy-error.ts';
import { errorName } from '../deploy/members/read.ts';
import { asking } from './asking.ts';
import type { Connection } from './connect.ts';
import type { Search } from './query.ts';

/** Findings on one page (Security Hub API, GetFindings and GetFindingsV2). */
const PAGE = 100;

export interface FindPorts {
  readonly signal: AbortSignal;
  /** Told what could not be searched. */
  readonly note: (text: string) => void;
}

type Page = readonly unknown[];

/**
 * Findings, page by page, as they are read: those in the AWS Security Finding Format first, then those in OCSF where the
 * newer Security Hub is on, which has the same failures again under the same ids. Any member account can import findings
 * that look like these: whoever uses them parses them first. Throws `AwsProblem`, and `Interrupted` on Ctrl-C.
 */
export async function* findFindings(
  { securityHub }: Pick<Connection, 'securityHub'>,
  { asff, ocsf }: Search,
  { signal, note }: FindPorts,
): AsyncGenerator<Page> {
  const newer = ocsf.length === 0 ? 'off' : await lookForNewer(securityHub);
  try {
    for (const filters of asff) yield* asffPages(securityHub, filters, signal);
  } catch (error) {
    // Security Hub CSPM isn't on in this account; the newer one may have its findings.
    const isOff =
      error instanceof AwsProblem && errorName(error.cause) === 'InvalidAccessException';
    if (!isOff || newer !== 'on') throw error;
    note(`Only findings in OCSF are searched: ${error.message}`);
  }
  if (newer === 'on') for (const filters of ocsf) yield* ocsfPages(securityHub, filters, signal);
  else if (newer !== 'off')
    note(`Only findings in the AWS Security Finding Format are searched: ${newer.message}`);
}

/**
 * Whether the newer Security Hub is on (Security Hub API, DescribeSecurityHubV2: `ResourceNotFoundException` when not), or
 * why that isn't known.
 */
async function lookForNewer(securityHub: SecurityHubClient): Promise<'on' | 'off' | AwsProblem> {
  try {
    await asking('Looking for findings in OCSF (securityhub:DescribeSecurityHubV2)', () =>
      securityHub.send(new DescribeSecurityHubV2Command({})),
    );
    return 'on';
  } catch (error) {
    if (!(error instanceof AwsProblem)) throw error;
    const isOff =
      error.kind === 'missing' || errorName(error.cause) === 'ResourceNotFoundException';
    return isOff ? 'off' : error;
  }
}

async function* asffPages(
  securityHub: SecurityHubClient,
  Filters: AwsSecurityFindingFilters,
  signal: AbortSignal,
): AsyncGenerator<Page> {
  let NextToken: string | undefined;
  do {
    throwIfInterrupted(signal);
    const page: GetFindingsCommandOutput = await asking('Reading findings from Security Hub', () =>
      securityHub.send(new GetFindingsCommand({ Filters, MaxResults: PAGE, NextToken })),
    );
    yield page.Findings ?? [];
    NextToken = page.NextToken;
  } while (NextToken !== undefined && NextToken !== '');
}

async function* ocsfPages(
  securityHub: SecurityHubClient,
  Filters: OcsfFindingFilters,
  signal: AbortSignal,
): AsyncGenerator<Page> {
  let NextToken: string | undefined;
  do {
    throwIfInterrupted(signal);
    const page: GetFindingsV2CommandOutput = await asking(
      'Reading findings in OCSF from Security Hub',
      () => securityHub.send(new GetFindingsV2Command({ Filters, MaxResults: PAGE, NextToken })),
    );
    yield page.Findings ?? [];
    NextToken = page.NextToken;
  } while (NextToken !== undefined && NextToken !== '');
}
