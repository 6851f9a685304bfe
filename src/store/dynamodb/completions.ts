import { type DynamoDBDocumentClient, QueryCommand } from "@aws-sdk/lib-dynamodb";
import { entityKey } from "../../model/entity.ts";
import { type CompletionStore, completionOf, rangeOf } from "../completions.ts";
import { entityItemKey } from "../keys.ts";
import { call } from "./client.ts";
import { Expression } from "./expression.ts";
import { COMPLETIONS_INDEX, type TableNames } from "./tables.ts";

export function createCompletionStore(client: DynamoDBDocumentClient, tables: TableNames): CompletionStore {
  return {
    async completions(entity, query) {
      const range = rangeOf(query);
      if (range === undefined) return { completions: [], next: undefined };
      const { from, to } = range;
      const { after } = query;
      const expression = new Expression();
      const at = expression.name("completed_at");
      const condition = [
        `${expression.name("entity")} = ${expression.value("entity", entityKey(entity))}`,
        `${at} BETWEEN ${expression.value("since", from)} AND ${expression.value("until", to)}`,
      ];
      const { Items = [], LastEvaluatedKey: last } = await call(
        client.send(
          new QueryCommand({
            TableName: tables.progress,
            IndexName: COMPLETIONS_INDEX,
            KeyConditionExpression: condition.join(" AND "),
            Limit: query.limit,
            ...expression.bindings,
            // DynamoDB refuses a start outside the range.
            ...(after &&
              after.completedAt >= from && {
                ExclusiveStartKey: { ...entityItemKey(after.learnerId, entity), completed_at: after.completedAt },
              }),
          }),
        ),
      );
      return {
        completions: Items.flatMap((item) => completionOf(item) ?? []),
        next: last && { completedAt: String(last.completed_at), learnerId: String(last.learner_id) },
      };
    },
  };
}
