import { beforeEach, describe, expect, it } from "vitest";
import { AppError } from "../../../src/model/errors.ts";
import { toTimestamp } from "../../../src/model/time.ts";
import { deleteLearner } from "../../../src/service/deletion/delete-learner.ts";
import { ofLearner } from "../../../src/service/identity/reading-store.ts";
import type { EventResult } from "../../../src/service/ingest/event-result.ts";
import { Mapping } from "../../../src/service/jobs/import/mapping.ts";
import { rowReader } from "../../../src/service/jobs/import/row-reader.ts";
import { exportLearner } from "../../../src/service/read/export-learner.ts";
import { readHolder } from "../../../src/service/read/read.ts";
import { catalogOf } from "../../support/builders/catalogs.ts";
import { ingestUnder } from "../../support/builders/ingest.ts";
import { lifeOf, moment } from "../../support/builders/life.ts";
import { remainsOf } from "../../support/oracles/remains.ts";
import { backfillToEnd, rollback, runsFolder } from "../../support/processes/backfill.ts";
import { changesIn, everything, regrade, summaryIn, undo } from "../../support/processes/regrade.ts";
import { sqliteStore } from "../../support/processes/sqlite-store.ts";

/** A quiz of two questions, whose right answer is the same to both. */
const catalogWith = (right: "a" | "b", modules = ["exam", "notes"]) =>
  catalogOf({
    "courses/ruby.json": { slug: "ruby", modules },
    "pathways/dev.json": { slug: "dev", courses: ["ruby"] },
    "modules/notes/completion.json": {},
    "modules/exam/completion.json": {
      completion_tasks: [{ task_slug: "quiz", task_type: "quiz", passing_score: 75, max_attempts: 2 }],
    },
    "modules/exam/quiz.json": {
      questions: ["q1", "q2"].map((id) => ({
        id,
        type: "single",
        options: ["a", "b"],
        correct_answer: right,
        points: 1,
      })),
    },
  });
const before = catalogWith("a");
const after = catalogWith("b");
const UNTIL = "2024-03-01";

const open = sqliteStore();
let number = 0;
/** Known by an email first, and by an id later. */
let [id, email] = ["", ""];
beforeEach(async () => {
  number++;
  [id, email] = [`id-${number}`, `someone-${number}@example.com`];
  await open().raw.clear();
});
// Each sends by a process of its own, which remembers nobody's links.
const under = (learner: string, catalog = before) => lifeOf(open().store, catalog, learner);
const answer = (learner: string, letter: "a" | "b", when: string, eventId?: string) =>
  under(learner).send(
    "task_submitted",
    when,
    { module_slug: "exam", task_slug: "quiz", answers: { q1: letter, q2: letter } },
    eventId,
  );
const link = (when = "2024-01-20", more: object = {}) =>
  under(id).decide("identity_linked", when, { alias: { contactId: email }, ...more });
const codeOf = (result: EventResult) => result.error?.code ?? "accepted";
const completedAt = async (asked: string, catalog = before) => {
  const { store } = ofLearner(open().store, asked);
  const { state, settled } = await readHolder(store, catalog.at(moment(UNTIL)), asked, {
    type: "pathway",
    slug: "dev",
  });
  expect(settled).toBe(true);
  return state.flag?.completedAt;
};

describe("Attempts of a learner with two ids", () => {
  const right = "2024-01-05";
  const grant = () =>
    under(email).decide("attempts_granted", "2024-01-04", { module_slug: "exam", task_slug: "quiz", count: 1 });
  const voided = () => under(id).decide("event_voided", "2024-01-04", { event_id: "first" });
  it.each([
    ["both were made under the one, and it is sent under the other", ["id", "id"], [], "email", "ATTEMPTS_EXHAUSTED"],
    [
      "one was made under each, and it is sent under the learner's own",
      ["id", "email"],
      [],
      "id",
      "ATTEMPTS_EXHAUSTED",
    ],
    ["one was made under each, and it is sent under the alias", ["id", "email"], [], "email", "ATTEMPTS_EXHAUSTED"],
    ["one is left", ["id"], [], "email", "accepted"],
    ["one was granted under the other", ["id", "email"], [grant], "id", "accepted"],
    ["one is void by what was decided under the other", ["email", "id"], [voided], "email", "accepted"],
  ] as const)("count together: %s", async (_, made, decisions, by, code) => {
    const named = (which: "id" | "email") => (which === "id" ? id : email);
    await link();
    for (const [index, which] of made.entries())
      expect(codeOf(await answer(named(which), "b", `2024-01-0${index + 2}`, index === 0 ? "first" : undefined))).toBe(
        "accepted",
      );
    for (const decide of decisions) await decide();
    expect(codeOf(await answer(named(by), "a", right))).toBe(code);
    // Sent again, it is no attempt more, and no other answer.
    expect(codeOf(await answer(named(by), "a", right))).toBe(code);
    await under(email).mark("notes", "2024-01-06");
    expect(await completedAt(id)).toBe(code === "accepted" ? moment("2024-01-06") : undefined);
  });

  it("that were made before the link stand, and none is left for either", async () => {
    for (const learner of [id, email])
      for (const day of ["2024-01-02", "2024-01-03"]) expect(codeOf(await answer(learner, "b", day))).toBe("accepted");
    await link();
    for (const learner of [id, email]) expect(codeOf(await answer(learner, "a", right))).toBe("ATTEMPTS_EXHAUSTED");
    await link("2024-01-21", { withdrawn: true });
    for (const learner of [id, email]) expect(codeOf(await answer(learner, "a", right))).toBe("ATTEMPTS_EXHAUSTED");
  });
});

