import * as z from "zod";
import { Slug } from "../slug.ts";
import { attemptOf } from "./attempts.ts";
import { defineEvent } from "./define-event.ts";
import { fact } from "./facts.ts";
import { counted, Score } from "./fields.ts";

/** More than any module has; all that a learner was given are kept in one item. */
const MAX_SCORES = 100;

const Scores = z
  .record(Slug, Score, { error: "Expected an object from component to score" })
  .refine((scores) => Object.keys(scores).length > 0, { error: "Expected at least one score" })
  .refine((scores) => Object.keys(scores).length <= MAX_SCORES, { error: `Expected at most ${MAX_SCORES} scores` });

export const moduleScored = defineEvent({
  name: "learning_module_scored",
  fields: { module_slug: Slug, scores: Scores },
  example: { module_slug: "strings", scores: { quiz: 80 } },
  facts: ({ moduleSlug, scores, at }) =>
    fact("module", moduleSlug, {
      scores: Object.entries(scores).map(([key, value]) => ({ key, at, value: counted(value) })),
    }),
  settles: "on completion",
  followsOrder: true,
  names: ({ scores }) => Object.keys(scores).map((name) => ({ of: "component", name })),
  assertion: () => ({ of: "score" }),
  sentScores: ({ scores }) => Object.values(scores),
  attempt: (event) => {
    const scores = Object.fromEntries(Object.entries(event.scores).map(([name, score]) => [name, counted(score)]));
    return attemptOf(event, "score", { scores });
  },
});
