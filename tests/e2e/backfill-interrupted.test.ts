import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Checkpoint } from "../../src/service/jobs/run.ts";
import { badData, CONTENT, missing, missingAll, right, unsupported } from "../service/jobs/learners.ts";
import { type Fate, type StoreProxy, startStoreProxy } from "../support/fakes/store-proxy.ts";
import {
  countsOf,
  dumpOf,
  dynaliteForFile,
  filesOf,
  putRows,
  type Row,
  type RunFiles,
  readJson,
  tableWith,
  withoutRunTime,
} from "../support/processes/backfill.ts";
import { commandHere } from "../support/processes/command-here.ts";
import { command, outputFolder, startCommand } from "../support/processes/commands.ts";
import { eventually, run, temporaryFolder, writeContent } from "../support/processes/service.ts";
import { openTestStore, type TestStore } from "../support/processes/stores.ts";

const endpoint = dynaliteForFile();
const CONTENT_DIR = writeContent(temporaryFolder(), CONTENT);
const OPTIONS = ["--batch-size=5", "--segments=2", "--concurrency=4", "--skip-synced"];
/** So that a run takes a few seconds, and writes a few checkpoints. */
const DELAY_MS = 12;

const kinds = [missing, unsupported, missingAll, right, missing];
const LEARNERS: Row[] = Array.from({ length: 150 }, (_, index) =>
  (index % 50 === 7 ? badData : (kinds[index % kinds.length] as typeof missing))(`learner-${index}`),
).flat();

let proxy: StoreProxy;
beforeAll(async () => {
  proxy = await startStoreProxy(endpoint());
});
beforeEach(() => proxy.reset());

const on = ({ tables }: TestStore) => ({
  CONTENT_DIR,
  STORE: proxy.endpoint,
  TABLE_PREFIX: tables.progress.replace(/-progress$/, ""),
});
const table = (rows: readonly Row[] = LEARNERS) => tableWith(endpoint(), rows);
const withoutRecordedAt = (items: string[]) => items.map((item) => item.replace(/"recorded_at":"[^"]*"/, ""));

/** What an uninterrupted run makes of an identical table. */
let control: RunFiles & { before: string[]; after: string[]; writes: number };
beforeAll(async () => {
  const opened = await openTestStore(endpoint());
  await putRows(opened, LEARNERS);
  const before = await dumpOf(opened);
  const out = outputFolder();
  expect((await commandHere("backfill", [...OPTIONS, out.option], on(opened))).code).toBe(1);
  control = { ...filesOf(out.run()), before, after: await dumpOf(opened), writes: Number(proxy.passed.UpdateItem) };
  opened.client.destroy();
});

async function expectAsUninterrupted(opened: TestStore, folder: string) {
  const { changes, failures, summary } = filesOf(folder);
  expect(withoutRunTime(changes)).toEqual(withoutRunTime(control.changes));
  expect(changes.map(({ contact_id }) => contact_id)).toEqual(control.changes.map(({ contact_id }) => contact_id));
  expect(failures).toEqual(control.failures);
  expect(countsOf(summary)).toEqual(countsOf(control.summary));
  expect(withoutRecordedAt(await dumpOf(opened))).toEqual(withoutRecordedAt(control.after));
}

/** The learners that the run had done when it wrote its last checkpoint. */
function doneIn(folder: string): string[] {
  const { segments } = readJson(folder, "checkpoint.json") as Checkpoint;
  return Object.entries(segments).flatMap(([segment, { lengths }]) =>
    (["changes", "failures"] as const).flatMap((kind) =>
      readFileSync(join(folder, "parts", `${kind}-${segment}.ndjson`))
        .subarray(0, lengths[kind])
        .toString()
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line).contact_id as string),
    ),
  );
}

