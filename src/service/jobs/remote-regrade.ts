import type { Catalog, ModuleDefinition } from "../../catalog/catalog.ts";
import type { Quiz } from "../../catalog/quiz.ts";
import { versionOfQuiz } from "../../completion/grade.ts";
import { REGRADE_FILES, type RegradeOptions } from "./regrade/regrade-checkpoint.ts";
import { regradePolicy } from "./regrade/regrade-run.ts";
import { RegradeSegment } from "./regrade/regrade-segment.ts";
import { summarizeRegrade } from "./regrade/regrade-summary.ts";
import { addRegradeTally, emptyRegradeTally, type RegradeTally } from "./regrade/regrade-tally.ts";
import { JobRefused, type RemoteJob } from "./remote/remote-job.ts";
import type { Plan } from "./remote/remote-run.ts";
import type { SegmentDesk } from "./segment-desk.ts";

const optionsOf = ({ options }: Plan): RegradeOptions => options as Plan["options"] & RegradeOptions;

/** A regrade where its segments are worked one by one. */
export const remoteRegrade: RemoteJob = {
  files: () => REGRADE_FILES,
  check: (plan, catalog) => void moduleOf(plan, catalog),
  emptyTally: emptyRegradeTally,
  addTally: (total, more) => addRegradeTally(total as RegradeTally, more as RegradeTally),
  async work({ plan, catalog, connection: { store }, scanner }, desk) {
    const options = optionsOf(plan);
    const policy = regradePolicy({ catalog, module: moduleOf(plan, catalog), checkpoint: { ...plan, options } });
    const work = { store, scanner, segments: options.segments, policy };
    await new RegradeSegment(work, desk as SegmentDesk<RegradeTally>).work();
  },
  summarize(plan, { tally, consumed, endTime, seconds, catalog }) {
    const { run, catalogVersion, startTime } = plan;
    const quizVersion = versionOfQuiz(moduleOf(plan, catalog).quiz);
    const begun = { run, options: optionsOf(plan), catalogVersion, quizVersion, startTime, endTime, seconds };
    return summarizeRegrade(begun, tally as RegradeTally, consumed);
  },
};

function moduleOf(plan: Plan, catalog: Catalog): ModuleDefinition & { quiz: Quiz } {
  const { module: slug } = optionsOf(plan);
  const module = catalog.module.get(slug);
  if (module?.quiz === undefined)
    throw new JobRefused(`The catalog of the deployment has no module ${slug} with a quiz.json. Publish it first.`);
  return { ...module, quiz: module.quiz };
}
