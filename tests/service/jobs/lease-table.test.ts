import { type ChildProcess, spawn } from "node:child_process";
import { hostname } from "node:os";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { leaseTable } from "../../../src/service/jobs/lease-table.ts";
import { createRunLeases } from "../../../src/store/dynamodb/run-leases.ts";
import { createScanner } from "../../../src/store/dynamodb/scan.ts";
import type { RunLease, RunLeases } from "../../../src/store/run-leases.ts";
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
  let leases: RunLeases;
  beforeEach(async () => {
    opened = await tableWith(open().endpoint, []);
    leases = createRunLeases(opened.client, opened.tables);
  });

  const leased = (by: Partial<RunLease>) =>
    leases.lease(
      { run: "theirs", host: hostname(), pid: other.pid as number, ...whole, heartbeatAt: at("11:59:50"), ...by },
      true,
    );
  const lease = (wanted: Partial<typeof whole> = {}, { force = false, onLost = () => {} } = {}) =>
    leaseTable(leases, { run: "mine", ...whole, ...wanted }, { force, onLost, now: () => NOW });
  const runs = async () => (await leases.all()).map(({ run }) => run).sort();

  it("all the table until it gives it back, unseen by a scan", async () => {
    const release = await lease();
    expect(await leases.all()).toEqual([
      { run: "mine", host: hostname(), pid: process.pid, ...whole, heartbeatAt: at("12:00") },
    ]);
    for await (const { learners } of createScanner(opened.client, opened.tables).segment(0, 1))
      expect(learners).toEqual([]);
    await release();
    expect(await leases.all()).toEqual([]);
  });

  describe.each<[string, () => Partial<RunLease>]>([
    ["a process on this machine", () => ({})],
    ["one that was silent, but is there", () => ({ heartbeatAt: at("10:00") })],
    ["another machine, heard of 59 seconds ago", () => ({ host: "elsewhere", heartbeatAt: at("11:59:01") })],
    ["a run of other parts of the table", () => ({ segments: 5 })],
    ["a run of some of these parts", () => ({ from: 3, to: 3 })],
  ])("beside %s", (_, by) => {
    it("is refused, and told what to do", async () => {
      await leased(by());
      await expect(lease()).rejects.toThrow(
        /^The run theirs is writing to this table: process \d+ on \S+, last heard of \d+ s ago\. .*--force\.$/,
      );
      expect(await runs()).toEqual(["theirs"]);
    });

    it("takes over by force", async () => {
      await leased(by());
      await lease({}, { force: true });
      expect(await runs()).toEqual(["mine"]);
    });
  });

  it.each<[string, () => Partial<RunLease>]>([
    ["whose process is gone", () => ({ pid: deadPid })],
    ["of this process", () => ({ pid: process.pid, run: "mine" })],
    ["of another machine, not heard of for a minute", () => ({ host: "elsewhere", heartbeatAt: at("11:59:00") })],
  ])("takes over from a run %s", async (_, by) => {
    await leased(by());
    await lease();
    expect(await runs()).toEqual(["mine"]);
  });

  it("goes beside runs for other parts of the table", async () => {
    for (const from of [0, 4, 12])
      await leased({ run: `part-${from}`, segments: 16, from, to: from + 3, host: "elsewhere" });
    await lease({ segments: 16, from: 8, to: 11 });
    expect(await runs()).toEqual(["mine", "part-0", "part-12", "part-4"]);
    await expect(lease({ segments: 16, from: 7, to: 8 })).rejects.toThrow("The run part-4 is writing");
  });

  it("of two that begin at once lets no more than one go", async () => {
    const theirs = { run: "theirs", host: "elsewhere", pid: 1, ...whole, heartbeatAt: at("12:00") };
    const late: RunLeases = {
      ...leases,
      async lease(given, isFirst) {
        await leases.lease(theirs, true);
        return leases.lease(given, isFirst);
      },
    };
    const attempt = leaseTable(late, { run: "mine", ...whole }, { force: false, onLost: () => {}, now: () => NOW });
    await expect(attempt).rejects.toThrow("The run theirs is writing");
    expect(await runs()).toEqual(["theirs"]);
  });

  it("gives signs of life, and learns that somebody has taken over", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    let now = NOW;
    const onLost = vi.fn();
    const release = await leaseTable(leases, { run: "mine", ...whole }, { force: false, onLost, now: () => now });
    now += 10_000;
    vi.advanceTimersByTime(10_000);
    await vi.waitFor(async () => expect(await leases.all()).toMatchObject([{ heartbeatAt: at("12:00:10") }]));
    expect(onLost).not.toHaveBeenCalled();

    await leased({ run: "mine" });
    vi.advanceTimersByTime(10_000);
    await vi.waitFor(() => expect(onLost).toHaveBeenCalled());
    expect(await leases.all()).toMatchObject([{ pid: other.pid }]);
    await release();
    expect(await runs()).toEqual(["mine"]);
  });
});
