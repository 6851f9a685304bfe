import { type DynamoDBDocumentClient, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { type EntityRef, entityKey } from "../../model/entity.ts";
import {
  type CompletionCursor,
  type CompletionStore,
  type CompletionsQuery,
  completionOf,
  rangeOf,
} from "../completions.ts";
import type { Item } from "../items.ts";
import { entityItemKey } from "../keys.ts";
import { call } from "./client.ts";
import { Expression } from "./expression.ts";
import { COMPLETIONS_INDEX, type TableNames } from "./tables.ts";

export function createCompletionStore(client: DynamoDBDocumentClient, tables: TableNames): CompletionStore {
  /** Items of the index from a key on. A filter is applied after the limit, so a page of it may hold few of ours. */
  const itemsFrom = async (request: object, start: Item | undefined, isEnough: (found: readonly Item[]) => boolean) => {
    const items: Item[] = [];
    let from = start;
    do {
      const query = new QueryCommand({
        TableName: tables.progress,
        IndexName: COMPLETIONS_INDEX,
        ...request,
        ...(from && { ExclusiveStartKey: from }),
      });
      const page = await call(client.send(query));
      items.push(...(page.Items ?? []));
      from = page.LastEvaluatedKey;
    } while (from && !isEnough(items));
    return { items, next: from };
  };

  return {
    async completions(entity, query) {
      const range = rangeOf(query);
      if (range === undefined) return { completions: [], next: undefined };
      const { after, limit } = query;
      // DynamoDB refuses a start outside the range.
      const start = after && after.completedAt >= range.from ? startAfter(entity, after) : undefined;
      const isFiltered = query.expiringBefore !== undefined;
      const { items, next } = await itemsFrom(requestOf(entity, query, range), start, (found) =>
        isFiltered ? found.length > limit : true,
      );
      const page = items.slice(0, limit);
      const last = items.length > limit ? page.at(-1) : next;
      return {
        completions: page.flatMap((item) => completionOf(item) ?? []),
        next: last && { completedAt: String(last.completed_at), learnerId: String(last.learner_id) },
      };
    },
  };
}

function requestOf(
  entity: EntityRef,
  { limit, expiringBefore }: CompletionsQuery,
  { from, to }: { from: string; to: string },
) {
  const expression = new Expression();
  const at = expression.name("completed_at");
  const condition = [
    `${expression.name("entity")} = ${expression.value("entity", entityKey(entity))}`,
    `${at} BETWEEN ${expression.value("since", from)} AND ${expression.value("until", to)}`,
  ];
  const filter =
    expiringBefore && `${expression.name("expires_at")} < ${expression.value("expiring_before", expiringBefore)}`;
  return {
    KeyConditionExpression: condition.join(" AND "),
    ...(filter ? { FilterExpression: filter } : { Limit: limit }),
    ...expression.bindings,
  };
}

const startAfter = (entity: EntityRef, { learnerId, completedAt }: CompletionCursor): Item => ({
  ...entityItemKey(learnerId, entity),
  completed_at: completedAt,
});
