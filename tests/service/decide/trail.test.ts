import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { AppError } from "../../../src/model/errors.ts";
import type { Store } from "../../../src/store/store.ts";
import { catalogOf } from "../../support/builders/catalogs.ts";
import { type Life, lifeOf } from "../../support/builders/life.ts";
import { type Perform, stepwise } from "../../support/fakes/stepwise.ts";
import { sqliteStore } from "../../support/processes/sqlite-store.ts";
import { countCases } from "../../support/vitest/cases.ts";

const open = sqliteStore();
const catalog = catalogOf({
  "courses/exam.json": { slug: "exam", modules: ["paper"] },
  "pathways/dev.json": { slug: "dev", courses: ["exam"] },
  "modules/paper/completion.json": { completion_tasks: [{ task_slug: "quiz", passing_score: 50 }] },
});

const DECISIONS: [name: string, decide: (life: Life) => Promise<unknown>, changed: number][] = [
  ["a void", (life) => life.decide("event_voided", "2024-02-01", { event_id: "e-1" }, "d"), 3],
  [
    "a waiver of what comes earlier",
    (life) => life.decide("module_waived", "2023-02-01", { module_slug: "paper" }, "d"),
    3,
  ],
  ["a reset of a pathway", (life) => life.decide("pathway_reset", "2024-02-01", { pathway_slug: "dev" }, "d"), 1],
];

/** What the history tells of the flags that a decision changed, taken by somebody whose calls go through `perform`. */
async function trailAfter(decide: (life: Life) => Promise<unknown>, perform: Perform) {
  const learner = randomUUID();
  const lifeIn = (store: Store) => lifeOf(store, catalog, learner);
  await lifeIn(open().store).score("paper", "quiz", 60, "2024-01-01", "e-1");
  await decide(lifeIn(stepwise(open().store, perform))).catch(() => decide(lifeIn(open().store)));
  const { attempts } = await open().store.attempts(learner, { limit: 10, kind: "decision" });
  return attempts.map(({ identity: _, ...attempt }) => attempt);
}

describe.each(DECISIONS)("%s", (_, decide, changed) => {
  it.each(["before", "after"] as const)(
    "that breaks off %s any call of the store, and is sent again, tells of every flag that it changed",
    async (moment) => {
      let length = 0;
      const whole = await trailAfter(decide, (__, action) => {
        length++;
        return action();
      });
      expect(whole).toMatchObject([{ changes: Array(changed).fill({}) }]);
      for (let step = 0; step < length; step++) {
        let calls = 0;
        const attempts = await trailAfter(decide, async (__, action) => {
          if (calls++ !== step) return action();
          if (moment === "after") await action();
          throw new AppError("STORE_UNAVAILABLE", "The connection broke");
        });
        expect(attempts).toEqual(whole);
        countCases(1);
      }
    },
  );
});