it("A mark that is void by what was decided under the other id is in no list, however often it is sent", async () => {
  const mark = () => under(id).send("module_completed", "2024-01-05", { module_slug: "notes" }, "read");
  const listed = () => under(id).list({ type: "module", slug: "notes" });
  await under(email).decide("event_voided", "2024-01-04", { event_id: "read" });
  await mark();
  expect(await listed()).toHaveLength(1);
  await link();
  expect(await listed()).toEqual([]);
  // Something is known of the module under the other id, too, so that a flag alone would put it on the list.
  await under(email).send("module_started", "2024-01-06", { module_slug: "notes" });
  await mark();
  expect(await listed()).toEqual([]);
});

describe("A claim of a learner with two ids", () => {
  it.each(["id", "email"] as const)("is judged by the facts under both, and sent under the %s", async (by) => {
    const learner = by === "id" ? id : email;
    const claim = (when: string) => under(learner).send("course_completed", when, { course_slug: "ruby" }, "claim");
    await answer(email, "a", "2024-01-02");
    await under(id).mark("notes", "2024-01-03");
    expect(await claim("2024-01-03T00:01:00Z")).toMatchObject({ error: { code: "COMPLETION_NOT_REACHED" } });
    await link();
    expect(codeOf(await claim("2024-01-03T00:01:00Z"))).toBe("accepted");
    expect(await completedAt(learner)).toBe(moment("2024-01-03T00:01:00Z"));
    await under(learner === id ? email : id).decide("event_voided", "2024-01-22", { event_id: "claim" });
    expect(await completedAt(learner)).toBe(moment("2024-01-03"));
  });

  it("falls with the facts of the other when the link is withdrawn", async () => {
    await answer(email, "a", "2024-01-02");
    await link();
    await under(id).mark("notes", "2024-01-03");
    expect(codeOf(await under(id).send("course_completed", "2024-01-03", { course_slug: "ruby" }))).toBe("accepted");
    await link("2024-01-21", { withdrawn: true });
    for (const learner of [id, email]) expect(await completedAt(learner)).toBeUndefined();
  });
});

