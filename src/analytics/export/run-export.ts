import { type Timestamp, toTimestamp } from "../../model/time.ts";
import { type RunProgress, RunSession } from "../../service/jobs/run-session.ts";
import type { ExportTally } from "./checkpoint.ts";
import { ExportSegment } from "./export-segment.ts";
import { type ExportRun, type ExportSession, policyOf } from "./export-session.ts";

export type ExportSummary = ExportTally & { endTime: Timestamp; seconds: number };

/** Who works a segment off, and keeps what has become of it in the run's checkpoint. */
export type BeginSegment = (session: ExportSession, segment: number) => { work(): Promise<void> };

const inThisThread: BeginSegment = (session, segment) => new ExportSegment(session, segment);

/**
 * Writes the rows of every learner into the parts of a run; a run that broke off behind that has them all. What becomes of
 * the parts is `finishExport`'s.
 * @param onProgress told as the run goes on
 * @returns the summary, or undefined when the signal stopped the run; its checkpoint is then written
 * @throws AppError STORE_UNAVAILABLE when the store fails for good; the checkpoint stands
 */
export async function runExport(
  run: ExportRun,
  onProgress: (progress: RunProgress) => void,
  begin: BeginSegment = inThisThread,
): Promise<ExportSummary | undefined> {
  const { checkpoint, now = Date.now } = run;
  const summarize = () => ({ ...checkpoint.tally, endTime: toTimestamp(now()), seconds: checkpoint.seconds });
  // The segments' own files are gone by then, and whoever opened them anew would fill them with nothing.
  if (checkpoint.finished) return summarize();
  const session: ExportSession = new RunSession(run, policyOf(run), onProgress);
  const segments = Array.from({ length: checkpoint.options.segments }, (_, segment) => segment);
  return session.workOff(segments, (segment) => begin(session, segment), summarize);
}
