import type { Catalog } from "../../catalog/catalog.ts";
import type { RunFolder } from "../../service/jobs/run-folder.ts";
import type { RunSession } from "../../service/jobs/run-session.ts";
import type { Scanner } from "../../store/scanner.ts";
import type { Store } from "../../store/store.ts";
import type { Meter } from "../../store/usage.ts";
import type { Pseudonyms } from "../pseudonyms.ts";
import type { RowContext } from "../rows/learner.ts";
import type { Table } from "../tables/define-table.ts";
import { tablesOf } from "../tables/index.ts";
import type { ExportCheckpoint } from "./checkpoint.ts";

export type ExportRun = {
  store: Store;
  scanner: Scanner;
  meter: Meter;
  catalog: Catalog;
  pseudonyms: Pseudonyms;
  folder: RunFolder;
  /** The folder of the run before, of an incremental one. */
  previous?: string | undefined;
  /** A new run's, or the one that it goes on from. */
  checkpoint: ExportCheckpoint;
  /** Stops the run after the learners in hand. */
  signal: Pick<AbortSignal, "aborted">;
  now?: () => number;
};

/** What the rows of all learners of a run have in common, and which tables it has. */
export type ExportPolicy = RowContext & {
  tables: readonly Table[];
  /** Whether an incremental run may follow, which is told by them who changed. */
  hasDigests: boolean;
};
export type ExportSession = RunSession<ExportRun, ExportPolicy>;

/** One time for all rows of a run, which resuming does not change. */
export const policyOf = ({ catalog, pseudonyms, checkpoint: { options, startTime } }: ExportRun): ExportPolicy => ({
  catalog: catalog.at(startTime),
  pseudonyms,
  withText: options.withText,
  tables: tablesOf(options),
  hasDigests: options.tables === undefined && options.format !== "duckdb",
});
