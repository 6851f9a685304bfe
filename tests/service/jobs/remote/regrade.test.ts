import { expect, it } from "vitest";
import { REGRADE_FILES } from "../../../../src/service/jobs/regrade/regrade-checkpoint.ts";
import { catalogOf } from "../../../support/builders/catalogs.ts";
import { lifeOf } from "../../../support/builders/life.ts";
import { mortal } from "../../../support/fakes/mortal.ts";
import { readJson } from "../../../support/processes/backfill.ts";
import { everything, regrade, summaryIn, undo } from "../../../support/processes/regrade.ts";
import { bucketForFile, execute, fetched, filesIn, functionsOn, LIMIT_MS, requestOf, sqliteStore } from "./on-aws.ts";

const open = sqliteStore();
const bucket = bucketForFile();

const catalogWith = (correct: string) =>
  catalogOf({
    "courses/ruby.json": { slug: "ruby", modules: ["exam"] },
    "modules/exam/completion.json": { completion_tasks: [{ task_slug: "quiz", task_type: "quiz", passing_score: 75 }] },
    "modules/exam/quiz.json": {
      questions: [{ id: "q1", type: "single", options: ["a", "b"], correct_answer: correct }],
    },
  });
const [before, after] = [catalogWith("a"), catalogWith("b")];
const OPTIONS = { module: "exam", dryRun: false, segments: 3, concurrency: 2 };
const WHEN = "2024-02-01T00:00:00.000Z";

/** Learners of whom some gain by the other key, and some lose. */
async function answered(): Promise<void> {
  await open().raw.clear();
  for (const [index, answer] of ["a", "b", "b", "a", "b", "b", "a"].entries())
    await lifeOf(open().store, before, `learner-${index}`).send("task_submitted", "2024-01-02", {
      module_slug: "exam",
      task_slug: "quiz",
      answers: { q1: answer },
    });
}

/** Without what is another's at another time, and without what the store keeps for itself. */
async function left(folder: string) {
  const { "checkpoint.json": _, "regrade-summary.json": __, ...lists } = filesIn(folder, REGRADE_FILES);
  const { start_time, end_time, duration_seconds, ...counts } = summaryIn(folder);
  const items = (await everything(open())).filter((item) => !JSON.parse(item).learner_id.startsWith("\u0001"));
  return { lists, counts, items };
}

it.each([
  ["without trouble", 0],
  ["whose segments die once each", 12],
])("A regrade on AWS %s leaves what one process leaves, and can be undone", async (_, diesAt) => {
  await answered();
  const here = await regrade(open(), after, { ...OPTIONS, when: WHEN });
  const wanted = await left(here.folder);
  expect(wanted.counts).toMatchObject({ answers: 7, raised: 4, lowered: 3 });

  await answered();
  const original = await everything(open());
  const functions = functionsOn(open(), bucket().bucket, after);
  const request = requestOf(OPTIONS, { job: "regrade", run: "run", start_time: WHEN });
  const dead = new Set<unknown>();
  const ended = await execute(request, functions, async (name, input) => {
    const { segment } = input as { segment?: number };
    if (name !== "segment" || diesAt === 0 || dead.has(segment)) return functions.call(name, input);
    dead.add(segment);
    const end = { at: diesAt, how: "dies after" } as const;
    const process = mortal({ store: open().store, scanner: open().scanner(), bucket: bucket().bucket }, end);
    const died = process.death.then(() => {
      functions.pass(LIMIT_MS / 1_000);
      throw Object.assign(new Error("ended"), { name: "States.Timeout" });
    });
    return Promise.race([died, functions.call(name, input, process)]);
  });
  expect(ended).toMatchObject({ status: "SUCCEEDED" });
  const folder = await fetched(bucket().bucket, request);
  expect(await left(folder)).toEqual(wanted);
  expect(readJson(folder, "checkpoint.json")).toMatchObject({ kind: "regrade", finished: true });
  const options = { mode: "write", dryRun: false, concurrency: 2, segments: 4, segmentBytes: 1_500, source: request };
  const undoing = requestOf(options, { job: "rollback" });
  expect(await execute(undoing, functions)).toMatchObject({ status: "SUCCEEDED" });
  const summary = readJson(await fetched(bucket().bucket, undoing), "rollback-summary.json");
  expect(summary).toMatchObject({ run: "run", not_undone: 0, grades_undone: 7 });
  expect(await undo(open().store, folder, "verify")).toMatchObject({ kept: [], notUndone: 0 });
  bucket().stub.objects.clear();
  const flags = (items: string[]) => items.filter((item) => item.includes('"COURSE#')).map(withoutNote);
  expect(flags(await everything(open()))).toEqual(flags(original));
});

/** A cleared flag has an item, where there may have been none. */
const withoutNote = (item: string) => JSON.stringify({ ...JSON.parse(item), decided_by: undefined });

it("A regrade on AWS is refused for a module that the deployment's catalog has not", async () => {
  const functions = functionsOn(open(), bucket().bucket, after);
  const request = requestOf({ ...OPTIONS, module: "nothing" }, { job: "regrade" });
  const cause = expect.stringContaining("has no module nothing with a quiz.json");
  expect(await execute(request, functions)).toMatchObject({ status: "FAILED", error: "JobRefused", cause });
});
