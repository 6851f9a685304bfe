import { entityKey } from "../../model/entity.ts";
import { type CompletionStore, completionOf, rangeOf } from "../completions.ts";
import type { Access } from "./access.ts";
import type { Row } from "./table.ts";

export function createCompletionStore(access: Access): CompletionStore {
  const select = access.database.prepare(
    "SELECT learner_id, entity AS key, item, sum, completed_at FROM progress INDEXED BY completions" +
      " WHERE entity = ? AND completed_at BETWEEN ? AND ? AND (completed_at, learner_id) > (?, ?)" +
      " AND (? IS NULL OR item ->> '$.expires_at' < ?)" +
      " ORDER BY completed_at, learner_id LIMIT ?",
  );
  return {
    completions: (entity, query) =>
      access.read(() => {
        const range = rangeOf(query);
        if (range === undefined) return { completions: [], next: undefined };
        const { limit, after = { completedAt: "", learnerId: "" }, expiringBefore = null } = query;
        const bounds = [range.from, range.to, after.completedAt, after.learnerId] as const;
        const values = [...bounds, expiringBefore, expiringBefore] as const;
        const rows = select.all(entityKey(entity), ...values, limit + 1) as (Row & { completed_at: string })[];
        const page = rows.slice(0, limit);
        const last = page.at(-1);
        return {
          completions: page.flatMap((row) => completionOf(access.progress.itemOf(row)) ?? []),
          next:
            last && rows.length > limit ? { completedAt: last.completed_at, learnerId: last.learner_id } : undefined,
        };
      }),
  };
}
