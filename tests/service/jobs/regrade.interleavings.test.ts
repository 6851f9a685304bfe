import { describe, expect, it } from "vitest";
import type { Item } from "../../../src/store/items.ts";
import type { Store } from "../../../src/store/store.ts";
import { catalogOf } from "../../support/builders/catalogs.ts";
import { lifeOf, moment } from "../../support/builders/life.ts";
import { runsFolder } from "../../support/processes/backfill.ts";
import { changesIn, everything, regrade, summaryIn, undo } from "../../support/processes/regrade.ts";
import { sqliteStore } from "../../support/processes/sqlite-store.ts";

/** @param correct the right option of the second question */
const catalogWith = (correct: "a" | "b") =>
  catalogOf({
    "courses/ruby.json": { slug: "ruby", modules: ["exam", "notes"] },
    "pathways/dev.json": { slug: "dev", courses: ["ruby"] },
    "modules/notes/completion.json": {},
    "modules/exam/completion.json": {
      completion_tasks: [
        { task_slug: "quiz", task_type: "quiz", passing_score: 75 },
        { task_slug: "lab", task_type: "lab_attestation", required: false },
      ],
    },
    "modules/exam/quiz.json": {
      questions: ["q1", "q2"].map((id) => ({
        id,
        type: "single",
        options: ["a", "b"],
        correct_answer: id === "q2" ? correct : "a",
      })),
    },
  });
const [before, after] = [catalogWith("a"), catalogWith("b")];
const open = sqliteStore();
const passes = { module_slug: "exam", task_slug: "quiz", answers: { q1: "a", q2: "a" } };
const fails = { ...passes, answers: { q1: "a", q2: "b" } };

/** One who loses the pathway by the new key, and one who gains it. */
async function twoLearners(): Promise<void> {
  await open().raw.clear();
  for (const [learner, answers] of [
    ["ada", passes],
    ["bob", fails],
  ] as const) {
    const life = lifeOf(open().store, before, learner);
    await life.mark("notes", "2024-01-01");
    await life.send("task_submitted", "2024-01-02", answers);
    await life.send("task_submitted", "2024-01-03", { ...passes, answers: { q1: "b" } });
  }
}

const pathway = async (learner: string) =>
  (await lifeOf(open().store, after, learner).holder("pathway", "dev", "2024-03-01")).term?.completedAt;

describe("An event beside a regrade", () => {
  it("that has read the former grade sets no flag by it", async () => {
    await open().raw.clear();
    const life = lifeOf(open().store, before, "ada");
    await life.send("task_submitted", "2024-01-02", passes);
    let graded = false;
    // t1 the event reads the former grade   t2 the regrade runs   t3 the event's flag of the course is lost
    const store: Store = {
      ...open().store,
      async setFlag(...given) {
        if (!graded) {
          graded = true;
          expect((await regrade(open(), after, {})).summary).toMatchObject({ lowered: 1 });
        }
        return open().store.setFlag(...given);
      },
    };
    await lifeOf(store, after, "ada").mark("notes", "2024-01-03");
    expect(graded).toBe(true);
    expect(await pathway("ada")).toBeUndefined();
    expect(await open().raw.get("ada", "COURSE#ruby")).not.toMatchObject({ completed: true });
    expect(await life.backfill("2024-02-03", after)).toEqual({ kind: "right" });
  });

  it("that comes before the run notes itself is not overwritten, and is undone as it was", async () => {
    await open().raw.clear();
    const life = lifeOf(open().store, after, "bob");
    await lifeOf(open().store, before, "bob").send("task_submitted", "2024-01-02", fails);
    let sent = false;
    const store: Store = {
      ...open().store,
      async markDecided(...given) {
        if (!sent) {
          sent = true;
          await life.mark("notes", "2024-01-03");
        }
        return open().store.markDecided(...given);
      },
    };
    const { folder } = await regrade(open(), after, { store });
    expect(await pathway("bob")).toBe(moment("2024-01-03"));
    expect(await undo(open().store, folder)).toMatchObject({ grades: 1 });
    await life.backfill("2024-02-03");
    expect(await pathway("bob")).toBeUndefined();
  });

  it("that completes what a grade has nearly completed sets the flags at once", async () => {
    await open().raw.clear();
    const both = (correct: "a" | "b") =>
      catalogOf({
        "courses/ruby.json": { slug: "ruby", modules: ["exam"] },
        "modules/exam/completion.json": {
          completion_tasks: [
            { task_slug: "quiz", task_type: "quiz", passing_score: 75 },
            { task_slug: "lab", task_type: "lab_attestation" },
          ],
        },
        "modules/exam/quiz.json": {
          questions: [{ id: "q1", type: "single", options: ["a", "b"], correct_answer: correct }],
        },
      });
    const answered = { module_slug: "exam", task_slug: "quiz", answers: { q1: "b" } };
    await lifeOf(open().store, both("a"), "bob").send("task_submitted", "2024-01-02", answered);
    await regrade(open(), both("b"), {});
    const life = lifeOf(open().store, both("b"), "bob");
    await life.send("task_submitted", "2024-02-02", { module_slug: "exam", task_slug: "lab", attested: true });
    expect((await life.holder("course", "ruby", "2024-03-01")).term?.completedAt).toBe(moment("2024-02-02"));
  });
});

