import { beforeEach, describe, expect, it } from "vitest";
import { ofLearner } from "../../src/service/identity/reading-store.ts";
import { readDataSummary, readReviews } from "../../src/service/read/read-records.ts";
import { markVoided } from "../../src/service/read/voided-attempts.ts";
import { catalogOf } from "../support/builders/catalogs.ts";
import { type Life, lifeOf, moment, newlyCompleted } from "../support/builders/life.ts";
import { sqliteStore } from "../support/processes/sqlite-store.ts";

const open = sqliteStore();
const catalog = catalogOf({
  "courses/ruby.json": { slug: "ruby", modules: ["strings", "arrays"] },
  "courses/exam.json": { slug: "exam", modules: ["paper"] },
  "pathways/dev.json": { slug: "dev", courses: ["ruby"] },
  "modules/paper/completion.json": {
    completion_tasks: [{ task_slug: "quiz", passing_score: 50, max_attempts: 2 }],
  },
  "modules/arrays/completion.json": { review_items: [{ id: "push", front: "push", back: "adds" }] },
  "modules/after/completion.json": { prerequisites: ["strings"], enforce_order: true },
});
let number = 0;
let learner: string;
let life: Life;
beforeEach(() => {
  learner = `learner-${++number}`;
  life = lifeOf(open().store, catalog, learner);
});
const course = async (slug: string, when = "2024-03-01") => {
  const { status, term } = await life.holder("course", slug, when);
  return [status, term?.completedAt];
};
const warnings = (result: Awaited<ReturnType<Life["send"]>>) =>
  result.error ? [result.error.code] : result.outcome.warnings.map(({ code }) => code);
const voided = (event_id: string, when: string, more: object = {}) =>
  life.decide("event_voided", when, { event_id, ...more });
const history = async (kind?: "decision" | "task" | "completion") => {
  const [{ attempts }, decisions] = await Promise.all([
    open().store.attempts(learner, { limit: 100, kind }),
    open().store.decisions(learner),
  ]);
  return markVoided(attempts, decisions);
};

