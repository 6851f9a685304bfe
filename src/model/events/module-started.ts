import { Slug } from "../slug.ts";
import { defineEvent } from "./define-event.ts";
import { enrolments, fact } from "./facts.ts";

export const moduleStarted = defineEvent({
  name: "learning_module_started",
  fields: { module_slug: Slug },
  example: { module_slug: "strings" },
  facts: (event) => [
    ...fact("module", event.moduleSlug, { startedAt: event.at }),
    ...enrolments(event, { startedAt: event.at }),
  ],
  settles: "never",
  followsOrder: true,
});
