import { describe, expect, it } from "vitest";
import { summarize, summaryText } from "../../../src/service/jobs/summary.ts";
import { emptyTally, type Tally } from "../../../src/service/jobs/tally.ts";
import { at } from "../../support/builders/times.ts";

const RUN = {
  run: "run",
  options: {
    dryRun: false,
    contactId: undefined,
    batchSize: 50,
    skipSynced: false,
    segments: 1,
    segmentRange: { from: 0, to: 0 },
    concurrency: 1,
    revoke: true,
  },
  catalogVersion: "version",
  startTime: at("10:00"),
  endTime: at("10:01"),
  seconds: 60.12345,
};
const summaryOf = (tally: Partial<Tally>, options: Partial<typeof RUN.options> = {}) =>
  summarize({ ...RUN, options: { ...RUN.options, ...options } }, { ...emptyTally(), ...tally }, { rcu: 12.34, wcu: 5 });

describe("The summary of a run", () => {
  it("has the figures that an operator is promised", () => {
    expect(
      summaryOf({
        processed: 90,
        updated: 40,
        skippedSynced: 50,
        failed: 1,
        deletedPurged: 6,
        modulesUpdated: 3,
        coursesUpdated: 41,
        pathwaysUpdated: 2,
      }),
    ).toEqual({
      run: "run",
      unknown_left: 0,
      total_contacts: 91,
      processed: 90,
      updated: 40,
      skipped_synced: 50,
      failed: 1,
      validation_errors: 0,
      deleted_purged: 6,
      expired_at_once: 0,
      modules_updated: 3,
      courses_updated: 41,
      pathways_updated: 2,
      start_time: at("10:00"),
      end_time: at("10:01"),
      duration_seconds: 60.123,
      dry_run: false,
      catalog_version: "version",
      consumed_rcu: 12.3,
      consumed_wcu: 5,
      entities: [],
      warnings: [],
    });
  });

  it.each([
    ["no learner", { processed: 0 }, []],
    ["5 % failed", { processed: 95, failed: 5 }, []],
    ["more than 5 % failed", { processed: 94, failed: 6 }, [/^6\.0 % of the learners failed, more than 5\.0 %/]],
    ["all failed", { failed: 2 }, [/^100\.0 % of the learners failed/]],
    ["1 % with validation errors", { processed: 99, failed: 1, validationErrors: 1 }, []],
    [
      "more than 1 % with validation errors",
      { processed: 99, failed: 1, validationErrors: 2 },
      [/^2 validation errors in 100 learners: more than 1\.0 %/],
    ],
    [
      "too many of both",
      { processed: 1, failed: 1, validationErrors: 3 },
      [/^50\.0 % of the learners failed/, /^3 validation errors in 2 learners/],
    ],
  ])("of a run with %s has these warnings, and its text ends with them", (_, tally, expected) => {
    const summary = summaryOf(tally);
    expect(summary.warnings).toHaveLength(expected.length);
    for (const [index, pattern] of expected.entries()) expect(summary.warnings[index]).toMatch(pattern);
    const text = summaryText(summary);
    const end = summary.warnings.map((warning) => `\n\nWARNING: ${warning}`).join("");
    expect(text.endsWith(end)).toBe(true);
    expect(text.match(/WARNING/g) ?? []).toHaveLength(expected.length);
  });

  const entities = {
    "course/ruby": { set: 1, cleared: 20, moved: 0 },
    "pathway/full-stack": { set: 300, cleared: 0, moved: 0 },
    "course/git": { set: 20, cleared: 0, moved: 1 },
  };

  it("is a table of what changed, the most first", () => {
    const text = summaryText(
      summaryOf({ processed: 400, updated: 310, coursesUpdated: 42, pathwaysUpdated: 300, entities }),
    );
    expect(text.split("\n")).toEqual([
      "400 learners in 60.1 s (7 a second, 12.3 read and 5 write units)",
      "  310 changed: 42 course flags, 300 pathway flags",
      "  90 right already",
      "  0 failed",
      "",
      "                      set  cleared  moved",
      "  pathway full-stack  300        0      0",
      "  course git           20        0      1",
      "  course ruby           1       20      0",
    ]);
  });

  it.each([
    [false, "  of 2 deleted learners something was left, which was taken away"],
    [true, "  of 2 deleted learners something was left, which a run would take away"],
  ])("says what was left of deleted learners (dry run: %s)", (dryRun, line) => {
    expect(summaryText(summaryOf({ deletedPurged: 2 }, { dryRun })).split("\n")).toContain(line);
    expect(summaryText(summaryOf({}, { dryRun }))).not.toContain("deleted");
  });

  it("of a dry run says what would change", () => {
    expect(summaryText(summaryOf({ processed: 1, updated: 1, coursesUpdated: 1 }, { dryRun: true }))).toContain(
      "1 would change",
    );
  });

  it("shows the first twenty of many", () => {
    const many = Object.fromEntries(
      Array.from({ length: 25 }, (_, index) => [`course/c${index}`, { set: index + 1, cleared: 0, moved: 0 }]),
    );
    const lines = summaryText(summaryOf({ entities: many })).split("\n");
    expect(lines.at(-1)).toBe("  … and 5 more, in backfill-summary.json");
    expect(lines.filter((line) => line.startsWith("  course"))).toHaveLength(20);
  });
});
