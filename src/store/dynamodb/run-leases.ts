import { DeleteCommand, type DynamoDBDocumentClient, PutCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import type { Timestamp } from "../../model/time.ts";
import { call, conditionally } from "./client.ts";
import { RUNS_PARTITION, runKey } from "./keys.ts";
import type { TableNames } from "./tables.ts";

/** A backfill or rollback that writes, as others see it in the table while it goes. */
export type RunLease = {
  run: string;
  host: string;
  pid: number;
  /** Of `segments`, those from `from` to `to`, both included. */
  segments: number;
  from: number;
  to: number;
  heartbeatAt: Timestamp;
};

export type RunLeases = {
  /** Every run that has leased the table, strongly consistent. */
  all(): Promise<RunLease[]>;
  /** Writes a lease or its next heartbeat. "lost" means that somebody has taken the lease away. */
  lease(lease: RunLease, isFirst: boolean): Promise<"written" | "lost">;
  /** Takes a lease away, unless somebody else has made it his own. */
  release(lease: Omit<RunLease, "heartbeatAt">): Promise<void>;
};

/** Runs announce themselves in the table that they write, so that two machines see each other. */
export function createRunLeases(client: DynamoDBDocumentClient, tables: TableNames): RunLeases {
  const table = { TableName: tables.progress };
  return {
    async all() {
      const query = new QueryCommand({
        ...table,
        KeyConditionExpression: "learner_id = :runs",
        ExpressionAttributeValues: { ":runs": RUNS_PARTITION },
        ConsistentRead: true,
      });
      const { Items = [] } = await call(client.send(query));
      return Items.map(({ run, host, pid, segments, from, to, heartbeat_at: heartbeatAt }) => ({
        run,
        host,
        pid,
        segments,
        from,
        to,
        heartbeatAt,
      }));
    },

    async lease({ heartbeatAt, ...lease }, isFirst) {
      const put = new PutCommand({
        ...table,
        Item: { ...runKey(lease), ...lease, heartbeat_at: heartbeatAt },
        ...(!isFirst && heldBy(lease)),
      });
      return (await conditionally(client.send(put))) === "lost" ? "lost" : "written";
    },

    async release(lease) {
      await conditionally(client.send(new DeleteCommand({ ...table, Key: runKey(lease), ...heldBy(lease) })));
    },
  };
}

const heldBy = ({ host, pid }: Pick<RunLease, "host" | "pid">) => ({
  ConditionExpression: "host = :host AND pid = :pid",
  ExpressionAttributeValues: { ":host": host, ":pid": pid },
});
