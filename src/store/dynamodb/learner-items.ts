import {
  BatchWriteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  QueryCommand,
  ScanCommand,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import type { Identity } from "../../model/identity.ts";
import type { LearnerId } from "../../model/learner.ts";
import { encodeLink } from "../../model/link.ts";
import { identityKey, identityOf, isOfLearner } from "../keys.ts";
import type { ItemKey, LearnerItems, TableOf } from "../learner-items.ts";
import { call } from "./client.ts";
import { Expression } from "./expression.ts";
import { getItems, waitFor } from "./get-items.ts";
import type { TableNames } from "./tables.ts";

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

    async learnersPage(name, { limit, from }) {
      const expression = new Expression();
      const scan = new ScanCommand({
        TableName: tables[name],
        ProjectionExpression: KEYS[name].map((key) => expression.name(key)).join(", "),
        Limit: limit,
        ...(from?.learner_id !== undefined && { ExclusiveStartKey: from }),
        ExpressionAttributeNames: expression.names,
      });
      const { Items = [], LastEvaluatedKey: next } = await call(client.send(scan));
      // The page before has told of the learner in whose items it ended.
      const others = Items.filter((item) => isOfLearner(item) && item.learner_id !== from?.learner_id);
      const learnerIds = [...new Set(others.map(({ learner_id }) => String(learner_id)))];
      return { learnerIds, ...(next && { next }) };
    },

    async someKeys(learnerId, table, most) {
      const expression = new Expression();
      const projection = KEYS[table].map((name) => expression.name(name)).join(", ");
      let from: ItemKey | undefined;
      do {
        const query = { ...ofLearner(expression, learnerId, table), ProjectionExpression: projection };
        const part = { ...(most !== undefined && { Limit: most }), ...(from && { ExclusiveStartKey: from }) };
        const page = await call(client.send(new QueryCommand({ ...query, ...part, ...expression.bindings })));
        if (page.Items?.length) return page.Items;
        from = page.LastEvaluatedKey;
      } while (from);
      return [];
    },

    async deleteItems(table, keys) {
      let requests: object[] = keys.map((Key) => ({ DeleteRequest: { Key } }));
      for (let round = 0; requests.length > 0; round++) {
        if (round > 0) await waitFor(round);
        // A table that is short of capacity leaves some undone.
        const batch = new BatchWriteCommand({ RequestItems: { [tables[table]]: requests } });
        requests = (await call(client.send(batch))).UnprocessedItems?.[tables[table]] ?? [];
      }
    },

    async identity(learnerId) {
      const get = new GetCommand({ ...table, Key: identityKey(learnerId), ConsistentRead: true });
      return identityOf((await call(client.send(get))).Item);
    },

    async identitiesAmong(learnerIds, { isConsistent: ConsistentRead } = { isConsistent: false }) {
      const byKey = new Map(learnerIds.map((learnerId) => [identityKey(learnerId).learner_id, learnerId]));
      const identities = new Map<LearnerId, Identity>();
      const items = await getItems(client, tables.progress, learnerIds.map(identityKey), ConsistentRead);
      for (const item of items) identities.set(byKey.get(String(item.learner_id)) as LearnerId, identityOf(item));
      return identities;
    },

    async addLink(link) {
      for (const learnerId of [link.alias, link.learner]) {
        const expression = new Expression();
        const update = expression.add({ links: new Set([encodeLink(link)]) });
        const key = { ...table, Key: identityKey(learnerId) };
        await call(client.send(new UpdateCommand({ ...key, UpdateExpression: update, ...expression.bindings })));
      }
    },

    async dropLinks(learnerId, links) {
      if (links.length === 0) return;
      const expression = new Expression();
      const update = expression.delete({ links: new Set(links.map(encodeLink)) });
      const key = { ...table, Key: identityKey(learnerId) };
      await call(client.send(new UpdateCommand({ ...key, UpdateExpression: update, ...expression.bindings })));
    },

    async markDeleted(learnerId, deletedAt) {
      const expression = new Expression();
      const name = expression.name("deleted_at");
      // Of two deletions the first stands, and what else is known of the id stays beside it.
      const update = new UpdateCommand({
        ...table,
        Key: identityKey(learnerId),
        UpdateExpression: `SET ${name} = if_not_exists(${name}, ${expression.value("deleted_at", deletedAt)})${expression.remove(["has_voids"])}`,
        ...expression.bindings,
        ReturnValues: "ALL_NEW",
      });
      return identityOf((await call(client.send(update))).Attributes).deletedAt ?? deletedAt;
    },
  };
}
