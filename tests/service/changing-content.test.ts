import { describe, expect, it } from "vitest";
import type { Catalog } from "../../src/catalog/catalog.ts";
import { settleForBackfill } from "../../src/service/jobs/settle-for-run.ts";
import { readHolder, readProgress } from "../../src/service/read/read.ts";
import { readCompletions } from "../../src/service/read/read-completions.ts";
import { readModule } from "../../src/service/read/read-module.ts";
import { readSummary } from "../../src/service/read/read-summary.ts";
import { NOW } from "../support/builders/arbitraries.ts";
import { type Content, catalogOf } from "../support/builders/catalogs.ts";
import { ingestUnder } from "../support/builders/ingest.ts";
import { at } from "../support/builders/times.ts";
import { sqliteStore } from "../support/processes/sqlite-store.ts";

const open = sqliteStore();
const now = (content: Content): Catalog => catalogOf(content).at(new Date(NOW).toISOString());
const quiz = { completion_tasks: [{ task_slug: "quiz", passing_score: 50 }] };

/** Sends an event, and gives what came of it. */
const send = async (catalog: Catalog, learner: string, name: string, fields: object, own = false) => {
  const event = { eventName: `learning_${name}`, contactIdentifier: { contactId: learner }, payload: fields };
  const sender = own ? { learnerId: learner } : undefined;
  const [result] = await ingestUnder(open().store, catalog)([event], sender);
  return result ?? expect.fail("no result");
};
const mark = (catalog: Catalog, learner: string, module_slug: string, clock = "09:00", own = false) =>
  send(catalog, learner, "module_completed", { module_slug, ts: at(clock) }, own);
const backfill = (catalog: Catalog, learner: string, more: { revoke?: boolean; revokeUnknown?: boolean } = {}) =>
  settleForBackfill(
    open().store,
    { catalog, revoke: true, revokeUnknown: false, dryRun: false, recordedAt: at("12:00"), ...more },
    learner,
    { intended: new Map(), announce() {} },
  );
const list = async (catalog: Catalog, type: "module" | "course", slug: string, limit = 100) =>
  (await readCompletions(open().store, catalog, { type, slug }, { limit })).completions.map(
    ({ learnerId, completedAt }) => [learnerId, completedAt],
  );
const moduleAt = async (catalog: Catalog, learner: string, slug: string) =>
  (await readModule(open().store, catalog, learner, slug)).completedAt;
const course = (catalog: Catalog, learner: string, slug: string) =>
  readHolder(open().store, catalog, learner, { type: "course", slug });

describe("a plain module that gains a quiz", () => {
  const before = now({ "courses/gain.json": { slug: "gain", modules: ["gains"] } });
  const after = now({
    "courses/gain.json": { slug: "gain", modules: ["gains"] },
    "modules/gains/completion.json": quiz,
  });

  it("is open again at once, in its holders by the backfill, and in the lists", async () => {
    await mark(before, "ada", "gains");
    expect(await moduleAt(after, "ada", "gains")).toBeUndefined();
    expect(await course(after, "ada", "gain")).toMatchObject({ status: "completed", settled: false });
    await backfill(after, "ada");
    expect(await course(after, "ada", "gain")).toMatchObject({ status: "started", settled: true });
    expect(await list(after, "module", "gains")).toEqual([]);
    expect(await backfill(after, "ada")).toEqual({ kind: "right" });
  });

  it("and then loses it, is complete by the mark again", async () => {
    await backfill(before, "ada");
    expect(await moduleAt(before, "ada", "gains")).toBe(at("09:00"));
    expect(await list(before, "module", "gains")).toEqual([["ada", at("09:00")]]);
    expect(await backfill(before, "ada")).toEqual({ kind: "right" });
  });
});

