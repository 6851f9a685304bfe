import { versionOfQuiz } from "../../../completion/grade.ts";
import { toTimestamp } from "../../../model/time.ts";
import { RegradeSegment } from "./regrade-segment.ts";
import { type RegradeProgress, type RegradeRun, RegradeSession } from "./regrade-session.ts";
import { type RegradeSummary, summarizeRegrade } from "./regrade-summary.ts";

/**
 * Grades the answers of a module in every learner's history by the quiz of today. Whoever has answered is found by a scan of
 * progress, since an index of answers has no order by learner, and a run must know neither one twice nor all at once.
 * @param onProgress told after every page
 * @returns the summary, or undefined when the signal stopped the run; its checkpoint is then written
 * @throws AppError STORE_UNAVAILABLE when the store fails for good; the checkpoint stands
 */
export async function runRegrade(
  run: RegradeRun,
  onProgress: (progress: RegradeProgress) => void,
): Promise<RegradeSummary | undefined> {
  const { checkpoint, folder, now = Date.now } = run;
  const { options } = checkpoint;
  const session = new RegradeSession(run, onProgress);
  const segments = Array.from({ length: options.segments }, (_, segment) => segment);
  folder.create();
  session.save();

  const workers = segments.map((segment) => new RegradeSegment(session, segment));
  const worked = await Promise.allSettled(workers.map((worker) => worker.work()));
  session.save();
  const failed = worked.find((outcome) => outcome.status === "rejected");
  if (failed) throw failed.reason;
  if (!segments.every((segment) => checkpoint.segments[segment]?.done)) return undefined;

  await folder.assemble(segments);
  const { run: name, startTime, catalogVersion, tally, seconds, consumed } = checkpoint;
  const times = { startTime, endTime: toTimestamp(now()), seconds };
  const versions = { catalogVersion, quizVersion: versionOfQuiz(run.module.quiz) };
  const summary = summarizeRegrade({ run: name, options, ...versions, ...times }, tally, consumed);
  folder.saveSummary(summary);
  checkpoint.finished = true;
  session.save();
  folder.removeParts();
  return summary;
}
