import aslValidator from "asl-validator";
import { beforeEach, describe, expect, it } from "vitest";
import type { Machine } from "../../../../infra/job-machine.ts";
import type { SegmentAnswer } from "../../../../src/service/jobs/remote/calls.ts";
import { catalogOf } from "../../../support/builders/catalogs.ts";
import { DefinitionFault } from "../../../support/states/paths.ts";
import { runMachine } from "../../../support/states/run-machine.ts";
import { CATALOG, CONTENT, everyKind } from "../learners.ts";
import {
  backfill,
  bucketForFile,
  comparable,
  dumpOf,
  execute,
  type Functions,
  fetched,
  filesIn,
  filesOf,
  functionsOn,
  MACHINE,
  type Row,
  requestOf,
  resetRows,
  runsFolder,
  sqliteStore,
} from "./on-aws.ts";

const open = sqliteStore();
const bucket = bucketForFile();
const ROWS: Row[] = [...everyKind("ada"), ...everyKind("bob"), ...everyKind("cyd")];
const OPTIONS = {
  dryRun: false,
  batchSize: 1,
  skipSynced: false,
  segments: 4,
  segmentRange: { from: 0, to: 3 },
  concurrency: 2,
  revoke: true,
  revokeUnknown: false,
};

let functions: Functions;
let wanted: ReturnType<typeof comparable>;
beforeEach(async () => {
  await resetRows(open(), ROWS);
  const { folder } = await backfill(open(), CATALOG, { ...OPTIONS, folder: runsFolder() });
  wanted = comparable({ files: filesIn(folder), flags: await dumpOf(open()) });
  await resetRows(open(), ROWS);
  functions = functionsOn(open(), bucket().bucket, CATALOG);
});

const goOn = (request: ReturnType<typeof requestOf>) => ({ ...request, options: undefined });

async function expectAsInOneProcess(request: ReturnType<typeof requestOf>) {
  const files = filesIn(await fetched(bucket().bucket, request));
  expect(comparable({ files, flags: await dumpOf(open()) })).toEqual(wanted);
}

