import type { SQSClient } from "@aws-sdk/client-sqs";
import { connectionTo, type Place } from "./connection.ts";

/** A message that can never succeed, with what somebody needs to know who looks at it. */
export type DeadLetter = { body: string; code: string; reason: string; messageId: string };

type Options = Place & { queueUrl: string };

const REQUEST_TIMEOUT_MS = 3_000;
const MAX_ATTRIBUTE_LENGTH = 4_000;
// What SQS takes: XML's characters.
const ILLEGAL = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

/** Sends dead letters to a queue of their own. @throws what SQS answers */
export function createDeadLetters({ queueUrl, ...place }: Options): (letter: DeadLetter) => Promise<void> {
  let client: Promise<SQSClient> | undefined;
  return async ({ body, code, reason, messageId }) => {
    // Most invocations send none.
    const { SendMessageCommand } = await import("@aws-sdk/client-sqs");
    client ??= createSqs(place);
    const attribute = (text: string) => ({
      DataType: "String",
      StringValue: text.replace(ILLEGAL, "\uFFFD").slice(0, MAX_ATTRIBUTE_LENGTH) || "-",
    });
    await (await client).send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: body,
        MessageAttributes: {
          code: attribute(code),
          reason: attribute(reason),
          source_message_id: attribute(messageId),
        },
      }),
    );
  };
}

async function createSqs(place: Place): Promise<SQSClient> {
  const { SQSClient } = await import("@aws-sdk/client-sqs");
  return new SQSClient({ maxAttempts: 3, ...connectionTo(place, REQUEST_TIMEOUT_MS) });
}
