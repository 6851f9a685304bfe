import { entityKey } from "../../model/entity.ts";
import { type CompletionStore, completionsIn } from "../completions.ts";
import type { Item } from "../items.ts";
import type { List, Start } from "../merge-lists.ts";
import type { Access } from "./access.ts";
import type { Row } from "./table.ts";

type Found = Row & { completed_at: string };

export function createCompletionStore(access: Access): CompletionStore {
  const select = access.database.prepare(
    "SELECT learner_id, entity AS key, item, sum, completed_at FROM progress INDEXED BY completions" +
      " WHERE entity = ? AND completed_at BETWEEN ? AND ? AND (completed_at, learner_id) > (?, ?)" +
      " AND (? IS NULL OR item ->> '$.expires_at' < ?)" +
      " ORDER BY completed_at, learner_id LIMIT ?",
  );
  return {
    completions: ({ type, slugs }, query) => {
      const expiring = query.expiringBefore ?? null;
      const listOf = (slug: string, range: { from: string; to: string }): List<Item> => ({
        name: slug,
        read: (start, limit) =>
          access.read(() => {
            const [from, behind] = startOf(start, range.from);
            const bounds = [entityKey({ type, slug }), from, range.to, behind.at, behind.id] as const;
            const found = select.all(...bounds, expiring, expiring, limit + 1) as Found[];
            const rows = found.slice(0, limit).map((row) => ({
              at: row.completed_at,
              id: row.learner_id,
              row: access.progress.itemOf(row),
            }));
            return { rows, ended: found.length > limit ? rows.at(-1) : undefined };
          }),
      });
      return completionsIn((range) => slugs.map((slug) => listOf(slug, range)), query);
    },
  };
}

const startOf = (start: Start, from: string) =>
  "from" in start ? ([start.from, { at: "", id: "" }] as const) : ([from, start.behind] as const);
