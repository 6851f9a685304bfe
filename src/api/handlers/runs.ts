import type { Context } from "hono";
import type { RunDetails, Runs } from "../../contract/index.ts";
import { AppError } from "../../model/errors.ts";
import { readRun, readRuns } from "../../service/jobs/read-runs.ts";
import { fitting } from "../../service/read/answer-size.ts";
import { cursorAfter, type List, positionIn } from "../cursor.ts";
import { fitLists } from "../fit-lists.ts";
import { jsonAnswer } from "../json-answer.ts";
import { PageParameters, parse, RunParameter } from "../query.ts";
import { refuse } from "../refuse.ts";
import type { Services } from "../route.ts";
import { runDetailsJson, runJson } from "../run-json.ts";

/** The runs that left their files here. Where no run folder is, as on AWS, there are none. */
export async function runs(context: Context, { runFolder }: Services): Promise<Response> {
  const { limit, cursor } = parse(PageParameters, context.req.query());
  const list: List = ["runs", ""];
  const after = positionIn(list, cursor);
  const all = runFolder === undefined ? [] : await readRuns(runFolder);
  const isAfter = ({ startedAt, id }: (typeof all)[number]) =>
    after === undefined || (startedAt ?? "") < after.at || ((startedAt ?? "") === after.at && id > after.id);
  const rest = all.filter(isAfter);
  const page = rest.slice(0, limit);
  const last = rest.length > limit ? page.at(-1) : undefined;
  return jsonAnswer(context, {
    runs: page.map(runJson),
    next_cursor: cursorAfter(list, last && { at: last.startedAt ?? "", id: last.id }),
  } satisfies Runs);
}

export async function run(context: Context, { runFolder }: Services): Promise<Response> {
  const { run: id } = parse(RunParameter, context.req.param());
  const { limit, cursor } = parse(PageParameters, context.req.query());
  if (runFolder === undefined) throw new AppError("NOT_FOUND", "This service has no run folder.");
  const list: List = ["run", id];
  const after = Number(positionIn(list, cursor)?.at ?? 0);
  if (!Number.isSafeInteger(after) || after < 0) refuse([{ path: "cursor", message: "Not a cursor of this list" }]);
  const details = await readRun(runFolder, id, { after, limit });
  const changes = [...fitting(details.changes)];
  const end = changes.length < details.changes.length ? after + changes.length : details.next;
  const next = end === undefined ? undefined : { at: String(end), id };
  const page = { ...details, changes };
  return jsonAnswer(context, fitLists(runDetailsJson(page, cursorAfter(list, next)) satisfies RunDetails));
}
