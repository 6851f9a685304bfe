import type { Catalog } from "../../catalog/catalog.ts";
import { resolveProgress } from "../../completion/resolve-progress.ts";
import type { EntityRef } from "../../model/entity.ts";
import { AppError } from "../../model/errors.ts";
import type { LearnerId } from "../../model/learner.ts";
import type { EntityState, Progress } from "../../model/progress.ts";
import type { Store } from "../../store/store.ts";
import type { Known } from "./explain/explanation.ts";

/** What is stored of a learner, and what it means by the catalog. */
export async function knownOf(store: Store, catalog: Catalog, learnerId: LearnerId): Promise<Known> {
  const { progress: stored } = await store.read(learnerId);
  return { stored, progress: shownProgress(catalog, stored) };
}

/** What is known of a learner, as the catalog means it. */
export const progressOf = async (...of: Parameters<typeof knownOf>): Promise<Progress> =>
  (await knownOf(...of)).progress;

/** The same of what has been read already. An entity whose flag was cleared, and that has no facts, is nothing. */
export function shownProgress(catalog: Catalog, stored: Progress): Progress {
  const progress = resolveProgress(catalog, stored);
  const { module, course, pathway } = progress;
  return { ...progress, module: known(module), course: known(course), pathway: known(pathway) };
}

const known = (states: Map<string, EntityState>): Map<string, EntityState> =>
  new Map(
    [...states].filter(
      ([, { facts, flag, waivers, resets }]) =>
        [flag, waivers, resets].some((one) => one !== undefined) || Object.keys(facts).length > 0,
    ),
  );

export const unknown = ({ type, slug }: EntityRef): AppError =>
  new AppError("NOT_FOUND", `Neither the catalog nor the store knows a ${type} ${slug}.`);
