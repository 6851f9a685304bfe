import { type DynamoDBDocumentClient, QueryCommand } from "@aws-sdk/lib-dynamodb";
import type { Timestamp } from "../../model/time.ts";
import type { Item } from "../items.ts";
import type { List, Place, Start } from "../merge-lists.ts";
import { call } from "./client.ts";
import { Expression } from "./expression.ts";
import { LIST, partsOf } from "./lists.ts";
import { ATTEMPTS_INDEX, FORMER_ATTEMPTS_INDEX, type Indexes, type TableNames } from "./tables.ts";

/** The key of a record. */
export type RecordKey = { learner_id: string; record: string };
type Asked = { range: { since?: Timestamp | undefined; until?: Timestamp | undefined }; indexes: Indexes };
/** A partition of an index; with a filter, where it has attempts that are not asked for. */
type Partition = { name: string; index: string; key: Record<string, string>; filter?: string };

/** Before and after every timestamp. */
export const FIRST = "0";
const LAST = "~";
const HAS_DATA = "attribute_exists(completion_data)";

/** Where the attempts are that came with completion data of a module, in order of time. The upper end is not inside the range. */
export function dataLists(
  client: DynamoDBDocumentClient,
  tables: TableNames,
  moduleSlug: string,
  { range, indexes }: Asked,
): List<RecordKey>[] {
  return partitionsOf(moduleSlug, indexes).map(({ name, index, key, filter }) => ({
    name,
    async read(start: Start, limit: number) {
      const [from = FIRST, until = LAST] = ["from" in start ? start.from : range.since, range.until];
      if (from > until) return { rows: [], ended: undefined };
      const request = { ...requestOf(key, from, until), ...(filter && { FilterExpression: filter }) };
      const behind = "behind" in start && {
        ExclusiveStartKey: { ...key, ...keyAt(start.behind), occurred_at: start.behind.at },
      };
      const query = { TableName: tables.records, IndexName: index, Limit: limit, ...request, ...behind };
      const { Items = [], LastEvaluatedKey: last } = await call(client.send(new QueryCommand(query)));
      const rows = Items.filter(({ occurred_at }) => occurred_at !== range.until).map(rowOf);
      return { rows, ended: last && placeOf(last) };
    },
  }));
}

function partitionsOf(moduleSlug: string, indexes: Indexes): Partition[] {
  if (indexes === "former")
    return [{ name: moduleSlug, index: FORMER_ATTEMPTS_INDEX, key: { module_slug: moduleSlug }, filter: HAS_DATA }];
  return partsOf({ type: "module", slug: moduleSlug }).map(({ shard, list }) => ({
    name: shard,
    index: ATTEMPTS_INDEX,
    key: { [LIST]: list },
  }));
}

function requestOf(key: Partition["key"], from: string, to: string) {
  const expression = new Expression();
  return { KeyConditionExpression: expression.within(key, "occurred_at", { from, to }), ...expression.bindings };
}

/** No learner's id has a line break. */
const placeOf = ({ occurred_at, learner_id, record }: Item): Place => ({
  at: String(occurred_at),
  id: `${learner_id}\n${record}`,
});
function keyAt({ id }: Place): RecordKey {
  const end = id.indexOf("\n");
  return { learner_id: id.slice(0, end), record: id.slice(end + 1) };
}
const rowOf = (item: Item) => ({ ...placeOf(item), row: keyAt(placeOf(item)) });

/** Items in the order of their keys; what is no longer there is left out. */
export function inOrderOf(keys: readonly RecordKey[], items: readonly Item[]): Item[] {
  const nameOf = ({ learner_id, record }: Item) => `${learner_id}\n${record}`;
  const found = new Map(items.map((item) => [nameOf(item), item]));
  return keys.flatMap((key) => {
    const item = found.get(nameOf(key));
    return item === undefined ? [] : [item];
  });
}
