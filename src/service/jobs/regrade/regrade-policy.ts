import type { Catalog, ModuleDefinition } from "../../../catalog/catalog.ts";
import type { Quiz } from "../../../catalog/quiz.ts";
import type { Timestamp } from "../../../model/time.ts";
import type { ChangeRecord } from "../change.ts";
import type { RegradeChanges } from "./regrade-changes.ts";

/** How a run grades: the same for every learner. */
export type RegradePolicy = {
  run: string;
  catalog: Catalog;
  module: ModuleDefinition & { quiz: Quiz };
  /** One task alone. */
  taskSlug: string | undefined;
  dryRun: boolean;
  recordedAt: Timestamp;
};

/** What the run says of flags before it writes them, so that a run that goes on knows them. */
export type RegradeTrail = {
  intended: ReadonlyMap<string, ChangeRecord>;
  announce: (changes: RegradeChanges) => void | Promise<void>;
};

/** What a run's decisions are called by, so that all of them can be found, and taken back by a void as well. */
export const eventIdOf = (run: string): string => `regrade-${run}`;
