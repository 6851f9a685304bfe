import type { Context } from "hono";
import type { History, Reviews, Sessions } from "../../contract/index.ts";
import { catalogNow } from "../../service/catalog/catalog-source.ts";
import { ofLearner } from "../../service/identity/reading-store.ts";
import { fitting } from "../../service/read/answer-size.ts";
import { withGrades } from "../../service/read/graded-attempts.ts";
import { readReviews, readSessions } from "../../service/read/read-records.ts";
import { markVoided } from "../../service/read/voided-attempts.ts";
import { cursorAfter, type List, positionIn } from "../cursor.ts";
import { jsonAnswer } from "../json-answer.ts";
import { HistoryParameters, LearnerParameter, PageParameters, parse, ReviewParameters } from "../query.ts";
import type { Identify, Services } from "../route.ts";
import { toldTo } from "../told-to.ts";
import { attemptJson, feedbackFor, reviewJson, sessionJson } from "../wire.ts";

export async function history(context: Context, { store, catalog }: Services, identify: Identify): Promise<Response> {
  const told = toldTo(await identify(), catalog.current());
  const { id } = parse(LearnerParameter, context.req.param());
  const { limit, cursor, kind } = parse(HistoryParameters, context.req.query());
  // A page of one kind goes on with that kind.
  const list: List = ["history", `${id}\n${kind ?? ""}`];
  const from = positionIn(list, cursor);
  const after = from && { occurredAt: from.at, identity: from.id };
  const learner = ofLearner(store, id).store;
  const [page, decisions] = await Promise.all([learner.attempts(id, { limit, after, kind }), learner.decisions(id)]);
  const { next: following } = page;
  const found = withGrades(markVoided(page.attempts, decisions), decisions);
  const attempts = fitting(found);
  const next = attempts.length < found.length ? attempts.at(-1) : following;
  return jsonAnswer(context, {
    attempts: attempts.map((attempt) => attemptJson(attempt, feedbackFor(told, attempt))),
    next_cursor: cursorAfter(list, next && { at: next.occurredAt, id: next.identity }),
  } satisfies History);
}

export async function sessions(context: Context, { store, catalog }: Services): Promise<Response> {
  const { id } = parse(LearnerParameter, context.req.param());
  const { limit, cursor } = parse(PageParameters, context.req.query());
  const list: List = ["sessions", id];
  const { sessions, next } = await readSessions(
    { store: ofLearner(store, id).store, catalog: catalogNow(catalog) },
    id,
    {
      limit,
      after: positionIn(list, cursor),
    },
  );
  return jsonAnswer(context, {
    sessions: sessions.map(sessionJson),
    next_cursor: cursorAfter(list, next),
  } satisfies Sessions);
}

export async function reviews(context: Context, { store, catalog }: Services): Promise<Response> {
  const { id } = parse(LearnerParameter, context.req.param());
  const { limit, cursor, due_before: dueBefore } = parse(ReviewParameters, context.req.query());
  const list: List = ["reviews", id];
  const { reviews, next } = await readReviews(
    { store: ofLearner(store, id).store, catalog: catalogNow(catalog) },
    id,
    dueBefore,
    {
      limit,
      after: positionIn(list, cursor),
    },
  );
  return jsonAnswer(context, {
    reviews: reviews.map(reviewJson),
    next_cursor: cursorAfter(list, next),
  } satisfies Reviews);
}
