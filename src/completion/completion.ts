import type { Waiver } from "../model/decision.ts";
import type { EntityType } from "../model/entity.ts";
import type { Timestamp } from "../model/time.ts";

/** How far a learner is: `completed` of `total` entries, of which so many are `needed`; so many more would complete it. */
export type Ratio = { completed: number; total: number; needed: number; shortBy: number };

/** What stands between a learner and completion: an entry, or one of a module's conditions. */
export type Missing = { type: EntityType | "task" | "score" | "step"; slug: string; [detail: string]: unknown };

/** What the facts say of a module, course or pathway. */
export type Completion = {
  completed: boolean;
  /** The inferred time: the moment at which the facts first satisfied the rule. */
  completedAt?: Timestamp;
  /** Of a holder: the newest term, and how many were completed with it. */
  term?: { number: number; opensAt: Timestamp; completedAt: Timestamp; expiresAt?: Timestamp | undefined };
  /** The waiver that gives the time, where one does. */
  waiver?: Waiver;
  /** Of a module: complete because it was marked so, and not by conditions. */
  isMarked?: true;
  progress: Ratio;
  missing: Missing[];
  /** Of a module whose conditions include a score. */
  cumulativeScore?: number;
};

export const NOTHING_REQUIRED: Completion = {
  completed: false,
  progress: { completed: 0, total: 0, needed: 0, shortBy: 0 },
  missing: [],
};
