import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import type { RollbackOptions } from "../../../../src/service/jobs/remote-rollback.ts";
import { rollbackFiles } from "../../../../src/service/jobs/rollback-files.ts";
import type { RollbackMode } from "../../../../src/service/jobs/rollback-tally.ts";
import { at } from "../../../support/builders/times.ts";
import { memoryBucket } from "../../../support/fakes/memory-bucket.ts";
import { flag, putRow, readJson, rollback } from "../../../support/processes/backfill.ts";
import { holds } from "../../../support/vitest/property.ts";
import { RUNS } from "../../../support/vitest/runs.ts";
import { badData, CATALOG, everyKind, missing, missingAll, right } from "../learners.ts";
import { anyFate, invokeBy } from "./fates.ts";
import {
  backfill,
  dumpOf,
  execute,
  type Functions,
  fetched,
  functionsOn,
  type Row,
  requestOf,
  resetRows,
  runsFolder,
  sqliteStore,
} from "./on-aws.ts";
import { SETTINGS } from "./settings.ts";

const open = sqliteStore();
const { bucket, objects } = memoryBucket();

const BACKFILL = {
  dryRun: false,
  batchSize: 2,
  skipSynced: false,
  segments: 3,
  segmentRange: { from: 0, to: 2 },
  concurrency: 2,
  revoke: true,
  revokeUnknown: true,
};
const everybody: Row[] = [...everyKind("ada"), ...everyKind("bob"), ...badData("cyd"), ...missingAll("dan")];

let functions: Functions;
beforeEach(() => {
  functions = functionsOn(open(), bucket, CATALOG);
});

/** What the store keeps for itself is no learner's: a lease is there only while somebody works. */
const learnersIn = async () =>
  (await dumpOf(open())).filter((item) => !JSON.parse(item).learner_id.startsWith("\u0001"));

/** A table on which a backfill has been worked on AWS. */
async function backfilled(rows: readonly Row[]) {
  await resetRows(open(), rows);
  const request = requestOf(BACKFILL);
  expect(await execute(request, functions)).toMatchObject({ status: "SUCCEEDED" });
  return request;
}

const undoOf = ({ job, run }: { job: string; run: string }, mode: RollbackMode = "write") => {
  const source = { job, run };
  // Few bytes, so that the changes of a few learners have several segments.
  const options: RollbackOptions = {
    mode,
    dryRun: mode !== "write",
    concurrency: 2,
    segments: 5,
    segmentBytes: 900,
    source,
  };
  return requestOf(options, { job: "rollback" });
};

/** What a rollback wrote down, without what is another's at another time. */
function writtenIn(folder: string, mode: RollbackMode) {
  const { summary, failures } = rollbackFiles(mode);
  const { undone, already_as_before: already, not_undone: notUndone } = readJson(folder, summary);
  return { undone, already, notUndone, kept: readJson(folder, failures) };
}

/** Events that came after the run: one has moved a flag that it set, another is gone. */
async function changedSince(): Promise<void> {
  await putRow(open(), ["ada-missing", "COURSE#ruby", flag(at("10:30"))]);
  await putRow(open(), ["bob-missing", "COURSE#ruby", {}]);
}

const CASES: [what: string, rows: Row[], more?: { since?: () => Promise<void>; mode?: RollbackMode }][] = [
  ["gives the table back to the byte", everybody],
  ["leaves what events have changed since, and lists it with the reason", everybody, { since: changedSince }],
  ["says in a dry run what it would do", everybody, { since: changedSince, mode: "dry-run" }],
  ["verifies that nothing has gone back", everybody, { mode: "verify" }],
  ["has nothing to undo where the run changed nothing", right("ada")],
];

describe.each(SETTINGS)("A rollback %s", (_, work) => {
  it.each(CASES)("%s, as in the command", async (_, rows, { since = async () => {}, mode = "write" } = {}) => {
    const first = await backfilled(rows);
    const changes = readJson(await fetched(bucket, first), "backfill-changes.json");
    await since();
    const here = await rollback(open().store, changes, mode);
    const wanted = await learnersIn();

    const source = await backfilled(rows);
    await since();
    const request = undoOf(source, mode);
    await work(request, functions);
    expect(writtenIn(await fetched(bucket, request), mode)).toEqual(here);
    expect(await learnersIn()).toEqual(wanted);
    const left = [...objects.keys()].filter((key) => key.includes(`${request.run}/work/`));
    expect([left, await open().leases.all()]).toEqual([[], []]);
  });

  it("finds nothing more to do when it is done twice, and then verifies it", async () => {
    await resetRows(open(), everybody);
    const before = await learnersIn();
    const source = await backfilled(everybody);
    await work(undoOf(source), functions);
    expect(await learnersIn()).toEqual(before);
    const [again, verify] = [undoOf(source), undoOf(source, "verify")];
    await work(again, functions);
    await work(verify, functions);
    const twice = writtenIn(await fetched(bucket, again), "write");
    expect(twice).toMatchObject({ undone: 0, notUndone: 0, already: expect.any(Number) });
    expect(writtenIn(await fetched(bucket, verify), "verify")).toEqual(twice);
  });
});

