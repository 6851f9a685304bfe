import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { createDeadLetters } from "../aws/dead-letters.ts";
import { parseBody } from "../model/parse-body.ts";
import { toTimestamp } from "../model/time.ts";
import { readEnvironment } from "../process/environment.ts";
import { versionKeeper } from "../service/catalog/keep-versions.ts";
import { createIngestByLearner } from "../service/ingest/ingest.ts";
import type { Message } from "../service/queue/message.ts";
import { createTakeMessages } from "../service/queue/take-messages.ts";
import { ANSWER_WAIT_MS, START_WAIT_MS } from "./catalog.ts";
import { openLambda } from "./open-lambda.ts";
import { startOrEnd } from "./start-or-end.ts";

const nowhere = "DEAD_LETTER_QUEUE_URL: what can never succeed must go somewhere; set the address of a queue";
const { environment, log, metrics, store, catalog } = startOrEnd(() => {
  const environment = readEnvironment();
  return { environment, ...openLambda(environment, environment.deadLetterQueueUrl ? [] : [nowhere]) };
});
const { deadLetterQueueUrl, endpoints, region, hasCredentials } = environment;
await catalog.freshen(START_WAIT_MS);
const keepVersion = versionKeeper({ store, catalog, log });

const take = createTakeMessages({
  ingest: createIngestByLearner({ store, catalog, log }),
  parse: parseBody,
  bury: createDeadLetters({ queueUrl: deadLetterQueueUrl as string, endpoint: endpoints.sqs, region, hasCredentials }),
  log,
  metrics,
});

/** Takes learning events from an SQS queue. A message is what a body of `POST /events/track` is. */
export const handler = async ({ Records }: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
  log.addContext(context);
  const [retried] = await Promise.all([take(Records.map(messageOf)), catalog.freshen(ANSWER_WAIT_MS), keepVersion()]);
  return { batchItemFailures: retried.map((itemIdentifier) => ({ itemIdentifier })) };
};

function messageOf({ messageId, body, attributes }: SQSRecord): Message {
  const { ApproximateReceiveCount, SentTimestamp } = attributes;
  return {
    id: messageId,
    body,
    receiveCount: Number(ApproximateReceiveCount),
    sentAt: toTimestamp(Number(SentTimestamp)),
  };
}
