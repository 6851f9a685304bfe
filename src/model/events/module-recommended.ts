import { Slug } from "../slug.ts";
import { defineEvent } from "./define-event.ts";
import { fact } from "./facts.ts";

export const moduleRecommended = defineEvent({
  name: "learning_module_recommended",
  fields: { module_slug: Slug },
  example: { module_slug: "strings" },
  facts: ({ moduleSlug, at }) => fact("module", moduleSlug, { recommendedAt: at }),
  settles: "never",
  // Others recommend; it is no step on the learner's way through the content.
  followsOrder: false,
});
