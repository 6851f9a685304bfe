import fc from "fast-check";
import { expect, it } from "vitest";
import type { BackfillOptions } from "../../../../src/service/jobs/options.ts";
import { memoryBucket } from "../../../support/fakes/memory-bucket.ts";
import { holds } from "../../../support/vitest/property.ts";
import { RUNS } from "../../../support/vitest/runs.ts";
import * as learners from "../learners.ts";
import { anyFate, invokeBy } from "./fates.ts";
import {
  backfill,
  comparable,
  dumpOf,
  execute,
  fetched,
  filesIn,
  functionsOn,
  type Row,
  requestOf,
  resetRows,
  runsFolder,
  sqliteStore,
} from "./on-aws.ts";

const open = sqliteStore();
const { bucket, objects } = memoryBucket();

const { missing, missingAll, unsupported, right, wrongTime, olderCatalog, courseGone, badData } = learners;
const KINDS = { missing, missingAll, unsupported, right, wrongTime, olderCatalog, courseGone, badData };

/** A table of learners of each kind, right ones and faulty ones. */
const anyTable = fc
  .array(fc.constantFrom(...Object.values(KINDS)), { minLength: 1, maxLength: 14 })
  .map((kinds): Row[] => kinds.flatMap((rowsOf, index) => rowsOf(`learner-${index}`)));

const anyOptions = fc
  .record({
    segments: fc.integer({ min: 1, max: 4 }),
    batchSize: fc.integer({ min: 1, max: 4 }),
    concurrency: fc.integer({ min: 1, max: 3 }),
    dryRun: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    revoke: fc.boolean(),
    skipSynced: fc.boolean(),
  })
  .map(
    (given): BackfillOptions => ({ ...given, segmentRange: { from: 0, to: given.segments - 1 }, revokeUnknown: true }),
  );

it("leaves what one process leaves, however often its functions die, are stopped, or are invoked twice", async () => {
  await holds(
    fc.asyncProperty(
      fc.record({
        rows: anyTable,
        options: anyOptions,
        fates: fc.array(anyFate, { maxLength: 7 }),
        atOnce: fc.integer({ min: 1, max: 3 }),
        secondsPerLook: fc.constantFrom(0, 7),
      }),
      async ({ rows, options, fates, atOnce, secondsPerLook }) => {
        await resetRows(open(), rows);
        const { folder } = await backfill(open(), learners.CATALOG, { ...options, folder: runsFolder() });
        const wanted = comparable({ files: filesIn(folder), flags: await dumpOf(open()) });

        await resetRows(open(), rows);
        const functions = functionsOn(open(), bucket, learners.CATALOG, { secondsPerLook });
        const request = requestOf(options, { at_once: atOnce });
        const ended = await execute(request, functions, invokeBy(fates, functions, { ...open(), bucket }));
        expect(ended).toMatchObject({ status: "SUCCEEDED" });
        const files = filesIn(await fetched(bucket, request));
        expect(comparable({ files, flags: await dumpOf(open()) })).toEqual(wanted);
        expect(await open().leases.all()).toEqual([]);
        objects.clear();
      },
    ),
    RUNS.sqlite.history,
  );
});
