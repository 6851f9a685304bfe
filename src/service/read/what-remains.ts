import type { Catalog } from "../../catalog/catalog.ts";
import { moduleCompletedAt } from "../../completion/calculate.ts";
import { standingVoids } from "../../completion/decisions/standing-voids.ts";
import { resolveProgress } from "../../completion/resolve-progress.ts";
import { ofKind } from "../../model/decision.ts";
import type { LearnerId } from "../../model/learner.ts";
import type { Progress } from "../../model/progress.ts";
import type { ReviewCard } from "../../model/review.ts";
import type { Session } from "../../model/session.ts";
import { sourceOf } from "../../model/source.ts";
import type { Timestamp } from "../../model/time.ts";
import { moduleSessionId } from "../../store/keys.ts";
import type { Store } from "../../store/store.ts";

/** What is left of sessions and cards once what is void has been taken away. */
export type Remains = {
  hasSession: (session: Session) => boolean;
  /** The card with the reviews that count; none where nothing is left of it. */
  cardOf: (card: ReviewCard) => ReviewCard[];
};

const EVERYTHING: Remains = { hasSession: () => true, cardOf: (card) => [card] };

/**
 * What is left of a learner's sessions and cards. A review that is void falls away; a card or a session that the completion
 * of a module made, where the module is not complete any more. Costs a Query of the decisions, and where one is a void one
 * of all progress.
 */
export async function whatRemains(store: Store, catalog: Catalog, learnerId: LearnerId): Promise<Remains> {
  const decisions = await store.decisions(learnerId);
  if (ofKind(decisions, "void").length === 0) return EVERYTHING;
  return remainsIn(catalog, resolveProgress(catalog, (await store.read(learnerId)).progress));
}

/** The same of progress that has been read already. */
export function remainsIn(catalog: Catalog, progress: Progress): Remains {
  const { decisions = [] } = progress;
  if (ofKind(decisions, "void").length === 0) return EVERYTHING;
  const voided = new Set([...standingVoids(decisions).keys()].map(sourceOf));
  const completedAt = (moduleSlug: string): Timestamp | undefined => {
    const { slug } = catalog.resolve({ type: "module", slug: moduleSlug });
    return moduleCompletedAt(catalog, slug, progress.module.get(slug));
  };
  return {
    hasSession: ({ sessionId, moduleSlug }) =>
      moduleSlug === undefined || sessionId !== moduleSessionId(moduleSlug) || completedAt(moduleSlug) !== undefined,
    cardOf: (card) => {
      const reviews = card.reviews.filter(({ source }) => source === undefined || !voided.has(source));
      const createdAt = card.createdAt === undefined ? undefined : completedAt(card.moduleSlug);
      if (createdAt === undefined && reviews.length === 0) return [];
      const { createdAt: _, ...rest } = card;
      return [{ ...rest, reviews, ...(createdAt !== undefined && { createdAt }) }];
    },
  };
}
