import { BackfillSegment } from "./backfill-segment.ts";
import type { BackfillOptions } from "./options.ts";
import type { RemoteJob } from "./remote/remote-job.ts";
import type { Plan } from "./remote/remote-run.ts";
import { remoteRegrade } from "./remote-regrade.ts";
import { remoteRollback } from "./remote-rollback.ts";
import { backfillPolicy } from "./run.ts";
import { BACKFILL_FILES } from "./run-folder.ts";
import type { SegmentDesk } from "./segment-desk.ts";
import { summarize } from "./summary.ts";
import { addTally, emptyTally, type Tally } from "./tally.ts";

type Backfill = Plan & { options: BackfillOptions };

const backfill: RemoteJob = {
  files: () => BACKFILL_FILES,
  emptyTally,
  addTally: (total, more) => addTally(total as Tally, more as Tally),
  async work({ plan, catalog, connection: { store }, scanner }, desk) {
    const { options, startTime } = plan as Backfill;
    const work = { store, scanner, options, policy: backfillPolicy(catalog, { options, startTime }) };
    await new BackfillSegment(work, desk as SegmentDesk<Tally>).work();
  },
  summarize(plan, { tally, consumed, endTime, seconds }) {
    const { run, options, catalogVersion, startTime } = plan as Backfill;
    return summarize({ run, options, catalogVersion, startTime, endTime, seconds }, tally as Tally, consumed);
  },
};

/** The jobs that can go on AWS, by the name under which they are asked for. */
export const REMOTE_JOBS: Readonly<Record<string, RemoteJob>> = {
  backfill,
  regrade: remoteRegrade,
  rollback: remoteRollback,
};
