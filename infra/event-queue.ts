import { Effect, PolicyStatement } from "aws-cdk-lib/aws-iam";
import { EventSourceMapping, type Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Duration } from "aws-cdk-lib/core";
import { Construct } from "constructs";
import type { Stage } from "./stages.ts";

const MAX_RECEIVES = 5;
const MESSAGES_AT_ONCE = 10;
/** As Lambda asks for: as long as it may take until every copy that has a message has had its turn. */
const VISIBILITY_TIMEOUTS = 6;

const PROTECTED = { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true };

/** Events that servers send without waiting, and what becomes of those that cannot be taken. */
export class EventQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, { prefix }: Stage, functionTimeout: Duration) {
    super(scope, id);
    this.deadLetters = new Queue(this, "DeadLetters", {
      ...PROTECTED,
      queueName: `${prefix}-events-dead`,
      // As long as SQS keeps anything: the time of receipt counts on, and someone has to find the cause first.
      retentionPeriod: Duration.days(14),
    });
    this.queue = new Queue(this, "Queue", {
      ...PROTECTED,
      queueName: `${prefix}-events`,
      retentionPeriod: Duration.days(4),
      visibilityTimeout: Duration.seconds(functionTimeout.toSeconds() * VISIBILITY_TIMEOUTS),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: MAX_RECEIVES },
    });
  }

  /** What the function needs, to be fed from the queue and to put aside, with a reason, what can never succeed. */
  statements(): PolicyStatement[] {
    return [
      new PolicyStatement({
        effect: Effect.ALLOW,
        actions: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
        resources: [this.queue.queueArn],
      }),
      new PolicyStatement({
        effect: Effect.ALLOW,
        actions: ["sqs:SendMessage"],
        resources: [this.deadLetters.queueArn],
      }),
    ];
  }

  feed(target: LambdaFunction, { queueConcurrency }: Stage): void {
    new EventSourceMapping(this, "Feed", {
      target,
      eventSourceArn: this.queue.queueArn,
      batchSize: MESSAGES_AT_ONCE,
      maxConcurrency: queueConcurrency,
      // One message that fails does not bring the nine beside it back.
      reportBatchItemFailures: true,
    });
  }
}
