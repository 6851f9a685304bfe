import { type EntityRef, type EntityType, entityKey } from "../model/entity.ts";
import type { LearnerId } from "../model/learner.ts";

export const PROFILE = "PROFILE";

export const entityItemKey = (learnerId: LearnerId, entity: EntityRef) => ({
  learner_id: learnerId,
  entity: entityKey(entity),
});
export const profileKey = (learnerId: LearnerId) => ({ learner_id: learnerId, entity: PROFILE });

/** Where runs announce themselves. No learner's id has a control character, so none can be this one. */
export const RUNS_PARTITION = "\u0001runs";
export const runKey = ({ run, from, to }: { run: string; from: number; to: number }) => ({
  learner_id: RUNS_PARTITION,
  entity: `RUN#${run}#${from}-${to}`,
});

const PREFIXES = [
  ["MODULE#", "module"],
  ["COURSE#", "course"],
  ["PATHWAY#", "pathway"],
] as const satisfies [string, EntityType][];

/** The module, course or pathway that a sort key names; undefined for another kind of item. */
export function parseEntityKey(key: unknown): EntityRef | undefined {
  if (typeof key !== "string") return undefined;
  for (const [prefix, type] of PREFIXES)
    if (key.startsWith(prefix) && key.length > prefix.length) return { type, slug: key.slice(prefix.length) };
  return undefined;
}
