import type { Entry } from "../catalog/catalog.ts";
import type { EntityType } from "../model/entity.ts";
import type { Timestamp } from "../model/time.ts";

/** How far a learner is: `completed` of `total` entries. */
export type Ratio = { completed: number; total: number };

/** An entry of a course or pathway, and when this learner completed it, if at all. */
export type EntryState = Entry & { completedAt: Timestamp | undefined };

/** What stands between a learner and completion: an entry, or one of a module's conditions. */
export type Missing = { type: EntityType | "task" | "score" | "step"; slug: string; [detail: string]: unknown };

/** What the facts say of a module, course or pathway. */
export type Completion = {
  completed: boolean;
  /** The inferred time: the moment at which the facts first satisfied the rule. */
  completedAt?: Timestamp;
  progress: Ratio;
  /** How many of the total complete it. */
  needed: number;
  missing: Missing[];
  /** Of a module whose conditions include a score. */
  cumulativeScore?: number;
};

export const NOTHING_REQUIRED: Completion = {
  completed: false,
  progress: { completed: 0, total: 0 },
  needed: 0,
  missing: [],
};
