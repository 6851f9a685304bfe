import type { Catalog } from "../../catalog/catalog.ts";
import { calculateHolder, standingOf, termsOf, toldTerms } from "../../completion/calculate.ts";
import type { Missing, Ratio } from "../../completion/completion.ts";
import { isUnderWay } from "../../completion/has-begun.ts";
import { type Lock, lockOf, locksFor } from "../../completion/locks.ts";
import { isDoneAt } from "../../completion/terms/satisfied.ts";
import type { Term } from "../../completion/terms/term.ts";
import { titled, titleOf } from "../../completion/titled.ts";
import { type EntityRef, entityKey, type HolderType } from "../../model/entity.ts";
import type { EntityState, Progress } from "../../model/progress.ts";
import type { Timestamp } from "../../model/time.ts";
import { type WaivedView, waivedView } from "./waived-view.ts";

/** A course or pathway of one learner. `missing` is what stands between the learner and completion. */
export type HolderView = {
  entity: EntityRef<HolderType>;
  title: string | null;
  state: EntityState;
  status: "not_started" | "enrolled" | "started" | "completed" | "expired";
  /** The newest term, running or expired; none of what is open. */
  term: Term | undefined;
  /** Every completed term, the newest first. */
  terms: readonly TermView[];
  waived: WaivedView | undefined;
  progress: Ratio;
  missing: Missing[];
  /** Whether the flag is what the facts imply. */
  settled: boolean;
  lock: Lock | undefined;
};

/** A completed term; `endedBy` is null while it runs. */
export type TermView = {
  completedAt: Timestamp;
  expiresAt: Timestamp | null;
  endedBy: "expired" | "reset" | "renewed" | null;
};

/** What a course or pathway lists, in its order. */
export type EntryView = {
  type: EntityRef["type"];
  slug: string;
  title: string | null;
  optional: boolean;
  completed: boolean;
  locked: boolean;
  from: Timestamp | null;
  until: Timestamp | null;
};

/** @param unsettled the keys of the entities whose flags the facts contradict */
export function holderView(
  catalog: Catalog,
  entity: EntityRef<HolderType>,
  progress: Progress,
  unsettled: ReadonlySet<string>,
): HolderView {
  const state = progress[entity.type].get(entity.slug) ?? { facts: {} };
  const byFacts = termsOf(catalog, entity, progress);
  const told = toldTerms(catalog, entity, progress, byFacts);
  const completion = calculateHolder(catalog, entity, progress, byFacts);
  const standing = standingOf(catalog, entity, progress, told);
  return {
    entity,
    title: titleOf(catalog, entity),
    state,
    status: standing.status === "open" ? statusBefore(catalog, entity, progress) : standing.status,
    term: standing.term,
    terms: told.terms.map((term) => termView(term, catalog.asOf)).reverse(),
    waived: standing.status === "completed" ? waivedView(standing.term.waiver) : undefined,
    progress: completion.progress,
    // What an older definition flagged stays complete, though today's may ask for more.
    missing: standing.status === "completed" ? [] : titled(catalog, completion.missing),
    settled: !unsettled.has(entityKey(entity)),
    lock: lockOf(catalog, progress, entity),
  };
}

const termView = ({ completedAt, expiresAt, end }: Term, asOf: Timestamp): TermView => ({
  completedAt,
  expiresAt: expiresAt ?? null,
  endedBy: end !== undefined && end.at <= asOf ? end.by : null,
});

function statusBefore(catalog: Catalog, entity: EntityRef<HolderType>, progress: Progress): HolderView["status"] {
  const state = progress[entity.type].get(entity.slug);
  if (state?.facts.startedAt !== undefined || isUnderWay(catalog, entity, progress)) return "started";
  return state?.facts.enrolledAt === undefined ? "not_started" : "enrolled";
}

/** An entry counts as complete where it does so in the term that is shown: what was done for an earlier one does not. */
export function entryViews(catalog: Catalog, { type, slug }: EntityRef<HolderType>, progress: Progress): EntryView[] {
  const definition = catalog[type].get(slug);
  if (definition === undefined) return [];
  const { opensAt } = standingOf(catalog, { type, slug }, progress);
  const spans = toldTerms(catalog, { type, slug }, progress).spansFrom(opensAt);
  const locks = locksFor(catalog, progress);
  return definition.entries.map((entry) => ({
    type: entry.type,
    slug: entry.slug,
    title: titleOf(catalog, entry),
    optional: entry.optional,
    completed: isDoneAt(spans(entry), catalog.asOf),
    locked: locks.isLocked(entry),
    from: entry.from ?? null,
    until: entry.until ?? null,
  }));
}
