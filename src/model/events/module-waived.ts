import { Slug } from "../slug.ts";
import { defineEvent } from "./define-event.ts";
import { WAIVER_CHECK, WAIVER_FIELDS, waiverOf } from "./waiver-fields.ts";

export const moduleWaived = defineEvent({
  name: "learning_module_waived",
  fields: { module_slug: Slug, ...WAIVER_FIELDS },
  check: WAIVER_CHECK,
  happened: "completed_at",
  example: { module_slug: "strings", reason: "Has done it elsewhere" },
  needs: "write",
  settles: "always",
  followsOrder: false,
  decision: (event) => waiverOf("module", event.moduleSlug, event),
});
