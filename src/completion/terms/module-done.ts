import type { Catalog } from "../../catalog/catalog.ts";
import type { EntityState } from "../../model/progress.ts";
import type { Timestamp } from "../../model/time.ts";
import { calculateModuleCompletion, isGated } from "../calculate-module.ts";
import { validateCompletionTimestamp } from "../claim.ts";
import type { Completion } from "../completion.ts";
import { momentOf } from "../decisions/standing-waivers.ts";
import { isCurrent } from "../is-current.ts";
import { markedAt } from "../marks.ts";
import { claimBetween } from "./claims.ts";
import { EVER, factsSince } from "./facts-since.ts";

/** What was done of a module from a moment on says whether it is complete; or a waiver says it. */
export function moduleCompletion(
  catalog: Catalog,
  slug: string,
  state: EntityState,
  from: Timestamp = EVER,
): Completion {
  const done = calculateModuleCompletion(catalog, slug, {
    facts: factsSince(state.facts, from),
    claim: claimBetween(state, from),
  });
  const waiver = state.waivers?.find((one) => momentOf(one) >= from);
  if (waiver === undefined || (done.completedAt !== undefined && done.completedAt <= momentOf(waiver))) return done;
  const { isMarked: _, ...rest } = done;
  return {
    ...rest,
    completed: true,
    completedAt: momentOf(waiver),
    waiver,
    progress: { ...done.progress, shortBy: 0 },
    missing: [],
  };
}

const NEVER_DONE = () => undefined;

/** When a module became complete, if it did. Costs no more than to look at all that was done of it. */
export const moduleDoneAt = (catalog: Catalog, slug: string, state: EntityState | undefined): Timestamp | undefined =>
  state && firstDoneAt(catalog, slug, state);

/**
 * Tells when a module became complete by what was done from a moment on, if it did; a course with many terms asks for many
 * moments. Facts and today's conditions decide, whatever a flag says; the flag tells the time, because it knows of claims,
 * and of what was asked for then.
 */
export function moduleDoneSince(
  catalog: Catalog,
  slug: string,
  state: EntityState,
): (from: Timestamp) => Timestamp | undefined {
  const first = moduleDoneAt(catalog, slug, state);
  if (first === undefined) return NEVER_DONE;
  let whole: Completion | undefined;
  return (from) => {
    if (from === EVER) return first;
    const since = moduleCompletion(catalog, slug, state, from).completedAt;
    if (since === undefined || first < from) return since;
    whole ??= moduleCompletion(catalog, slug, state);
    // What completed it from then on may be what completed it first, whose time a claim may have told.
    return since === whole.completedAt ? first : since;
  };
}

function firstDoneAt(catalog: Catalog, slug: string, state: EntityState): Timestamp | undefined {
  const { flag, isDisputed } = state;
  // Facts only grow, so what was complete by today's conditions still is, unless decisions took something away. Of what
  // has no file nobody can tell more.
  const isTrusted =
    flag && !isDisputed && (!catalog.module.has(slug) || isCurrent(catalog, { type: "module", slug }, flag));
  if (isTrusted) return flag.completedAt;
  const completedAt = completedBy(catalog, slug, state);
  if (completedAt === undefined) return undefined;
  if (flag && !isDisputed) return flag.completedAt;
  const claim = isDisputed ? claimBetween(state, EVER) : undefined;
  return claim ? validateCompletionTimestamp(claim.at, completedAt).completedAt : completedAt;
}

/** As `moduleCompletion` tells it. Most modules are complete by a mark alone, and each is asked for each event of its learner. */
const completedBy = (catalog: Catalog, slug: string, state: EntityState): Timestamp | undefined =>
  state.waivers === undefined && !isGated(catalog, slug)
    ? markedAt(state.facts, claimBetween(state, EVER)?.at)
    : moduleCompletion(catalog, slug, state).completedAt;
