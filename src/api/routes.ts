import type { Context } from "hono";
import * as z from "zod";
import { countsOf } from "../catalog/catalog.ts";
import { snakeKeys } from "../model/case.ts";
import type { EntityType, HolderType } from "../model/entity.ts";
import { AppError } from "../model/errors.ts";
import { EventBatch, isBatch } from "../model/event-batch.ts";
import type { CatalogSource } from "../service/catalog/catalog-source.ts";
import { deleteLearner } from "../service/deletion/delete-learner.ts";
import type { Deletions } from "../service/deletion/deletions.ts";
import type { Ingest } from "../service/ingest/ingest.ts";
import { exportAnswer } from "../service/read/export-learner.ts";
import { readCompletions, readFlagged, readModule, readProgress } from "../service/read/read.ts";
import { readDataSummary, readReviews, readSessions } from "../service/read/read-records.ts";
import type { Store } from "../store/dynamodb/store.ts";
import { acceptsGzip } from "./accepts-gzip.ts";
import { fitting } from "./answer-size.ts";
import { readJson } from "./body.ts";
import { type Access, type Caller, senderOf } from "./caller.ts";
import { type ClientSource, clientFile } from "./client-file.ts";
import { largeAnswer } from "./large-answer.ts";
import {
  CompletionsParameters,
  encodeAttemptCursor,
  encodeCursor,
  encodePageCursor,
  HistoryParameters,
  LearnerParameter,
  PageParameters,
  parse,
  RangeParameters,
  ReviewParameters,
  SlugParameter,
} from "./query.ts";
import { note } from "./request-log.ts";
import {
  attemptJson,
  completionJson,
  flaggedJson,
  moduleJson,
  progressJson,
  resultJson,
  reviewJson,
  sessionJson,
} from "./wire.ts";

export type Services = {
  store: Store;
  catalog: CatalogSource;
  deletions: Deletions;
  ingest: Ingest;
  client: ClientSource;
};

type Handler = (context: Context, services: Services, identify: Identify) => Response | Promise<Response>;

/** Who calls, as the route's access asks. @param token where it came another way than in a header */
type Identify = (token?: string) => Promise<Caller>;

/** Every route that the service answers, and to whom. */
export const ROUTES: readonly [method: "GET" | "POST" | "DELETE", path: string, access: Access, handler: Handler][] = [
  ["POST", "/events/track", "sender", track],
  ["GET", "/learners/:id/progress", "self", progress],
  ["GET", "/learners/:id/modules/:slug", "self", learnerModule],
  ["GET", "/learners/:id/courses/:slug", "self", learnerFlagged("course")],
  ["GET", "/learners/:id/pathways/:slug", "self", learnerFlagged("pathway")],
  ["GET", "/learners/:id/history", "self", history],
  ["GET", "/learners/:id/sessions", "self", sessions],
  ["GET", "/learners/:id/reviews", "self", reviews],
  ["GET", "/learners/:id/export", "waymark:admin", learnerExport],
  ["DELETE", "/learners/:id", "waymark:admin", learnerDelete],
  ["GET", "/modules/:slug/completions", "waymark:read", completions("module")],
  ["GET", "/modules/:slug/completion-data/summary", "waymark:read", dataSummary],
  ["GET", "/courses/:slug/completions", "waymark:read", completions("course")],
  ["GET", "/pathways/:slug/completions", "waymark:read", completions("pathway")],
  ["GET", "/catalog", "known", catalog],
  ["GET", "/health", "anyone", health],
  ["GET", "/waymark.js", "anyone", clientFile("/waymark.js")],
  ["GET", "/waymark-elements.js", "anyone", clientFile("/waymark-elements.js")],
];

/** A token that is no text is as none. */
const TokenInBody = z.object({ token: z.string().nullish() }).catch({});

async function track(context: Context, { ingest, catalog }: Services, identify: Identify): Promise<Response> {
  const body = await readJson(context);
  // A beacon cannot send a header.
  const sender = senderOf(await identify(parse(TokenInBody, body).token ?? undefined));
  const events = isBatch(body) ? parse(EventBatch, body).events : [body];
  note(context, { events });
  const results = await ingest(events, sender);
  note(context, { results });
  const [only] = results;
  if (isBatch(body) || only === undefined)
    return context.json({ results: results.map((result) => resultJson(catalog.current(), result)) });
  if (only.error)
    throw new AppError(only.error.code, only.error.message, { ...only.error.extras, event_id: only.eventId ?? null });
  return context.json(resultJson(catalog.current(), only));
}

