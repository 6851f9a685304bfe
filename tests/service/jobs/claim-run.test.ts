import { type ChildProcess, spawn } from "node:child_process";
import { hostname } from "node:os";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { claimRun } from "../../../src/service/jobs/claim-run.ts";
import { createRunLock } from "../../../src/store/dynamodb/run-lock.ts";
import { createScanner } from "../../../src/store/dynamodb/scan.ts";
import type { RunClaim, RunLock } from "../../../src/store/run-lock.ts";
import { at } from "../../support/builders/times.ts";
import { tableWith } from "../../support/processes/backfill.ts";
import { describeStores, type TestStore } from "../../support/processes/stores.ts";

const NOW = Date.parse(at("12:00"));
const whole = { segments: 4, from: 0, to: 3 };

/** A process that is there, and is not this one. */
let other: ChildProcess;
/** The id of one that was there. */
let deadPid: number;
beforeAll(async () => {
  other = spawn(process.execPath, ["--eval", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
  const dead = spawn(process.execPath, ["--eval", ""], { stdio: "ignore" });
  deadPid = dead.pid as number;
  await new Promise((done) => dead.once("exit", done));
});
afterAll(() => other.kill("SIGKILL"));
afterEach(() => void vi.useRealTimers());

describeStores("A run that writes", (open) => {
  let opened: TestStore;
  let lock: RunLock;
  beforeEach(async () => {
    opened = await tableWith(open().endpoint, []);
    lock = createRunLock(opened.client, opened.tables);
  });

  const claimed = (by: Partial<RunClaim>) =>
    lock.claim(
      { run: "theirs", host: hostname(), pid: other.pid as number, ...whole, heartbeatAt: at("11:59:50"), ...by },
      true,
    );
  const claim = (wanted: Partial<typeof whole> = {}, { force = false, onLost = () => {} } = {}) =>
    claimRun(lock, { run: "mine", ...whole, ...wanted }, { force, onLost, now: () => NOW });
  const runs = async () => (await lock.claims()).map(({ run }) => run).sort();

  it("claims the table until it gives it back, unseen by a scan", async () => {
    const release = await claim();
    expect(await lock.claims()).toEqual([
      { run: "mine", host: hostname(), pid: process.pid, ...whole, heartbeatAt: at("12:00") },
    ]);
    for await (const { learners } of createScanner(opened.client, opened.tables).segment(0, 1))
      expect(learners).toEqual([]);
    await release();
    expect(await lock.claims()).toEqual([]);
  });

  describe.each<[string, () => Partial<RunClaim>]>([
    ["a process on this machine", () => ({})],
    ["one that was silent, but is there", () => ({ heartbeatAt: at("10:00") })],
    ["another machine, heard of 59 seconds ago", () => ({ host: "elsewhere", heartbeatAt: at("11:59:01") })],
    ["a run of other parts of the table", () => ({ segments: 5 })],
    ["a run of some of these parts", () => ({ from: 3, to: 3 })],
  ])("beside %s", (_, by) => {
    it("is refused, and told what to do", async () => {
      await claimed(by());
      await expect(claim()).rejects.toThrow(
        /^The run theirs is writing to this table: process \d+ on \S+, last heard of \d+ s ago\. .*--force\.$/,
      );
      expect(await runs()).toEqual(["theirs"]);
    });

    it("takes over by force", async () => {
      await claimed(by());
      await claim({}, { force: true });
      expect(await runs()).toEqual(["mine"]);
    });
  });

  it.each<[string, () => Partial<RunClaim>]>([
    ["whose process is gone", () => ({ pid: deadPid })],
    ["of this process", () => ({ pid: process.pid, run: "mine" })],
    ["of another machine, not heard of for a minute", () => ({ host: "elsewhere", heartbeatAt: at("11:59:00") })],
  ])("takes over from a run %s", async (_, by) => {
    await claimed(by());
    await claim();
    expect(await runs()).toEqual(["mine"]);
  });

  it("goes beside runs for other parts of the table", async () => {
    for (const from of [0, 4, 12])
      await claimed({ run: `part-${from}`, segments: 16, from, to: from + 3, host: "elsewhere" });
    await claim({ segments: 16, from: 8, to: 11 });
    expect(await runs()).toEqual(["mine", "part-0", "part-12", "part-4"]);
    await expect(claim({ segments: 16, from: 7, to: 8 })).rejects.toThrow("The run part-4 is writing");
  });

  it("of two that begin at once lets no more than one go", async () => {
    const theirs = { run: "theirs", host: "elsewhere", pid: 1, ...whole, heartbeatAt: at("12:00") };
    const late: RunLock = {
      ...lock,
      async claim(given, isFirst) {
        await lock.claim(theirs, true);
        return lock.claim(given, isFirst);
      },
    };
    const attempt = claimRun(late, { run: "mine", ...whole }, { force: false, onLost: () => {}, now: () => NOW });
    await expect(attempt).rejects.toThrow("The run theirs is writing");
    expect(await runs()).toEqual(["theirs"]);
  });

  it("gives signs of life, and learns that somebody has taken over", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    let now = NOW;
    const onLost = vi.fn();
    const release = await claimRun(lock, { run: "mine", ...whole }, { force: false, onLost, now: () => now });
    now += 10_000;
    vi.advanceTimersByTime(10_000);
    await vi.waitFor(async () => expect(await lock.claims()).toMatchObject([{ heartbeatAt: at("12:00:10") }]));
    expect(onLost).not.toHaveBeenCalled();

    await claimed({ run: "mine" });
    vi.advanceTimersByTime(10_000);
    await vi.waitFor(() => expect(onLost).toHaveBeenCalled());
    expect(await lock.claims()).toMatchObject([{ pid: other.pid }]);
    await release();
    expect(await runs()).toEqual(["mine"]);
  });
});
