import type { Duration } from "../model/duration.ts";
import type { EntityRef, HolderType } from "../model/entity.ts";
import type { Timestamp } from "../model/time.ts";
import { type CompletionSpec, DEFAULT_SPEC } from "./completion-spec.ts";
import type { Span } from "./content-time.ts";
import type { JsonSchema } from "./data-validator.ts";
import type { ReviewItem, ScoreCondition, Task } from "./module-schema.ts";
import type { Quiz } from "./quiz.ts";

/** A module in a course, or a course or module in a pathway, and when it is in force. */
export type Entry = EntityRef & { optional: boolean } & Span;

/** A course or a pathway. `source` is its file's content, the content repository's own fields included. */
export type Definition = {
  type: HolderType;
  slug: string;
  title: string | undefined;
  /** In the order in which content lists them. */
  entries: Entry[];
  /** The keys of those that its rule looks at: an optional entry is no part of `all`, nor one that `of` does not name. */
  counted: string[];
  completion: CompletionSpec;
  /** How long a completion holds; for good, where it does not say. */
  validFor?: Duration | undefined;
  /** How long before a completion ends what is done counts for the next one; only then, where it does not say. */
  renewFrom?: Duration | undefined;
  /** Whether an entry is locked until the required ones before it are complete. */
  sequential: boolean;
  /** Whether events for a locked module are refused. */
  enforceOrder: boolean;
  /** Slugs that it had once. */
  aliases: string[];
  /** Whether it takes no new learners; what was earned stays. */
  retired: boolean;
  source: object;
};

/** `source` is the content of its completion.json; a module that only courses name has none. */
export type ModuleDefinition = {
  slug: string;
  title: string | undefined;
  /** Whether holders need it not, unless their entries say otherwise. */
  optional: boolean;
  aliases: string[];
  retired: boolean;
  /** Since when its conditions are in force; always, where it does not say. */
  from: Timestamp | undefined;
  /** Which of its conditions complete it. */
  completion: CompletionSpec;
  /** Where its rule names conditions, those that it names are required, and no others. */
  tasks: Task[];
  score: ScoreCondition | undefined;
  steps: string[];
  prerequisites: string[];
  enforceOrder: boolean;
  /** The JSON Schema of what may come with a completion. */
  completionData: JsonSchema | undefined;
  reviewItems: ReviewItem[];
  quiz: Quiz | undefined;
  source: object;
};

// Most modules of a large catalog are plain; they share what is empty, which nobody changes.
const NONE: never[] = [];
export const NO_SOURCE = {};

/** A module without conditions of its own: it is complete when it is marked so. */
export const plainModule = (slug: string): ModuleDefinition => ({
  slug,
  title: undefined,
  optional: false,
  aliases: NONE,
  retired: false,
  from: undefined,
  completion: DEFAULT_SPEC,
  tasks: NONE,
  score: undefined,
  steps: NONE,
  prerequisites: NONE,
  enforceOrder: false,
  completionData: undefined,
  reviewItems: NONE,
  quiz: undefined,
  source: NO_SOURCE,
});
