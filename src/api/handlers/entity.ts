import type { Context } from "hono";
import type { Completions, DataSummary } from "../../contract/index.ts";
import type { EntityType } from "../../model/entity.ts";
import { catalogNow } from "../../service/catalog/catalog-source.ts";
import { readCompletions } from "../../service/read/read-completions.ts";
import { readDataSummary } from "../../service/read/read-records.ts";
import { CompletionsParameters, encodeCursor, parse, RangeParameters, SlugParameter } from "../query.ts";
import type { Handler, Services } from "../route.ts";
import { completionJson } from "../wire.ts";

export function completions(type: EntityType): Handler {
  return async (context, { store, catalog }) => {
    const { slug } = parse(SlugParameter, context.req.param());
    const { cursor: after, ...query } = parse(CompletionsParameters, context.req.query());
    const { completions, next } = await readCompletions(
      store,
      catalogNow(catalog),
      { type, slug },
      { ...query, after },
    );
    return context.json({
      completions: completions.map(completionJson),
      next_cursor: next ? encodeCursor(next) : null,
    } satisfies Completions);
  };
}

export async function dataSummary(context: Context, { store, catalog }: Services): Promise<Response> {
  const { slug } = parse(SlugParameter, context.req.param());
  const range = parse(RangeParameters, context.req.query());
  return context.json((await readDataSummary(store, catalog.current(), slug, range)) satisfies DataSummary);
}
