import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { EventBridgeClient, PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { PublishCommand } from '@aws-sdk/client-sns';
import type { SNSClient } from '@aws-sdk/client-sns';
import { bodyOf } from './announcement.ts';
import type { Announcement } from './announcement.ts';
import { errorName } from './aws-errors.ts';
import { notification } from './notification.ts';

export interface AnnounceOptions {
  readonly sns: SNSClient;
  readonly events: EventBridgeClient;
  readonly topicArn: string;
  readonly solutionId: string;
}

/**
 * Tells the topic and the default event bus; answers what could not be told. Never throws. Whoever listens may hear the
 * same twice, and knows it by attempt and status.
 */
export async function announce(
  options: AnnounceOptions,
  announcement: Announcement,
): Promise<readonly string[]> {
  const problems = await Promise.all([
    publish(options, announcement),
    putEvent(options, announcement),
  ]);
  return problems.filter((one) => one !== undefined);
}

async function publish(
  { sns, topicArn }: AnnounceOptions,
  announcement: Announcement,
): Promise<string | undefined> {
  const { subject, json, text } = notification(announcement);
  try {
    await sns.send(
      new PublishCommand({
        TopicArn: topicArn,
        Subject: subject,
        MessageStructure: 'json',
        Message: JSON.stringify({ default: json, email: text }),
      }),
    );
    return undefined;
  } catch (error) {
    return `The notification could not be sent (${errorName(error)}).`;
  }
}

/** Puts one event on the default bus; answers why that failed. Never throws. */
export async function putEvent(
  { events, solutionId }: Pick<AnnounceOptions, 'events' | 'solutionId'>,
  announcement: Announcement,
): Promise<string | undefined> {
  try {
    const answer = await events.send(
      new PutEventsCommand({ Entries: [eventEntry(solutionId, announcement)] }),
    );
    const code = answer.Entries?.[0]?.ErrorCode;
    return code === undefined ? undefined : `The event could not be put (${code}).`;
  } catch (error) {
    return `The event could not be put (${errorName(error)}).`;
  }
}

function eventEntry(solutionId: string, announcement: Announcement): PutEventsRequestEntry {
  return {
    Source: `${solutionId}.asr`,
    DetailType: 'ASR Remediation',
    Detail: JSON.stringify(bodyOf(announcement)),
    Resources: [announcement.attempt.resource],
  };
}
