/** Claims of docs/aws-assumptions.md that this proof checks. The page names the same ids; a test compares them. */
export const CLAIMS = {
  'content-resolved': 'Fn::Sub inside the Content of AWS::SSM::Document is resolved',
  'script-joined': 'A script that Fn::Join and Fn::FindInMap put together arrives byte for byte',
  'metadata-edge':
    'A reference in Metadata orders the creation, and vanishes with the condition of its Fn::If',
  'document-size': 'A document of 60 KB is accepted',
  'allowed-pattern': 'A start under another role is refused by allowedPattern',
  'role-trust': 'Automation assumes a role whose trust demands aws:SourceAccount and aws:SourceArn',
  'python-runtime': 'Runtime python3.11 has boto3 and jmespath',
  'default-region': "A script's default Region is the one of the execution",
  'empty-defaults': "Parameters may default to '' (with ^$|) and to an empty list",
  'empty-outputs': 'A script may answer an empty text and an empty list',
  'output-size': 'Outputs of 20,000 characters and of 45 x 512 characters arrive whole',
  'client-token': 'A repeated start with the same client token starts nothing twice',
  'loop-variables': 'aws:loop, aws:updateVariable and aws:sleep with a variable work together',
  'state-undo': 'State that a change returned is accepted by Undo and restores',
  'result-after-failure': 'The result of a step stays readable when the execution fails later',
  'new-version':
    'An update with UpdateMethod NewVersion makes the new version the default, under the same name',
  braces: 'A variable inside a parameter value reaches the script as text',
} as const;

export type ClaimId = keyof typeof CLAIMS;

export interface ClaimResult {
  readonly claim: ClaimId;
  /** `unknown` when the check itself could not be made. */
  readonly status: 'holds' | 'fails' | 'unknown';
  /** What AWS did. */
  readonly seen: string;
}

export function judge(claim: ClaimId, holds: boolean, seen: string): ClaimResult {
  return { claim, status: holds ? 'holds' : 'fails', seen };
}

/** The results as a table, one line a claim, in the order of the list. */
export function resultTable(results: readonly ClaimResult[]): string {
  const order = Object.keys(CLAIMS);
  const width = Math.max(...order.map((id) => id.length));
  return results
    .toSorted((a, b) => order.indexOf(a.claim) - order.indexOf(b.claim))
    .map(
      ({ claim, status, seen }) =>
        `${status.padEnd(7)}  ${claim.padEnd(width)}  ${CLAIMS[claim]}\n${' '.repeat(width + 11)}${seen}`,
    )
    .join('\n');
}