describe("a void", () => {
  it("of the only mark takes the module, its course, the list's row and its card away, and a withdrawal brings them back", async () => {
    await life.mark("strings", "2024-01-01");
    expect(newlyCompleted(await life.mark("arrays", "2024-01-02", "e-1"))).toEqual(["ruby", "dev"]);
    const cards = async () =>
      (await readReviews({ store: open().store, catalog }, learner, undefined, { limit: 9 })).reviews.length;
    expect(await cards()).toBe(1);

    expect(warnings(await voided("e-1", "2024-01-03"))).toEqual([]);
    expect(await course("ruby")).toEqual(["started", undefined]);
    expect((await life.module("arrays", "2024-02-01")).completedAt).toBeUndefined();
    for (const entity of [
      { type: "module", slug: "arrays" },
      { type: "course", slug: "ruby" },
      { type: "pathway", slug: "dev" },
    ] as const)
      expect(await life.list(entity)).toEqual([]);
    expect(await cards()).toBe(0);
    expect(await history("completion")).toMatchObject([
      { eventId: "e-1", voided: { at: moment("2024-01-03"), by: "waymark", reason: "because" } },
      {},
    ]);
    const [decision] = await history("decision");
    expect(decision?.changes?.map(({ type, slug, before, after }) => [type, slug, before?.completedAt, after])).toEqual(
      [
        ["module", "arrays", moment("2024-01-02"), null],
        ["course", "ruby", moment("2024-01-02"), null],
        ["pathway", "dev", moment("2024-01-02"), null],
      ],
    );

    expect(newlyCompleted(await life.mark("arrays", "2024-01-02", "e-1"))).toEqual([]);
    expect(await life.list({ type: "module", slug: "arrays" })).toEqual([]);
    expect(await life.backfill("2024-01-04")).toEqual({ kind: "right" });

    const back = await voided("e-1", "2024-01-05", { withdrawn: true });
    expect(newlyCompleted(back)).toEqual(["ruby", "dev"]);
    expect(await course("ruby")).toEqual(["completed", moment("2024-01-02")]);
    expect(await life.list({ type: "module", slug: "arrays" })).toHaveLength(1);
    expect(await cards()).toBe(1);
  });

  it.each([
    ["the best result leaves the second best", "e-2", moment("2024-01-03"), 60],
    ["the second best changes nothing", "e-3", moment("2024-01-02"), 90],
  ])("of %s", async (_, eventId, completedAt, best) => {
    const free = lifeOf(
      open().store,
      catalogOf({
        "courses/exam.json": { slug: "exam", modules: ["paper"] },
        "modules/paper/completion.json": { completion_tasks: [{ task_slug: "quiz", passing_score: 50 }] },
      }),
      learner,
    );
    await free.score("paper", "quiz", 40, "2024-01-01", "e-1");
    await free.score("paper", "quiz", 90, "2024-01-02", "e-2");
    await free.score("paper", "quiz", 60, "2024-01-03", "e-3");
    await free.decide("event_voided", "2024-01-04", { event_id: eventId });
    const module = await free.module("paper", "2024-02-01");
    expect([module.completedAt, module.tasks?.[0]?.bestScore]).toEqual([completedAt, best]);
    expect((await free.holder("course", "exam", "2024-02-01")).term?.completedAt).toBe(completedAt);
    expect(await free.list({ type: "course", slug: "exam" })).toMatchObject([{ completedAt }]);
    expect(await free.backfill("2024-02-01")).toEqual({ kind: "right" });
  });

  it("leaves what another event states as well", async () => {
    await life.mark("strings", "2024-01-01", "e-1");
    await life.mark("strings", "2024-01-01", "e-2");
    await life.mark("arrays", "2024-01-02");
    await voided("e-1", "2024-01-03");
    expect(await course("ruby")).toEqual(["completed", moment("2024-01-02")]);
  });

  it("may come before its event, with a warning", async () => {
    expect(warnings(await voided("e-1", "2024-01-01"))).toEqual(["UNKNOWN_EVENT"]);
    await life.mark("strings", "2024-01-02");
    expect(newlyCompleted(await life.mark("arrays", "2024-01-03", "e-1"))).toEqual([]);
    expect(await course("ruby")).toEqual(["started", undefined]);
    expect(await life.list({ type: "module", slug: "arrays" })).toEqual([]);
    expect(warnings(await voided("e-1", "2024-01-04"))).toEqual([]);
  });

  it("of a step takes it back, also when it is sent again, and gives it back", async () => {
    const stepped = lifeOf(
      open().store,
      catalogOf({
        "courses/tour.json": { slug: "tour", modules: ["walk"] },
        "modules/walk/completion.json": { steps: ["in", "out"] },
      }),
      learner,
    );
    const step = (name: string, when: string, eventId: string) =>
      stepped.send("module_progressed", when, { module_slug: "walk", step: name }, eventId);
    const completedAt = async () => (await stepped.holder("course", "tour", "2024-02-01")).term?.completedAt;
    await step("in", "2024-01-01", "s-1");
    await step("out", "2024-01-02", "s-2");
    expect(await completedAt()).toBe(moment("2024-01-02"));
    const decided = await stepped.decide("event_voided", "2024-01-03", { event_id: "s-2" });
    expect(warnings(decided)).toEqual([]);
    expect(await completedAt()).toBeUndefined();
    await step("out", "2024-01-02", "s-2");
    expect(await completedAt()).toBeUndefined();
    expect(await stepped.list({ type: "module", slug: "walk" })).toEqual([]);
    await stepped.decide("event_voided", "2024-01-04", { event_id: "s-2", withdrawn: true });
    expect(await completedAt()).toBe(moment("2024-01-02"));
  });

  it("of a completion leaves what came with it out of the summary, until it is withdrawn", async () => {
    const feeling = `feeling-${learner}`;
    const asked = catalogOf({
      "courses/mood.json": { slug: "mood", modules: [feeling] },
      [`modules/${feeling}/completion.json`]: {},
    });
    const [one, other] = [learner, `${learner}-other`].map((who) => lifeOf(open().store, asked, who)) as [Life, Life];
    const feel = (who: Life, mood: string, eventId: string) =>
      who.send("module_completed", "2024-01-01", { module_slug: feeling, completion_data: { mood } }, eventId);
    const moods = async () => (await readDataSummary(open().store, asked, feeling, {})).fields.mood;
    await feel(one, "calm", "e-1");
    await feel(one, "glad", "e-2");
    // Another learner's event may be called the same.
    await feel(other, "calm", "e-1");
    expect(await moods()).toEqual({ count: 3, frequencies: { calm: 2, glad: 1 } });
    await one.decide("event_voided", "2024-01-02", { event_id: "e-1" });
    expect(await moods()).toEqual({ count: 2, frequencies: { calm: 1, glad: 1 } });
    await feel(one, "calm", "e-1");
    expect(await moods()).toEqual({ count: 2, frequencies: { calm: 1, glad: 1 } });
    await one.decide("event_voided", "2024-01-03", { event_id: "e-1", withdrawn: true });
    expect(await moods()).toEqual({ count: 3, frequencies: { calm: 2, glad: 1 } });
    // Before its event, and under another id of the same learner.
    await other.decide("event_voided", "2024-01-04", { event_id: "e-3" });
    await feel(one, "sad", "e-3");
    expect(await moods()).toMatchObject({ count: 4 });
    await other.decide("identity_linked", "2024-01-05", { alias: { contactId: learner } });
    expect(await moods()).toEqual({ count: 3, frequencies: { calm: 2, glad: 1 } });
  });

  it.each(["before", "after"])("of a link takes back nothing, and says what does: sent %s the link", async (when) => {
    const link = () => life.decide("identity_linked", "2024-01-01", { alias: { contactId: `${learner}-too` } }, "l-1");
    const first = when === "before" ? await voided("l-1", "2024-01-02") : await link();
    const second = when === "before" ? await link() : await voided("l-1", "2024-01-02");
    expect([warnings(first), warnings(second)]).toEqual([when === "before" ? ["UNKNOWN_EVENT"] : [], ["LINK_STANDS"]]);
    await lifeOf(open().store, catalog, `${learner}-too`).mark("strings", "2024-01-03");
    const { store } = ofLearner(open().store, learner);
    expect((await store.read(learner)).progress.module.get("strings")?.facts.marks).toHaveLength(1);
  });

  it("of a claim leaves the inferred time, and lets another claim stand", async () => {
    await life.mark("strings", "2024-01-01");
    await life.mark("arrays", "2024-01-02T10:00:00Z");
    const claim = (minute: string, eventId: string) =>
      life.send(
        "course_completed",
        "2024-01-02T11:00:00Z",
        { course_slug: "ruby", completed_at: `2024-01-02T10:0${minute}:00Z` },
        eventId,
      );
    await claim("3", "c-1");
    expect(await course("ruby")).toEqual(["completed", moment("2024-01-02T10:03:00Z")]);
    await voided("c-1", "2024-01-03");
    expect(await course("ruby")).toEqual(["completed", moment("2024-01-02T10:00:00Z")]);
    expect((await life.holder("course", "ruby", "2024-03-01")).state.flag).toMatchObject({
      completionSource: "inferred",
    });
    await claim("4", "c-2");
    expect(await course("ruby")).toEqual(["completed", moment("2024-01-02T10:04:00Z")]);
    await voided("c-1", "2024-01-04", { withdrawn: true });
    expect(await course("ruby")).toEqual(["completed", moment("2024-01-02T10:03:00Z")]);
  });

  it("of a decision takes it back, and the void of that void brings it back", async () => {
    await life.mark("arrays", "2024-01-01");
    await life.decide("module_waived", "2024-01-02", { module_slug: "strings" }, "w-1");
    expect(await course("ruby")).toEqual(["completed", moment("2024-01-02")]);
    await life.decide("event_voided", "2024-01-03", { event_id: "w-1" }, "v-1");
    expect(await course("ruby")).toEqual(["started", undefined]);
    await voided("v-1", "2024-01-04");
    expect(await course("ruby")).toEqual(["completed", moment("2024-01-02")]);
  });

  it("of a review takes it off its card", async () => {
    await life.send("item_reviewed", "2024-01-01", { module_slug: "arrays", item_id: "push", rating: "good" }, "r-1");
    expect(warnings(await voided("r-1", "2024-01-02"))).toEqual([]);
    const { reviews } = await readReviews({ store: open().store, catalog }, learner, undefined, { limit: 9 });
    expect(reviews).toEqual([]);
  });
});

