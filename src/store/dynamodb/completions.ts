import { type DynamoDBDocumentClient, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { type EntityRef, type EntityType, entityKey } from "../../model/entity.ts";
import { type CompletionStore, type CompletionsQuery, completionsIn } from "../completions.ts";
import type { Item } from "../items.ts";
import { entityItemKey } from "../keys.ts";
import type { List, Place, Start } from "../merge-lists.ts";
import { call } from "./client.ts";
import { Expression } from "./expression.ts";
import { LIST, partsOf } from "./lists.ts";
import { COMPLETIONS_INDEX, FORMER_COMPLETIONS_INDEX, type Indexes, type TableNames } from "./tables.ts";

type Range = { from: string; to: string };
/** A partition of an index. */
type Partition = { name: string; index: string; key: Record<string, string> };

export function createCompletionStore(
  client: DynamoDBDocumentClient,
  tables: TableNames,
  indexes: Indexes,
): CompletionStore {
  const listAt = (entity: EntityRef, { name, index, key }: Partition, range: Range, query: CompletionsQuery) => {
    const read = async (start: Start, limit: number) => {
      const condition = conditionsOf(key, rangeFrom(range, start), query);
      if (condition === undefined) return { rows: [], ended: undefined };
      const request = { TableName: tables.progress, IndexName: index, Limit: limit, ...condition };
      const behind = "behind" in start && { ExclusiveStartKey: keyOf(entity, key, start.behind) };
      const page = await call(client.send(new QueryCommand({ ...request, ...behind })));
      return { rows: (page.Items ?? []).map(rowOf), ended: page.LastEvaluatedKey && placeOf(page.LastEvaluatedKey) };
    };
    return { name, read } satisfies List<Item>;
  };

  return {
    completions: ({ type, slugs }, query) =>
      completionsIn(
        (range) =>
          slugs.flatMap((slug) =>
            partitionsOf(type, slug, indexes).map((partition) => listAt({ type, slug }, partition, range, query)),
          ),
        query,
      ),
  };
}

/** While the items of an older deployment come to their lists, its readers keep to the index that has them all. */
function partitionsOf(type: EntityType, slug: string, indexes: Indexes): Partition[] {
  if (indexes === "former") {
    const key = { entity: entityKey({ type, slug }) };
    return [{ name: slug, index: FORMER_COMPLETIONS_INDEX, key }];
  }
  return partsOf({ type, slug }).map(({ shard, list }) => ({
    name: `${slug}/${shard}`,
    index: COMPLETIONS_INDEX,
    key: { [LIST]: list },
  }));
}

const rangeFrom = ({ from, to }: Range, start: Start): Range =>
  "from" in start ? { from: start.from, to } : { from, to };

/** Undefined for an empty range, which DynamoDB refuses. */
function conditionsOf(key: Partition["key"], range: Range, { expiringBefore }: CompletionsQuery) {
  if (range.from > range.to) return undefined;
  const expression = new Expression();
  const filter =
    expiringBefore && `${expression.name("expires_at")} < ${expression.value("expiring_before", expiringBefore)}`;
  return {
    KeyConditionExpression: expression.within(key, "completed_at", range),
    ...(filter && { FilterExpression: filter }),
    ...expression.bindings,
  };
}

const placeOf = ({ completed_at, learner_id }: Item): Place => ({ at: String(completed_at), id: String(learner_id) });
const rowOf = (row: Item) => ({ ...placeOf(row), row });

const keyOf = (entity: EntityRef, key: Partition["key"], { at, id }: Place): Item => ({
  ...entityItemKey(id, entity),
  ...key,
  completed_at: at,
});
