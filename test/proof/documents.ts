/** Bytes of the largest script that the proof sends; a document may have 64 KB. */
const LARGE = 60_000;

/** Sizes of the largest outputs of our documents: `Changes` and `State`. */
export const OUTPUT_SIZES = { large: 20_000, chunks: 45, chunk: 512 } as const;

export const FACTS_HEAD = `import json
import sys

import boto3
import jmespath


`;

export const FACTS_TAIL = `def main(payload, _context):
    """What a script of an emitted document relies on."""
    facts = {
        "python": sys.version.split()[0],
        "boto3": boto3.__version__,
        "jmespath": jmespath.__version__,
        "region": boto3.session.Session().region_name,
        "caller": boto3.client("sts").get_caller_identity()["Arn"],
        "payload": payload,
    }
    return {
        "Facts": json.dumps(facts),
        "Empty": "",
        "Nothing": [],
        "Large": "x" * ${OUTPUT_SIZES.large},
        "Chunks": ["y" * ${OUTPUT_SIZES.chunk}] * ${OUTPUT_SIZES.chunks},
    }
`;

/** Tells what a script sees. */
export const FACTS_SCRIPT = FACTS_HEAD + FACTS_TAIL;

/**
 * A document of nearly the size that is allowed, as JSON. It doesn't fit the stack's template, which may have 51,200
 * bytes in a request, so it is created by itself.
 */
export function largeDocument(): string {
  const line = `# ${'-'.repeat(97)}\n`;
  const code = 'def main(payload, _context):\n    return {"Ok": True}\n';
  const script = `${line.repeat(Math.floor((LARGE - code.length) / line.length))}${code}`;
  return JSON.stringify({
    schemaVersion: '0.3',
    description: 'Throw-away document of npm run proof:aws.',
    mainSteps: [
      {
        name: 'Result',
        action: 'aws:executeScript',
        inputs: { Runtime: 'python3.11', Handler: 'main', InputPayload: {}, Script: script },
      },
    ],
  });
}