describe("a waiver", () => {
  it("of a module counts in its holders, unlocks, and reads as complete with who and why", async () => {
    await life.mark("arrays", "2024-01-01");
    expect((await life.send("module_started", "2024-01-01", { module_slug: "after" })).error?.code).toBe(
      "MODULE_LOCKED",
    );
    expect(newlyCompleted(await life.decide("module_waived", "2024-01-02", { module_slug: "strings" }))).toEqual([
      "ruby",
      "dev",
    ]);
    expect(await life.module("strings", "2024-02-01")).toMatchObject({
      status: "completed",
      completedAt: moment("2024-01-02"),
      waived: { by: "waymark", reason: "because", at: moment("2024-01-02") },
    });
    expect((await life.send("module_started", "2024-01-03", { module_slug: "after" })).error).toBeUndefined();
    expect(await life.list({ type: "module", slug: "strings" })).toMatchObject([{ completedAt: moment("2024-01-02") }]);
    await life.mark("strings", "2024-01-05");
    expect((await life.module("strings", "2024-02-01")).completedAt).toBe(moment("2024-01-02"));
    expect(await life.backfill("2024-01-06")).toEqual({ kind: "right" });
  });

  it.each([
    ["waived", {}, "2024-01-02"],
    ["imported", { as: "imported", completed_at: "2019-05-01T00:00:00Z" }, "2019-05-01"],
  ])("of a course has the source %s", async (source, fields, at) => {
    expect(
      newlyCompleted(await life.decide("course_waived", "2024-01-02", { course_slug: "ruby", ...fields })),
    ).toEqual(["ruby", "dev"]);
    const { state, waived } = await life.holder("course", "ruby", "2024-03-01");
    expect(state.flag).toMatchObject({ completedAt: moment(at), completionSource: source });
    expect(waived).toMatchObject({ at: moment(at) });
  });

  it("may be withdrawn; of two at one moment the withdrawal counts, and a later waiver counts again", async () => {
    const waive = (when: string, more: object = {}) =>
      life.decide("course_waived", when, { course_slug: "ruby", ...more });
    await waive("2024-01-02");
    await waive("2024-01-03", { withdrawn: true });
    expect(await course("ruby")).toEqual(["not_started", undefined]);
    await waive("2024-01-03");
    expect(await course("ruby")).toEqual(["not_started", undefined]);
    await waive("2024-01-04");
    expect(await course("ruby")).toEqual(["completed", moment("2024-01-04")]);
  });
});

