import * as z from "zod";
import { Slug } from "../slug.ts";
import { defineEvent } from "./define-event.ts";
import { Reason } from "./fields.ts";

/** More than anybody needs; who needs them can be granted more. */
const MAX_GRANTED = 1_000;
const COUNT = { error: `Expected a whole number from 1 to ${MAX_GRANTED}` };

/** So many attempts more for this learner at a task that has a limit. */
export const attemptsGranted = defineEvent({
  name: "learning_attempts_granted",
  fields: {
    module_slug: Slug,
    task_slug: Slug,
    count: z.int(COUNT).min(1, COUNT).max(MAX_GRANTED, COUNT),
    reason: Reason,
  },
  example: { module_slug: "strings", task_slug: "quiz-1", count: 1, reason: "The connection broke" },
  needs: "write",
  // An attempt looks for grants when it needs one.
  settles: "never",
  followsOrder: false,
  names: ({ taskSlug }) => [{ of: "task", name: taskSlug }],
  decision: ({ moduleSlug, taskSlug, count, reason }) => ({ kind: "grant", moduleSlug, taskSlug, count, reason }),
});
