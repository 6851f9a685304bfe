import { knows } from "../../catalog/catalog.ts";
import { calculateCompletion } from "../../completion/calculate.ts";
import { isCurrent } from "../../completion/is-current.ts";
import type { EntityRef } from "../../model/entity.ts";
import { enrolmentReceivedAt } from "../../model/progress.ts";
import { type HolderView, holderView } from "../../service/read/holder-view.ts";
import { factCompletion, factMissing, factTerm } from "../tables/learner-tables.ts";
import type { Who } from "./learner.ts";
import type { RowSet } from "./row-set.ts";

/** Courses and pathways that a learner touched: how they stand, their terms, and what is missing. */
export function addHolders(
  rows: RowSet,
  who: Who,
  touched: readonly EntityRef[],
  unsettled: ReadonlySet<string>,
): void {
  const { catalog, learner, progress } = who;
  for (const { type, slug } of touched) {
    if (type === "module") continue;
    const view = holderView(catalog, { type, slug }, progress, unsettled);
    addCompletion(rows, who, view);
    const newestFirst = view.terms;
    for (const [index, { completedAt, expiresAt, endedBy }] of newestFirst.entries()) {
      // What facts complete and no flag tells of is no completion yet.
      if (view.status !== "completed" && endedBy === null) continue;
      rows.add(factTerm, {
        learner,
        holder_type: type,
        holder: slug,
        term: newestFirst.length - index,
        completed_at: completedAt,
        expires_at: expiresAt,
        ended_by: endedBy,
      });
    }
    for (const missing of view.missing)
      rows.add(factMissing, {
        learner,
        entity_type: type,
        entity: slug,
        missing_type: missing.type,
        missing: missing.slug,
      });
  }
}

function addCompletion(rows: RowSet, who: Who, view: HolderView): void {
  const { facts, flag } = view.state;
  rows.add(factCompletion, {
    learner: who.learner,
    holder_type: view.entity.type,
    holder: view.entity.slug,
    enrolled_at: facts.enrolledAt ?? null,
    enrollment_received_at: enrolmentReceivedAt(facts) ?? null,
    enrollment_source: facts.enrollmentSource ?? null,
    started_at: facts.startedAt ?? null,
    status: view.status,
    completed: view.status === "completed",
    completed_at: view.term?.completedAt ?? null,
    expires_at: view.term?.expiresAt ?? null,
    term: view.term === undefined ? null : Math.max(1, view.terms.length),
    claimed_at: flag?.claimedAt ?? null,
    recorded_at: flag?.recordedAt ?? null,
    completion_source: flag?.completionSource ?? null,
    catalog_version: flag?.catalogVersion ?? null,
    done: view.progress.completed,
    needed: view.progress.needed,
    total: view.progress.total,
    short_by: view.progress.shortBy,
    is_settled: view.settled,
    audit: auditOf(who, view),
  });
}

/** What a flag that differs from the facts is: a backfill would change it, but for what has no file any more. */
function auditOf({ catalog, progress }: Who, { entity, settled, state: { flag } }: HolderView): string {
  if (settled) return flag === undefined || knows(catalog, entity) ? "ok" : "kept_from_older_definition";
  const { completed } = calculateCompletion(catalog, entity, progress);
  if (flag === undefined) return completed ? "facts_without_flag" : "ok";
  if (completed) return "ok";
  return isCurrent(catalog, entity, flag) ? "flag_without_facts" : "kept_from_older_definition";
}
