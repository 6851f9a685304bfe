import * as z from "zod";
import { Slug } from "../slug.ts";
import { attemptOf } from "./attempts.ts";
import { defineEvent } from "./define-event.ts";
import { fact } from "./facts.ts";
import { Answers, counted, Score } from "./fields.ts";

/** One attempt at a task. With answers it is graded, and then has a score as well. */
export const taskSubmitted = defineEvent({
  name: "learning_task_submitted",
  fields: {
    module_slug: Slug,
    task_slug: Slug,
    score: Score.optional(),
    attested: z.literal(true, { error: "Expected true" }).optional(),
    answers: Answers.optional(),
  },
  check: {
    isSound: ({ score, attested, answers }) =>
      [score, attested, answers].filter((given) => given !== undefined).length === 1,
    path: "score",
    error: "Expected one of score, attested and answers",
  },
  example: { module_slug: "strings", task_slug: "quiz-1", score: 80 },
  facts: ({ moduleSlug, taskSlug, score, at }) =>
    fact("module", moduleSlug, { tasks: [{ key: taskSlug, at, value: score === undefined ? true : counted(score) }] }),
  settles: "on completion",
  followsOrder: true,
  names: ({ taskSlug }) => [{ of: "task", name: taskSlug }],
  // Answers are graded here, so anyone may send them.
  assertion: ({ taskSlug, answers, attested }) =>
    answers === undefined ? { of: "task", taskSlug, isAttested: attested === true } : undefined,
  sentScores: ({ score, answers }) => (score === undefined || answers !== undefined ? [] : [score]),
  limitedBy: ({ taskSlug }) => taskSlug,
  answers: ({ answers }) => answers,
  attempt: (event) => {
    const { taskSlug, attested, answers } = event;
    const score = event.score === undefined ? undefined : counted(event.score);
    return attemptOf(event, "task", { taskSlug, score, attested, answers });
  },
});
