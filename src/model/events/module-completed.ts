import * as z from "zod";
import { Slug } from "../slug.ts";
import { attemptOf } from "./attempts.ts";
import { defineEvent } from "./define-event.ts";
import { fact } from "./facts.ts";

/** A module without conditions is complete when it is marked so; of one with conditions this is a claim. */
export const moduleCompleted = defineEvent({
  name: "learning_module_completed",
  fields: { module_slug: Slug, completion_data: z.json().optional() },
  example: { module_slug: "strings" },
  facts: ({ moduleSlug, at }) => fact("module", moduleSlug, { completedAt: at }),
  claim: {
    when: "conditional",
    of: ({ moduleSlug, at }) => ({ claimed: { type: "module", slug: moduleSlug }, claimedAt: at }),
  },
  settles: "always",
  followsOrder: true,
  completionData: ({ completionData }) => completionData,
  attempt: (event) => attemptOf(event, "completion", { completionData: event.completionData }),
});
