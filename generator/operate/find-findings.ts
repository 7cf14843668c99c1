import { GetFindingsCommand } from '@aws-sdk/client-securityhub';
import type {
  AwsSecurityFinding,
  AwsSecurityFindingFilters,
  GetFindingsCommandOutput,
} from '@aws-sdk/client-securityhub';
import { throwIfInterrupted } from '../deploy/deploy-error.ts';
import { asking } from './asking.ts';
import type { Connection } from './connect.ts';

/** Findings on one page (Security Hub API, GetFindings). */
const PAGE = 100;

/**
 * Findings, page by page, as they are read. Any member account can import findings that look like these: whoever uses
 * them parses them first. Throws `AwsProblem`, and `Interrupted` on Ctrl-C.
 */
export async function* findFindings(
  { securityHub }: Pick<Connection, 'securityHub'>,
  filters: readonly AwsSecurityFindingFilters[],
  signal: AbortSignal,
): AsyncGenerator<readonly AwsSecurityFinding[]> {
  for (const one of filters) {
    let token: string | undefined;
    do {
      throwIfInterrupted(signal);
      const page: GetFindingsCommandOutput = await asking(
        'Reading findings from Security Hub',
        () =>
          securityHub.send(
            new GetFindingsCommand({
              Filters: one,
              MaxResults: PAGE,
              ...(token === undefined ? {} : { NextToken: token }),
            }),
          ),
      );
      yield page.Findings ?? [];
      token = page.NextToken;
    } while (token !== undefined && token !== '');
  }
}
