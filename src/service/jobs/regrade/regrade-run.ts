import type { Catalog, ModuleDefinition } from "../../../catalog/catalog.ts";
import type { Quiz } from "../../../catalog/quiz.ts";
import type { Scanner } from "../../../store/scanner.ts";
import type { Store } from "../../../store/store.ts";
import type { Meter } from "../../../store/usage.ts";
import type { RunFolder } from "../run-folder.ts";
import type { RegradeCheckpoint } from "./regrade-checkpoint.ts";
import type { RegradePolicy } from "./regrade-policy.ts";

export type RegradeRun = {
  store: Store;
  scanner: Scanner;
  meter: Meter;
  catalog: Catalog;
  module: ModuleDefinition & { quiz: Quiz };
  folder: RunFolder;
  /** A new run's, or the one that it goes on from. */
  checkpoint: RegradeCheckpoint;
  /** Stops the run after the learners in hand. */
  signal: AbortSignal;
  now?: () => number;
};

type Begun = Pick<RegradeCheckpoint, "run" | "options" | "startTime">;

/** One time for all grades of a run, which resuming does not change. */
export const regradePolicy = ({
  catalog,
  module,
  checkpoint: { run, options, startTime },
}: Pick<RegradeRun, "catalog" | "module"> & { checkpoint: Begun }): RegradePolicy => ({
  run,
  catalog: catalog.at(startTime),
  module,
  taskSlug: options.task,
  dryRun: options.dryRun,
  recordedAt: startTime,
});
