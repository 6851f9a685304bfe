import type { Attempt } from "../../model/attempt.ts";
import type { ReviewCard } from "../../model/review.ts";
import type { Session } from "../../model/session.ts";
import { compareText } from "../../model/text.ts";
import { earliest, type Timestamp } from "../../model/time.ts";
import type { AttemptCursor } from "../../store/record-store.ts";
import { groupBy } from "../group-by.ts";

type AttemptsPage = { attempts: Attempt[]; next: AttemptCursor | undefined };

/** Pages that begin at the same place, as one page of at most so many, newest first. */
export function joinAttempts(pages: readonly AttemptsPage[], limit: number): AttemptsPage {
  const all = pages.flatMap(({ attempts }) => attempts).sort(newestFirst);
  const attempts = all.slice(0, limit);
  const isMore = all.length > limit || pages.some(({ next }) => next !== undefined);
  return { attempts, next: isMore ? attempts.at(-1) : undefined };
}

const newestFirst = (a: Attempt, b: Attempt): number =>
  compareText(b.occurredAt, a.occurredAt) || compareText(b.identity, a.identity);

/** A session that was begun under one id and ended under another is one. Of two starts or ends the earlier stands. */
export const joinSessions = (lists: readonly (readonly Session[])[]): Session[] =>
  [...groupBy(lists.flat(), ({ sessionId }) => sessionId).values()].map((sessions) => {
    const startedAt = firstOf(sessions, ({ startedAt: at }) => at);
    const endedAt = firstOf(sessions, ({ endedAt: at }) => at);
    const ended = sessions.find((session) => session.endedAt === endedAt);
    const all: Session[] = ended ? [...sessions, ended] : [...sessions];
    return Object.assign({}, ...all, startedAt && { startedAt }, endedAt && { endedAt }) as Session;
  });

/** A card is as old as the oldest, and has been reviewed whenever one was. */
export const joinCards = (lists: readonly (readonly ReviewCard[])[]): ReviewCard[] =>
  [...groupBy(lists.flat(), ({ moduleSlug, itemId }) => `${moduleSlug}#${itemId}`).values()].map((cards) => {
    const createdAt = firstOf(cards, ({ createdAt: at }) => at);
    const oldest = cards.find((card) => card.createdAt === createdAt) as ReviewCard;
    return { ...oldest, reviews: cards.flatMap(({ reviews }) => reviews) };
  });

const firstOf = <T>(all: readonly T[], timeOf: (one: T) => Timestamp | undefined): Timestamp | undefined =>
  all.map(timeOf).reduce((first, at) => earliest(first, at), undefined);