describe("granted attempts", () => {
  const grant = (eventId: string) =>
    life.decide("attempts_granted", "2024-01-03", { module_slug: "paper", task_slug: "quiz", count: 1 }, eventId);
  const attempt = async (score: number, eventId: string) =>
    (await life.score("paper", "quiz", score, "2024-01-04", eventId)).error?.code ?? "accepted";

  it("add to the limit, each grant once", async () => {
    for (const id of ["a", "b"]) expect(await attempt(10, id)).toBe("accepted");
    expect(await attempt(10, "c")).toBe("ATTEMPTS_EXHAUSTED");
    for (const id of ["g-1", "g-1"]) expect((await grant(id)).error).toBeUndefined();
    expect((await life.module("paper", "2024-02-01")).tasks?.[0]?.maxAttempts).toBe(3);
    expect(await attempt(10, "d")).toBe("accepted");
    expect(await attempt(60, "e")).toBe("ATTEMPTS_EXHAUSTED");
    await grant("g-2");
    expect(newlyCompleted(await life.score("paper", "quiz", 60, "2024-01-05", "f"))).toEqual(["exam"]);
  });

  it("come back when an attempt is void", async () => {
    for (const id of ["a", "b"]) await attempt(10, id);
    await voided("b", "2024-01-05");
    expect(await attempt(10, "c")).toBe("accepted");
    expect(await attempt(10, "d")).toBe("ATTEMPTS_EXHAUSTED");
  });
});
