import type { ReviewCard } from "../../model/review.ts";
import type { Session } from "../../model/session.ts";
import { scheduleReview } from "../../review/schedule-review.ts";
import { durationOf } from "../../service/read/read-records.ts";
import { factReview, factReviewCard, factSession } from "../tables/history-tables.ts";
import type { Who } from "./learner.ts";
import type { RowSet } from "./row-set.ts";

export function addSessions(rows: RowSet, { catalog, pseudonyms, learner }: Who, sessions: readonly Session[]): void {
  for (const session of sessions) {
    const { moduleSlug } = session;
    rows.add(factSession, {
      learner,
      session: pseudonyms.ofId("session", session.sessionId),
      session_type: session.sessionType,
      // No client's id has a space.
      is_automatic: session.sessionId.includes(" "),
      module: moduleSlug === undefined ? null : catalog.resolve({ type: "module", slug: moduleSlug }).slug,
      source: session.source ?? null,
      language: session.language ?? null,
      started_at: session.startedAt ?? null,
      ended_at: session.endedAt ?? null,
      received_at: session.receivedAt ?? null,
      duration_seconds: durationOf(session),
      items_studied: session.itemsStudied ?? null,
      items_correct: session.itemsCorrect ?? null,
    });
  }
}

export function addCards(rows: RowSet, { catalog, pseudonyms, learner }: Who, cards: readonly ReviewCard[]): void {
  for (const card of cards) {
    const { slug: module } = catalog.resolve({ type: "module", slug: card.moduleSlug });
    const { dueAt, reviewCount, lastReviewedAt } = scheduleReview(card);
    const item = card.itemId;
    rows.add(factReviewCard, {
      learner,
      module,
      item,
      created_at: card.createdAt ?? null,
      due_at: dueAt,
      reviews: reviewCount,
      last_reviewed_at: lastReviewedAt,
    });
    for (const { at, receivedAt, rating, identity } of card.reviews)
      rows.add(factReview, {
        learner,
        review: pseudonyms.ofId("review", identity),
        reviewed_at: at,
        received_at: receivedAt ?? null,
        module,
        item,
        rating,
      });
  }
}
