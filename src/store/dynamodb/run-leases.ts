import { DeleteCommand, type DynamoDBDocumentClient, PutCommand, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { RUNS_PARTITION, runKey } from "../keys.ts";
import type { RunLease, RunLeases } from "../run-leases.ts";
import { call, conditionally } from "./client.ts";
import type { TableNames } from "./tables.ts";

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
