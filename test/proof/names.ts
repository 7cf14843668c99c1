import { randomBytes } from 'node:crypto';

/** Where the proof runs. */
export interface Place {
  readonly account: string;
  readonly partition: string;
  readonly region: string;
}

/** Everything that the proof makes, by name. */
export interface Names {
  readonly stack: string;
  /** Also the Namespace of the stack. */
  readonly suffix: string;
  readonly role: string;
  readonly parameter: string;
  readonly documents: { readonly facts: string; readonly wait: string; readonly large: string };
}

/** The prefix of the proof's role, in place of the solution id. */
export const PREFIX = 'ASRPROOF';

/** Names that nothing else has. */
export function newNames(suffix: string = randomBytes(4).toString('hex')): Names {
  return {
    suffix,
    stack: `asr-proof-${suffix}`,
    role: `${PREFIX}-ProofWait-${suffix}`,
    parameter: `asr-proof-${suffix}`,
    documents: {
      facts: `ASR-Proof-Facts-${suffix}`,
      wait: `ASR-Proof-Wait-${suffix}`,
      large: `ASR-Proof-Large-${suffix}`,
    },
  };
}

export function roleArn({ account, partition }: Place, role: string): string {
  return `arn:${partition}:iam::${account}:role/${role}`;
}

/** What a person is told before anything is made. */
export function announce({ account, partition, region }: Place, names: Names): string {
  return `This runs in AWS account ${account} (partition ${partition}), Region ${region}.

It creates one CloudFormation stack ${names.stack} with
  role      ${names.role}, trusted by Systems Manager alone; it may read and write parameters asr-proof-*
  documents ${names.documents.facts}, ${names.documents.wait}
  parameter ${names.parameter}
and by itself
  document  ${names.documents.large}
It starts about seven short automations, updates the stack once, and deletes everything at the end,
also after an error or Ctrl-C. It takes about ten minutes and costs cents at most.
`;
}
