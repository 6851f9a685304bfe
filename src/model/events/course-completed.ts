import { Slug } from "../slug.ts";
import { TimestampInput } from "../time.ts";
import { attemptOf } from "./attempts.ts";
import { defineEvent } from "./define-event.ts";

export const courseCompleted = defineEvent({
  name: "learning_course_completed",
  fields: { course_slug: Slug, completed_at: TimestampInput.optional() },
  example: { course_slug: "ruby" },
  claim: {
    when: "always",
    of: ({ courseSlug, completedAt, at }) => ({
      claimed: { type: "course", slug: courseSlug },
      claimedAt: completedAt ?? at,
    }),
  },
  settles: "always",
  followsOrder: false,
  attempt: (event) => attemptOf(event, "claim", { courseSlug: event.courseSlug }),
});
