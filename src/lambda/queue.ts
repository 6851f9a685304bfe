import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { parseText } from "../api/body.ts";
import { toTimestamp } from "../model/time.ts";
import { Deletions } from "../service/deletions.ts";
import { type Environment, EnvironmentError, readEnvironment } from "../service/environment.ts";
import { createBulkIngest } from "../service/ingest.ts";
import { createLog } from "../service/logger.ts";
import { createMetrics } from "../service/metrics.ts";
import type { Message } from "../service/queue/message.ts";
import { createTakeMessages } from "../service/queue/take-messages.ts";
import { createDeadLetters } from "../store/dead-letters.ts";
import { ANSWER_WAIT_MS, openLambdaCatalog, START_WAIT_MS } from "./catalog.ts";
import { openLambdaStore, storeFaults } from "./lambda-store.ts";

const environment = readEnvironment();
const queueUrl = deadLetterQueueUrl(environment);
const { endpoints, region, hasCredentials } = environment;
const [log, metrics] = [createLog(environment), createMetrics(environment)];
const store = openLambdaStore(environment);
const deletions = new Deletions({ store, log });
deletions.start();
const catalog = openLambdaCatalog(environment, log, metrics);
await catalog.freshen(START_WAIT_MS);

const take = createTakeMessages({
  // Who may send is the queue's policy's to say, so a sender speaks for any learner.
  ingest: createBulkIngest({ store, catalog, deletions, log }),
  parse: parseText,
  bury: createDeadLetters({ queueUrl, endpoint: endpoints.sqs, region, hasCredentials }),
  log,
  metrics,
});

/** Takes learning events from an SQS queue. A message is what a body of `POST /events/track` is. */
export const handler = async ({ Records }: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
  log.addContext(context);
  const [retried] = await Promise.all([take(Records.map(messageOf)), catalog.freshen(ANSWER_WAIT_MS)]);
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

/** @throws EnvironmentError that names all that is missing */
function deadLetterQueueUrl(environment: Environment): string {
  const { deadLetterQueueUrl } = environment;
  const faults = storeFaults(environment);
  if (deadLetterQueueUrl === undefined)
    faults.push("DEAD_LETTER_QUEUE_URL: what can never succeed must go somewhere; set the address of a queue");
  if (faults.length > 0) throw new EnvironmentError(faults);
  return deadLetterQueueUrl as string;
}
