import { Slug } from "../slug.ts";
import { defineEvent } from "./define-event.ts";
import { enrolments } from "./facts.ts";

export const courseEnrolled = defineEvent({
  name: "learning_course_enrolled",
  fields: { course_slug: Slug },
  example: { course_slug: "ruby" },
  facts: (event) => enrolments(event),
  settles: "always",
  followsOrder: false,
});
