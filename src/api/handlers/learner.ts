import type { Context } from "hono";
import type { DeletedLearner } from "../../contract/index.ts";
import { snakeKeys } from "../../model/case.ts";
import type { HolderType } from "../../model/entity.ts";
import { deleteLearner } from "../../service/deletion/delete-learner.ts";
import { exportAnswer } from "../../service/read/export-learner.ts";
import { readFlagged, readModule, readProgress } from "../../service/read/read.ts";
import { acceptsGzip } from "../accepts-gzip.ts";
import { fitLists } from "../fit-lists.ts";
import { jsonAnswer } from "../json-answer.ts";
import { LearnerParameter, parse, SlugParameter } from "../query.ts";
import type { Handler, Services } from "../route.ts";
import { holderJson, moduleJson, progressJson } from "../wire.ts";

export async function learnerProgress(context: Context, { store, catalog }: Services): Promise<Response> {
  const { id } = parse(LearnerParameter, context.req.param());
  return jsonAnswer(context, progressJson(id, await readProgress(store, catalog.current(), id)));
}

export async function learnerModule(context: Context, { store, catalog }: Services): Promise<Response> {
  const { id, slug } = parse(LearnerParameter.and(SlugParameter), context.req.param());
  return jsonAnswer(context, fitLists(moduleJson(await readModule(store, catalog.current(), id, slug))));
}

export function learnerHolder(type: HolderType): Handler {
  return async (context, { store, catalog }) => {
    const { id, slug } = parse(LearnerParameter.and(SlugParameter), context.req.param());
    return jsonAnswer(context, fitLists(holderJson(await readFlagged(store, catalog.current(), id, { type, slug }))));
  };
}

export async function learnerExport(context: Context, { store }: Services): Promise<Response> {
  const { id } = parse(LearnerParameter, context.req.param());
  const compressed = acceptsGzip(context.req.header("accept-encoding"));
  const body = await exportAnswer(store, id, { compressed });
  context.header("Content-Type", "application/json");
  if (compressed) context.header("Content-Encoding", "gzip");
  return context.body(new Uint8Array(body));
}

export async function learnerDelete(context: Context, { store }: Services): Promise<Response> {
  const { id } = parse(LearnerParameter, context.req.param());
  return jsonAnswer(context, snakeKeys(await deleteLearner(store, id)) satisfies DeletedLearner);
}
