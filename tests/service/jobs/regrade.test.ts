import { beforeEach, expect, it } from "vitest";
import { withGrades } from "../../../src/service/read/graded-attempts.ts";
import { markVoided } from "../../../src/service/read/voided-attempts.ts";
import { catalogOf } from "../../support/builders/catalogs.ts";
import { type Life, lifeOf, moment } from "../../support/builders/life.ts";
import { changesIn, everything, regrade, summaryIn, undo } from "../../support/processes/regrade.ts";
import { describePropertyStores } from "../../support/processes/stores.ts";

type Question = { correct?: string; points?: number };
/** A catalog whose quiz has these questions; each has the options a and b, and a is right where nothing else is said. */
const catalogWith = (questions: Record<string, Question>, feedback?: string) =>
  catalogOf({
    "courses/ruby.json": { slug: "ruby", modules: ["exam", "notes"] },
    "pathways/dev.json": { slug: "dev", courses: ["ruby"] },
    "modules/notes/completion.json": {},
    "modules/exam/completion.json": {
      aliases: ["test"],
      completion_tasks: [
        { task_slug: "quiz", task_type: "quiz", passing_score: 75, max_attempts: 3 },
        { task_slug: "other", task_type: "quiz", required: false, passing_score: 75 },
      ],
    },
    "modules/exam/quiz.json": {
      ...(feedback && { feedback }),
      questions: Object.entries(questions).map(([id, { correct = "a", points = 1 }]) => ({
        id,
        type: "single",
        options: ["a", "b"],
        correct_answer: correct,
        points,
      })),
    },
  });
const [q1, q2, q3, q4] = [{}, {}, {}, {}];
const before = catalogWith({ q1, q2, q3, q4 });
const b = { correct: "b" };
const answersOf = (letters: string) =>
  Object.fromEntries([...letters].map((letter, index) => [`q${index + 1}`, letter]));
const answer = (
  life: Life,
  letters: string,
  when: string,
  more: { id?: string; task?: string; module?: string } = {},
) => {
  const { id, task = "quiz", module = "exam" } = more;
  return life.send("task_submitted", when, { module_slug: module, task_slug: task, answers: answersOf(letters) }, id);
};

