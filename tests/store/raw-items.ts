import { randomUUID } from "node:crypto";
import { GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import type { TestStore } from "../support/processes/stores.ts";

type Item = Record<string, unknown>;

/** Learners are never shared between tests, so that a table can be. */
export const newLearner = (): string => `learner-${randomUUID()}`;

/** An item as it lies in the table, without its keys; undefined where there is none. */
export async function rawItem({ client, tables }: TestStore, learner: string, entity: string) {
  const { Item } = await client.send(
    new GetCommand({ TableName: tables.progress, Key: { learner_id: learner, entity }, ConsistentRead: true }),
  );
  if (Item === undefined) return undefined;
  const { learner_id: _, entity: __, ...attributes } = Item;
  return attributes;
}

/** Puts an item into the table past the store, as somebody else's program might. */
export async function putRaw({ client, tables }: TestStore, learner: string, entity: string, attributes: Item) {
  await client.send(
    new PutCommand({ TableName: tables.progress, Item: { learner_id: learner, entity, ...attributes } }),
  );
}
