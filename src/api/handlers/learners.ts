import type { Context } from "hono";
import * as z from "zod";
import type { Learners } from "../../contract/index.ts";
import { type LearnersCursor, readLearners } from "../../service/read/read-learners.ts";
import { cursorAfter, type List, positionIn } from "../cursor.ts";
import { jsonAnswer } from "../json-answer.ts";
import { PageParameters, parse } from "../query.ts";
import { refuse } from "../refuse.ts";
import type { Services } from "../route.ts";

const LIST: List = ["learners", ""];

const KeyText = (bytes: number) => z.string().refine((text) => text !== "" && Buffer.byteLength(text) <= bytes);
const [LearnerKey, SortKey] = [KeyText(2_048), KeyText(1_024)];
/** Where a page can end in each table. One store needs the whole key of an item for that, the other the learner alone. */
const KEYS = {
  progress: z.strictObject({ learner_id: LearnerKey, entity: SortKey.optional() }),
  // An empty key is the beginning, which follows the last page of the learners who have progress.
  records: z.union([z.strictObject({}), z.strictObject({ learner_id: LearnerKey, record: SortKey.optional() })]),
};

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
  if (at === "progress" || at === "records") {
    const { data: key } = KEYS[at].safeParse(parsed(id));
    if (key) return { table: at, key };
  }
  return refuse([{ path: "cursor", message: "Not a cursor of ours; send the next_cursor of an answer as it is" }]);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