describePropertyStores("Grading again", ({ newStore }) => {
  const open = newStore();
  let number = 0;
  let learner: string;
  let life: Life;
  beforeEach(async () => {
    learner = `learner-${++number}`;
    life = lifeOf(open().store, before, learner);
    await open().raw.clear();
  });
  const history = async () => {
    const [{ attempts }, decisions] = await Promise.all([
      open().store.attempts(learner, { limit: 100, kind: "task" }),
      open().store.decisions(learner),
    ]);
    return withGrades(markVoided(attempts, decisions), decisions);
  };
  const completed = async (catalog = before) =>
    (await lifeOf(open().store, catalog, learner).holder("pathway", "dev", "2024-03-01")).term?.completedAt;

  it.each([
    ["the key corrected for the learner", "aabb", catalogWith({ q1, q2, q3: b, q4: b }), [50, 100], [false, true]],
    ["the key corrected against the learner", "aaaa", catalogWith({ q1, q2, q3: b, q4: b }), [100, 50], [true, false]],
    ["other questions right, and as many", "aabb", catalogWith({ q1: b, q2, q3: b, q4 }), [50, 50], [false, false]],
    ["more points for what was right", "aabb", catalogWith({ q1: { points: 7 }, q2, q3, q4 }), [50, 80], [false, true]],
    [
      "fewer points for what was right",
      "aaab",
      catalogWith({ q1, q2, q3, q4: { points: 2 } }),
      [75, 60],
      [true, false],
    ],
    ["a question taken out", "aaab", catalogWith({ q1, q2, q3 }), [75, 100], [true, true]],
    ["a question added", "aaaa", catalogWith({ q1, q2, q3, q4, q5: {} }), [100, 80], [true, true]],
  ] as const)("%s: dry, written, repeated, undone", async (_, letters, after, [was, is], [passed, passes]) => {
    await life.mark("notes", "2024-01-01");
    await answer(life, letters, "2024-01-02");
    const original = await everything(open());
    expect((await completed()) !== undefined).toBe(passed);

    const dry = await regrade(open(), after, { dryRun: true });
    expect(await everything(open())).toEqual(original);
    const { folder } = await regrade(open(), after, {});
    const counts = { answers: 1, processed: 1, updated: 1, failed: 0 };
    const kinds = { raised: Number(is > was), lowered: Number(is < was), same_score: Number(is === was) };
    for (const files of [dry.folder, folder]) {
      expect(summaryIn(files)).toMatchObject({ ...counts, ...kinds });
      expect(changesIn(files)).toMatchObject([
        { contact_id: learner, grades: [{ score_before: was, score_after: is }] },
      ]);
      const flags = changesIn(files)[0]?.changes.map(({ type, before, after }) => [type, before, after]);
      const all = ["course", "module", "pathway"].map((type) => [type, passed, passes]);
      expect(flags).toEqual(passed === passes ? [] : all);
    }
    expect(await completed(after)).toBe(passes ? moment("2024-01-02") : undefined);
    const { tasks } = await lifeOf(open().store, after, learner).module("exam", "2024-03-01");
    expect(tasks?.[0]).toMatchObject({ bestScore: is, maxAttempts: 3 });
    expect(await history()).toMatchObject([
      {
        score: is,
        grades: [
          { score: was, run: null },
          { score: is, run: "run", gradedAt: moment("2024-02-01") },
        ],
      },
    ]);

    const written = await everything(open());
    const again = await regrade(open(), after, { run: "again", when: "2024-02-02" });
    expect(again.summary).toMatchObject({ answers: 1, updated: 0 });
    expect(await everything(open())).toEqual(written);
    expect(await lifeOf(open().store, after, learner).backfill("2024-02-03")).toEqual({ kind: "right" });

    expect(await undo(open().store, folder, "verify")).toMatchObject({ notUndone: was === is ? 1 : 4 });
    expect(await undo(open().store, folder, "dry-run")).toMatchObject({ grades: 1, notUndone: 0 });
    expect(await everything(open())).toEqual(written);
    expect(await undo(open().store, folder)).toMatchObject({
      grades: 1,
      undone: passed === passes ? 0 : 3,
      notUndone: 0,
    });
    expect(await everything(open())).toEqual(original);
    expect(await undo(open().store, folder, "verify")).toMatchObject({ notUndone: 0 });
    expect((await history())[0]?.grades).toBeUndefined();
  });

  it("by the same quiz, told otherwise, writes nothing", async () => {
    await answer(life, "aabb", "2024-01-02");
    const original = await everything(open());
    const { folder } = await regrade(open(), catalogWith({ q1, q2, q3, q4 }, "none"), {});
    expect(summaryIn(folder)).toMatchObject({ answers: 1, updated: 0, raised: 0, lowered: 0, same_score: 0 });
    expect(changesIn(folder)).toEqual([]);
    expect(await everything(open())).toEqual(original);
  });

  it("grades answers under a former slug, of one task where one is named, and nothing that came as a score", async () => {
    await answer(life, "aabb", "2024-01-02", { module: "test" });
    await answer(life, "aabb", "2024-01-03", { task: "other" });
    await life.score("exam", "quiz", 60, "2024-01-04");
    const after = catalogWith({ q1, q2, q3: b, q4: b });
    expect((await regrade(open(), after, { task: "other", run: "one" })).summary).toMatchObject({
      answers: 1,
      raised: 1,
    });
    expect((await regrade(open(), after, { run: "two" })).summary).toMatchObject({ answers: 2, raised: 1 });
    expect((await history()).map(({ score }) => score)).toEqual([60, 100, 100]);
  });

  it("counts for nothing while the answer is void, and counts once that is withdrawn", async () => {
    await life.mark("notes", "2024-01-01");
    await answer(life, "bbbb", "2024-01-01");
    await answer(life, "aabb", "2024-01-02", { id: "e-1" });
    await life.decide("event_voided", "2024-01-03", { event_id: "e-1" });
    const after = catalogWith({ q1, q2, q3: b, q4: b });
    expect((await regrade(open(), after, {})).summary).toMatchObject({ raised: 2, modules_updated: 0 });
    expect(await completed(after)).toBeUndefined();
    expect(await history()).toMatchObject([{ score: 100, voided: {} }, { score: 50 }]);
    const later = lifeOf(open().store, after, learner);
    expect((await later.module("exam", "2024-03-01")).tasks?.[0]?.maxAttempts).toBe(4);
    await later.decide("event_voided", "2024-02-03", { event_id: "e-1", withdrawn: true });
    expect(await completed(after)).toBe(moment("2024-01-02"));
  });

  it("gives way to a newer grade, and stands again once that is taken back", async () => {
    await life.mark("notes", "2024-01-01");
    await answer(life, "aaaa", "2024-01-02");
    const [half, all] = [catalogWith({ q1, q2, q3: b, q4: b }), before];
    await regrade(open(), half, { run: "half", when: "2024-02-01" });
    const { folder } = await regrade(open(), all, { run: "all", when: "2024-02-02" });
    expect((await history())[0]?.grades?.map(({ score }) => score)).toEqual([100, 50, 100]);
    expect(await completed()).toBe(moment("2024-01-02"));
    await undo(open().store, folder);
    expect((await history())[0]?.grades?.map(({ score }) => score)).toEqual([100, 50]);
    expect(await completed()).toBeUndefined();
  });

  it("stands when its event comes again under the new quiz, which adds no attempt", async () => {
    await answer(life, "aaab", "2024-01-02", { id: "e-1" });
    const after = catalogWith({ q1, q2, q3: b, q4 });
    await regrade(open(), after, {});
    const later = lifeOf(open().store, after, learner);
    await answer(later, "aaab", "2024-01-02", { id: "e-1" });
    expect((await later.module("exam", "2024-03-01")).tasks?.[0]).toMatchObject({ bestScore: 50 });
    expect(await history()).toHaveLength(1);
  });

  it("keeps apart two answers of one event_id and moment, which had one result", async () => {
    await answer(life, "aabb", "2024-01-02", { id: "e-1" });
    await answer(life, "bbaa", "2024-01-02", { id: "e-1" });
    const after = catalogWith({ q1, q2, q3, q4, q5: {} });
    expect((await regrade(open(), after, {})).summary).toMatchObject({ answers: 2, lowered: 2 });
    const uneven = catalogWith({ q1: { points: 3 }, q2, q3, q4 });
    await regrade(open(), uneven, { run: "uneven", when: "2024-02-02" });
    expect((await history()).map(({ score }) => score).sort()).toEqual([33.333333, 66.666666]);
    expect((await lifeOf(open().store, uneven, learner).module("exam", "2024-03-01")).tasks?.[0]?.bestScore).toBe(
      66.666666,
    );
  });

  it("leaves what a later event made of a flag, and says so when it is undone", async () => {
    await answer(life, "aabb", "2024-01-02");
    const after = catalogWith({ q1, q2, q3: b, q4: b });
    const { folder } = await regrade(open(), after, {});
    const later = lifeOf(open().store, after, learner);
    await later.mark("notes", "2024-02-02");
    const { kept, grades } = await undo(open().store, folder);
    expect(grades).toBe(1);
    expect(kept.map(({ type, slug }) => `${type} ${slug}`)).toEqual(["course ruby", "pathway dev"]);
    await later.backfill("2024-02-03");
    expect(await completed(after)).toBeUndefined();
  });
});