describe("A regrade of a learner with two ids", () => {
  beforeEach(async () => {
    await answer(email, "a", "2024-01-02");
    await answer(id, "b", "2024-01-03");
    await under(id).mark("notes", "2024-01-04");
    await link();
  });
  const gradesOf = async (learner: string) =>
    (await open().store.decisions(learner)).filter(({ kind }) => kind === "grade").length;

  it("grades the answers of both as one learner's, and can be undone", async () => {
    const original = await everything(open());
    expect(await completedAt(email)).toBe(moment("2024-01-04"));
    // The answer that was right is wrong by now, and the other right: so the exam is passed a day later.
    const dry = await regrade(open(), after, { dryRun: true });
    expect(await everything(open())).toEqual(original);
    const { folder } = await regrade(open(), after, {});
    for (const one of [dry.folder, folder])
      expect(changesIn(one)).toMatchObject([
        {
          contact_id: id,
          ids: [id, email],
          grades: [
            { score_before: 0, score_after: 100 },
            { score_before: 100, score_after: 0 },
          ],
          changes: [{ slug: "exam", completed_at_after: moment("2024-01-03") }],
        },
      ]);
    expect(summaryIn(folder)).toMatchObject({ answers: 2, raised: 1, lowered: 1 });
    for (const learner of [id, email]) expect(await gradesOf(learner)).toBe(1);
    expect(await completedAt(email, after)).toBe(moment("2024-01-04"));

    expect(await undo(open().store, folder)).toMatchObject({ grades: 2, kept: [] });
    expect(await everything(open())).toEqual(original);
    expect(await undo(open().store, folder, "verify")).toMatchObject({ kept: [] });
  });

  it("that stops behind its grades is undone under both", async () => {
    const original = await everything(open());
    const cause = new Error("The connection was closed");
    const away = () => Promise.reject(new AppError("STORE_UNAVAILABLE", "The store is away", { cause }));
    const folder = runsFolder();
    const stopped = regrade(open(), after, { folder, store: { ...open().store, markDecided: away } });
    await expect(stopped).rejects.toThrow("The store is away");
    for (const learner of [id, email]) expect(await gradesOf(learner)).toBe(1);
    expect(await undo(open().store, folder)).toMatchObject({ grades: 2, kept: [] });
    expect(await everything(open())).toEqual(original);
  });

  it("leaves each its own grade when the link is withdrawn", async () => {
    await regrade(open(), after, {});
    await lifeOf(open().store, after, id).decide("identity_linked", "2024-02-02", {
      alias: { contactId: email },
      withdrawn: true,
    });
    expect(await completedAt(id, after)).toBe(moment("2024-01-04"));
    expect(await completedAt(email, after)).toBeUndefined();
  });

  it("is in the export of either, and goes with the learner", async () => {
    await regrade(open(), after, {});
    const exportOf = async (learner: string) => {
      let text = "";
      for await (const piece of exportLearner(open().store, learner, moment(UNTIL))) text += piece;
      return JSON.parse(text);
    };
    const whole = await exportOf(email);
    expect(await exportOf(id)).toEqual(whole);
    expect(whole.learner_id).toBe(id);
    for (const learner of [id, email]) {
      const own = whole.progress.filter((item: { learner_id: string }) => item.learner_id === learner);
      expect(own.map(({ kind }: { kind?: string }) => kind)).toContain("grade");
      expect(whole.records.some((item: { learner_id: string }) => item.learner_id === learner)).toBe(true);
    }
    await deleteLearner(open().store, email);
    for (const learner of [id, email]) {
      expect(await remainsOf(open(), learner)).toEqual([]);
      expect((await open().store.identity(learner)).deletedAt).toBeDefined();
    }
    // A run that comes later finds nobody.
    const { folder } = await regrade(open(), after, { run: "later" });
    expect(summaryIn(folder)).toMatchObject({ answers: 0 });
  });
});

describe("A backfill of a learner with two ids", () => {
  it("settles both as one, writes nothing more when it runs again, and can be undone", async () => {
    await answer(email, "a", "2024-01-02");
    await under(id).mark("notes", "2024-01-03");
    await link();
    const easier = catalogWith("a", ["exam"]);
    const harder = catalogWith("a", ["exam", "notes", "talk"]);
    const original = await everything(open());
    const { folder: _, ...first } = await backfillToEnd(open(), easier, { startTime: moment("2024-02-01") });
    expect(first.changes.every(({ contact_id }) => contact_id === id)).toBe(true);
    expect(first.summary).toMatchObject({ failed: 0 });
    await rollback(open().store, first.changes);
    expect(await everything(open())).toEqual(original);

    await under(email, harder).send("module_started", "2024-02-02", { module_slug: "talk" });
    const { changes } = await backfillToEnd(open(), harder, { startTime: moment("2024-02-03") });
    expect(
      changes.flatMap(({ contact_id, changes: flags }) => flags.map(({ slug, after: is }) => [contact_id, slug, is])),
    ).toEqual([
      [id, "ruby", false],
      [id, "dev", false],
    ]);
    expect(await completedAt(email, harder)).toBeUndefined();
    expect((await backfillToEnd(open(), harder, { startTime: moment("2024-02-04") })).changes).toEqual([]);
    expect(await rollback(open().store, changes)).toMatchObject({ undone: 2, kept: [] });
  });
});

describe("An import of a learner with two ids", () => {
  const mapping = Mapping.parse({
    learner: { column: "User" },
    entity: { column: "What" },
    completed_at: { column: "Done" },
  });
  it("counts what stands under both, and adds nothing when it is imported again", async () => {
    await answer(id, "a", "2024-01-05");
    await link();
    const ingest = ingestUnder(open().store, before);
    const columns = ["User", "What", "Done"];
    const read = rowReader(mapping, { format: "csv", columns }, toTimestamp(Date.parse(UNTIL)));
    const cells = [email, "notes", "2023-12-01"];
    const { events } = read({ number: 1, line: 2, bytes: 0, cells });
    const raws = events.map(({ raw }) => raw);
    const [first] = await ingest(raws);
    expect(first).toMatchObject({
      learnerId: id,
      outcome: { flagged: [{ slug: "ruby", newlyCompleted: true }, { slug: "dev" }] },
    });
    for (const learner of [id, email]) expect(await completedAt(learner)).toBe(moment("2024-01-05"));
    const once = await everything(open());
    await ingest(raws);
    expect(await everything(open())).toEqual(once);
  });
});
