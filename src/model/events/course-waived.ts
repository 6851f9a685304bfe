import { Slug } from "../slug.ts";
import { defineEvent } from "./define-event.ts";
import { WAIVER_CHECK, WAIVER_FIELDS, waiverOf } from "./waiver-fields.ts";

export const courseWaived = defineEvent({
  name: "learning_course_waived",
  fields: { course_slug: Slug, ...WAIVER_FIELDS },
  check: WAIVER_CHECK,
  happened: "completed_at",
  example: { course_slug: "ruby", reason: "Has done it elsewhere" },
  needs: "write",
  settles: "always",
  followsOrder: false,
  decision: (event) => waiverOf("course", event.courseSlug, event),
});
