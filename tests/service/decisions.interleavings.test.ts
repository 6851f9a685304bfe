import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { Store } from "../../src/store/store.ts";
import { catalogOf } from "../support/builders/catalogs.ts";
import { type Life, lifeOf } from "../support/builders/life.ts";
import { withoutPauses } from "../support/fakes/without-pauses.ts";
import { sqliteStore } from "../support/processes/sqlite-store.ts";
import { holds } from "../support/vitest/property.ts";
import { RUNS } from "../support/vitest/runs.ts";

withoutPauses();

const open = sqliteStore();
const catalog = catalogOf({
  "courses/ruby.json": { slug: "ruby", modules: ["strings", "exam"], valid_for: "P1Y", renew_from: "P60D" },
  "courses/go.json": { slug: "go", modules: ["strings"] },
  "pathways/dev.json": { slug: "dev", courses: ["ruby", { slug: "go", optional: true }] },
  "modules/exam/completion.json": { completion_tasks: [{ task_slug: "quiz", passing_score: 50 }] },
});

/** What may happen at the same time as anything else. */
const ACTS: Record<string, (life: Life) => Promise<unknown>> = {
  "a mark": (life) => life.mark("strings", "2024-01-01", "m-1"),
  "another mark": (life) => life.mark("strings", "2024-12-20", "m-2"),
  "a result": (life) => life.score("exam", "quiz", 60, "2024-01-02", "r-1"),
  "a better result": (life) => life.score("exam", "quiz", 90, "2024-12-21", "r-2"),
  "the void of a mark": (life) => life.decide("event_voided", "2024-02-01", { event_id: "m-1" }, "v-1"),
  "the void of a result": (life) => life.decide("event_voided", "2024-02-02", { event_id: "r-1" }, "v-2"),
  "the withdrawal of a void": (life) =>
    life.decide("event_voided", "2024-02-03", { event_id: "m-1", withdrawn: true }, "v-3"),
  "the void of a void": (life) => life.decide("event_voided", "2024-02-04", { event_id: "v-2" }, "v-4"),
  "a waiver": (life) => life.decide("module_waived", "2024-01-03", { module_slug: "exam" }, "w-1"),
  "the withdrawal of a waiver": (life) =>
    life.decide("module_waived", "2024-01-04", { module_slug: "exam", withdrawn: true }, "w-2"),
  "a waiver of the course": (life) => life.decide("course_waived", "2024-03-01", { course_slug: "ruby" }, "w-3"),
  "a reset": (life) => life.decide("course_reset", "2024-06-01", { course_slug: "ruby" }, "s-1"),
  "a reset of the pathway": (life) => life.decide("pathway_reset", "2024-06-02", { pathway_slug: "dev" }, "s-2"),
  "a claim": (life) => life.send("course_completed", "2024-01-02T00:03:00Z", { course_slug: "ruby" }, "c-1"),
  "a backfill": (life) => life.backfill("2025-01-10"),
};

/** A store each of whose calls waits for its turn. */
const inTurns = (store: Store, scheduler: fc.Scheduler): Store =>
  Object.fromEntries(
    (Object.entries(store) as [string, (...given: never[]) => Promise<unknown>][]).map(([name, method]) => [
      name,
      async (...given: never[]) => {
        await scheduler.schedule(Promise.resolve(), name);
        return method(...given);
      },
    ]),
  ) as unknown as Store;

it("leave flags that a backfill finds right, whatever else happens between their calls", async () => {
  const names = fc.uniqueArray(fc.constantFrom(...Object.keys(ACTS)), { maxLength: 6 });
  const atOnce = fc.uniqueArray(fc.constantFrom(...Object.keys(ACTS)), { minLength: 2, maxLength: 4 });
  const property = fc.asyncProperty(names, atOnce, fc.scheduler(), async (before, together, scheduler) => {
    const learner = randomUUID();
    const quiet = lifeOf(open().store, catalog, learner);
    for (const name of before) await ACTS[name]?.(quiet);
    const life = lifeOf(inTurns(open().store, scheduler), catalog, learner);
    await scheduler.waitFor(Promise.all(together.map((name) => ACTS[name]?.(life))));
    expect(await quiet.backfill("2025-01-10")).toEqual({ kind: "right" });
  });
  await holds(property, RUNS.sqlite.interleaving);
});

it("come to the same in whatever order they come", async () => {
  const names = fc.shuffledSubarray(
    Object.keys(ACTS).filter((name) => name !== "a claim" && name !== "a backfill"),
    { minLength: 3, maxLength: 9 },
  );
  const property = fc.asyncProperty(names, fc.infiniteStream(fc.nat()), async (order, numbers) => {
    const other = order.map((name) => ({ name, rank: numbers.next().value as number })).sort((a, b) => a.rank - b.rank);
    const ends = await Promise.all(
      [order, other.map(({ name }) => name)].map(async (names_) => {
        const life = lifeOf(open().store, catalog, randomUUID());
        for (const name of names_) await ACTS[name]?.(life);
        return Promise.all(
          (["ruby", "go"] as const).map(async (slug) => {
            const { status, term, terms, progress, missing, state } = await life.holder("course", slug, "2025-01-10");
            const times = term && [term.opensAt, term.inferredAt, term.completedAt, term.expiresAt];
            const flag = state.flag && [state.flag.completedAt, state.flag.expiresAt, state.flag.completionSource];
            return { status, times, terms, progress, missing, flag };
          }),
        );
      }),
    );
    expect(ends[0]).toEqual(ends[1]);
  });
  await holds(property, RUNS.sqlite.interleaving);
});
