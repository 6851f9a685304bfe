import { Slug } from "../slug.ts";
import { defineEvent } from "./define-event.ts";
import { WAIVER_CHECK, WAIVER_FIELDS, waiverOf } from "./waiver-fields.ts";

export const pathwayWaived = defineEvent({
  name: "learning_pathway_waived",
  fields: { pathway_slug: Slug, ...WAIVER_FIELDS },
  check: WAIVER_CHECK,
  happened: "completed_at",
  example: { pathway_slug: "full-stack", reason: "Has done it elsewhere" },
  needs: "write",
  settles: "always",
  followsOrder: false,
  decision: (event) => waiverOf("pathway", event.pathwaySlug, event),
});
