import type { Context } from "hono";
import type { History, Reviews, Sessions } from "../../contract/index.ts";
import { readReviews, readSessions } from "../../service/read/read-records.ts";
import { fitting } from "../answer-size.ts";
import { toldTo } from "../told-to.ts";
import {
  encodeAttemptCursor,
  encodePageCursor,
  HistoryParameters,
  LearnerParameter,
  PageParameters,
  parse,
  ReviewParameters,
} from "../query.ts";
import type { Identify, Services } from "../route.ts";
import { attemptJson, feedbackFor, reviewJson, sessionJson } from "../wire.ts";

export async function history(context: Context, { store, catalog }: Services, identify: Identify): Promise<Response> {
  const told = toldTo(await identify(), catalog.current());
  const { id } = parse(LearnerParameter, context.req.param());
  const { limit, cursor: after, kind } = parse(HistoryParameters, context.req.query());
  const { attempts: found, next: following } = await store.attempts(id, { limit, after, kind });
  const attempts = fitting(found);
  const next = attempts.length < found.length ? attempts.at(-1) : following;
  return context.json({
    attempts: attempts.map((attempt) => attemptJson(attempt, feedbackFor(told, attempt))),
    next_cursor: next ? encodeAttemptCursor(next) : null,
  } satisfies History);
}

export async function sessions(context: Context, { store }: Services): Promise<Response> {
  const { id } = parse(LearnerParameter, context.req.param());
  const { limit, cursor: after } = parse(PageParameters, context.req.query());
  const { sessions, next } = await readSessions(store, id, { limit, after });
  return context.json({
    sessions: sessions.map(sessionJson),
    next_cursor: next ? encodePageCursor(next) : null,
  } satisfies Sessions);
}

export async function reviews(context: Context, { store }: Services): Promise<Response> {
  const { id } = parse(LearnerParameter, context.req.param());
  const { limit, cursor: after, due_before: dueBefore } = parse(ReviewParameters, context.req.query());
  const { reviews, next } = await readReviews(store, id, dueBefore, { limit, after });
  return context.json({
    reviews: reviews.map(reviewJson),
    next_cursor: next ? encodePageCursor(next) : null,
  } satisfies Reviews);
}
