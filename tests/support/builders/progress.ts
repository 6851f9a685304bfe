import type { EntityState, Flag, Progress } from "../../../src/model/progress.ts";
import type { Timestamp } from "../../../src/model/time.ts";
import { at } from "./times.ts";

/** What a learner did: when modules were completed, and the state of courses and pathways. */
export const progressOf = ({
  modules = {},
  courses = {},
  pathways = {},
}: {
  modules?: Record<string, Timestamp>;
  courses?: Record<string, Partial<EntityState>>;
  pathways?: Record<string, Partial<EntityState>>;
}): Progress => {
  const states = (given: Record<string, Partial<EntityState>>) =>
    new Map(Object.entries(given).map(([slug, state]) => [slug, { facts: {}, ...state }]));
  return {
    module: new Map(Object.entries(modules).map(([slug, completedAt]) => [slug, { facts: { completedAt } }])),
    course: states(courses),
    pathway: states(pathways),
  };
};

export const flagOf = (flag: Partial<Flag>): Flag => ({
  completedAt: at("10:00"),
  completionSource: "inferred",
  recordedAt: at("10:00:01"),
  catalogVersion: "earlier",
  ...flag,
});
