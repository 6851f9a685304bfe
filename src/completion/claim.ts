import type { Catalog } from "../catalog/catalog.ts";
import type { EntityRef, FlaggedType } from "../model/entity.ts";
import { MINUTE_MS, millisecondsOf, type Timestamp } from "../model/time.ts";
import type { Warning } from "../model/warning.ts";
import type { Completion, Ratio } from "./completion.ts";

/** A claimed time this far from the inferred one, or nearer, is used. */
export const TOLERANCE_MS = 5 * MINUTE_MS;

/** The time that stands when completion at `claimedAt` is claimed and the facts say `inferredAt`. */
export function validateCompletionTimestamp(
  claimedAt: Timestamp,
  inferredAt: Timestamp,
): { withinTolerance: boolean; completedAt: Timestamp } {
  const withinTolerance = Math.abs(millisecondsOf(claimedAt) - millisecondsOf(inferredAt)) <= TOLERANCE_MS;
  return { withinTolerance, completedAt: withinTolerance ? claimedAt : inferredAt };
}

export type ClaimOutcome =
  | { accepted: true; completedAt: Timestamp; warnings: Warning[] }
  | { accepted: false; reason: string; progress: Ratio; missing: EntityRef[] };

/** Whether the facts bear out a claim, and at which time; else why not. */
export function validateExplicitCompletion(
  catalog: Catalog,
  claimed: EntityRef<FlaggedType>,
  completion: Completion,
  claimedAt: Timestamp,
): ClaimOutcome {
  const { completed, completedAt: inferredAt, progress, missing } = completion;
  if (!completed || inferredAt === undefined)
    return { accepted: false, reason: reasonOf(catalog, claimed, completion), progress, missing };
  const { withinTolerance, completedAt } = validateCompletionTimestamp(claimedAt, inferredAt);
  const message = `The claimed time ${claimedAt} is more than five minutes from ${inferredAt}, when the facts first completed the ${claimed.type} ${claimed.slug}; the latter stands`;
  return {
    accepted: true,
    completedAt,
    warnings: withinTolerance ? [] : [{ code: "TIMESTAMP_OUTSIDE_TOLERANCE", message }],
  };
}

/** "Course not actually complete: 2/4 modules completed". */
function reasonOf(
  catalog: Catalog,
  { type, slug }: EntityRef<FlaggedType>,
  { progress: { completed, total }, needed }: Completion,
): string {
  const kinds = [...new Set(catalog[type].get(slug)?.entries.map((entry) => `${entry.type}s`))];
  const name = type === "course" ? "Course" : "Pathway";
  return `${name} not actually complete: ${completed}/${total} ${kinds.join(" and ") || "modules"} completed${needed === total ? "" : `, ${needed} needed`}`;
}
