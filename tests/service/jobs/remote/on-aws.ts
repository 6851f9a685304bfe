// What the tests of jobs on AWS work with: a store and a bucket, the functions on them, and what a run in one process leaves.
export { backfill, dumpOf, filesOf, type Row, resetRows, runsFolder } from "../../../support/processes/backfill.ts";
export {
  bucketForFile,
  execute,
  type Functions,
  fetched,
  filesIn,
  functionsOn,
  LIMIT_MS,
  MACHINE,
  requestOf,
} from "../../../support/processes/remote-run.ts";
export { sqliteStore } from "../../../support/processes/sqlite-store.ts";
export { comparable, type Left } from "./comparable.ts";
