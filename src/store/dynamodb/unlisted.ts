import { type DynamoDBDocumentClient, ScanCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import type { Item } from "../items.ts";
import { isOfLearner, parseEntityKey } from "../keys.ts";
import type { TableOf } from "../learner-items.ts";
import type { Unlisted, UnlistedItem } from "../unlisted.ts";
import { call, conditionally } from "./client.ts";
import { Expression } from "./expression.ts";
import { LIST, listOf } from "./lists.ts";
import type { TableNames } from "./tables.ts";

/** A page is small beside the process, and beside a second's units. */
const PAGE_ITEMS = 1_000;

const TABLES = {
  progress: { sort: "entity", needs: "completed_at", entityOf: ({ entity }: Item) => parseEntityKey(entity) },
  records: {
    sort: "record",
    needs: "completion_data",
    entityOf: ({ module_slug: slug }: Item) =>
      typeof slug === "string" ? ({ type: "module", slug } as const) : undefined,
  },
} as const;

export function createUnlisted(client: DynamoDBDocumentClient, names: TableNames): Unlisted {
  return {
    async page(table, { segment, segments, from }) {
      const expression = new Expression();
      const { sort, needs } = TABLES[table];
      const scan = new ScanCommand({
        TableName: names[table],
        Segment: segment,
        TotalSegments: segments,
        Limit: PAGE_ITEMS,
        FilterExpression: `attribute_exists(${expression.name(needs)}) AND attribute_not_exists(${expression.name(LIST)})`,
        ProjectionExpression: ["learner_id", sort, "module_slug"].map((name) => expression.name(name)).join(", "),
        ...(from && { ExclusiveStartKey: from }),
        ...expression.bindings,
      });
      const { Items = [], ScannedCount = 0, LastEvaluatedKey: next } = await call(client.send(scan));
      return { seen: ScannedCount, unlisted: Items.flatMap((item) => unlistedIn(table, item)), next };
    },

    async list(table, { key, list }) {
      const expression = new Expression();
      const update = new UpdateCommand({
        TableName: names[table],
        Key: key,
        UpdateExpression: expression.set({ [LIST]: list }),
        // A learner may have been deleted since, or a completion cleared.
        ConditionExpression: `attribute_exists(${expression.name(TABLES[table].needs)})`,
        ...expression.bindings,
      });
      return (await conditionally(client.send(update))) === "lost" ? "gone" : "written";
    },
  };
}

function unlistedIn(table: TableOf, item: Item): UnlistedItem[] {
  const { sort, entityOf } = TABLES[table];
  const entity = entityOf(item);
  if (entity === undefined || !isOfLearner(item)) return [];
  const { learner_id, [sort]: place } = item;
  return [{ key: { learner_id, [sort]: place }, list: listOf(String(learner_id), entity) }];
}
