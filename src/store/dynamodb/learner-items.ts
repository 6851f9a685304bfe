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
import { isTimestamp, type Timestamp } from "../../model/time.ts";
import { call } from "./client.ts";
import { Expression } from "./expression.ts";
import type { Item } from "./items.ts";
import { DELETED_PARTITION, tombstoneKey } from "./keys.ts";
import type { TableNames } from "./tables.ts";

export type TableOf = keyof TableNames;

/** The key of an item; where a page ended, it is that of its last item. */
export type ItemKey = Record<string, unknown>;

/** That a learner has been deleted, and when; of whom, only who knows the id can tell. */
export type Tombstone = { deletedAt: Timestamp; digest: string };

/** All that is stored of one learner, whatever it is. Every method throws STORE_UNAVAILABLE when the store fails. */
export type LearnerItems = {
  /** Items of a table in order of their keys, as many as come in one answer; strongly consistent. */
  itemsPage(learnerId: LearnerId, table: TableOf, from?: ItemKey): Promise<{ items: Item[]; next?: ItemKey }>;
  /** Keys of a table's items, as many as come in one answer; none once all are deleted. Strongly consistent. */
  someKeys(learnerId: LearnerId, table: TableOf): Promise<ItemKey[]>;
  /** Deletes items, at most MAX_BATCH of them. */
  deleteItems(table: TableOf, keys: readonly ItemKey[]): Promise<void>;
  /** Who has been deleted since a time, or ever, in order of time; strongly consistent. */
  tombstones(since?: Timestamp): Promise<Tombstone[]>;
  addTombstone(tombstone: Tombstone): Promise<void>;
  /** Whether a tombstone is still there; strongly consistent. */
  hasTombstone(tombstone: Tombstone): Promise<boolean>;
};

/** What DynamoDB takes in one BatchWriteItem. */
export const MAX_BATCH = 25;
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

function tombstoneOf(entity: unknown): Tombstone | undefined {
  const [deletedAt, digest] = String(entity).split("#");
  return isTimestamp(deletedAt) && digest ? { deletedAt, digest } : undefined;
}
