import { type Alarm, AlarmStatusWidget, Dashboard, GraphWidget, type IMetric } from "aws-cdk-lib/aws-cloudwatch";
import type { Construct } from "constructs";
import type { Watched } from "./alarm-rules.ts";
import { own, PERIOD, percent, systemErrors, throttles } from "./metrics.ts";

/** A third of the dashboard's 24 columns. */
const WIDTH = 8;

/** One page that tells whether learners' events arrive, what becomes of them, and what it costs. */
export function createDashboard(scope: Construct, watched: Watched, alarms: Alarm[]): Dashboard {
  const { stage, tables, api, http, queue, events } = watched;
  const graph = (title: string, left: IMetric[], right: IMetric[] = []) =>
    new GraphWidget({ title, left, right, width: WIDTH, leftYAxis: { min: 0 }, rightYAxis: { min: 0 } });
  const over = { period: PERIOD };
  const functions = Object.entries({ http, queue });
  const p99 = { ...over, statistic: "p99" };

  const dashboard = new Dashboard(scope, "Dashboard", { dashboardName: stage.prefix });
  dashboard.addWidgets(new AlarmStatusWidget({ title: "Alarms", alarms, width: 24, height: 3 }));
  dashboard.addWidgets(
    graph(
      "Requests",
      [own(stage, "Requests")],
      [
        own(stage, "RequestFailures"),
        own(stage, "RequestsLimited"),
        api.metricServerError(over),
        api.metricClientError(over),
      ],
    ),
    graph("Latency (ms)", [own(stage, "Latency", "p50"), own(stage, "Latency", "p99"), api.metricLatency(p99)]),
    graph("Events", [own(stage, "Events"), own(stage, "EventsRefused")]),
  );
  dashboard.addWidgets(
    graph("Completions", [own(stage, "Completions")]),
    graph(
      "Claims",
      [own(stage, "Claims"), own(stage, "ClaimsRefused")],
      [percent("Refused %", own(stage, "ClaimsRefused"), own(stage, "Claims"), 1)],
    ),
    graph("Catalogs refused", [own(stage, "CatalogRefused")]),
  );
  dashboard.addWidgets(
    graph(
      "Functions: errors and throttles",
      functions.flatMap(([name, { lambda }]) => [
        lambda.metricErrors({ ...over, label: `${name} errors` }),
        lambda.metricThrottles({ ...over, label: `${name} throttles` }),
      ]),
    ),
    graph(
      "Functions: slowest (ms)",
      functions.map(([name, { lambda }]) => lambda.metricDuration({ ...p99, label: name })),
    ),
    graph(
      "Queue",
      [
        events.queue.metricApproximateNumberOfMessagesVisible({ ...over, label: "waiting" }),
        events.deadLetters.metricApproximateNumberOfMessagesVisible({ ...over, label: "dead letters kept" }),
        own(stage, "DeadLetters"),
      ],
      [events.queue.metricApproximateAgeOfOldestMessage({ ...over, label: "oldest (s)" })],
    ),
  );
  dashboard.addWidgets(
    graph("Store: units that the service counts", [own(stage, "ReadUnits"), own(stage, "WriteUnits")]),
    graph(
      "Store: units that DynamoDB bills",
      Object.entries(tables).flatMap(([name, table]) => [
        table.metricConsumedReadCapacityUnits({ ...over, label: `${name} read` }),
        table.metricConsumedWriteCapacityUnits({ ...over, label: `${name} written` }),
      ]),
    ),
    graph("Store: failures", [own(stage, "StoreFailures"), throttles(tables), systemErrors(tables)]),
  );
  return dashboard;
}
