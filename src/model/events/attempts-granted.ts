import * as z from "zod";
import { Slug } from "../slug.ts";
import { defineEvent } from "./define-event.ts";
import { Reason } from "./fields.ts";

/** More than anybody needs; who needs them can be granted more. */
const MAX_GRANTED = 1_000;

/** So many attempts more for this learner at a task that has a limit. */
export const attemptsGranted = defineEvent({
  name: "learning_attempts_granted",
  fields: {
    module_slug: Slug,
    task_slug: Slug,
    count: z.int({ error: "Expected a whole number" }).min(1).max(MAX_GRANTED),
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
