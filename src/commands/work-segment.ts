import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { AnalyticsFault } from "../analytics/analytics-fault.ts";
import { type ExportCheckpoint, emptyTally, type SegmentState } from "../analytics/export/checkpoint.ts";
import { ExportSegment } from "../analytics/export/export-segment.ts";
import { type ExportRun, policyOf } from "../analytics/export/export-session.ts";
import { pseudonymsBy } from "../analytics/pseudonyms.ts";
import { readEnvironment } from "../process/environment.ts";
import { RunFolder } from "../service/jobs/run-folder.ts";
import { RunSession } from "../service/jobs/run-session.ts";
import { analyticsKey } from "./analytics-key.ts";
import { readCatalog } from "./open-catalog.ts";
import { openStore } from "./open-store.ts";
import type { SegmentReport, SegmentTask } from "./segment-thread.ts";

// The program of a thread that works off one segment of an export.
const { path, previous, checkpoint, segment, stop } = workerData as SegmentTask;
const tell = (report: SegmentReport): void => (parentPort as MessagePort).postMessage(report);

/** A run's folder whose checkpoint is another thread's to write. */
class FolderOfSegment extends RunFolder {
  override saveCheckpoint(saved: object): void {
    this.sync();
    const own = saved as ExportCheckpoint;
    tell({ tally: own.tally, state: own.segments[segment] as SegmentState });
    own.tally = emptyTally();
  }
}

try {
  await work();
} catch (error) {
  const { message, cause, code } = error as NodeJS.ErrnoException;
  const told = cause instanceof Error ? cause.message : message;
  tell({ message: told, code, isFault: error instanceof AnalyticsFault });
}

async function work(): Promise<void> {
  const environment = readEnvironment();
  const { catalog } = await readCatalog(environment);
  if (catalog.version !== checkpoint.catalogVersion)
    throw new AnalyticsFault("The content was changed while the export began. Export anew.");
  const opened = await openStore(environment, { mustExist: true });
  const folder = new FolderOfSegment(path);
  try {
    const { store, scanner, meter } = opened.connect("batch");
    const run: ExportRun = {
      ...{ store, scanner: scanner(), meter, catalog, folder, previous, checkpoint },
      pseudonyms: pseudonymsBy(analyticsKey(environment)),
      signal: {
        get aborted() {
          return Atomics.load(stop, 0) === 1;
        },
      },
    };
    await new ExportSegment(new RunSession(run, policyOf(run), () => {}), segment).work();
  } finally {
    folder.close();
    await opened.close();
  }
}
