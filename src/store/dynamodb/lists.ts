import { createHash } from "node:crypto";
import { type EntityRef, entityKey } from "../../model/entity.ts";
import { digestOf, type LearnerId } from "../../model/learner.ts";
import type { Item } from "../items.ts";

/**
 * An index lists what is of one entity. DynamoDB writes at most 1,000 units a second into one partition of an index, so a
 * list is spread over 16, by the first digit of the learner's digest: 10,000 completions of one module in a second come to
 * 625 units in each. It is in every item that is listed, and never changes.
 */
export const SHARDS = [..."0123456789abcdef"];

/**
 * The attribute that puts an item into its list: it stands beside `completed_at` in progress, and beside `completion_data` in
 * the history, and in no other item, so that the indexes have what is asked of them and nothing else. It is short, because
 * every event reads all items of its learner: a hash of the entity, and the shard. The entity itself stands in the item.
 */
export const LIST = "listed";

const HASH_LENGTH = 7;
const hashOf = (entity: EntityRef): string =>
  createHash("sha256").update(entityKey(entity)).digest("base64url").slice(0, HASH_LENGTH);

/** All parts of an entity's list, in order of shard. */
export function partsOf(entity: EntityRef): { shard: string; list: string }[] {
  const hash = hashOf(entity);
  return SHARDS.map((shard) => ({ shard, list: hash + shard }));
}

/** The part of an entity's list that a learner is in. */
export const listOf = (learnerId: LearnerId, entity: EntityRef): string =>
  hashOf(entity) + digestOf(learnerId).slice(0, 1);

/** Attributes of an item of progress, with its list where it is complete. */
export const listed = (learnerId: LearnerId, entity: EntityRef, attributes: Item): Item =>
  attributes.completed_at === undefined ? attributes : { ...attributes, [LIST]: listOf(learnerId, entity) };

/** An attempt's item, with its list where something came with the completion of a module. */
export function listedAttempt(learnerId: LearnerId, item: Item): Item {
  const { module_slug: slug, completion_data } = item;
  if (completion_data === undefined || typeof slug !== "string") return item;
  return { ...item, [LIST]: listOf(learnerId, { type: "module", slug }) };
}
