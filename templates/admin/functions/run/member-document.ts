import { DescribeDocumentCommand } from '@aws-sdk/client-ssm';
import type { DocumentDescription, SSMClient } from '@aws-sdk/client-ssm';
import { Busy, errorName, isDenied, rethrow } from './aws-errors.ts';
import { without } from './run.ts';
import type { Result } from './run.ts';

interface Place {
  readonly account: string;
  readonly region: string;
  readonly document: string;
}

export interface MemberDocument {
  /** The version that is the default now; what starts is this one. */
  readonly version: string;
}

/**
 * Looks at the document that will be started (SSM API, DescribeDocument): it must belong to the account and be ready.
 * Throws `Busy` while it is being updated, and when AWS is.
 */
export async function readDocument(
  ssm: SSMClient,
  { account, region, document }: Place,
): Promise<MemberDocument | Result> {
  const where = `account ${account}, Region ${region}`;
  const missing = without(
    'document-missing',
    `The document ${document} doesn't exist in ${where}; load its standard in the member stack there.`,
  );
  const found = await describe(ssm, document);
  if (found === 'missing') return missing;
  if (found === 'denied')
    return without(
      'denied',
      `The orchestrator's member role may not look at ${document} in ${where}; update the member-roles stack there.`,
    );
  const { Owner: owner, Status: status, DocumentVersion: version } = found;
  if (status === 'Creating' || status === 'Updating')
    throw new Busy(`${document} is being updated.`);
  if (status !== 'Active' || version === undefined) return missing;
  if (owner !== account)
    return without('document-foreign', `The document ${document} in ${where} isn't its own.`);
  return { version };
}

async function describe(
  ssm: SSMClient,
  name: string,
): Promise<DocumentDescription | 'missing' | 'denied'> {
  try {
    const answer = await ssm.send(new DescribeDocumentCommand({ Name: name }));
    return answer.Document ?? 'missing';
  } catch (error) {
    if (errorName(error) === 'InvalidDocument') return 'missing';
    return isDenied(error) ? 'denied' : rethrow(error);
  }
}