/** Kills a real run with SIGKILL at a write, once its checkpoint says that something is done. @returns its folder */
async function kill(opened: TestStore, fate: Fate): Promise<{ folder: string; done: string[] }> {
  const out = outputFolder();
  const { child, exited } = startCommand("backfill", [...OPTIONS, out.option], on(opened));
  let isKilled = false;
  proxy.decide = async ({ command: name }) => {
    await sleep(DELAY_MS);
    if (isKilled || name !== "UpdateItem" || doneIn(out.run()).length === 0) return isKilled ? "hang" : "pass";
    isKilled = true;
    child.kill("SIGKILL");
    return fate;
  };
  expect(await exited).toEqual({ code: null, signal: "SIGKILL" });
  expect(isKilled).toBe(true);
  return { folder: out.run(), done: doneIn(out.run()) };
}

describe("A process that is killed in the middle of a run", () => {
  it.each<[string, Fate]>([
    ["before a flag is written", "hang"],
    ["between a flag's write and its being written down", "hang after"],
  ])("%s goes on where it was, and ends as if nothing had happened", async (_, fate) => {
    const opened = await table();
    const { folder, done } = await kill(opened, fate);
    expect(existsSync(join(folder, "backfill-summary.json"))).toBe(false);
    expect(done.length).toBeLessThan(control.changes.length);

    const writes = Number(proxy.passed.UpdateItem);
    proxy.reset();
    const { code, output } = await commandHere("backfill", [`--resume=${folder}`], on(opened));
    expect(output).toMatch(/^run {6}\S+, resumed$/m);
    expect(code).toBe(1);
    await expectAsUninterrupted(opened, folder);
    expect(writes + Number(proxy.passed.UpdateItem)).toBe(control.writes);
    const readAgain = proxy.seen
      .filter(({ command: name }) => name === "Query")
      .map(({ body }) => (body.ExpressionAttributeValues as Record<string, { S: string }>)[":learner"]?.S);
    expect(readAgain.filter((learner) => done.includes(String(learner)))).toEqual([]);

    const finished = await commandHere("backfill", [`--resume=${folder}`], on(opened));
    expect(finished).toMatchObject({
      code: 2,
      output: expect.stringContaining("is finished; there is nothing to resume"),
    });
  });

  it("can be rolled back to the byte", async () => {
    const opened = await table();
    const { folder } = await kill(opened, "hang after");
    proxy.reset();
    const { code, output } = await commandHere("rollback", [`--run=${folder}`], on(opened));
    expect(output).toMatch(/^run {6}\S+, which did not finish; undoing it$/m);
    expect(code).toBe(0);
    expect(await dumpOf(opened)).toEqual(control.before);
    const resumed = await commandHere("backfill", [`--resume=${folder}`], on(opened));
    expect(resumed).toMatchObject({ code: 2, output: expect.stringMatching(/^error: .* has been rolled back/m) });
  });

  it("does not stand in the way of another run; nor can it go on under another catalog or on another table", async () => {
    const [opened, other] = [await table(), await table(missing("ada"))];
    const { folder } = await kill(opened, "hang");
    proxy.reset();
    const grown = writeContent(temporaryFolder(), {
      ...CONTENT,
      "courses/c.json": { slug: "c", modules: ["welcome"] },
    });
    const changed = await commandHere("backfill", [`--resume=${folder}`], { ...on(opened), CONTENT_DIR: grown });
    expect(changed).toMatchObject({ code: 2, output: expect.stringMatching(/^error: The run began under catalog/m) });
    const elsewhere = await commandHere("backfill", [`--resume=${folder}`], on(other));
    expect(elsewhere).toMatchObject({ code: 2, output: expect.stringMatching(/^error: The run began on endpoint/m) });

    const out = outputFolder();
    expect((await commandHere("backfill", [...OPTIONS, out.option], on(opened))).code).toBe(1);
    expect(withoutRecordedAt(await dumpOf(opened))).toEqual(withoutRecordedAt(control.after));
  });
});

/** A run whose n-th write waits until it is let go. */
function held(opened: TestStore, count: number, option: string) {
  const { promise: isHeld, resolve: hold } = Promise.withResolvers<void>();
  const { promise: isFree, resolve: free } = Promise.withResolvers<void>();
  proxy.decide = async ({ command: name, number }): Promise<Fate> => {
    if (name !== "UpdateItem" || number !== count) return "pass";
    hold();
    await isFree;
    return "pass";
  };
  return { ...startCommand("backfill", [...OPTIONS, option], on(opened)), isHeld, free };
}