async function progress(context: Context, { store, catalog }: Services): Promise<Response> {
  const { id } = parse(LearnerParameter, context.req.param());
  return largeAnswer(context, progressJson(id, await readProgress(store, catalog.current(), id)));
}

async function learnerModule(context: Context, { store, catalog }: Services): Promise<Response> {
  const { id, slug } = parse(LearnerParameter.and(SlugParameter), context.req.param());
  return context.json(moduleJson(await readModule(store, catalog.current(), id, slug)));
}

function learnerFlagged(type: HolderType): Handler {
  return async (context, { store, catalog }) => {
    const { id, slug } = parse(LearnerParameter.and(SlugParameter), context.req.param());
    return context.json(flaggedJson(await readFlagged(store, catalog.current(), id, { type, slug })));
  };
}

async function history(context: Context, { store }: Services): Promise<Response> {
  const { id } = parse(LearnerParameter, context.req.param());
  const { limit, cursor: after } = parse(HistoryParameters, context.req.query());
  const { attempts: found, next: following } = await store.attempts(id, { limit, after });
  const attempts = fitting(found);
  const next = attempts.length < found.length ? attempts.at(-1) : following;
  return context.json({ attempts: attempts.map(attemptJson), next_cursor: next ? encodeAttemptCursor(next) : null });
}

async function sessions(context: Context, { store }: Services): Promise<Response> {
  const { id } = parse(LearnerParameter, context.req.param());
  const { limit, cursor: after } = parse(PageParameters, context.req.query());
  const { sessions, next } = await readSessions(store, id, { limit, after });
  return context.json({ sessions: sessions.map(sessionJson), next_cursor: next ? encodePageCursor(next) : null });
}

async function reviews(context: Context, { store }: Services): Promise<Response> {
  const { id } = parse(LearnerParameter, context.req.param());
  const { limit, cursor: after, due_before: dueBefore } = parse(ReviewParameters, context.req.query());
  const { reviews, next } = await readReviews(store, id, dueBefore, { limit, after });
  return context.json({ reviews: reviews.map(reviewJson), next_cursor: next ? encodePageCursor(next) : null });
}

async function learnerExport(context: Context, { store }: Services): Promise<Response> {
  const { id } = parse(LearnerParameter, context.req.param());
  const compressed = acceptsGzip(context.req.header("accept-encoding"));
  const body = await exportAnswer(store, id, { compressed });
  context.header("Content-Type", "application/json");
  context.header("Vary", "Accept-Encoding", { append: true });
  if (compressed) context.header("Content-Encoding", "gzip");
  return context.body(new Uint8Array(body));
}

async function learnerDelete(context: Context, { store, deletions }: Services): Promise<Response> {
  const { id } = parse(LearnerParameter, context.req.param());
  return context.json(snakeKeys(await deleteLearner(store, deletions, id)));
}

async function dataSummary(context: Context, { store, catalog }: Services): Promise<Response> {
  const { slug } = parse(SlugParameter, context.req.param());
  return context.json(
    await readDataSummary(store, catalog.current(), slug, parse(RangeParameters, context.req.query())),
  );
}

function completions(type: EntityType): Handler {
  return async (context, { store, catalog }) => {
    const { slug } = parse(SlugParameter, context.req.param());
    const { cursor: after, ...query } = parse(CompletionsParameters, context.req.query());
    const { completions, next } = await readCompletions(store, catalog.current(), { type, slug }, { ...query, after });
    return context.json({
      completions: completions.map(completionJson),
      next_cursor: next ? encodeCursor(next) : null,
    });
  };
}

function catalog(context: Context, { catalog }: Services): Response {
  const { version, pathways, courses, modules } = catalog.current();
  const etag = `"${version}"`;
  context.header("ETag", etag);
  if (
    context.req
      .header("if-none-match")
      ?.split(",")
      .some((tag) => tag.trim().replace(/^W\//, "") === etag)
  )
    return context.body(null, 304);
  const sources = (items: { source: object }[]) => items.map(({ source }) => source);
  return largeAnswer(context, {
    version,
    pathways: sources(pathways),
    courses: sources(courses),
    modules: modules.map(({ slug, source }) => ({ slug, ...source })),
  });
}

function health(context: Context, { catalog }: Services): Response {
  const current = catalog.current();
  const faults = catalog.faults();
  return context.json({
    status: faults.length === 0 ? "ok" : "degraded",
    catalog_version: current.version,
    counts: countsOf(current),
    catalog_faults: faults,
  });
}
