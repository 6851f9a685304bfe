import type { Catalog } from "../../catalog/catalog.ts";
import type { Decision } from "../../model/decision.ts";
import type { Progress } from "../../model/progress.ts";
import type { Timestamp } from "../../model/time.ts";
import type { Warning } from "../../model/warning.ts";
import { completedAtOf } from "../calculate.ts";

/** The reset of a pathway resets no course: those that stand do not count for it again, and are named. */
export function standingCourses(
  catalog: Catalog,
  progress: Progress,
  { decision }: { decision: Decision | undefined },
): Warning[] {
  if (decision?.kind !== "reset" || decision.entity.type !== "pathway") return [];
  const pathway = catalog.pathway.get(catalog.resolve(decision.entity).slug);
  const standing = (pathway?.entries ?? [])
    .filter(({ type, slug }) => type === "course" && stoodBefore(catalog, progress, slug, decision.at))
    .map(({ slug }) => slug);
  if (standing.length === 0) return [];
  const message =
    `The pathway ${pathway?.slug} begins anew, and its courses stand as they are. Those that are to be done again must ` +
    `be reset, too: ${standing.join(", ")}`;
  return [{ code: "COURSES_STAND", message }];
}

/** A course that is completed after the reset counts for the new term. */
function stoodBefore(catalog: Catalog, progress: Progress, slug: string, reset: Timestamp): boolean {
  const completedAt = completedAtOf(catalog, { type: "course", slug }, progress);
  return completedAt !== undefined && completedAt < reset;
}
