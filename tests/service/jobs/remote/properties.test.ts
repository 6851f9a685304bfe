import fc from "fast-check";
import { expect, it } from "vitest";
import type { BackfillOptions } from "../../../../src/service/jobs/options.ts";
import { memoryBucket } from "../../../support/fakes/memory-bucket.ts";
import { type End, mortal } from "../../../support/fakes/mortal.ts";
import { holds } from "../../../support/vitest/property.ts";
import { RUNS } from "../../../support/vitest/runs.ts";
import * as learners from "../learners.ts";
import {
  backfill,
  comparable,
  dumpOf,
  execute,
  fetched,
  filesIn,
  functionsOn,
  LIMIT_MS,
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

/** What becomes of an invocation: nothing; its end; its answer is lost; it is made twice, one beside the other. */
type Fate = "fine" | "answer lost" | "twice" | End;
const anyFate: fc.Arbitrary<Fate> = fc.oneof(
  fc.constantFrom<Fate>("fine", "answer lost", "twice"),
  fc.record({
    at: fc.integer({ min: 1, max: 40 }),
    how: fc.constantFrom<End["how"]>("dies before", "dies after", "fails", "is stopped"),
  }),
);

const named = (name: string) => Object.assign(new Error(name), { name });

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
        const left = [...fates];
        const request = requestOf(options, { at_once: atOnce });
        const ended = await execute(request, functions, async (name, input) => {
          const fate = left.shift() ?? "fine";
          if (fate === "fine") return functions.call(name, input);
          if (fate === "answer lost") {
            await functions.call(name, input);
            throw named("Lambda.ServiceException");
          }
          if (fate === "twice") {
            const [first, second] = await Promise.allSettled([
              functions.call(name, input),
              functions.call(name, input),
            ]);
            const answered = [second, first].find((one) => one.status === "fulfilled");
            if (answered === undefined) throw named("Lambda.ServiceException");
            return answered.value;
          }
          const process = mortal({ store: open().store, scanner: open().scanner(), bucket }, fate);
          const died = process.death.then(() => {
            // Lambda ends it in the end, and nobody hears of that before.
            functions.pass(LIMIT_MS / 1_000);
            throw named("States.Timeout");
          });
          return Promise.race([died, functions.call(name, input, process)]);
        });
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
