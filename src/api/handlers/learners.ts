import type { Context } from "hono";
import type { Learners } from "../../contract/index.ts";
import { type LearnersCursor, readLearners } from "../../service/read/read-learners.ts";
import { cursorAfter, type List, positionIn } from "../cursor.ts";
import { jsonAnswer } from "../json-answer.ts";
import { PageParameters, parse } from "../query.ts";
import { refuse } from "../refuse.ts";
import type { Services } from "../route.ts";

const LIST: List = ["learners", ""];

/** Learners by page, for who reads them all. */
export async function learners(context: Context, { store }: Services): Promise<Response> {
  const { limit, cursor } = parse(PageParameters, context.req.query());
  const from = positionIn(LIST, cursor);
  const page = await readLearners(store, { limit, after: from && cursorOf(from) });
  const next = page.next && { at: page.next.table, id: JSON.stringify(page.next.key) };
  return jsonAnswer(context, {
    learners: page.learnerIds,
    next_cursor: cursorAfter(LIST, next),
  } satisfies Learners);
}

/** A cursor comes back as somebody sends it, who may have altered it. */
function cursorOf({ at, id }: { at: string; id: string }): LearnersCursor {
  const key = keyIn(id);
  if ((at === "progress" || at === "records") && key) return { table: at, key };
  return refuse([{ path: "cursor", message: "Not a cursor of ours; send the next_cursor of an answer as it is" }]);
}

function keyIn(text: string): Record<string, string> | undefined {
  try {
    const key: unknown = JSON.parse(text);
    if (typeof key !== "object" || key === null || Array.isArray(key)) return undefined;
    const isKey = Object.entries(key).every(
      ([name, value]) => ["learner_id", "entity", "record"].includes(name) && typeof value === "string" && value !== "",
    );
    return isKey ? (key as Record<string, string>) : undefined;
  } catch {
    return undefined;
  }
}
