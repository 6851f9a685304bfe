import { DeleteCommand, type DynamoDBDocumentClient, PutCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { RUNS_PARTITION, runKey } from "../keys.ts";
import type { RunClaim, RunLock } from "../run-lock.ts";
import { call, conditionally } from "./client.ts";
import type { TableNames } from "./tables.ts";

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
