import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import { catalogOf } from "../../support/builders/catalogs.ts";
import { lifeOf, moment, newlyCompleted } from "../../support/builders/life.ts";
import { sqliteStore } from "../../support/processes/sqlite-store.ts";

const open = sqliteStore();
const catalog = catalogOf({
  "courses/exam.json": { slug: "exam", modules: ["paper"] },
  "pathways/dev.json": { slug: "dev", courses: ["exam"] },
  "modules/paper/completion.json": { completion_tasks: [{ task_slug: "quiz", passing_score: 50 }] },
});

it.each([
  ["a course", "course_reset", { course_slug: "exam" }, "exam"],
  ["a pathway, and its course", "pathway_reset", { pathway_slug: "dev" }, "dev"],
])("a reset of %s counts for a module that is heard of later only", async (_, name, fields, holder) => {
  const life = lifeOf(open().store, catalog, randomUUID());
  if (holder === "dev") await life.decide("course_reset", "2024-02-01", { course_slug: "exam" });
  await life.decide(name, "2024-02-01", fields);
  // What was done before the reset arrives after it, and completes what the reset has ended.
  await life.score("paper", "quiz", 60, "2024-01-10");
  expect(newlyCompleted(await life.score("paper", "quiz", 70, "2024-03-01"))).toContain(holder);
  const view = await life.holder(holder === "dev" ? "pathway" : "course", holder, "2024-03-02");
  expect(view).toMatchObject({ status: "completed", settled: true, term: { completedAt: moment("2024-03-01") } });
});
