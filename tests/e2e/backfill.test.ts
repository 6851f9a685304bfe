import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  badData,
  CATALOG,
  CONTENT,
  everyKind,
  missing,
  missingAll,
  right,
  unsupported,
} from "../service/jobs/learners.ts";
import { type StoreProxy, startStoreProxy, writesThrough } from "../support/fakes/store-proxy.ts";
import { dumpOf, dynaliteForFile, filesOf, type Row, readJson, tableWith } from "../support/processes/backfill.ts";
import { commandHere } from "../support/processes/command-here.ts";
import { command, type Ended, outputFolder } from "../support/processes/commands.ts";
import { completedModule, run, startService, temporaryFolder, writeContent } from "../support/processes/service.ts";
import type { TestStore } from "../support/processes/stores.ts";

const endpoint = dynaliteForFile();
const CONTENT_DIR = writeContent(temporaryFolder(), CONTENT);

let proxy: StoreProxy;
beforeAll(async () => {
  proxy = await startStoreProxy(endpoint());
});
beforeEach(() => proxy.reset());

/** The environment of a command that works on this table, through the proxy. */
const on = ({ tables }: TestStore) => ({
  CONTENT_DIR,
  STORE: proxy.endpoint,
  TABLE_PREFIX: tables.progress.replace(/-progress$/, ""),
});
const table = (rows: readonly Row[]) => tableWith(endpoint(), rows);

const expectOneLine = ({ code, output }: Ended, message: RegExp) => {
  expect(output).toMatch(message);
  expect({ code, lines: output.trim().split("\n").length }).toEqual({ code: 2, lines: 1 });
};

