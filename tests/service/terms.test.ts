import { beforeEach, describe, expect, it } from "vitest";
import { catalogOf } from "../support/builders/catalogs.ts";
import { type Life, lifeOf, moment, newlyCompleted } from "../support/builders/life.ts";
import { sqliteStore } from "../support/processes/sqlite-store.ts";

const open = sqliteStore();
const quiz = { completion_tasks: [{ task_slug: "quiz", passing_score: 50 }] };
const catalog = catalogOf({
  "courses/safety.json": { slug: "safety", modules: ["rules", "drill"], valid_for: "P1Y", renew_from: "P30D" },
  "courses/late.json": { slug: "late", modules: ["rules"], valid_for: "P1M" },
  "courses/exam.json": { slug: "exam", modules: ["paper"], valid_for: "P1Y" },
  "courses/plain.json": { slug: "plain", modules: ["rules", "drill"] },
  "pathways/site.json": { slug: "site", courses: ["safety", "plain"] },
  "pathways/yard.json": { slug: "yard", courses: ["safety"], modules: ["gate"], valid_for: "P6M" },
  "modules/paper/completion.json": quiz,
});
let number = 0;
let life: Life;
beforeEach(() => {
  life = lifeOf(open().store, catalog, `learner-${++number}`);
});
const stand = async (slug: string, when: string, type: "course" | "pathway" = "course") => {
  const { status, term, terms, progress } = await life.holder(type, slug, when);
  return {
    status,
    at: term?.completedAt ?? null,
    until: term?.expiresAt ?? null,
    done: progress.completed,
    terms: terms.map(({ endedBy }) => endedBy),
  };
};

describe("a course whose completions expire", () => {
  beforeEach(async () => {
    await life.mark("rules", "2024-02-28");
    await life.mark("drill", "2024-02-29");
  });
  const first = { at: moment("2024-02-29"), until: moment("2025-02-28") };

  it.each([
    [
      "until its last millisecond",
      "2025-02-27T23:59:59.999Z",
      { status: "completed", ...first, done: 2, terms: [null] },
    ],
    ["and not then", "2025-02-28", { status: "expired", ...first, done: 0, terms: ["expired"] }],
  ])("is complete %s", async (_, when, expected) => {
    expect(await stand("safety", when)).toEqual(expected);
  });

  it.each([
    ["a millisecond before its renewal opens is nothing to the next term", "2025-01-28T23:59:59.999Z", 1],
    ["at the moment when its renewal opens counts for the next term", "2025-01-29", 2],
  ])("what is done %s", async (_, when, terms) => {
    await life.mark("rules", when);
    const result = await life.mark("drill", "2025-02-10");
    expect(newlyCompleted(result)).toEqual(terms === 2 ? ["safety"] : []);
    expect((await life.holder("course", "safety", "2025-02-20")).terms).toHaveLength(terms);
  });

  it("is renewed before it expires, and the old term ended then", async () => {
    await life.mark("rules", "2025-02-01");
    await life.mark("drill", "2025-02-02");
    expect(await stand("safety", "2025-03-01")).toEqual({
      status: "completed",
      at: moment("2025-02-02"),
      until: moment("2026-02-02"),
      done: 2,
      terms: [null, "renewed"],
    });
    expect(await life.list({ type: "course", slug: "safety" })).toEqual([
      { completedAt: moment("2025-02-02"), expiresAt: moment("2026-02-02") },
    ]);
  });

  it("begins anew after it has expired, once for each term", async () => {
    expect(newlyCompleted(await life.mark("rules", "2025-06-01"))).toEqual(["late"]);
    expect(await stand("safety", "2025-06-02")).toMatchObject({ status: "expired", done: 1, ...first });
    expect(newlyCompleted(await life.mark("drill", "2025-06-03"))).toEqual(["safety"]);
    expect(await stand("safety", "2025-06-04")).toMatchObject({ status: "completed", terms: [null, "expired"] });
    expect(newlyCompleted(await life.mark("drill", "2025-06-05"))).toEqual([]);
  });

  it("is listed with the newest term, and among those that must renew", async () => {
    const course = { type: "course", slug: "safety" } as const;
    const row = [{ completedAt: first.at, expiresAt: first.until }];
    expect(await life.list(course, { expiringBefore: moment("2025-02-28") })).toEqual([]);
    expect(await life.list(course, { expiringBefore: moment("2025-02-28T00:00:00.001Z") })).toEqual(row);
    expect(await life.list(course, { since: moment("2024-02-29"), until: moment("2024-03-01") })).toEqual(row);
  });

  it("loses a term when a late fact moves it", async () => {
    await life.mark("rules", "2025-02-01");
    await life.mark("drill", "2025-02-02");
    await life.send("module_completed", "2025-02-03", { module_slug: "drill", ts: moment("2024-02-28T12:00:00Z") });
    expect((await life.holder("course", "safety", "2025-02-20")).terms).toEqual([
      { completedAt: moment("2025-02-02"), expiresAt: moment("2026-02-02"), endedBy: null },
      { completedAt: moment("2024-02-28T12:00:00Z"), expiresAt: moment("2025-02-28T12:00:00Z"), endedBy: "renewed" },
    ]);
  });

  it("needs nothing of a backfill", async () => {
    await life.mark("rules", "2025-06-01");
    await life.mark("drill", "2025-06-03");
    expect(await life.backfill("2026-09-01")).toEqual({ kind: "right" });
  });
});

