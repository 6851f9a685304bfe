import { describe, expect, it } from "vitest";
import { DEV, PROD, roleStatements, statementsOf, synthesize } from "../support/builders/infra.ts";

const DAY = 86_400;

describe.each([DEV, PROD])("The queue of $prefix", (stage) => {
  const synthesized = synthesize(stage);
  const { one, all } = synthesized;
  const queue = one("AWS::SQS::Queue", "QueueName", `${stage.prefix}-events`);
  const deadLetters = one("AWS::SQS::Queue", "QueueName", `${stage.prefix}-events-dead`);
  const handler = one("AWS::Lambda::Function", "FunctionName", `${stage.prefix}-queue`);

  it("feeds the queue function, which says which messages failed", () => {
    expect(one("AWS::Lambda::EventSourceMapping").Properties).toMatchObject({
      EventSourceArn: { "Fn::GetAtt": [queue.id, "Arn"] },
      FunctionName: { Ref: handler.id },
      FunctionResponseTypes: ["ReportBatchItemFailures"],
      ScalingConfig: { MaximumConcurrency: stage.queueConcurrency },
    });
  });

  it("does not show a message again while a function may still have it", () =>
    expect(queue.Properties.VisibilityTimeout).toBeGreaterThanOrEqual(6 * handler.Properties.Timeout));

  it("puts a message aside that failed five times, and keeps it for two weeks", () => {
    expect(queue.Properties.RedrivePolicy).toEqual({
      deadLetterTargetArn: { "Fn::GetAtt": [deadLetters.id, "Arn"] },
      maxReceiveCount: 5,
    });
    expect(deadLetters.Properties.MessageRetentionPeriod).toBe(14 * DAY);
    // The age counts on from where it was sent first.
    expect(queue.Properties.MessageRetentionPeriod).toBeLessThan(deadLetters.Properties.MessageRetentionPeriod);
  });

  it.each([queue, deadLetters])("$Properties.QueueName is encrypted, at rest and on the way", ({ id, Properties }) => {
    expect(Properties.SqsManagedSseEnabled).toBe(true);
    const policy = all("AWS::SQS::QueuePolicy").find((candidate) => candidate.Properties.Queues[0].Ref === id);
    expect(statementsOf(policy?.Properties.PolicyDocument)).toEqual([
      {
        effect: "Deny",
        actions: ["sqs:*"],
        resources: [`<${id}.Arn>`],
        conditions: { Bool: { "aws:SecureTransport": "false" } },
        principal: { AWS: "*" },
      },
    ]);
  });

  it("may be emptied, and the dead letters filled, by the queue function; the HTTP function has nothing to do with them", () => {
    const ofQueues = (name: string) =>
      roleStatements(synthesized, `${stage.prefix}-${name}`)
        .filter(({ actions }) => actions.some((action) => action.startsWith("sqs:")))
        .map(({ actions, resources }) => [...resources, ...actions.sort()]);
    expect(ofQueues("queue")).toEqual([
      [`<${queue.id}.Arn>`, "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"],
      [`<${deadLetters.id}.Arn>`, "sqs:SendMessage"],
    ]);
    expect(ofQueues("http")).toEqual([]);
  });
});
