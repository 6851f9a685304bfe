import type { Catalog } from "../catalog/catalog.ts";
import type { EntityRef } from "../model/entity.ts";
import type { Facts, Progress } from "../model/progress.ts";
import { completedAtOf } from "./calculate.ts";

/** Whether the learner did anything of a module. That others recommended it is no step of the learner's. */
export const hasBegun = ({ startedAt, completedAt, tasks, scores, steps, marks }: Facts): boolean =>
  startedAt !== undefined ||
  completedAt !== undefined ||
  [tasks, scores, steps, marks].some((results) => results !== undefined);

/** Whether the learner did anything of a module, or of what a holder lists. */
export function isUnderWay(catalog: Catalog, { type, slug }: EntityRef, progress: Progress): boolean {
  if (completedAtOf(catalog, { type, slug }, progress) !== undefined) return true;
  if (type === "module") return hasBegun(progress.module.get(slug)?.facts ?? {});
  return catalog[type].get(slug)?.entries.some((entry) => isUnderWay(catalog, entry, progress)) ?? false;
}
