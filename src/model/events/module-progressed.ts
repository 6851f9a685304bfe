import { Slug } from "../slug.ts";
import { Text } from "../text.ts";
import { defineEvent } from "./define-event.ts";
import { fact } from "./facts.ts";

export const moduleProgressed = defineEvent({
  name: "learning_module_progressed",
  fields: { module_slug: Slug, step: Text(200) },
  example: { module_slug: "strings", step: "read" },
  facts: ({ moduleSlug, step, at }) => fact("module", moduleSlug, { steps: [{ key: step, at, value: true }] }),
  settles: "on completion",
  followsOrder: true,
  names: ({ step }) => [{ of: "step", name: step }],
});
