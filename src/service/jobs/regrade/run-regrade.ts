import { versionOfQuiz } from "../../../completion/grade.ts";
import { toTimestamp } from "../../../model/time.ts";
import { atFolder } from "../folder-desk.ts";
import { type RunProgress, RunSession } from "../run-session.ts";
import { type RegradeRun, regradePolicy } from "./regrade-run.ts";
import { RegradeSegment } from "./regrade-segment.ts";
import { type RegradeSummary, summarizeRegrade } from "./regrade-summary.ts";
import { addRegradeTally } from "./regrade-tally.ts";

/**
 * Grades the answers of a module in every learner's history by the quiz of today. Whoever has answered is found by a scan of
 * progress, since an index of answers has no order by learner, and a run must know neither one twice nor all at once.
 * @param onProgress told after every page
 * @returns the summary, or undefined when the signal stopped the run; its checkpoint is then written
 * @throws AppError STORE_UNAVAILABLE when the store fails for good; the checkpoint stands
 */
export async function runRegrade(
  run: RegradeRun,
  onProgress: (progress: RunProgress) => void,
): Promise<RegradeSummary | undefined> {
  const { checkpoint, now = Date.now } = run;
  const { options } = checkpoint;
  const policy = regradePolicy(run);
  const session = new RunSession(run, policy, onProgress);
  const work = { store: run.store, scanner: run.scanner, segments: options.segments, policy };
  const segments = Array.from({ length: options.segments }, (_, segment) => segment);
  return session.workOff(
    segments,
    atFolder(session, addRegradeTally, (desk) => new RegradeSegment(work, desk).work()),
    () => {
      const { run: name, startTime, catalogVersion, tally, seconds, consumed } = checkpoint;
      const times = { startTime, endTime: toTimestamp(now()), seconds };
      const versions = { catalogVersion, quizVersion: versionOfQuiz(run.module.quiz) };
      return summarizeRegrade({ run: name, options, ...versions, ...times }, tally, consumed);
    },
  );
}
