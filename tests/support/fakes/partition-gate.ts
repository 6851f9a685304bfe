import type { Fate, Passing } from "./store-proxy.ts";

type Body = Passing["body"] & {
  Key?: Record<string, { S?: string }>;
  Item?: Record<string, { S?: string }>;
  ExpressionAttributeNames?: Record<string, string>;
  ExpressionAttributeValues?: Record<string, { S?: string }>;
};

/** Which partition of an index a write goes to; undefined where it touches no index. */
export type PartitionOf = (body: Body) => string | undefined;

/** As the request itself says: the value that it gives the attribute `listed`. */
export const listedPartition: PartitionOf = ({ Item, ExpressionAttributeValues: values }) =>
  Item?.listed?.S ?? values?.[":listed"]?.S;
/** As earlier releases had it: a partition for each entity. */
export const formerPartition: PartitionOf = (body) =>
  listedPartition(body) === undefined ? undefined : body.Key?.entity?.S;

export type PartitionGate = {
  /** Units that each partition was asked for in this second. */
  asked: Map<string, number>;
  refused: number;
  /** For each request on its way to a store. */
  decide: (passing: Pick<Passing, "body">) => Fate;
};

/**
 * Stands for DynamoDB's limit to what one partition of an index takes in a second, and refuses what is beyond. An item of an
 * index is under 1 KB, so that a write of it takes one unit. All that passes counts as of one second, however long it takes:
 * so a slow machine can show what a fast one does.
 */
export function partitionGate(unitsPerSecond: number, partitionOf: PartitionOf = listedPartition): PartitionGate {
  const gate: PartitionGate = {
    asked: new Map(),
    refused: 0,
    decide({ body }) {
      const partition = partitionOf(body as Body);
      if (partition === undefined) return "pass";
      const units = (gate.asked.get(partition) ?? 0) + 1;
      gate.asked.set(partition, units);
      if (units <= unitsPerSecond) return "pass";
      gate.refused++;
      return "throttle";
    },
  };
  return gate;
}
