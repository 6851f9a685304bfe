import { Slug } from "../slug.ts";
import { defineEvent } from "./define-event.ts";
import { Reason } from "./fields.ts";

/** A course begins anew: what was done before does not count for it, and counts as before everywhere else. */
export const courseReset = defineEvent({
  name: "learning_course_reset",
  fields: { course_slug: Slug, reason: Reason },
  example: { course_slug: "ruby", reason: "Takes it again" },
  needs: "admin",
  settles: "always",
  followsOrder: false,
  decision: ({ courseSlug, reason }) => ({ kind: "reset", entity: { type: "course", slug: courseSlug }, reason }),
});
