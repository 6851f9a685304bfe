import type { Context } from "hono";
import type * as z from "zod";
import type { Completions, DataSummary } from "../../contract/index.ts";
import type { EntityType } from "../../model/entity.ts";
import { catalogNow } from "../../service/catalog/catalog-source.ts";
import { readCompletions } from "../../service/read/read-completions.ts";
import { readDataSummary } from "../../service/read/read-records.ts";
import type { CompletionCursor } from "../../store/completions.ts";
import { cursorAfter, type List, type Position, positionIn } from "../cursor.ts";
import { jsonAnswer } from "../json-answer.ts";
import { CompletionsParameters, HolderCompletionsParameters, parse, RangeParameters, SlugParameter } from "../query.ts";
import type { Handler, Services } from "../route.ts";
import { completionJson } from "../wire.ts";

/** A cursor says where in which of the store's lists the page ended. Neither name of list nor learner begins with a space. */
const positionOf = (next: CompletionCursor | undefined): Position | undefined =>
  next && { at: next.completedAt, id: `${next.list} ${next.learnerId}` };
function completionCursorAt(position: Position | undefined): CompletionCursor | undefined {
  if (position === undefined) return undefined;
  const [, list = "", learnerId = ""] = /^(\S+) (.+)$/s.exec(position.id) ?? [];
  return { completedAt: position.at, learnerId, list };
}

export function completions(type: EntityType): Handler {
  return async (context, { store, catalog }) => {
    const { slug } = parse(SlugParameter, context.req.param());
    const schema = type === "module" ? CompletionsParameters : HolderCompletionsParameters;
    const parameters: z.infer<typeof HolderCompletionsParameters> = parse(schema, context.req.query());
    const { cursor, expiring_before: expiringBefore, ...query } = parameters;
    const list: List = [`${type}-completions`, slug];
    const after = completionCursorAt(positionIn(list, cursor));
    const page = await readCompletions(store, catalogNow(catalog), { type, slug }, { ...query, expiringBefore, after });
    return jsonAnswer(context, {
      completions: page.completions.map(completionJson),
      next_cursor: cursorAfter(list, positionOf(page.next)),
    } satisfies Completions);
  };
}

export async function dataSummary(context: Context, { store, catalog }: Services): Promise<Response> {
  const { slug } = parse(SlugParameter, context.req.param());
  const range = parse(RangeParameters, context.req.query());
  const summary: DataSummary = await readDataSummary(store, catalog.current(), slug, range);
  return jsonAnswer(context, summary);
}
