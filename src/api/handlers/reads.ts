// What answers reads, in one file, since every file of a bundle takes time to open.
export { completions, dataSummary } from "./entity.ts";
export { history, reviews, sessions } from "./history.ts";
export {
  learnerDelete,
  learnerExport,
  learnerHolder,
  learnerModule,
  learnerProgress,
  learnerSummary,
} from "./learner.ts";
export { learners } from "./learners.ts";
export { run, runs } from "./runs.ts";
