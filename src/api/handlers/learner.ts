import type { Context } from "hono";
import type { DeletedLearner, LearnerHolder, LearnerModule } from "../../contract/index.ts";
import { snakeKeys } from "../../model/case.ts";
import type { HolderType } from "../../model/entity.ts";
import { catalogNow } from "../../service/catalog/catalog-source.ts";
import { deleteLearner } from "../../service/deletion/delete-learner.ts";
import { ofLearner } from "../../service/identity/reading-store.ts";
import { exportAnswer } from "../../service/read/export-learner.ts";
import { readHolder, readProgress } from "../../service/read/read.ts";
import { readModule } from "../../service/read/read-module.ts";
import { readSummary } from "../../service/read/read-summary.ts";
import { acceptsGzip } from "../accepts-gzip.ts";
import { explanationJson } from "../explanation-json.ts";
import { fitLists } from "../fit-lists.ts";
import { jsonAnswer } from "../json-answer.ts";
import { ExplainParameters, LearnerParameter, parse, SlugParameter, SummaryParameters } from "../query.ts";
import type { Handler, Identify, Services } from "../route.ts";
import { toldTo } from "../told-to.ts";
import { holderJson, moduleJson, progressJson, summaryJson } from "../wire.ts";

export async function learnerProgress(context: Context, { store, catalog }: Services): Promise<Response> {
  const { id } = parse(LearnerParameter, context.req.param());
  const learner = ofLearner(store, id);
  const progress = await readProgress(learner.store, catalogNow(catalog), id);
  return jsonAnswer(context, progressJson(await learner.named, progress));
}

export async function learnerSummary(context: Context, { store, catalog }: Services): Promise<Response> {
  const { id } = parse(LearnerParameter, context.req.param());
  const asked = parse(SummaryParameters, context.req.query());
  const learner = ofLearner(store, id);
  return jsonAnswer(context, summaryJson(await readSummary(learner.store, catalogNow(catalog), id, asked)));
}

export async function learnerModule(
  context: Context,
  { store, catalog }: Services,
  identify: Identify,
): Promise<Response> {
  const { id, slug } = parse(LearnerParameter.and(SlugParameter), context.req.param());
  const { explain } = parse(ExplainParameters, context.req.query());
  const current = catalogNow(catalog);
  const told = toldTo(await identify(), current);
  const module = await readModule(ofLearner(store, id).store, current, id, slug);
  return jsonAnswer(
    context,
    fitLists({
      ...moduleJson(module, told),
      ...(explain === "true" && { explanation: explanationJson(module.explain(), told) }),
    } satisfies LearnerModule),
  );
}

export function learnerHolder(type: HolderType): Handler {
  return async (context, { store, catalog }, identify) => {
    const { id, slug } = parse(LearnerParameter.and(SlugParameter), context.req.param());
    const { explain } = parse(ExplainParameters, context.req.query());
    const current = catalogNow(catalog);
    const told = toldTo(await identify(), current);
    const holder = await readHolder(ofLearner(store, id).store, current, id, { type, slug });
    return jsonAnswer(
      context,
      fitLists({
        ...holderJson(holder),
        ...(explain === "true" && { explanation: explanationJson(holder.explain(), told) }),
      } satisfies LearnerHolder),
    );
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
