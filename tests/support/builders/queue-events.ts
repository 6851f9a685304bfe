import type { SQSEvent } from "aws-lambda";

export type Delivered = { id: string; body: unknown; receives?: number; sentAt?: string };

/** What Lambda hands to a function that takes from a queue. A text stands as it is. */
export const queueEvent = (...messages: Delivered[]): SQSEvent => ({
  Records: messages.map(({ id, body, receives = 1, sentAt = "2026-01-18T10:15:00.000Z" }) => ({
    messageId: id,
    receiptHandle: `receipt-of-${id}`,
    body: typeof body === "string" ? body : JSON.stringify(body),
    attributes: {
      ApproximateReceiveCount: String(receives),
      SentTimestamp: String(Date.parse(sentAt)),
      SenderId: "AIDAEXAMPLE",
      ApproximateFirstReceiveTimestamp: String(Date.parse(sentAt)),
    },
    messageAttributes: {},
    md5OfBody: "0",
    eventSource: "aws:sqs",
    eventSourceARN: "arn:aws:sqs:eu-central-1:123456789012:waymark-events",
    awsRegion: "eu-central-1",
  })),
});
