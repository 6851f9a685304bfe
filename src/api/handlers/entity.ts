import type { Context } from "hono";
import type * as z from "zod";
import type { Completions, DataSummary } from "../../contract/index.ts";
import type { EntityType } from "../../model/entity.ts";
import { catalogNow } from "../../service/catalog/catalog-source.ts";
import { readCompletions } from "../../service/read/read-completions.ts";
import { readDataSummary } from "../../service/read/read-records.ts";
import { cursorAfter, type List, positionIn } from "../cursor.ts";
import { jsonAnswer } from "../json-answer.ts";
import { CompletionsParameters, HolderCompletionsParameters, parse, RangeParameters, SlugParameter } from "../query.ts";
import type { Handler, Services } from "../route.ts";
import { completionJson } from "../wire.ts";

export function completions(type: EntityType): Handler {
  return async (context, { store, catalog }) => {
    const { slug } = parse(SlugParameter, context.req.param());
    const schema = type === "module" ? CompletionsParameters : HolderCompletionsParameters;
    const parameters: z.infer<typeof HolderCompletionsParameters> = parse(schema, context.req.query());
    const { cursor, expiring_before: expiringBefore, ...query } = parameters;
    const list: List = [`${type}-completions`, slug];
    const from = positionIn(list, cursor);
    const after = from && { completedAt: from.at, learnerId: from.id };
    const now = catalogNow(catalog);
    const { completions, next } = await readCompletions(
      store,
      now,
      { type, slug },
      { ...query, expiringBefore, after },
    );
    return jsonAnswer(context, {
      completions: completions.map(completionJson),
      next_cursor: cursorAfter(list, next && { at: next.completedAt, id: next.learnerId }),
    } satisfies Completions);
  };
}

export async function dataSummary(context: Context, { store, catalog }: Services): Promise<Response> {
  const { slug } = parse(SlugParameter, context.req.param());
  const range = parse(RangeParameters, context.req.query());
  const summary: DataSummary = await readDataSummary(store, catalog.current(), slug, range);
  return jsonAnswer(context, summary);
}
