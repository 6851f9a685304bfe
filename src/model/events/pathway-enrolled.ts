import { Slug } from "../slug.ts";
import { defineEvent } from "./define-event.ts";
import { enrolments } from "./facts.ts";

export const pathwayEnrolled = defineEvent({
  name: "learning_pathway_enrolled",
  fields: { pathway_slug: Slug },
  example: { pathway_slug: "full-stack" },
  // A course beside it says where the learner came from, and enrols in nothing.
  facts: (event) => enrolments({ ...event, courseSlug: undefined }),
  settles: "always",
  followsOrder: false,
});