describe("The backfill command", () => {
  it("in a dry run writes nothing, prints a table, and leaves the files of a live run", async () => {
    const opened = await table([...everyKind("ada"), ...everyKind("bob")]);
    const [before, out] = [await dumpOf(opened), outputFolder()];
    const dry = await command("backfill", ["--dry-run", "--skip-synced", out.option], on(opened));
    expect(writesThrough(proxy)).toBe(0);
    expect(await dumpOf(opened)).toEqual(before);
    expect(dry.code).toBe(0);
    expect(dry.output).toContain(`store    ${proxy.endpoint}, table ${opened.tables.progress}\n`);
    expect(dry.output).toContain(`catalog  ${CATALOG.version}: 1 pathways, 2 courses, 5 modules\n`);
    expect(dry.output).toMatch(/^run {6}\S+, dry: nothing is written to the table$/m);
    expect(dry.output).toMatch(/^14 learners in \d+\.\d s \(\d+ a second, [\d.]+ read and 0 write units\)$/m);
    expect(dry.output).toMatch(/^ {2}8 would change: 10 course flags, 4 pathway flags$/m);
    expect(dry.output).toMatch(/^ {2}6 right already \(6 skipped\)$/m);
    expect(dry.output).toMatch(
      /^ {2}2 flags of what has no file any more are left as they are \(--revoke-unknown clears them\)$/m,
    );
    expect(dry.output).toMatch(/^ +set +cleared +moved\n {2}course ruby +4 +2 +2\n/m);
    expect(dry.output).toMatch(/Nothing was written to the table\. Run again without --dry-run to write it\.\n$/);
    const dryRun = out.run();

    const live = await command("backfill", ["--skip-synced", out.option], on(opened));
    expect(live.code).toBe(0);
    expect(writesThrough(proxy)).toBeGreaterThan(14);
    const [would, did] = [filesOf(dryRun), filesOf(out.run())];
    const withoutTime = (text: string) => text.replace(/"recorded_at":"[^"]*"/g, "");
    const changesIn = (run: string) => withoutTime(readFileSync(join(run, "backfill-changes.json"), "utf8"));
    expect(changesIn(out.run())).toBe(changesIn(dryRun));
    const { start_time, end_time, duration_seconds, consumed_rcu, consumed_wcu, run: name, ...counts } = did.summary;
    expect(would.summary).toMatchObject({ ...counts, dry_run: true });
    expect(Object.keys(would.summary)).toEqual(Object.keys(did.summary));
    expect(would.failures).toEqual([]);
    expect(did.summary).toMatchObject({ updated: 8, unknown_left: 2 });

    proxy.reset();
    const again = await command("backfill", [out.option], on(opened));
    expect(again.output).toMatch(/^ {2}0 changed/m);
    expect(filesOf(out.run()).changes).toEqual([]);
    // The claim of the table, and its end.
    expect(proxy.passed).toMatchObject({ PutItem: 1, DeleteItem: 1 });
    expect(writesThrough(proxy)).toBe(2);
  });

  it.each([
    ["=", (name: string, value: string) => [`${name}=${value}`]],
    ["a blank", (name: string, value: string) => [name, value]],
  ])("takes every option with %s before its value", async (_, option) => {
    const opened = await table(everyKind("ada"));
    const out = outputFolder();
    const { code } = await commandHere(
      "backfill",
      [
        ...["--dry-run", "--skip-synced", "--no-revoke", "--revoke-unknown", "--verbose", "--force"],
        ...option("--batch-size", "100"),
        ...option("--segments", "8"),
        ...option("--segment-range", "2-5"),
        ...option("--concurrency", "3"),
        ...option("--max-rcu", "1000"),
        ...option("--max-wcu", "1000"),
        ...option("--output-dir", out.folder),
      ],
      on(opened),
    );
    expect(code).toBe(0);
    expect(out.runs()[0]).toMatch(/-segments-2-5$/);
    expect(filesOf(out.run()).checkpoint.options).toEqual({
      dryRun: true,
      batchSize: 100,
      skipSynced: true,
      segments: 8,
      segmentRange: { from: 2, to: 5 },
      concurrency: 3,
      revoke: false,
      revokeUnknown: true,
    });
    const one = await commandHere(
      "backfill",
      ["--dry-run", ...option("--contact-id", "ada-missing"), out.option],
      on(opened),
    );
    expect(one.code).toBe(0);
    expect(filesOf(out.run()).summary).toMatchObject({ total_contacts: 1, updated: 1 });
  });

  it("explains itself, and touches nothing", async () => {
    const { code, output } = await commandHere("backfill", ["--help"], { STORE: "http://127.0.0.1:1" });
    expect(code).toBe(0);
    for (const name of [
      "dry-run",
      "contact-id",
      "batch-size",
      "skip-synced",
      "segments",
      "segment-range",
      "concurrency",
    ])
      expect(output).toContain(`--${name}`);
    for (const name of ["resume", "no-revoke", "max-rcu", "max-wcu", "output-dir", "verbose", "force"])
      expect(output).toContain(`--${name}`);
    expect(output).toMatch(/Exit codes: 0 .* 1 .* 2 /);
  });

  it.each<[string, RegExp]>([
    ["--backwards", /^error: unknown option '--backwards'/],
    ["--batch-size=0", /^error: option '--batch-size <n>' argument '0' is invalid\. Expected a whole number from 1 /],
    ["--batch-size=ten", /'ten' is invalid/],
    ["--segments=10001", /from 1 to 10000/],
    ["--segment-range=3-1", /Expected two segments, such as 0-3/],
    ["--segment-range=2-4", /--segment-range goes to 4, but the last of 4 segments is 3/],
    ["--contact-id=", /Expected a value/],
    ["--output-dir=package.json", /package\.json is not a folder\. Name a folder, or one that can be made\./],
    ["--resume=x --dry-run", /'--resume <run>' cannot be used with option '--dry-run'/],
    ["--resume=nowhere", /There is no run nowhere/],
    ["ada", /too many arguments/],
    ["--contact-id=nobody", /Nothing is stored of the learner nobody/],
  ])("refuses %s with one line and code 2", async (args, message) => {
    const opened = await table(missing("ada"));
    const before = await dumpOf(opened);
    const out = outputFolder();
    const { code, output } = await commandHere("backfill", [...args.split(" "), out.option], on(opened));
    const errors = output.split("\n").filter((line) => line !== "" && !/^(store|catalog) {2}/.test(line));
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatch(/^error: /);
    expect(errors[0]).toMatch(message);
    expect(code).toBe(2);
    expect(out.runs()).toEqual([]);
    expect(await dumpOf(opened)).toEqual(before);
  });

  it.each<[string, () => Record<string, string>, RegExp]>([
    ["a table that is missing", () => ({ TABLE_PREFIX: "nothing" }), /There is no table nothing-progress in the store/],
    ["a store that cannot be reached", () => ({ STORE: "http://127.0.0.1:1" }), /cannot be opened: .*ECONNREFUSED/],
    ["a store that is none", () => ({ STORE: "somewhere" }), /^error: STORE="somewhere": Expected embedded, aws, or/],
    [
      "an embedded store that has no data",
      () => ({ STORE: "embedded", DATA_DIR: temporaryFolder() }),
      /There are no data in /,
    ],
    ["no content", () => ({ CONTENT_DIR: "nowhere" }), /^error: The content in nowhere has 1 fault:\n/],
    [
      "faulty content",
      () => ({ CONTENT_DIR: writeContent(temporaryFolder(), { ...CONTENT, "courses/x.json": "{" }) }),
      /^error: The content in .* has 1 fault:\n {2}courses\/x\.json: Bad JSON/,
    ],
  ])("refuses %s with code 2, before anything is touched", async (_, variables, message) => {
    const opened = await table(missing("ada"));
    const out = outputFolder();
    const ended = await commandHere("backfill", [out.option], { ...on(opened), ...variables() });
    if (/fault/.test(String(message))) {
      expect(ended.output).toMatch(message);
      expect(ended.code).toBe(2);
    } else {
      expectOneLine(ended, message);
    }
    expect(out.runs()).toEqual([]);
    expect(writesThrough(proxy)).toBe(0);
  });

  it("does one learner, and counts it", async () => {
    const opened = await table([...missing("ada"), ...missing("bob"), ...badData("cyd")]);
    const out = outputFolder();
    const ada = await commandHere("backfill", ["--contact-id=ada", "--verbose", out.option], on(opened));
    expect(ada.code).toBe(0);
    expect(ada.output).toMatch(/^1 learner in /m);
    expect(ada.output).toContain("  ada: course ruby not complete -> 2026-01-18T11:00:00.000Z\n");
    expect(filesOf(out.run()).summary).toMatchObject({ total_contacts: 1, processed: 1, updated: 1 });
    expect((await opened.store.read("bob")).progress.course.size).toBe(0);
    expect(proxy.passed.Scan).toBeUndefined();

    const cyd = await commandHere("backfill", ["--contact-id=cyd", out.option], on(opened));
    expect(cyd.code).toBe(1);
    expect(filesOf(out.run()).summary).toMatchObject({ total_contacts: 1, failed: 1 });
  });

  it("goes on past bad data, ends with code 1, and warns at the very end", async () => {
    const opened = await table([...badData("ada"), ...missing("bob")]);
    const out = outputFolder();
    const { code, output } = await commandHere("backfill", ["--verbose", out.option], on(opened));
    expect(code).toBe(1);
    expect(output).toContain('  ada: FAILED MODULE#arrays completed_at is "yesterday"\n');
    expect(output).toMatch(
      /WARNING: 50\.0 % of the learners failed.*\n\nWARNING: 4 validation errors in 2 learners[^\n]*\n$/s,
    );
    expect(filesOf(out.run())).toMatchObject({
      summary: { failed: 1, validation_errors: 4, warnings: [expect.any(String), expect.any(String)] },
      failures: expect.arrayContaining([
        { contact_id: "ada", entity: "LESSON#one", reason: "an entity of no known kind" },
      ]),
      changes: [{ contact_id: "bob" }],
    });
  });

  it("only sets flags with --no-revoke", async () => {
    const opened = await table([...unsupported("ada"), ...missing("bob")]);
    const out = outputFolder();
    await commandHere("backfill", ["--no-revoke", out.option], on(opened));
    expect(filesOf(out.run()).changes.map(({ contact_id }) => contact_id)).toEqual(["bob"]);
  });

  it("works in the embedded store beside a service that runs, and after it", async () => {
    const DATA_DIR = temporaryFolder();
    const service = await startService({ CONTENT_DIR, DATA_DIR });
    await service.post(completedModule("ada", "strings"));
    const grown = { ...CONTENT, "courses/short.json": { slug: "short", modules: ["strings"] } };
    const out = outputFolder();
    const content = writeContent(temporaryFolder(), grown);
    const { output, code } = await command("backfill", [out.option], { CONTENT_DIR: content, DATA_DIR });
    expect(output).toContain(`embedded in ${DATA_DIR}/waymark.db`);
    expect(code).toBe(0);
    await service.kill();
    const alone = await commandHere("backfill", ["--dry-run", out.option], { CONTENT_DIR: content, DATA_DIR });
    expect(alone.output).toMatch(/^ {2}0 would change/m);
  });

  it("is in dist after a build, and does the same there", async () => {
    const script = "dist/scripts/backfill-completion-flags.js";
    if (!existsSync(script)) expect((await run(["scripts/tools/build.ts"]).exited).code).toBe(0);
    const opened = await table([...missingAll("ada"), ...right("bob")]);
    const out = outputFolder();
    const { exited, output } = run([script, "--dry-run", out.option], on(opened));
    expect((await exited).code).toBe(0);
    expect(output()).toMatch(/^ {2}1 would change: 2 course flags, 1 pathway flag/m);
    const help = run(["dist/scripts/rollback-completion-flags.js", "--help"]);
    expect((await help.exited).code).toBe(0);
  });
});

