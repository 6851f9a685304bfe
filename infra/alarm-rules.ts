import type { HttpApi } from "aws-cdk-lib/aws-apigatewayv2";
import { type IMetric, Metric } from "aws-cdk-lib/aws-cloudwatch";
import type { Analytics } from "./analytics.ts";
import type { EventQueue } from "./event-queue.ts";
import type { ServiceFunction } from "./function.ts";
import type { Jobs } from "./jobs.ts";
import { failedExecutions, filled, jobErrors, own, PERIOD, percent, systemErrors, throttles } from "./metrics.ts";
import type { Stage } from "./stages.ts";
import type { Tables } from "./tables.ts";

/** What alarms and dashboard look at. */
export type Watched = {
  stage: Stage;
  tables: Tables;
  api: HttpApi;
  http: ServiceFunction;
  queue: ServiceFunction;
  events: EventQueue;
  analytics: Analytics | undefined;
  jobs: Jobs;
};

export type Rule = {
  /** Of the alarm, behind the stage's prefix. */
  name: string;
  metric: IMetric;
  /** Rings at this value and above; or below what CloudWatch has learnt of that hour and day. */
  from: number | "less than usual";
  /** Of so many periods of five minutes in a row, all must be bad. */
  periods?: number;
  /** Says what is wrong, and what to do. */
  meaning: string;
};

/** What is watched, and from where on it is trouble. */
export function rulesOf({ stage, tables, api, http, queue, events, analytics, jobs }: Watched): Rule[] {
  const { alarms } = stage;
  const over = { period: PERIOD };
  const slowest = ({ lambda }: ServiceFunction) => lambda.metricDuration({ ...over, statistic: "p99" });
  const slow = ({ timeout }: ServiceFunction) => (timeout.toMilliseconds() * alarms.durationPercent) / 100;
  return [
    {
      name: "failed-requests",
      metric: percent(
        "5xx %",
        api.metricServerError({ ...over, statistic: "Sum" }),
        api.metricCount({ ...over, statistic: "Sum" }),
        alarms.minRequests,
      ),
      from: alarms.failedRequestsPercent,
      periods: 2,
      meaning:
        "The API answers too many requests with 5xx. Pages send their events again; read the HTTP function's log.",
    },
    {
      name: "client-errors",
      metric: percent(
        "4xx %",
        api.metricClientError({ ...over, statistic: "Sum" }),
        api.metricCount({ ...over, statistic: "Sum" }),
        alarms.minRequests,
      ),
      from: alarms.clientErrorsPercent,
      periods: 3,
      meaning:
        "Too many requests are refused (4xx). Look at the codes in the HTTP function's log: a page that was changed, tokens of another issuer, callers beyond their limit.",
    },
    {
      name: "silence",
      metric: filled("Requests", api.metricCount({ ...over, statistic: "Sum" })),
      from: "less than usual",
      periods: 6,
      meaning:
        "Far fewer requests come than usual at this hour. Pages cannot reach the service (name, certificate, Content-Security-Policy), or send nothing.",
    },
    {
      name: "http-errors",
      metric: http.lambda.metricErrors(over),
      from: 1,
      periods: 2,
      meaning:
        "The HTTP function crashes or runs out of time instead of answering. Read its log; roll the last deploy back.",
    },
    {
      name: "http-throttles",
      metric: http.lambda.metricThrottles(over),
      from: 1,
      meaning: "All copies of the HTTP function are busy. Raise httpConcurrency, or the account's quota.",
    },
    {
      name: "http-slow",
      metric: slowest(http),
      from: slow(http),
      periods: 2,
      meaning: "The slowest requests come near the time-out. Look at the store first: throttles, system errors.",
    },
    {
      name: "queue-errors",
      metric: queue.lambda.metricErrors(over),
      from: 1,
      periods: 2,
      meaning:
        "The queue function crashes or runs out of time. Its messages come back, and end among the dead letters.",
    },
    {
      name: "queue-throttles",
      metric: queue.lambda.metricThrottles(over),
      from: 1,
      periods: 3,
      meaning:
        "The account has no room for the queue function. Events wait; none is lost yet. Raise the account's quota.",
    },
    {
      name: "queue-slow",
      metric: slowest(queue),
      from: slow(queue),
      periods: 2,
      meaning: "Batches of the queue come near the time-out. Look at the store first: throttles, system errors.",
    },
    {
      name: "queue-age",
      metric: events.queue.metricApproximateAgeOfOldestMessage({ ...over, statistic: "Maximum" }),
      from: alarms.queueAgeSeconds,
      meaning: "Events wait too long in the queue. Read the queue function's log; raise queueConcurrency.",
    },
    {
      name: "dead-letters",
      metric: events.deadLetters.metricApproximateNumberOfMessagesVisible({ ...over, statistic: "Maximum" }),
      from: 1,
      meaning: "Events could not be taken and are kept for 14 days. Find the reason, mend it, and redrive them.",
    },
    {
      name: "store-failures",
      metric: own(stage, "StoreFailures"),
      from: alarms.storeFailures,
      meaning: "DynamoDB does not take requests, also when they are tried again. Look at throttles and AWS Health.",
    },
    {
      name: "store-throttles",
      metric: throttles(tables),
      from: 1,
      periods: 3,
      meaning:
        "DynamoDB turns requests away. One learner or module may be too busy, or a backfill too fast (--max-wcu).",
    },
    {
      name: "hot-partitions",
      metric: throttles(tables, "KeyRangeThroughput"),
      from: 1,
      periods: 2,
      meaning:
        "One key is asked for more than a partition gives. Contributor Insights of the table or index names the key that is throttled.",
    },
    {
      name: "table-maximum",
      metric: throttles(tables, "MaxOnDemandThroughput"),
      from: 1,
      meaning:
        "A table turns requests away because its maximum (tableUnits) is reached. Look who asks so much before you raise it.",
    },
    {
      name: "store-errors",
      metric: systemErrors(tables),
      from: 1,
      periods: 3,
      meaning: "DynamoDB fails on its own side. Requests are tried again; look at AWS Health.",
    },
    {
      name: "refused-claims",
      metric: percent("Refused claims %", own(stage, "ClaimsRefused"), own(stage, "Claims"), alarms.minClaims),
      from: alarms.refusedClaimsPercent,
      periods: 3,
      meaning:
        "Pages claim completions that the facts do not bear out. A page claims too early, or the catalog is not its own.",
    },
    {
      name: "job-errors",
      metric: jobErrors(jobs.functions),
      from: 1,
      periods: 2,
      meaning:
        "Functions of a job keep crashing or run out of time or memory. They are tried again, nine times in all; read the log of the job-segment function.",
    },
    {
      name: "job-failed",
      metric: failedExecutions("Jobs that failed", jobs.machine.stateMachineArn),
      from: 1,
      meaning:
        "A backfill, regrade or rollback on AWS failed, was refused or was stopped. What is done stands: read the execution's last state, and go on with --resume.",
    },
    ...(analytics
      ? [
          {
            name: "export-failed",
            metric: new Metric({
              namespace: "AWS/States",
              metricName: "ExecutionsFailed",
              statistic: "Sum",
              period: PERIOD,
              dimensionsMap: { StateMachineArn: analytics.machine.attrArn },
            }),
            from: 1,
            meaning:
              "The night's export for analysts failed; the last good run stands. Read the execution and the export's log, and start it again.",
          },
        ]
      : []),
    {
      name: "catalog-refused",
      metric: own(stage, "CatalogRefused"),
      from: 1,
      meaning:
        "A published catalog is faulty; the last good one stands. GET /health names the faults: mend and publish again.",
    },
  ];
}