/** A store whose process dies at its n-th call, before it is done or after; then nothing happens any more. */
function mortal(killAt: number, when: "before" | "after") {
  let calls = 0;
  let die = () => {};
  const death = new Promise<void>((done) => {
    die = done;
  });
  const never = new Promise<never>(() => {});
  const call = async (action: () => Promise<unknown>): Promise<unknown> => {
    const number = ++calls;
    if (number < killAt) return action();
    if (number === killAt && when === "after") await action();
    die();
    return never;
  };
  const methods = Object.entries(open().store) as [string, (...given: never[]) => Promise<unknown>][];
  const store = Object.fromEntries(
    methods.map(([name, method]) => [name, (...given: never[]) => call(() => method(...given))]),
  ) as unknown as Store;
  return { store, death };
}

describe("A regrade that is stopped between any two calls of the store", () => {
  it.each(["before", "after"] as const)("(%s one) goes on to the same end, or is undone", async (when) => {
    await twoLearners();
    const [progress, records] = [await open().raw.items("progress"), await open().raw.items("records")];
    const original = await everything(open());
    const reset = async () => {
      await open().raw.clear();
      await open().raw.putAll("progress", progress);
      await open().raw.putAll("records", records);
    };
    const whole = await regrade(open(), after, { concurrency: 1, segments: 1 });
    const [end, changes] = [await everything(open()), changesIn(whole.folder)];
    expect(await pathway("ada")).toBeUndefined();
    expect(await pathway("bob")).toBe(moment("2024-01-02"));
    expect(changes).toHaveLength(2);
    const { start_time: _, end_time: __, duration_seconds: ___, ...counts } = summaryIn(whole.folder);

    let stopped = 0;
    for (let killAt = 1; ; killAt++) {
      const interrupted = async () => {
        await reset();
        const folder = runsFolder();
        const { store, death } = mortal(killAt, when);
        const run = regrade(open(), after, { folder, store, concurrency: 1, segments: 1 });
        const ended = await Promise.race([run.then(() => true), death.then(() => false)]);
        return { folder, ended };
      };
      const { folder, ended } = await interrupted();
      if (ended) break;
      stopped++;
      await regrade(open(), after, { folder });
      expect({ killAt, changes: changesIn(folder) }).toEqual({ killAt, changes });
      expect(summaryIn(folder)).toMatchObject(counts);
      expect(await everything(open())).toEqual(end);
      await undo(open().store, folder);
      expect(await everything(open())).toEqual(original);

      const again = await interrupted();
      expect((await undo(open().store, again.folder)).kept).toEqual([]);
      expect({ killAt, items: await everything(open()) }).toEqual({ killAt, items: original });
    }
    // Of each learner a read of the identity, two reads, the history, a grade, and of three items a look, a note and a flag.
    expect(stopped).toBeGreaterThan(25);
  });

  it("goes on after a signal, and grades nobody twice", async () => {
    await twoLearners();
    const stop = new AbortController();
    stop.abort();
    const { folder, summary } = await regrade(open(), after, { signal: stop.signal });
    expect(summary).toBeUndefined();
    expect((await regrade(open(), after, { folder })).summary).toMatchObject({ answers: 4, raised: 1, lowered: 1 });
  });
});

describe("A learner whose data are faulty", () => {
  it("is a failure alone, and nothing of it is touched", async () => {
    await twoLearners();
    const item = (await open().raw.get("ada", "MODULE#exam")) as Item;
    await open().raw.put("ada", "MODULE#exam", { ...item, started_at: "yesterday" });
    const ofAda = async () => (await everything(open())).filter((text) => text.includes('"ada"'));
    const untouched = await ofAda();
    const { summary } = await regrade(open(), after, {});
    expect(summary).toMatchObject({ failed: 1, validation_errors: 1, processed: 1, raised: 1 });
    expect(await ofAda()).toEqual(untouched);
  });
});