describe("a module that is published as an exam later", () => {
  const unknown = now({ "courses/x.json": { slug: "x", modules: ["y"] } });
  const exam = now({
    "courses/later.json": { slug: "later", modules: ["exam"] },
    "modules/exam/completion.json": { ...quiz, from: at("11:00") },
  });
  it("is not complete by a mark from when nobody knew it, whatever from says", async () => {
    await mark(unknown, "bob", "exam");
    expect(await moduleAt(exam, "bob", "exam")).toBeUndefined();
    await backfill(exam, "bob");
    expect(await list(exam, "module", "exam")).toEqual([]);
  });

  it("takes a learner's own mark as a claim once it is in force, whatever its time", async () => {
    expect((await mark(exam, "cyd", "exam", "10:00", true)).error?.code).toBe("COMPLETION_NOT_REACHED");
    // A server may tell of what was before.
    expect((await mark(exam, "cyd", "exam", "10:00")).error).toBeUndefined();
    expect(await moduleAt(exam, "cyd", "exam")).toBe(at("10:00"));
    expect(await list(exam, "module", "exam")).toEqual([["cyd", at("10:00")]]);
  });

  it("gives no time by a learner's own claim from before it was in force, and stays by it no longer than by its conditions", async () => {
    const passed = { module_slug: "exam", task_slug: "quiz", score: 60, ts: at("11:30") };
    await send(exam, "dov", "task_submitted", passed);
    const claimed = await mark(exam, "dov", "exam", "10:00", true);
    expect(claimed).toMatchObject({ outcome: { warnings: [{ code: "TIMESTAMP_OUTSIDE_TOLERANCE" }] } });
    expect(await moduleAt(exam, "dov", "exam")).toBe(at("11:30"));
    await backfill(exam, "dov");
    expect(await moduleAt(exam, "dov", "exam")).toBe(at("11:30"));
    const harder = now({
      "courses/later.json": { slug: "later", modules: ["exam"] },
      "modules/exam/completion.json": {
        completion_tasks: [{ task_slug: "quiz", passing_score: 90 }],
        from: at("11:00"),
      },
    });
    for (const _ of [1, 2]) await backfill(harder, "dov");
    expect(await moduleAt(harder, "dov", "exam")).toBeUndefined();
    expect(await course(harder, "dov", "later")).toMatchObject({ status: "started" });
    expect(await list(harder, "module", "exam")).not.toContainEqual(["dov", expect.anything()]);
  });
});

describe("a renamed course and module", () => {
  const before = now({ "courses/old.json": { slug: "old", modules: ["m-old", "n"] } });
  const after = now({
    "courses/new.json": { slug: "new", title: "New", modules: ["m-new", "n"], aliases: ["old"] },
    "modules/m-new/completion.json": { aliases: ["m-old"] },
  });

  it("keep their completions, and lists show each learner once", async () => {
    for (const learner of ["dan", "eve"]) for (const slug of ["m-old", "n"]) await mark(before, learner, slug);
    await mark(after, "eve", "m-old", "08:00");
    await mark(after, "fay", "m-new", "08:30");
    await mark(after, "fay", "n", "08:40");
    expect(await course(after, "dan", "old")).toMatchObject({
      entity: { slug: "new" },
      status: "completed",
      progress: { completed: 2, total: 2 },
      entries: [{ slug: "m-new", completed: true }, { slug: "n" }],
    });
    const everybody = ["fay", "dan", "eve"];
    expect((await list(after, "course", "new")).map(([learner]) => learner)).toEqual(everybody);
    expect((await list(after, "course", "old")).map(([learner]) => learner)).toEqual(everybody);
    expect(await list(after, "module", "m-new")).toEqual([
      ["eve", at("08:00")],
      ["fay", at("08:30")],
      ["dan", at("09:00")],
    ]);
    for (const learner of everybody) expect(await backfill(after, learner)).toEqual({ kind: "right" });
  });

  it("count what was begun under the old slug", async () => {
    await mark(before, "gil", "m-old");
    const { error } = await send(after, "gil", "module_completed", { module_slug: "n", ts: at("10:00") });
    expect(error).toBeUndefined();
    expect(await course(after, "gil", "new")).toMatchObject({ state: { flag: { completedAt: at("10:00") } } });
    const { courses, modules } = await readProgress(open().store, after, "gil");
    expect([courses.map(({ entity }) => entity.slug), modules.map(({ slug }) => slug).sort()]).toEqual([
      ["new"],
      ["m-new", "n"],
    ]);
  });

  it("are told page by page, each learner once", async () => {
    const { store } = open();
    const seen: string[] = [];
    let next: Awaited<ReturnType<typeof readCompletions>>["next"];
    do {
      const page = await readCompletions(store, after, { type: "module", slug: "m-new" }, { limit: 1, after: next });
      seen.push(...page.completions.map(({ learnerId }) => learnerId));
      next = page.next;
    } while (next);
    expect(seen.toSorted()).toEqual(["dan", "eve", "fay", "gil"]);
  });
});