it("clamps the day to the month's last: P1M from 31 January", async () => {
  await life.mark("rules", "2026-01-31T10:00:00Z");
  expect(await stand("late", "2026-02-01")).toMatchObject({ until: moment("2026-02-28T10:00:00Z") });
});

it("counts a result of a module that was complete before for the next term", async () => {
  expect(newlyCompleted(await life.score("paper", "quiz", 60, "2024-01-01"))).toEqual(["exam"]);
  expect(newlyCompleted(await life.score("paper", "quiz", 70, "2024-06-01"))).toEqual([]);
  expect(newlyCompleted(await life.score("paper", "quiz", 40, "2025-01-02"))).toEqual([]);
  expect(newlyCompleted(await life.score("paper", "quiz", 50, "2025-01-03"))).toEqual(["exam"]);
  expect(await stand("exam", "2025-01-04")).toMatchObject({ at: moment("2025-01-03"), terms: [null, "expired"] });
  expect((await life.module("paper", "2025-01-04")).completedAt).toBe(moment("2024-01-01"));
});

describe("a reset", () => {
  it("begins a new term, and counts what is done at its own moment for it", async () => {
    await life.mark("rules", "2024-01-01");
    await life.mark("drill", "2024-01-02");
    const result = await life.decide("course_reset", "2024-01-02", { course_slug: "plain" });
    expect(result.error).toBeUndefined();
    expect(await stand("plain", "2024-01-03")).toEqual({
      status: "started",
      at: null,
      until: null,
      done: 1,
      terms: [],
    });
    expect(await life.list({ type: "course", slug: "plain" })).toEqual([]);
    expect(newlyCompleted(await life.mark("rules", "2024-01-05"))).toEqual(["plain", "site"]);
    expect(await stand("plain", "2024-01-06")).toMatchObject({ status: "completed", at: moment("2024-01-05") });
    expect(await stand("safety", "2024-01-06")).toMatchObject({ status: "completed", at: moment("2024-01-02") });
  });

  it("between two marks ends the term that stood", async () => {
    await life.mark("rules", "2024-01-01");
    await life.mark("drill", "2024-01-02");
    await life.decide("course_reset", "2024-01-03", { course_slug: "plain" });
    expect((await life.holder("course", "plain", "2024-01-04")).terms).toEqual([
      { completedAt: moment("2024-01-02"), expiresAt: null, endedBy: "reset" },
    ]);
    await life.mark("rules", "2024-01-05");
    expect(newlyCompleted(await life.mark("drill", "2024-01-06"))).toEqual(["plain"]);
    expect((await life.holder("course", "plain", "2024-01-07")).terms.map(({ endedBy }) => endedBy)).toEqual([
      null,
      "reset",
    ]);
  });

  it("counts a result of a module that was complete before it", async () => {
    await life.score("paper", "quiz", 60, "2024-01-01");
    await life.decide("course_reset", "2024-01-03", { course_slug: "exam" });
    expect(await stand("exam", "2024-01-04")).toMatchObject({ status: "started", done: 0 });
    expect(newlyCompleted(await life.score("paper", "quiz", 55, "2024-01-05"))).toEqual(["exam"]);
  });

  it("of a pathway resets no course, and names those that stand", async () => {
    await life.mark("rules", "2024-01-01");
    await life.mark("drill", "2024-01-02");
    expect(await stand("site", "2024-01-03", "pathway")).toMatchObject({ status: "completed" });
    const result = await life.decide("pathway_reset", "2024-01-04", { pathway_slug: "site" });
    expect(!result.error && result.outcome.warnings).toEqual([
      { code: "COURSES_STAND", message: expect.stringContaining("safety, plain") },
    ]);
    expect(await stand("site", "2024-01-05", "pathway")).toMatchObject({ status: "started", done: 0 });
    expect(await stand("plain", "2024-01-05")).toMatchObject({ status: "completed" });
  });
});

