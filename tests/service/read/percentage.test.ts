import fc from "fast-check";
import { expect, it } from "vitest";
import type { Facts } from "../../../src/model/progress.ts";
import { moduleView } from "../../../src/service/read/module-view.ts";
import { catalogOfModules, resultsOf } from "../../support/builders/modules.ts";
import { at } from "../../support/builders/times.ts";
import { holds } from "../../support/vitest/property.ts";
import { RUNS } from "../../support/vitest/runs.ts";

const moment = fc.constantFrom(at("08:00"), at("09:00"), at("10:00"), at("11:00"));
const names = fc.constantFrom("a", "b", "c");
const anyModule = fc.record(
  {
    steps: fc.uniqueArray(names, { maxLength: 3 }),
    completion_tasks: fc.uniqueArray(
      fc.record({ task_slug: names, required: fc.boolean(), passing_score: fc.constantFrom(0, 50, 100) }),
      { selector: ({ task_slug }) => task_slug, maxLength: 3 },
    ),
    score: fc.record({ passing_score: fc.constantFrom(0, 50, 100), weights: fc.constant({ a: 1, b: 2 }) }),
    from: moment,
  },
  { requiredKeys: [] },
);
const results = fc
  .array(fc.tuple(names, moment, fc.constantFrom(0, 49, 50, 100)), { maxLength: 4 })
  .map((some) => resultsOf(...some));
const steps = fc.array(fc.tuple(names, moment), { maxLength: 4 }).map((some) => resultsOf(...some));
const mark = fc.record({ at: moment, receivedAt: moment, known: fc.boolean(), own: fc.boolean() });
const anyFacts = fc.record(
  { tasks: results, scores: results, steps, marks: fc.array(mark, { maxLength: 2 }), startedAt: moment },
  { requiredKeys: [] },
);

it("a module's percentage is 100 exactly when it is complete, and at its end nothing is missing", async () => {
  await holds(
    fc.property(anyModule, anyModule, anyFacts, (earlier, module, facts) => {
      for (const file of [earlier, module]) {
        const view = moduleView(catalogOfModules({ m: file }).at(at("10:30")), "m", { facts: facts as Facts });
        const isComplete = view.status === "completed";
        if (view.progressPercentage !== undefined) expect(view.progressPercentage === 100).toBe(isComplete);
        expect(view.missing.length === 0).toBe(isComplete);
        expect(view.completedAt !== undefined).toBe(isComplete);
      }
    }),
    RUNS.pure,
  );
});
