import { expect, it } from "vitest";
import { QuizFile } from "../../src/catalog/quiz.ts";
import { contentSchemas } from "../../src/catalog/schema.ts";
import { RULES } from "../../src/completion/rules/index.ts";
import { readPaper } from "./papers.ts";

const { course, pathway, module } = contentSchemas(RULES);
const SCHEMAS = { "A course": course, "A pathway": pathway, Order: course, "A module": module, "A quiz": QuizFile };

/** The JSON blocks of docs/content.md, by the heading that they stand under. */
const examples = readPaper("docs/content.md")
  .split(/^## /m)
  .flatMap((section) =>
    [...section.matchAll(/```json\n([\s\S]*?)```/g)].map(([, json = ""]) => ({
      heading: section.split("\n")[0],
      json,
    })),
  );

it.each(Object.entries(SCHEMAS))("the example under %s is what the catalog takes", (heading, schema) => {
  const shown = examples.filter((example) => example.heading === heading);
  expect(shown.length).toBeGreaterThan(0);
  for (const { json } of shown) expect(schema.safeParse(JSON.parse(json)).error).toBeUndefined();
});