describe("A run on AWS", () => {
  it("does all other segments when one fails for good, says which, and goes on when that is mended", async () => {
    const request = requestOf(OPTIONS);
    const ended = await execute(request, functions, async (name, input) => {
      if (name === "segment" && (input as SegmentAnswer).segment === 2) throw new Error("Out of memory");
      return functions.call(name, input);
    });
    const message = expect.stringMatching(/^1 segments failed for good: 2\. /);
    expect(ended).toEqual({ status: "FAILED", error: "Unfinished", cause: message });
    expect(await open().leases.all()).toEqual([]);
    expect(await execute(goOn(request), functions)).toMatchObject({ status: "SUCCEEDED" });
    await expectAsInOneProcess(request);
  });

  it("stops when it is asked to, and goes on later", async () => {
    const request = requestOf(OPTIONS);
    const stop = `backfill/${request.run}/stop.json`;
    const ended = await execute(request, functions, async (name, input) => {
      if (name === "segment") await bucket().bucket.write(stop, "{}");
      return functions.call(name, input);
    });
    expect(ended).toEqual({
      status: "FAILED",
      error: "Stopped",
      cause: expect.stringMatching(/4 segments are not done/),
    });
    expect(await open().leases.all()).toEqual([]);
    expect(await execute(goOn(request), functions)).toMatchObject({ status: "SUCCEEDED" });
    await expectAsInOneProcess(request);
  });

  it("is refused beside another that writes, and by force takes the table over", async () => {
    const [first, second] = [requestOf(OPTIONS, { at_once: 1 }), requestOf(OPTIONS)];
    const outcomes: unknown[] = [];
    const ended = await execute(first, functions, async (name, input) => {
      if (name === "segment" && outcomes.length === 0)
        for (const force of [false, true]) outcomes.push(await execute({ ...second, force }, functions));
      return functions.call(name, input);
    });
    const cause = expect.stringContaining(`The run ${first.run} is writing to this table: execution ${first.run}`);
    expect(outcomes).toMatchObject([{ status: "FAILED", error: "RunRefused", cause }, { status: "SUCCEEDED" }]);
    expect(ended).toMatchObject({ status: "FAILED", error: "Unfinished" });
  });

  it("goes on under the catalog that it began with, whatever is published meanwhile", async () => {
    const other = catalogOf({ ...CONTENT, "courses/git.json": { slug: "git", modules: ["strings"] } });
    let current = CATALOG;
    functions = functionsOn(open(), bucket().bucket, () => current);
    const request = requestOf(OPTIONS);
    const ended = await execute(request, functions, async (name, input) => {
      if (name === "segment") current = other;
      return functions.call(name, input);
    });
    expect(ended).toMatchObject({ status: "SUCCEEDED" });
    await expectAsInOneProcess(request);
  });

  it("shares what it may consume among the segments that go at once", async () => {
    const plan = async (more: object) =>
      functions.call("plan", { execution: "e", request: requestOf({ ...OPTIONS, dryRun: true }, more) });
    const units = { max_rcu: 1_000, max_wcu: 90 };
    expect(await plan({ at_once: 3, ...units })).toMatchObject({
      at_once: 3,
      share: { max_rcu: 1_000 / 3, max_wcu: 30 },
    });
    expect(await plan({ at_once: 40, ...units })).toMatchObject({ at_once: 4, share: { max_rcu: 250, max_wcu: 22.5 } });
    expect(await plan({ at_once: 2 })).toMatchObject({ share: { max_rcu: null, max_wcu: null } });
  });

  it("answers a segment again as before when an answer was lost, and works nothing twice", async () => {
    const request = requestOf(OPTIONS);
    const planned = (await functions.call("plan", { execution: "e", request })) as object;
    const call = { ...planned, segment: 0, generation: 0 };
    const first = await functions.call("segment", call);
    const requests = bucket().stub.requests.length;
    expect(await functions.call("segment", call)).toEqual(first);
    expect(
      bucket()
        .stub.requests.slice(requests)
        .filter((one) => one.startsWith("PUT")),
    ).toEqual([]);
  });

  it("leaves a segment alone that another invocation may still be working", async () => {
    const request = requestOf(OPTIONS);
    const planned = (await functions.call("plan", { execution: "e", request })) as object;
    const call = { ...planned, segment: 1, generation: 0 };
    const answers = await Promise.all([functions.call("segment", call), functions.call("segment", call)]);
    expect(answers.map((answer) => (answer as SegmentAnswer).state).sort()).toEqual(["busy", "done"]);
  });

  it.each([
    ["what is not there", (run: string) => `There is no run backfill/${run}/ in the bucket`],
    ["what is finished", (run: string) => `The run ${run} is finished`],
  ])("does not go on with %s", async (what, message) => {
    const request = requestOf(OPTIONS);
    if (what === "what is finished") await execute(request, functions);
    const cause = expect.stringContaining(message(request.run));
    expect(await execute(goOn(request), functions)).toMatchObject({ status: "FAILED", error: "JobRefused", cause });
  });

  it("keeps its files whole when a bucket's answers are lost", async () => {
    const { stub } = bucket();
    let count = 0;
    stub.fails = (request) => (request.startsWith("PUT") && ++count % 3 === 0 ? "after" : undefined);
    const request = requestOf(OPTIONS);
    try {
      expect(await execute(request, functions)).toMatchObject({ status: "SUCCEEDED" });
    } finally {
      stub.fails = () => undefined;
    }
    await expectAsInOneProcess(request);
    expect(filesOf(await fetched(bucket().bucket, request)).summary.run).toBe(request.run);
  });
});

describe("The state machine", () => {
  it("is what Amazon States Language takes", () => {
    const { isValid, errorsText } = aslValidator(structuredClone(MACHINE));
    expect({ isValid, errors: errorsText("\n") }).toEqual({ isValid: true, errors: "" });
  });

  it.each<[string, (machine: Machine) => object]>([
    ["a state of another type", ({ States }) => ({ ...States.Done, Type: "Parallel" })],
    ["a field that is not known", ({ States }) => ({ ...States.Plan, HeartbeatSeconds: 1 })],
    ["a path of another form", ({ States }) => ({ ...States.Plan, Parameters: { "request.$": "$.list[0]" } })],
  ])("is refused by its interpreter with %s", async (_, alter) => {
    const machine = { ...MACHINE, States: { ...MACHINE.States, Plan: alter(MACHINE) } } as Machine;
    const around = { name: "e", invoke: async () => ({}), wait: async () => {} };
    await expect(runMachine(machine, {}, around)).rejects.toThrow(DefinitionFault);
  });
});