describe("a retired course", () => {
  const content = (retired: boolean) =>
    now({ "courses/hat.json": { slug: "hat", title: "Hat", modules: ["felt"], retired } });
  it("takes no new enrolment, and keeps what was earned", async () => {
    await mark(content(false), "hal", "felt");
    const { error, outcome } = (await send(content(true), "ivy", "course_enrolled", { course_slug: "hat" })) as {
      error?: unknown;
      outcome?: { warnings: object[]; flagged: object[] };
    };
    expect(error).toBeUndefined();
    expect(outcome?.warnings).toMatchObject([{ code: "RETIRED" }]);
    expect(outcome?.flagged).toMatchObject([{ slug: "hat", title: "Hat" }]);
    expect(await course(content(true), "ivy", "hat")).toMatchObject({ status: "not_started", state: { facts: {} } });
    await backfill(content(true), "hal");
    expect(await list(content(true), "course", "hat")).toEqual([["hal", at("09:00")]]);
  });
});

describe("a course that has no file any more", () => {
  const before = now({ "courses/gone.json": { slug: "gone", modules: ["g"] } });
  const after = now({ "courses/other.json": { slug: "other", modules: ["o"] } });
  it("keeps its flags, reads and list, until somebody revokes them", async () => {
    await mark(before, "jon", "g");
    expect(await backfill(after, "jon")).toEqual({ kind: "right" });
    expect(await course(after, "jon", "gone")).toMatchObject({ status: "completed", settled: true });
    expect(await list(after, "course", "gone")).toEqual([["jon", at("09:00")]]);
    const since = { limit: 10, since: at("11:00") };
    expect(await readCompletions(open().store, after, { type: "course", slug: "gone" }, since)).toMatchObject({
      completions: [],
    });
    await backfill(after, "jon", { revokeUnknown: true });
    await expect(list(after, "course", "gone")).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(course(after, "jon", "gone")).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect((await readProgress(open().store, after, "jon")).courses).toEqual([]);
  });
});

describe("content that got easier", () => {
  it("leaves a course unsettled until somebody looks", async () => {
    const hard = now({ "courses/ease.json": { slug: "ease", modules: ["e1", "e2"] } });
    const easy = now({ "courses/ease.json": { slug: "ease", modules: ["e1"] } });
    await mark(hard, "kim", "e1");
    const done = { progress: { completed: 1, total: 1, needed: 1, shortBy: 0 }, missing: [] };
    expect(await course(easy, "kim", "ease")).toMatchObject({ ...done, status: "started", settled: false });
    await backfill(easy, "kim");
    expect(await course(easy, "kim", "ease")).toMatchObject({ ...done, status: "completed", settled: true });
  });
});

describe("a lesson that is added with from", () => {
  const content = (modules: unknown[]) => now({ "courses/grow.json": { slug: "grow", modules } });
  const grown = content(["g1", { slug: "g2", from: at("10:00") }]);
  it("binds nobody who was done, whichever run looks", async () => {
    await mark(content(["g1"]), "lea", "g1");
    for (const _ of [1, 2]) expect(await backfill(grown, "lea")).toEqual({ kind: "right" });
    expect(await course(grown, "lea", "grow")).toMatchObject({ status: "completed", settled: true });
  });

  it("lasts also for who was never flagged: the facts say when", async () => {
    await mark(content(["g1", "g0"]), "max", "g1");
    await backfill(grown, "max");
    expect(await course(grown, "max", "grow")).toMatchObject({ state: { flag: { completedAt: at("09:00") } } });
  });
});

