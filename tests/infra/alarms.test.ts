import { describe, expect, it } from "vitest";
import { DEV, PROD, type Resource, render, statementsOf, synthesize } from "../support/builders/infra.ts";
import type { Json } from "../support/processes/service.ts";

/** What the service counts under its own name. */
const OWN = [
  "Claims",
  "ClaimsRefused",
  "CatalogRefused",
  "Completions",
  "DeadLetters",
  "Events",
  "EventsRefused",
  "Latency",
  "ReadUnits",
  "RequestFailures",
  "Requests",
  "RequestsLimited",
  "StoreFailures",
  "WriteUnits",
].sort();

/** An alarm's metrics by their ids in its expression; a plain one has the id `m`. */
function metricsOf({ Properties }: Resource): Record<string, Json> {
  if (Properties.MetricName !== undefined) return { m: { Metric: Properties, Stat: Properties.Statistic } };
  const plain = Properties.Metrics.filter(({ MetricStat }: Json) => MetricStat !== undefined);
  return Object.fromEntries(plain.map(({ Id, MetricStat }: Json) => [Id, MetricStat]));
}
const expressionOf = ({ Properties }: Resource): string =>
  Properties.Metrics?.find(({ Expression }: Json) => Expression !== undefined)?.Expression ?? "m";