it("A run that gets Ctrl-C ends the learners in hand, says how to go on, and goes on", async () => {
  const opened = await table();
  const out = outputFolder();
  const { child, output, exited, isHeld, free } = held(opened, 30, out.option);
  await isHeld;
  child.kill("SIGINT");
  await eventually(() => expect(output()).toContain("Stopping after the learners in hand …"));
  free();
  expect(await exited).toEqual({ code: 130, signal: null });
  const [, told] =
    /^Interrupted after \d+ learners\. Go on with: npm run backfill -- (--resume=\S+)$/m.exec(output()) ?? [];
  expect(told).toBe(`--resume=${out.run()}`);
  expect(existsSync(join(out.run(), "backfill-summary.json"))).toBe(false);
  expect((await dumpOf(opened)).filter((item) => item.includes("RUN#"))).toEqual([]);

  // By its name, too.
  const resumed = await commandHere("backfill", ["--resume", out.runs()[0] as string, out.option], on(opened));
  expect(resumed.code).toBe(1);
  await expectAsUninterrupted(opened, out.run());
});

it("A second live run beside one that is going is refused; a dry one is not, and --force overrides", async () => {
  const opened = await table();
  const [first, second] = [outputFolder(), outputFolder()];
  const { child, exited, isHeld, free } = held(opened, 3, first.option);
  await isHeld;
  const refused = await commandHere("backfill", [...OPTIONS, second.option], on(opened));
  expect(refused.code).toBe(2);
  expect(refused.output).toMatch(/^error: The run \S+ is writing to this table: process \d+ on .* give --force\.$/m);
  expect(second.runs()).toEqual([]);
  const rollback = await commandHere("rollback", [`--run=${first.run()}`], on(opened));
  expect(rollback).toMatchObject({ code: 2, output: expect.stringContaining("is writing to this table") });
  expect((await commandHere("backfill", ["--dry-run", ...OPTIONS, second.option], on(opened))).code).toBe(1);
  expect((await commandHere("backfill", ["--force", ...OPTIONS, second.option], on(opened))).code).toBe(1);
  child.kill("SIGKILL");
  free();
  await exited;
  expect(withoutRecordedAt(await dumpOf(opened))).toEqual(withoutRecordedAt(control.after));
});

it("Four runs of four segments each, at once, do every learner exactly once", async () => {
  const opened = await table();
  const out = outputFolder();
  const ended = await Promise.all(
    ["0-3", "4-7", "8-11", "12-15"].map((range) =>
      command("backfill", ["--segments=16", `--segment-range=${range}`, "--skip-synced", out.option], on(opened)),
    ),
  );
  expect(ended.map(({ code }) => code).every((code) => code === 0 || code === 1)).toBe(true);
  const runs = out.runs().map((name) => filesOf(join(out.folder, name)));
  expect(runs).toHaveLength(4);
  const all = runs.flatMap(({ changes }) => changes);
  expect(withoutRunTime(all)).toEqual(withoutRunTime(control.changes));
  for (const count of [
    "total_contacts",
    "processed",
    "updated",
    "skipped_synced",
    "failed",
    "validation_errors",
  ] as const)
    expect(runs.reduce((sum, { summary }) => sum + summary[count], 0)).toBe(control.summary[count]);
});

describe("Progress", () => {
  const terminal = spawnSync("script", ["--version"]).status === 0;

  it.skipIf(!terminal)("is a bar on a terminal", async () => {
    const opened = await table();
    const line = ["node", "scripts/backfill-completion-flags.ts", "--dry-run", outputFolder().option].join(" ");
    // A terminal of its own, whose text comes back on standard output.
    const started = run(
      [
        "--eval",
        `require("node:child_process").spawnSync("script", ["-qec", ${JSON.stringify(line)}, "/dev/null"], { stdio: ["ignore", "inherit", "inherit"] })`,
      ],
      on(opened),
    );
    await started.exited;
    expect(started.output()).toMatch(/[█░]{10,} \d+ % \| \d+ learners, \d+ a second \| \S+ left/);
    expect(started.output()).toMatch(/^150 learners in /m);
  });
});
