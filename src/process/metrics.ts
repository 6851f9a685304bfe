import { MetricUnit, Metrics as Powertools } from "@aws-lambda-powertools/metrics";
import type { Environment } from "./environment.ts";

/** What is counted, under the namespace `Waymark` with the deployment's name as the dimension `service`. */
export type MetricName =
  | "Requests"
  /** Answered with 5xx. */
  | "RequestFailures"
  /** Answered with 429, because their caller had used up what it may ask. */
  | "RequestsLimited"
  /** Milliseconds from a request to its answer. */
  | "Latency"
  | "Events"
  | "EventsRefused"
  | "Claims"
  | "ClaimsRefused"
  /** Courses and pathways whose completion was reported; an event that is sent again reports its own again. */
  | "Completions"
  | "StoreFailures"
  | "CatalogRefused"
  | "DeadLetters"
  /** DynamoDB's capacity units. */
  | "ReadUnits"
  | "WriteUnits";

/** Counts what happens; a value of 0 is a value. */
export type Metrics = {
  add(values: Partial<Record<MetricName, number>>): void;
  /** Writes down what was added since the last time. */
  publish(): void;
};

export const noMetrics: Metrics = { add: () => {}, publish: () => {} };

/** Metrics in CloudWatch's embedded format: a line to standard output at each `publish`. */
export function createMetrics({ tablePrefix }: Pick<Environment, "tablePrefix">): Metrics {
  const metrics = new Powertools({ namespace: "Waymark", serviceName: tablePrefix });
  return {
    add(values) {
      for (const [name, value] of Object.entries(values))
        metrics.addMetric(name, name === "Latency" ? MetricUnit.Milliseconds : MetricUnit.Count, value);
    },
    publish: () => metrics.publishStoredMetrics(),
  };
}