describe.each([DEV, PROD])("The alarms of $prefix", (stage) => {
  const { one, all, template } = synthesize(stage);
  const alarm = (name: string) => one("AWS::CloudWatch::Alarm", "AlarmName", `${stage.prefix}-${name}`);
  const topic = one("AWS::SNS::Topic");
  const dimensions = (metric: Json) =>
    Object.fromEntries(metric.Dimensions.map(({ Name, Value }: Json) => [Name, render(Value)]));

  const { alarms } = stage;
  const http = one("AWS::Lambda::Function", "FunctionName", `${stage.prefix}-http`);
  const queue = one("AWS::Lambda::Function", "FunctionName", `${stage.prefix}-queue`);
  const near = ({ Properties }: Resource) => Properties.Timeout * 1_000 * (alarms.durationPercent / 100);

  it.each([
    ["failed-requests", alarms.failedRequestsPercent, 2, ["AWS/ApiGateway 5xx Sum", "AWS/ApiGateway Count Sum"]],
    ["client-errors", alarms.clientErrorsPercent, 3, ["AWS/ApiGateway 4xx Sum", "AWS/ApiGateway Count Sum"]],
    ["http-errors", 1, 2, ["AWS/Lambda Errors Sum"]],
    ["http-throttles", 1, 1, ["AWS/Lambda Throttles Sum"]],
    ["http-slow", near(http), 2, ["AWS/Lambda Duration p99"]],
    ["queue-errors", 1, 2, ["AWS/Lambda Errors Sum"]],
    ["queue-throttles", 1, 3, ["AWS/Lambda Throttles Sum"]],
    ["queue-slow", near(queue), 2, ["AWS/Lambda Duration p99"]],
    ["queue-age", alarms.queueAgeSeconds, 1, ["AWS/SQS ApproximateAgeOfOldestMessage Maximum"]],
    ["dead-letters", 1, 1, ["AWS/SQS ApproximateNumberOfMessagesVisible Maximum"]],
    ["store-failures", alarms.storeFailures, 1, ["Waymark StoreFailures Sum"]],
    ["store-throttles", 1, 3, ["AWS/DynamoDB ReadThrottleEvents Sum", "AWS/DynamoDB WriteThrottleEvents Sum"]],
    [
      "hot-partitions",
      1,
      2,
      [
        "AWS/DynamoDB ReadKeyRangeThroughputThrottleEvents Sum",
        "AWS/DynamoDB WriteKeyRangeThroughputThrottleEvents Sum",
      ],
    ],
    [
      "table-maximum",
      1,
      1,
      [
        "AWS/DynamoDB ReadMaxOnDemandThroughputThrottleEvents Sum",
        "AWS/DynamoDB WriteMaxOnDemandThroughputThrottleEvents Sum",
      ],
    ],
    ["store-errors", 1, 3, ["AWS/DynamoDB SystemErrors Sum"]],
    ["refused-claims", alarms.refusedClaimsPercent, 3, ["Waymark Claims Sum", "Waymark ClaimsRefused Sum"]],
    ["job-errors", 1, 2, ["AWS/Lambda Errors Sum"]],
    ["job-failed", 1, 1, ["AWS/States ExecutionsFailed Sum", "AWS/States ExecutionsTimedOut Sum"]],
    ["export-failed", 1, 1, ["AWS/States ExecutionsFailed Sum"]],
    ["catalog-refused", 1, 1, ["Waymark CatalogRefused Sum"]],
  ])("%s rings from %d, in %d periods of five minutes", (name, from, inARow, metrics) => {
    const found = alarm(name);
    expect(found.Properties.ComparisonOperator).toBe("GreaterThanOrEqualToThreshold");
    expect(found.Properties.Threshold).toBe(from);
    expect(found.Properties.EvaluationPeriods).toBe(inARow);
    const described = Object.values(metricsOf(found)).map(
      ({ Metric, Stat }) => `${Metric.Namespace} ${Metric.MetricName} ${Stat ?? found.Properties.ExtendedStatistic}`,
    );
    expect([...new Set(described)].sort()).toEqual(metrics);
    const periods = Object.values(metricsOf(found)).map(({ Period }) => Period ?? found.Properties.Period);
    expect(new Set(periods)).toEqual(new Set([300]));
  });

  it("there are no others", () => expect(all("AWS::CloudWatch::Alarm")).toHaveLength(21));

  it("each looks at this deployment alone", () => {
    const ids = Object.keys(template.Resources).map((id) => `<${id}>`);
    for (const found of all("AWS::CloudWatch::Alarm"))
      for (const { Metric } of Object.values(metricsOf(found))) {
        const { Operation, GlobalSecondaryIndexName, ...where } = dimensions(Metric);
        const known = Metric.Namespace === "Waymark" ? [stage.prefix] : [...ids, `<${queue.id}>`];
        const names = Object.values(where).map((value) => String(value).replace(/\.(QueueName|Arn)>$/, ">"));
        expect(names.length).toBeGreaterThan(0);
        for (const name of names) expect(known).toContain(name);
      }
  });

  it("those of functions and queues each have their own", () => {
    const of = (name: string) => Object.values(dimensions(metricsOf(alarm(name)).m.Metric)).join();
    for (const name of ["errors", "throttles", "slow"]) {
      expect(of(`http-${name}`)).toBe(`<${http.id}>`);
      expect(of(`queue-${name}`)).toBe(`<${queue.id}>`);
    }
    expect(of("queue-age")).toContain(one("AWS::SQS::Queue", "QueueName", `${stage.prefix}-events`).id);
    expect(of("dead-letters")).toContain(one("AWS::SQS::Queue", "QueueName", `${stage.prefix}-events-dead`).id);
  });

  it("those of jobs look at each of their functions, and at the machine that works them", () => {
    const functions = ["plan", "segment", "finish"].map((name) =>
      one("AWS::Lambda::Function", "FunctionName", `${stage.prefix}-job-${name}`),
    );
    const machine = one("AWS::StepFunctions::StateMachine", "StateMachineName", `${stage.prefix}-jobs`);
    const of = (name: string) =>
      Object.values(metricsOf(alarm(name))).flatMap(({ Metric }) => Object.values(dimensions(Metric)));
    expect(of("job-errors")).toEqual(functions.map(({ id }) => `<${id}>`));
    expect(new Set(of("job-failed"))).toEqual(new Set([`<${machine.id}>`]));
  });

  it.each([
    ["failed-requests", "part", "whole", alarms.minRequests],
    ["client-errors", "part", "whole", alarms.minRequests],
    ["refused-claims", "part", "whole", alarms.minClaims],
  ])("%s is a rate, and none where there were few", (name, part, whole, least) => {
    expect(expressionOf(alarm(name))).toBe(`IF(${whole} >= ${least}, 100 * FILL(${part}, 0) / ${whole}, 0)`);
    const { [part]: one, [whole]: of } = metricsOf(alarm(name));
    expect(one.Metric.MetricName).toMatch(/^[45]xx$|Refused$/);
    expect(of.Metric.MetricName).toMatch(/^Count$|^Claims$/);
    expect(least).toBeGreaterThan(1);
  });

  it.each([
    ["store-throttles", 8],
    ["hot-partitions", 8],
    ["table-maximum", 8],
    ["store-errors", 9],
  ])("%s adds up %d metrics of both tables, the silent ones as 0", (name, count) => {
    const metrics = metricsOf(alarm(name));
    expect(expressionOf(alarm(name)).split(" + ")).toEqual(Object.keys(metrics).map((id) => `FILL(${id}, 0)`));
    // Each another one; and CloudWatch takes no more than ten.
    expect(new Set(Object.values(metrics).map(({ Metric }) => JSON.stringify(Metric))).size).toBe(count);
    expect(Object.keys(metrics)).toHaveLength(count);
    const tables = Object.values(metrics).map(({ Metric }) => dimensions(Metric).TableName);
    expect(new Set(tables)).toEqual(new Set(all("AWS::DynamoDB::Table").map(({ id }) => `<${id}>`)));
  });

  it("silence rings below what CloudWatch has learnt of that hour, for half an hour, no request being 0 requests", () => {
    const { Properties } = alarm("silence");
    expect(Properties).toMatchObject({
      ComparisonOperator: "LessThanLowerThreshold",
      EvaluationPeriods: 6,
      ThresholdMetricId: "expr_1",
    });
    expect(Properties).not.toHaveProperty("Threshold");
    const expressions = Properties.Metrics.map(({ Expression }: Json) => Expression).filter(Boolean);
    expect(expressions).toEqual([expect.stringMatching(/^ANOMALY_DETECTION_BAND\(\w+, 3\)$/), "FILL(metric, 0)"]);
    expect(metricsOf(alarm("silence")).metric).toMatchObject({
      Metric: { MetricName: "Count" },
      Stat: "Sum",
      Period: 300,
    });
  });

  it("missing data ring none: each counts trouble, or is measured only while there is work", () => {
    for (const { Properties } of all("AWS::CloudWatch::Alarm"))
      expect(Properties.TreatMissingData).toBe("notBreaching");
  });

  it("each says what is wrong, and is sent to the topic when it rings and when it is over", () => {
    for (const { Properties } of all("AWS::CloudWatch::Alarm")) {
      expect(Properties.AlarmDescription.length).toBeGreaterThan(40);
      expect(Properties.AlarmActions).toEqual([{ Ref: topic.id }]);
      expect(Properties.OKActions).toEqual([{ Ref: topic.id }]);
    }
  });

  it("the topic is encrypted, and takes messages from the account's alarms alone, on an encrypted way", () => {
    const account = { StringEquals: { "aws:SourceAccount": { Ref: "AWS::AccountId" } } };
    const cloudWatch = { Service: "cloudwatch.amazonaws.com" };
    const budgets = { Service: "budgets.amazonaws.com" };
    const key = one("AWS::KMS::Key");
    expect(topic.Properties.KmsMasterKeyId).toEqual({ "Fn::GetAtt": [key.id, "Arn"] });
    for (const principal of [cloudWatch, budgets])
      expect(statementsOf(key.Properties.KeyPolicy)).toContainEqual({
        effect: "Allow",
        actions: ["kms:Decrypt", "kms:GenerateDataKey*"],
        resources: ["*"],
        conditions: account,
        principal,
      });
    const [deny, ...others] = statementsOf(one("AWS::SNS::TopicPolicy").Properties.PolicyDocument);
    expect(deny).toMatchObject({ effect: "Deny", conditions: { Bool: { "aws:SecureTransport": "false" } } });
    const publish = { effect: "Allow", actions: ["sns:Publish"], resources: [`<${topic.id}>`], conditions: account };
    expect(others).toEqual([
      { ...publish, principal: cloudWatch },
      { ...publish, principal: budgets },
    ]);
  });

  it("spend is told to the topic: what is spent of the month's sum, and what will be, of this deployment alone", () => {
    const { Budget, NotificationsWithSubscribers } = one("AWS::Budgets::Budget").Properties;
    expect(Budget).toMatchObject({
      BudgetLimit: { Amount: alarms.monthlyUsd, Unit: "USD" },
      TimeUnit: "MONTHLY",
      CostFilters: { TagKeyValue: [`user:service$${stage.prefix}`] },
    });
    expect(
      NotificationsWithSubscribers.map(({ Notification, Subscribers }: Json) => [
        Notification.NotificationType,
        Notification.Threshold,
        Subscribers,
      ]),
    ).toEqual([
      ["ACTUAL", 80, [{ SubscriptionType: "SNS", Address: { Ref: topic.id } }]],
      ["FORECASTED", 100, [{ SubscriptionType: "SNS", Address: { Ref: topic.id } }]],
    ]);
  });

  it("the dashboard shows all that the service counts, and every alarm", () => {
    const body = render(one("AWS::CloudWatch::Dashboard").Properties.DashboardBody);
    const shown = [...body.matchAll(/"Waymark","(\w+)","service","([^"]+)"/g)];
    expect([...new Set(shown.map(([, name]) => name))].sort()).toEqual(OWN);
    expect(new Set(shown.map(([, , service]) => service))).toEqual(new Set([stage.prefix]));
    for (const { id } of all("AWS::CloudWatch::Alarm")) expect(body).toContain(`<${id}.Arn>`);
  });
});

describe("Alarms are mailed", () => {
  it("where the stage has an address", () => {
    const { one } = synthesize({ ...DEV, alarms: { ...DEV.alarms, email: "waymark@example.com" } });
    expect(one("AWS::SNS::Subscription").Properties).toMatchObject({
      Protocol: "email",
      Endpoint: "waymark@example.com",
      TopicArn: { Ref: one("AWS::SNS::Topic").id },
    });
  });

  it("to nobody where it has none", () => expect(synthesize(DEV).all("AWS::SNS::Subscription")).toEqual([]));
});
