import type { JsonObject } from '../../generator/simulate/json.ts';
import { documentOf, scriptStep } from './simulation.ts';

// A document by hand, of the form that the compiler emits: a step Result, and a failure after it when it says failed.
const script = `
import json
import boto3
from botocore.exceptions import ClientError

NAMES = ["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"]


def handler(events, context):
    s3 = boto3.client("s3")
    bucket = events["arn"].rpartition(":")[2]
    if events["mode"] == "Undo":
        before = json.loads("".join(events["state"]))
        if before is None:
            s3.delete_public_access_block(Bucket=bucket)
        else:
            s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=before)
        return result("undone")
    try:
        before = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchPublicAccessBlockConfiguration":
            return result("failed", error=str(error))
        before = None
    if before is not None and all(before.values()):
        return result("compliant")
    wanted = {"Bucket": bucket, "PublicAccessBlockConfiguration": dict.fromkeys(NAMES, True)}
    changes = [{"call": "s3:PutPublicAccessBlock", "with": wanted}]
    if events["mode"] == "Preview":
        return result("would-change", changes)
    s3.put_public_access_block(**wanted)
    return result("changed", changes, [json.dumps(before)])


def result(outcome, changes=(), state=(), error=""):
    return {"outcome": outcome, "note": f"The bucket is {outcome}.", "error": error, "changes": json.dumps(list(changes)), "state": list(state)}
`;

const text = (Name: string, Selector: string): JsonObject => ({ Name, Selector, Type: 'String' });

/** A document that blocks public access to a bucket; `change` edits its script, to break it. */
export function bucketDocument(change: (script: string) => string = (same) => same): JsonObject {
  return documentOf(
    [
      scriptStep('Result', change(script), {
        InputPayload: { mode: '{{ Mode }}', arn: '{{ ResourceArn }}', state: '{{ State }}' },
        outputs: [
          text('Outcome', '$.Payload.outcome'),
          text('Note', '$.Payload.note'),
          text('Error', '$.Payload.error'),
          text('Changes', '$.Payload.changes'),
          { Name: 'State', Selector: '$.Payload.state', Type: 'StringList' },
        ],
      }),
      {
        name: 'Judge',
        action: 'aws:branch',
        inputs: {
          Choices: [{ NextStep: 'Fail', Variable: '{{ Result.Outcome }}', StringEquals: 'failed' }],
          Default: 'End',
        },
      },
      scriptStep('Fail', 'def handler(events, context):\n    raise RuntimeError(events["error"])', {
        InputPayload: { error: '{{ Result.Error }}' },
      }),
      { name: 'End', action: 'aws:sleep', inputs: { Duration: 'PT1S' }, isEnd: true },
    ],
    {
      assumeRole: '{{ AutomationAssumeRole }}',
      parameters: {
        AutomationAssumeRole: {
          type: 'String',
          allowedPattern: '^arn:(?:aws|aws-cn|aws-us-gov):iam::\\d{12}:role/SO0111-Block-test$',
        },
        Mode: { type: 'String', allowedValues: ['Preview', 'Remediate', 'Undo'] },
        ControlId: { type: 'String', allowedValues: ['S3.8'] },
        AccountId: { type: 'String', allowedPattern: '^\\d{12}$' },
        ResourceArn: {
          type: 'String',
          allowedPattern: '^arn:(?:aws|aws-cn|aws-us-gov):s3:::[a-z0-9.-]{3,63}$',
        },
        State: { type: 'StringList', default: [] },
      },
      outputs: ['Result.Outcome'],
    },
  );
}