describe("The rollback command", () => {
  it("shows, undoes and verifies a run", async () => {
    const opened = await table(everyKind("ada"));
    const before = await dumpOf(opened);
    const out = outputFolder();
    await commandHere("backfill", ["--revoke-unknown", out.option], on(opened));
    const after = await dumpOf(opened);
    const run = out.run();
    proxy.reset();

    const dry = await commandHere("rollback", [`--run=${run}`, "--dry-run"], on(opened));
    expect(dry).toMatchObject({ code: 0, output: expect.stringMatching(/^8 flags would go back, 0 .* 0 cannot/m) });
    const early = await commandHere("rollback", ["--run", run, "--verify"], on(opened));
    expect(early).toMatchObject({
      code: 1,
      output: expect.stringMatching(/^0 flags are as before the run, 8 are not/m),
    });
    expect(readJson(run, "rollback-verify-not-undone.json")).toHaveLength(8);
    expect(writesThrough(proxy)).toBe(0);
    expect(await dumpOf(opened)).toEqual(after);

    const live = await command("rollback", [`--run=${run}`], on(opened));
    expect(live).toMatchObject({
      code: 0,
      output: expect.stringMatching(/^8 flags went back, 0 .* 0 cannot go back/m),
    });
    expect(await dumpOf(opened)).toEqual(before);
    const verified = await commandHere("rollback", [`--run=${run}`, "--verify"], on(opened));
    expect(verified).toMatchObject({
      code: 0,
      output: expect.stringMatching(/^8 flags are as before the run, 0 are/m),
    });
    expect(readJson(run, "rollback-summary.json")).toMatchObject({ mode: "write", undone: 8, not_undone: 0 });
    expect(readJson(run, "rollback-verify-summary.json")).toMatchObject({
      mode: "verify",
      already_as_before: 8,
      not_undone: 0,
    });

    const again = await commandHere("backfill", ["--revoke-unknown", out.option], on(opened));
    expect(again.code).toBe(0);
    const withoutTime = (items: string[]) => items.map((item) => item.replace(/"recorded_at":"[^"]*"/, ""));
    expect(withoutTime(await dumpOf(opened))).toEqual(withoutTime(after));
  });

  it("lists what cannot go back, and ends with code 1", async () => {
    const opened = await table([...missing("ada"), ...missing("bob")]);
    const out = outputFolder();
    await commandHere("backfill", [out.option], on(opened));
    await opened.store.setFlag(
      "ada",
      { type: "course", slug: "ruby" },
      undefined,
      await opened.store.readItem("ada", { type: "course", slug: "ruby" }),
    );
    const { code, output } = await commandHere("rollback", [`--run=${out.run()}`], on(opened));
    expect(code).toBe(1);
    expect(output).toContain("  ada: course ruby: it is no longer what the run made it: not complete\n");
    expect(readJson(out.run(), "rollback-not-undone.json")).toMatchObject([{ contact_id: "ada", slug: "ruby" }]);
  });

  it.each<[string, string[], RegExp]>([
    ["no run", [], /Which run\? Usage: npm run rollback -- --run=FOLDER/],
    ["a folder without a run", ["--run=nowhere"], /There is no run in nowhere/],
    ["--dry-run and --verify together", ["--run=x", "--dry-run", "--verify"], /exclude each other/],
    ["an unknown option", ["--run=x", "--undo"], /unknown option '--undo'/],
  ])("refuses %s with one line and code 2", async (_, args, message) => {
    expectOneLine(await commandHere("rollback", args, { CONTENT_DIR }), message);
  });

  it("refuses a dry run, and a run of another table", async () => {
    const [opened, other] = [await table(missing("ada")), await table(missing("ada"))];
    const out = outputFolder();
    await commandHere("backfill", ["--dry-run", out.option], on(opened));
    expectOneLine(
      await commandHere("rollback", [`--run=${out.run()}`], on(opened)),
      /is a dry run: it changed nothing/,
    );
    await commandHere("backfill", [out.option], on(opened));
    const { code, output } = await commandHere("rollback", [`--run=${out.run()}`], on(other));
    expect(code).toBe(2);
    expect(output).toMatch(/^error: The run was made on endpoint \S+, and this is endpoint \S+\.$/m);
  });
});
