import { setTimeout as sleep } from "node:timers/promises";
import {
  BatchWriteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  paginateQuery,
  QueryCommand,
} from "@aws-sdk/lib-dynamodb";
import { AppError } from "../../model/errors.ts";
import type { LearnerId } from "../../model/learner.ts";
import { DELETED_PARTITION, tombstoneKey, tombstoneOf } from "../keys.ts";
import type { ItemKey, LearnerItems, TableOf, Tombstone } from "../learner-items.ts";
import { call } from "./client.ts";
import { Expression } from "./expression.ts";
import type { TableNames } from "./tables.ts";

const MAX_ROUNDS = 10;
const FIRST_DELAY_MS = 50;
const LONGEST_DELAY_MS = 1_000;

const KEYS = { progress: ["learner_id", "entity"], records: ["learner_id", "record"] } satisfies Record<
  TableOf,
  string[]
>;

export function createLearnerItems(client: DynamoDBDocumentClient, tables: TableNames): LearnerItems {
  const ofLearner = (expression: Expression, learnerId: LearnerId, table: TableOf) => ({
    TableName: tables[table],
    KeyConditionExpression: `${expression.name("learner_id")} = ${expression.value("learner", learnerId)}`,
    ConsistentRead: true,
  });
  const table = { TableName: tables.progress };

  return {
    async itemsPage(learnerId, table, from) {
      const expression = new Expression();
      const query = { ...ofLearner(expression, learnerId, table), ...(from && { ExclusiveStartKey: from }) };
      const page = await call(client.send(new QueryCommand({ ...query, ...expression.bindings })));
      return { items: page.Items ?? [], ...(page.LastEvaluatedKey && { next: page.LastEvaluatedKey }) };
    },

    async someKeys(learnerId, table) {
      const expression = new Expression();
      const projection = KEYS[table].map((name) => expression.name(name)).join(", ");
      let from: ItemKey | undefined;
      do {
        const query = { ...ofLearner(expression, learnerId, table), ProjectionExpression: projection };
        const start = from && { ExclusiveStartKey: from };
        const page = await call(client.send(new QueryCommand({ ...query, ...start, ...expression.bindings })));
        if (page.Items?.length) return page.Items;
        from = page.LastEvaluatedKey;
      } while (from);
      return [];
    },

    async deleteItems(table, keys) {
      let requests: object[] = keys.map((Key) => ({ DeleteRequest: { Key } }));
      for (let round = 0; requests.length > 0; round++) {
        if (round === MAX_ROUNDS)
          throw new AppError(
            "STORE_UNAVAILABLE",
            "The store takes no more for now. Send the request again: it goes on where it stopped.",
          );
        if (round > 0) await sleep(Math.random() * Math.min(FIRST_DELAY_MS * 2 ** round, LONGEST_DELAY_MS));
        // A table that is short of capacity leaves some undone.
        const batch = new BatchWriteCommand({ RequestItems: { [tables[table]]: requests } });
        requests = (await call(client.send(batch))).UnprocessedItems?.[tables[table]] ?? [];
      }
    },

    async tombstones(since) {
      const expression = new Expression();
      const partition = `${expression.name("learner_id")} = ${expression.value("deleted", DELETED_PARTITION)}`;
      const range = since && ` AND ${expression.name("entity")} > ${expression.value("since", since)}`;
      const query = { ...table, KeyConditionExpression: partition + (range ?? ""), ConsistentRead: true };
      const found: Tombstone[] = [];
      const read = async () => {
        for await (const { Items = [] } of paginateQuery({ client }, { ...query, ...expression.bindings }))
          found.push(...Items.flatMap(({ entity }) => tombstoneOf(entity) ?? []));
      };
      await call(read());
      return found;
    },

    async addTombstone(tombstone) {
      await call(client.send(new PutCommand({ ...table, Item: tombstoneKey(tombstone) })));
    },

    async hasTombstone(tombstone) {
      const get = new GetCommand({ ...table, Key: tombstoneKey(tombstone), ConsistentRead: true });
      return (await call(client.send(get))).Item !== undefined;
    },
  };
}
