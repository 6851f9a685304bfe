import { type IMetric, MathExpression, Metric } from "aws-cdk-lib/aws-cloudwatch";
import { Operation, type Table } from "aws-cdk-lib/aws-dynamodb";
import { Duration } from "aws-cdk-lib/core";
import type { MetricName } from "../src/process/metrics.ts";
import { ATTEMPTS_INDEX, COMPLETIONS_INDEX } from "../src/store/dynamodb/tables.ts";
import type { Jobs } from "./jobs.ts";
import type { Stage } from "./stages.ts";
import type { Tables } from "./tables.ts";

const NAMESPACE = "Waymark";
export const PERIOD = Duration.minutes(5);

/** Of both functions together: they count under one name, the stage's prefix. */
export const own = ({ prefix }: Stage, metricName: MetricName, statistic = "Sum"): Metric =>
  new Metric({ namespace: NAMESPACE, metricName, statistic, period: PERIOD, dimensionsMap: { service: prefix } });

/** How many in a hundred; none where there are fewer than `atLeast`, since a rate of few says nothing. */
export const percent = (label: string, part: IMetric, whole: IMetric, atLeast: number): MathExpression =>
  new MathExpression({
    label,
    expression: `IF(whole >= ${atLeast}, 100 * FILL(part, 0) / whole, 0)`,
    usingMetrics: { part, whole },
    period: PERIOD,
  });

/** A metric that is 0 where it has nothing to tell. */
export const filled = (label: string, metric: IMetric): MathExpression =>
  new MathExpression({ label, expression: "FILL(metric, 0)", usingMetrics: { metric }, period: PERIOD });

/** Why DynamoDB turns a request away: one key is too busy, or a table's own maximum is reached. */
type Cause = "KeyRangeThroughput" | "MaxOnDemandThroughput";

/** Requests that a table or its index turned away, for one cause or for any. */
export function throttles({ progress, records }: Tables, cause: Cause | "" = ""): MathExpression {
  const [reads, writes] = [`Read${cause}ThrottleEvents`, `Write${cause}ThrottleEvents`];
  const usingMetrics = {
    progressReads: progress.metric(reads),
    progressWrites: progress.metric(writes),
    completionsReads: index(progress, COMPLETIONS_INDEX, reads),
    completionsWrites: index(progress, COMPLETIONS_INDEX, writes),
    recordsReads: records.metric(reads),
    recordsWrites: records.metric(writes),
    attemptsReads: index(records, ATTEMPTS_INDEX, reads),
    attemptsWrites: index(records, ATTEMPTS_INDEX, writes),
  };
  return sum(`DynamoDB throttles ${cause}`.trim(), usingMetrics);
}

/** DynamoDB's own failures, of the operations that the functions call. */
export function systemErrors({ progress, records }: Tables): MathExpression {
  const errors = (table: Table, operation: Operation) =>
    table.metric("SystemErrors", { dimensionsMap: { TableName: table.tableName, Operation: operation } });
  return sum("DynamoDB system errors", {
    progressUpdate: errors(progress, Operation.UPDATE_ITEM),
    progressQuery: errors(progress, Operation.QUERY),
    progressGet: errors(progress, Operation.GET_ITEM),
    progressPut: errors(progress, Operation.PUT_ITEM),
    progressBatch: errors(progress, Operation.BATCH_WRITE_ITEM),
    recordsUpdate: errors(records, Operation.UPDATE_ITEM),
    recordsQuery: errors(records, Operation.QUERY),
    recordsPut: errors(records, Operation.PUT_ITEM),
    recordsBatch: errors(records, Operation.BATCH_WRITE_ITEM),
  });
}

/** Invocations of a job's functions that failed or were ended; each is tried again, up to eight times. */
export const jobErrors = ({ plan, segment, finish }: Jobs["functions"]): MathExpression =>
  sum("Job errors", {
    plan: plan.lambda.metricErrors(),
    segment: segment.lambda.metricErrors(),
    finish: finish.lambda.metricErrors(),
  });

/** Executions that did not come to their end; an aborted one is somebody's own doing. */
export const failedExecutions = (label: string, StateMachineArn: string): MathExpression => {
  const metric = (metricName: string) =>
    new Metric({ namespace: "AWS/States", metricName, dimensionsMap: { StateMachineArn } });
  return sum(label, { failed: metric("ExecutionsFailed"), timedOut: metric("ExecutionsTimedOut") });
};

const index = (table: Table, name: string, metricName: string): Metric =>
  table.metric(metricName, { dimensionsMap: { TableName: table.tableName, GlobalSecondaryIndexName: name } });

/** Most of them are silent most of the time; what is silent counts as 0. An alarm takes ten metrics at most. */
function sum(label: string, metrics: Record<string, Metric>): MathExpression {
  const usingMetrics = Object.fromEntries(
    Object.entries(metrics).map(([id, metric]) => [id, metric.with({ statistic: "Sum", period: PERIOD })]),
  );
  const expression = Object.keys(metrics)
    .map((id) => `FILL(${id}, 0)`)
    .join(" + ");
  return new MathExpression({ label, expression, usingMetrics, period: PERIOD });
}