describe("a summary", () => {
  const catalog = now({
    "courses/s1.json": { slug: "s1", title: "One", modules: ["sm", { slug: "so", optional: true }] },
    "courses/s2.json": { slug: "s2", modules: ["sm"], aliases: ["s2-old"] },
    "pathways/sp.json": { slug: "sp", entries: [{ module: "sq" }, { course: "s1" }], sequential: true },
  });
  it("tells of what is asked for, touched or not, in that order", async () => {
    const view = await readSummary(open().store, catalog, "nobody", { courses: ["s2-old", "s1", "nothing"] });
    expect(view.courses.map(({ entity, status }) => [entity.slug, status])).toEqual([
      ["s2", "not_started"],
      ["s1", "not_started"],
    ]);
    expect(view.pathways).toEqual([]);
    expect(view.modules.map(({ slug }) => slug)).toEqual(["sm", "so"]);
  });

  it("tells of everything without parameters, with entries in the order listed", async () => {
    const view = await readSummary(open().store, catalog, "nobody", {});
    expect([view.courses.length, view.pathways.length]).toEqual([2, 1]);
    expect(view.pathways[0]?.entries).toMatchObject([
      { type: "module", slug: "sq", title: null, locked: false },
      { type: "course", slug: "s1", title: "One", locked: true, optional: false, from: null, until: null },
    ]);
  });
});

describe("a module that is complete by its quiz or by a mark", () => {
  const catalog = now({
    "courses/either.json": { slug: "either", modules: ["both"] },
    "modules/both/completion.json": { ...quiz, completion: { rule: "any" } },
  });

  it("is completed by a learner's own mark, which is a fact and no claim", async () => {
    const result = await mark(catalog, "eve", "both", "09:00", true);
    expect(result).toMatchObject({ outcome: { accepted: true, warnings: [] } });
    expect(await moduleAt(catalog, "eve", "both")).toBe(at("09:00"));
    expect(await course(catalog, "eve", "either")).toMatchObject({ status: "completed", settled: true });
    expect(await list(catalog, "module", "both")).toContainEqual(["eve", at("09:00")]);
  });

  it("and by the quiz alone, at the earlier time of both, in any order", async () => {
    await send(catalog, "fay", "task_submitted", {
      module_slug: "both",
      task_slug: "quiz",
      score: 60,
      ts: at("08:30"),
    });
    expect(await moduleAt(catalog, "fay", "both")).toBe(at("08:30"));
    await mark(catalog, "fay", "both", "08:00");
    expect(await moduleAt(catalog, "fay", "both")).toBe(at("08:00"));
    expect(await course(catalog, "fay", "either")).toMatchObject({ status: "completed", settled: true });
    expect(await list(catalog, "module", "both")).toContainEqual(["fay", at("08:00")]);
    expect(await backfill(catalog, "fay")).toEqual({ kind: "right" });
  });

  it("takes a mark that is one of several conditions, and waits for the rest", async () => {
    const both = now({
      "courses/whole.json": { slug: "whole", modules: ["all-of-it"] },
      "modules/all-of-it/completion.json": { ...quiz, completion: { rule: "all", of: ["mark", "quiz"] } },
    });
    expect(await mark(both, "gil", "all-of-it", "09:00", true)).toMatchObject({ outcome: { accepted: true } });
    expect(await moduleAt(both, "gil", "all-of-it")).toBeUndefined();
    const passed = { module_slug: "all-of-it", task_slug: "quiz", score: 60, ts: at("10:00") };
    await send(both, "gil", "task_submitted", passed);
    expect(await moduleAt(both, "gil", "all-of-it")).toBe(at("10:00"));
  });
});
