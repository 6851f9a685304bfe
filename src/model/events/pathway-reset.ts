import { Slug } from "../slug.ts";
import { defineEvent } from "./define-event.ts";
import { Reason } from "./fields.ts";

/** A pathway begins anew: what was done before does not count for it, and counts as before everywhere else. */
export const pathwayReset = defineEvent({
  name: "learning_pathway_reset",
  fields: { pathway_slug: Slug, reason: Reason },
  example: { pathway_slug: "full-stack", reason: "Takes it again" },
  needs: "admin",
  settles: "always",
  followsOrder: false,
  decision: ({ pathwaySlug, reason }) => ({ kind: "reset", entity: { type: "pathway", slug: pathwaySlug }, reason }),
});
