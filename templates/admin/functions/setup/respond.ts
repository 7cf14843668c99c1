/** What CloudFormation sends for a custom resource (user guide, Custom resource request objects). */
export interface CustomResourceEvent {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly ResponseURL: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId?: string;
  readonly ResourceType: string;
  readonly ResourceProperties: Readonly<Record<string, unknown>>;
}

export interface Answer {
  readonly status: 'SUCCESS' | 'FAILED';
  readonly physicalId: string;
  readonly reason?: string;
  readonly data?: Readonly<Record<string, string>>;
}

/** The response may hold 4,096 bytes (user guide, Custom resource response objects). */
const LONGEST_REASON = 1000;
const TRIES = 4;

/** Answers CloudFormation at the event's presigned URL; throws when it takes the answer at none of several tries. */
export async function respond(event: CustomResourceEvent, answer: Answer): Promise<void> {
  const body = Buffer.from(
    JSON.stringify({
      Status: answer.status,
      Reason: (answer.reason ?? 'Done.').slice(0, LONGEST_REASON),
      PhysicalResourceId: answer.physicalId,
      StackId: event.StackId,
      RequestId: event.RequestId,
      LogicalResourceId: event.LogicalResourceId,
      Data: answer.data ?? {},
    }),
  );
  for (let tried = 1; ; tried += 1) {
    const failure = await put(event.ResponseURL, body);
    if (failure === undefined) return;
    if (tried === TRIES) throw new Error(`CloudFormation did not take the answer: ${failure}`);
    await new Promise((resolve) => setTimeout(resolve, 250 * 2 ** tried));
  }
}

async function put(url: string, body: Buffer): Promise<string | undefined> {
  try {
    // The presigned URL is signed for an empty content type.
    const answer = await fetch(url, {
      method: 'PUT',
      body,
      headers: { 'content-type': '' },
      signal: AbortSignal.timeout(5000),
    });
    return answer.ok ? undefined : `HTTP ${answer.status}`;
  } catch (error) {
    return error instanceof Error ? error.message : 'no connection';
  }
}