describe("a pathway", () => {
  it("counts a course while a term of it runs, and stays complete for its own term", async () => {
    await life.mark("rules", "2024-01-01");
    await life.mark("drill", "2024-01-02");
    expect(newlyCompleted(await life.mark("gate", "2025-01-02"))).toEqual([]);
    expect(await stand("yard", "2025-01-03", "pathway")).toMatchObject({ status: "started", done: 1 });
    await life.mark("rules", "2025-01-10");
    expect(newlyCompleted(await life.mark("drill", "2025-01-11"))).toEqual(["safety", "yard"]);
    expect(await stand("yard", "2025-07-10", "pathway")).toMatchObject({
      status: "completed",
      until: moment("2025-07-11"),
    });
    expect(await stand("yard", "2025-07-11", "pathway")).toMatchObject({ status: "expired", done: 0 });
  });
});

describe("a course that gains valid_for", () => {
  const before = catalogOf({ "courses/safety.json": { slug: "safety", modules: ["rules"] } });
  const after = catalogOf({ "courses/safety.json": { slug: "safety", modules: ["rules"], valid_for: "P1Y" } });

  it("gives completions that stand their end; the dry run says who has expired at once", async () => {
    const old = lifeOf(open().store, before, `learner-${++number}`);
    await old.mark("rules", "2024-01-01");
    const dry = await old.backfill("2025-06-01", after, true);
    const change = {
      type: "course",
      slug: "safety",
      before: true,
      after: true,
      completed_at_before: moment("2024-01-01"),
      completed_at_after: moment("2024-01-01"),
      expires_at_before: null,
      expires_at_after: moment("2025-01-01"),
      term_before: 1,
      term_after: 1,
      expired_at_once: true,
    };
    expect(dry).toMatchObject({ kind: "changed", changes: [change] });
    expect(await old.holder("course", "safety", "2024-06-01", after)).toMatchObject({
      status: "completed",
      settled: false,
    });
    expect(await old.backfill("2025-06-01", after)).toMatchObject({ kind: "changed", changes: [change] });
    expect(await old.holder("course", "safety", "2025-06-02", after)).toMatchObject({
      status: "expired",
      settled: true,
    });
    expect(await old.backfill("2025-06-02", after)).toEqual({ kind: "right" });
    const now = lifeOf(open().store, after, `learner-${number}`);
    expect(newlyCompleted(await now.mark("rules", "2025-06-03"))).toEqual(["safety"]);
    expect((await now.holder("course", "safety", "2025-06-04")).terms.map(({ endedBy }) => endedBy)).toEqual([
      null,
      "expired",
    ]);
  });
});
