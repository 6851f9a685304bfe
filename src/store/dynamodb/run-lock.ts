import { DeleteCommand, type DynamoDBDocumentClient, PutCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import type { Timestamp } from "../../model/time.ts";
import { call, conditionally } from "./client.ts";
import { RUNS_PARTITION, runKey } from "./keys.ts";
import type { TableNames } from "./tables.ts";

/** A backfill or rollback that writes, as others see it in the table while it goes. */
export type RunClaim = {
  run: string;
  host: string;
  pid: number;
  /** Of `segments`, those from `from` to `to`, both included. */
  segments: number;
  from: number;
  to: number;
  heartbeatAt: Timestamp;
};

export type RunLock = {
  /** Every run that has claimed the table, strongly consistent. */
  claims(): Promise<RunClaim[]>;
  /** Writes a claim or its next heartbeat. "lost" means that somebody has taken the claim away. */
  claim(claim: RunClaim, isFirst: boolean): Promise<"written" | "lost">;
  /** Takes a claim away, unless somebody else has made it his own. */
  release(claim: Omit<RunClaim, "heartbeatAt">): Promise<void>;
};

/** Runs announce themselves in the table that they write, so that two machines see each other. */
export function createRunLock(client: DynamoDBDocumentClient, tables: TableNames): RunLock {
  const table = { TableName: tables.progress };
  return {
    async claims() {
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

    async claim({ heartbeatAt, ...claim }, isFirst) {
      const put = new PutCommand({
        ...table,
        Item: { ...runKey(claim), ...claim, heartbeat_at: heartbeatAt },
        ...(!isFirst && heldBy(claim)),
      });
      return (await conditionally(client.send(put))) === "lost" ? "lost" : "written";
    },

    async release(claim) {
      await conditionally(client.send(new DeleteCommand({ ...table, Key: runKey(claim), ...heldBy(claim) })));
    },
  };
}

const heldBy = ({ host, pid }: Pick<RunClaim, "host" | "pid">) => ({
  ConditionExpression: "host = :host AND pid = :pid",
  ExpressionAttributeValues: { ":host": host, ":pid": pid },
});
