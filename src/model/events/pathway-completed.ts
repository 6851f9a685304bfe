import { Slug } from "../slug.ts";
import { TimestampInput } from "../time.ts";
import { attemptOf } from "./attempts.ts";
import { defineEvent } from "./define-event.ts";

export const pathwayCompleted = defineEvent({
  name: "learning_pathway_completed",
  fields: { pathway_slug: Slug, completed_at: TimestampInput.optional() },
  example: { pathway_slug: "full-stack" },
  claim: {
    when: "always",
    of: ({ pathwaySlug, completedAt, at }) => ({
      claimed: { type: "pathway", slug: pathwaySlug },
      claimedAt: completedAt ?? at,
    }),
  },
  settles: "always",
  followsOrder: false,
  attempt: (event) => attemptOf(event, "claim", { pathwaySlug: event.pathwaySlug }),
});
