import type { Catalog } from "../../catalog/catalog.ts";
import type { Decision } from "../../model/decision.ts";
import type { EntityRef } from "../../model/entity.ts";
import type { Progress } from "../../model/progress.ts";
import { sourceOf } from "../../model/source.ts";
import { reachOf, unique } from "../reach.ts";

/**
 * What a decision may complete or take away: what it is about, and what holds that. Of a void, what the event spoke of;
 * where that was a decision, what this was about.
 */
export function concernsOfDecision(catalog: Catalog, progress: Progress, decision: Decision): EntityRef[] {
  return unique(aboutOf(progress, decision).flatMap((entity) => reachOf(catalog, catalog.resolve(entity))));
}

/** What a decision itself is about. @param passed the voids on the way here, since two may be about each other */
export function aboutOf(progress: Progress, decision: Decision, passed: readonly Decision[] = []): EntityRef[] {
  if (decision.kind === "grant" || decision.kind === "grade") return [{ type: "module", slug: decision.moduleSlug }];
  // Whoever links two ids has all of both settled.
  if (decision.kind === "link") return [];
  if (decision.kind !== "void") return [decision.entity];
  if (passed.includes(decision)) return [];
  const decided = (progress.decisions ?? []).filter(({ eventId }) => eventId === decision.voids);
  return [
    ...(progress.statedBy?.get(sourceOf(decision.voids)) ?? []),
    ...decided.flatMap((one) => aboutOf(progress, one, [...passed, decision])),
  ];
}
