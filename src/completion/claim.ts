import type { Catalog } from "../catalog/catalog.ts";
import type { EntityRef, HolderType } from "../model/entity.ts";
import { MINUTE_MS, millisecondsOf, type Timestamp } from "../model/time.ts";
import type { Warning } from "../model/warning.ts";
import type { Completion, Missing, Ratio } from "./completion.ts";

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
  | { accepted: false; reason: string; progress: Ratio; missing: Missing[] };

/** Whether the facts bear out a claim, and at which time; else why not. */
export function validateExplicitCompletion(
  catalog: Catalog,
  claimed: EntityRef,
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

const NAMES = { module: "Module", course: "Course", pathway: "Pathway" } as const;

/** "Course not actually complete: 2/4 modules completed". */
function reasonOf(catalog: Catalog, { type, slug }: EntityRef, { progress }: Completion): string {
  const ratio = `${progress.completed}/${progress.total}`;
  const done = type === "module" ? "conditions met" : `${kindsOf(catalog, { type, slug })} completed`;
  return `${NAMES[type]} not actually complete: ${ratio} ${done}${progress.needed === progress.total ? "" : `, ${progress.needed} needed`}`;
}

const kindsOf = (catalog: Catalog, { type, slug }: EntityRef<HolderType>): string =>
  [...new Set(catalog[type].get(slug)?.entries.map((entry) => entry.type))].map((kind) => `${kind}s`).join(" and ") ||
  "modules";