it("A rollback counts and leaves what one process does, however often its functions die, are stopped, or are invoked twice", async () => {
  await holds(
    fc.asyncProperty(
      fc.record({
        fates: fc.array(anyFate, { maxLength: 7 }),
        segmentBytes: fc.constantFrom(700, 2_000, 1_000_000),
        secondsPerLook: fc.constantFrom(0, 7),
        isChanged: fc.boolean(),
      }),
      async ({ fates, segmentBytes, secondsPerLook, isChanged }) => {
        const rows = [...everyKind("ada"), ...missing("bob-missing"), ...missingAll("dan")];
        await resetRows(open(), rows);
        const { folder } = await backfill(open(), CATALOG, { ...BACKFILL, folder: runsFolder() });
        if (isChanged) await changedSince();
        const here = await rollback(open().store, readJson(folder, "backfill-changes.json"));
        const wanted = await learnersIn();

        functions = functionsOn(open(), bucket, CATALOG, { secondsPerLook });
        const source = await backfilled(rows);
        if (isChanged) await changedSince();
        const asked = undoOf(source);
        const request = { ...asked, options: { ...asked.options, segmentBytes } };
        const ended = await execute(request, functions, invokeBy(fates, functions, { ...open(), bucket }));
        expect(ended).toMatchObject({ status: "SUCCEEDED" });
        expect(writtenIn(await fetched(bucket, request), "write")).toEqual(here);
        expect(await learnersIn()).toEqual(wanted);
        expect(await open().leases.all()).toEqual([]);
        objects.clear();
      },
    ),
    RUNS.sqlite.history,
  );
});

describe("A run that did not finish", () => {
  it("can be undone from what its segments wrote and announced, and then does not go on", async () => {
    await holds(
      fc.asyncProperty(fc.array(anyFate, { minLength: 1, maxLength: 5 }), async (fates) => {
        await resetRows(open(), everybody);
        const before = await learnersIn();
        functions = functionsOn(open(), bucket, CATALOG, { secondsPerLook: 7 });
        const request = requestOf(BACKFILL);
        const invoke = invokeBy(fates, functions, { ...open(), bucket });
        const invocations: Promise<unknown>[] = [];
        let count = 0;
        const ended = await execute(request, functions, async (name, input) => {
          if (name === "segment" && ++count > fates.length + 1) throw new Error("Out of memory");
          const invocation = invoke(name, input);
          invocations.push(invocation);
          return invocation;
        });
        if (ended.status === "FAILED") {
          // Functions that were at work when another one failed go on to their end, which is within 900 seconds.
          await Promise.allSettled(invocations);
          functions.pass(900);
          expect(await execute(undoOf(request), functions)).toMatchObject({ status: "SUCCEEDED" });
          expect(await learnersIn()).toEqual(before);
          const cause = expect.stringContaining("has been rolled back. Begin a new one.");
          const goesOn = await execute({ ...request, options: undefined }, functions);
          expect(goesOn).toMatchObject({ status: "FAILED", error: "JobRefused", cause });
        }
        objects.clear();
      }),
      RUNS.sqlite.history,
    );
  });

  it("is refused while one of its functions may still be working", async () => {
    await resetRows(open(), everybody);
    const request = requestOf(BACKFILL);
    await functions.call("plan", { execution: request.run, request });
    const held = await open().leases.all();
    const record = { segment: 1, generation: 1, position: null, done: false, tally: {}, consumed: { rcu: 0, wcu: 0 } };
    const until = Date.parse(at("12:10"));
    await bucket.write(
      `backfill/${request.run}/work/segments/00000001.json`,
      JSON.stringify({ ...record, parts: { changes: 0, failures: 0 }, epoch: 0, claim: { worker: "w", until } }),
    );
    for (const lease of held) await open().leases.release(lease);
    const cause = expect.stringContaining(`until ${at("12:10")}`);
    expect(await execute(undoOf(request), functions)).toMatchObject({ status: "FAILED", error: "JobRefused", cause });
    expect(await open().leases.all()).toEqual([]);
  });
});

it.each<[string, (source: { job: string; run: string }) => { job: string; run: string }, RegExp]>([
  [
    "that is not in the bucket",
    () => ({ job: "backfill", run: "other" }),
    /There is no run backfill\/other\/ in the bucket/,
  ],
  ["of another job", ({ run }) => ({ job: "rollback", run }), /nothing that can be rolled back/],
  ["that was dry", (source) => source, /is a dry run: it changed nothing/],
])("A rollback of a run %s is refused", async (what, other, message) => {
  await resetRows(open(), missing("ada"));
  const source = requestOf({ ...BACKFILL, dryRun: what === "that was dry" });
  await execute(source, functions);
  const cause = expect.stringMatching(message);
  const ended = await execute(undoOf(other(source)), functions);
  expect(ended).toMatchObject({ status: "FAILED", error: "JobRefused", cause });
  expect(await open().leases.all()).toEqual([]);
});
