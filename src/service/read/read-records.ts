import { type Catalog, knows } from "../../catalog/catalog.ts";
import { slugsOf } from "../../completion/resolve-progress.ts";
import type { LearnerId } from "../../model/learner.ts";
import type { ReviewCard } from "../../model/review.ts";
import type { Session } from "../../model/session.ts";
import { millisecondsOf, type Timestamp } from "../../model/time.ts";
import { type Schedule, scheduleReview } from "../../review/schedule-review.ts";
import type { Store } from "../../store/store.ts";
import { fitting } from "./answer-size.ts";
import { countingData } from "./counting-data.ts";
import { unknown } from "./progress-of.ts";
import { DataSummary, type SummaryOfData } from "./summarize-data.ts";
import { whatRemains } from "./what-remains.ts";

/** `at` and `id` are those of the last entry of the page before. */
export type PageCursor = { at: string; id: string };
export type Page = { limit: number; after?: PageCursor | undefined };

export type SessionView = Session & { durationSeconds: number | null };
export type ReviewView = ReviewCard & Schedule;

/** A learner's sessions, newest first. Order by time is made here: a session's key is its id, since its ends come in any order. */
export async function readSessions(
  { store, catalog }: { store: Store; catalog: Catalog },
  learnerId: LearnerId,
  page: Page,
): Promise<{ sessions: SessionView[]; next: PageCursor | undefined }> {
  const [found, remains] = await Promise.all([store.sessions(learnerId), whatRemains(store, catalog, learnerId)]);
  const sessions = found.filter(remains.hasSession).map((session) => ({
    ...session,
    durationSeconds: durationOf(session),
  }));
  const cursorOf = ({ startedAt, endedAt, sessionId }: Session) => ({ at: startedAt ?? endedAt ?? "-", id: sessionId });
  const { entries, next } = paged(sessions, cursorOf, -1, page);
  return { sessions: entries, next };
}

/** A learner's review cards, those that are due first in front. */
export async function readReviews(
  { store, catalog }: { store: Store; catalog: Catalog },
  learnerId: LearnerId,
  dueBefore: Timestamp | undefined,
  page: Page,
): Promise<{ reviews: ReviewView[]; next: PageCursor | undefined }> {
  const [found, remains] = await Promise.all([store.cards(learnerId), whatRemains(store, catalog, learnerId)]);
  const cards = found.flatMap(remains.cardOf).map((card) => ({ ...card, ...scheduleReview(card) }));
  const due = cards.filter(({ dueAt }) => dueBefore === undefined || dueAt < dueBefore);
  const { entries, next } = paged(
    due,
    ({ dueAt, moduleSlug, itemId }) => ({ at: dueAt, id: `${moduleSlug}#${itemId}` }),
    1,
    page,
  );
  return { reviews: entries, next };
}

/** What the completion data of a module come to, over all learners. @throws AppError NOT_FOUND for an unknown module without any */
export async function readDataSummary(
  store: Store,
  catalog: Catalog,
  moduleSlug: string,
  range: { since?: Timestamp | undefined; until?: Timestamp | undefined },
): Promise<SummaryOfData> {
  const module = catalog.resolve({ type: "module", slug: moduleSlug });
  const summary = new DataSummary(catalog.module.get(module.slug)?.completionData);
  for (const slug of slugsOf(catalog, module))
    for await (const page of store.completionData(slug, range))
      for (const { data } of await countingData(store, page)) summary.add(data);
  const result = summary.result();
  if (result.count === 0 && !knows(catalog, module)) throw unknown(module);
  return result;
}

export function durationOf({ startedAt, endedAt }: Session): number | null {
  if (startedAt === undefined || endedAt === undefined) return null;
  return Math.max(0, Math.round((millisecondsOf(endedAt) - millisecondsOf(startedAt)) / 1_000));
}

function paged<T>(
  entries: readonly T[],
  cursorOf: (entry: T) => PageCursor,
  direction: 1 | -1,
  { limit, after }: Page,
): { entries: T[]; next: PageCursor | undefined } {
  const order = (a: PageCursor, b: PageCursor) => direction * (compare(a.at, b.at) || compare(a.id, b.id));
  const rest = entries
    .map((entry) => ({ entry, cursor: cursorOf(entry) }))
    .filter(({ cursor }) => after === undefined || order(cursor, after) > 0)
    .sort((a, b) => order(a.cursor, b.cursor));
  const page = fitting(rest.slice(0, limit));
  const isLast = page.length === rest.length;
  return { entries: page.map(({ entry }) => entry), next: isLast ? undefined : page.at(-1)?.cursor };
}

/** By code units, as the store orders its keys. */
function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
