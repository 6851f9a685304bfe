import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, expectTypeOf, it } from "vitest";
import { clientTypes } from "../../scripts/tools/client-types.ts";
import type { EventFields } from "../../src/client/types.ts";
import { EVENT_NAMES, type LearningEvent } from "../../src/model/events/index.ts";
import { parseEvent } from "../../src/model/parse-event.ts";
import { temporaryFolder } from "../support/processes/service.ts";

/** One event of each name, with all its fields, as the client's types have them. */
const EVENTS: { [Name in keyof EventFields]: Required<EventFields[Name]> } = {
  learning_pathway_enrolled: { pathway_slug: "p" },
  learning_course_enrolled: { course_slug: "c" },
  learning_module_recommended: { module_slug: "m" },
  learning_module_started: { module_slug: "m" },
  learning_module_progressed: { module_slug: "m", step: "s" },
  learning_task_submitted: { module_slug: "m", task_slug: "t", score: 80, attested: undefined, answers: undefined },
  learning_module_scored: { module_slug: "m", scores: { quiz: 80 } },
  learning_module_completed: { module_slug: "m", completion_data: { a: 1 } },
  learning_course_completed: { course_slug: "c", completed_at: "2026-01-18T10:15:00Z" },
  learning_pathway_completed: { pathway_slug: "p", completed_at: "2026-01-18T10:15:00Z" },
  learning_page_viewed: { content_type: "module", slug: "m" },
  learning_session_started: {
    session_id: "s",
    session_type: "review",
    module_slug: "m",
    source: "page",
    language: "en",
  },
  learning_session_ended: { session_id: "s", session_type: "review", items_studied: 2, items_correct: 1 },
  learning_item_reviewed: { module_slug: "m", item_id: "i", rating: "good" },
};

describe("the client's types", () => {
  it("name the learners' events that the service has", () => {
    expectTypeOf<keyof EventFields>().toExtend<LearningEvent["name"]>();
    for (const name of Object.keys(EVENTS)) expect(EVENT_NAMES).toContain(name);
  });

  it.each(Object.entries(EVENTS))("let %s through to the service with every field", (eventName, payload) => {
    const raw = { eventName, contactIdentifier: { contactId: "123" }, payload };
    const parsed = parseEvent(raw, "2026-01-18T10:15:00.000Z");
    expect(parsed).toMatchObject({ ok: true });
    if (!parsed.ok) return;
    const given = Object.values(payload).filter((value) => value !== undefined).length;
    // What the service adds to every event.
    const added = ["name", "id", "identity", "learnerId", "at", "receivedAt"];
    const fields = Object.entries(parsed.event).filter(([key]) => !added.includes(key));
    expect(fields.filter(([, value]) => value !== undefined)).toHaveLength(given);
  });
});

it("the types that a build makes from the contract let right programs compile, and refuse wrong ones", () => {
  const folder = temporaryFolder();
  const lines = {
    right: `const answer = await waymark.track("learning_module_completed", { module_slug: "m", completion_data: [1] });
      const at: string | null | undefined = answer?.module?.completed_at;
      const first: string | undefined = (await waymark.course("ruby")).entries[0]?.slug;
      const told: boolean[] = (await waymark.summary()).courses.map(({ completed }) => completed);
      waymark.subscribe((result) => result.status === "refused" && result.error.code === "MODULE_LOCKED");
      export { at, first, told };`,
    "wrong-name": `await waymark.track("learning_module_finished", { module_slug: "m" });`,
    "wrong-field": `await waymark.track("learning_module_completed", { module_slugs: "m" });`,
    "missing-field": `await waymark.track("learning_module_progressed", { module_slug: "m" });`,
    "wrong-rating": `await waymark.track("learning_item_reviewed", { module_slug: "m", item_id: "i", rating: "great" });`,
    "wrong-answer": `(await waymark.course("ruby")).finished;`,
  };
  writeFileSync(join(folder, "waymark.d.ts"), clientTypes());
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  const begin = `import { createWaymark } from "./waymark.js";\nconst waymark = createWaymark({ url: "/", learner: "1" });\n`;
  for (const [name, text] of Object.entries(lines)) writeFileSync(join(folder, `${name}.ts`), begin + text);
  const options = [
    "--noEmit",
    "--strict",
    "--exactOptionalPropertyTypes",
    "--module",
    "nodenext",
    "--target",
    "es2022",
  ];
  const files = Object.keys(lines).map((name) => join(folder, `${name}.ts`));
  const { stdout } = spawnSync(
    process.execPath,
    [resolve("node_modules/typescript/bin/tsc"), ...options, "--types", "", ...files],
    { encoding: "utf8", cwd: folder },
  );
  const faulty = [...stdout.matchAll(/([\w-]+)\.(?:d\.)?ts\(\d+,\d+\): error/g)].map(([, name]) => name);
  expect([...new Set(faulty)].sort(), stdout).toEqual([
    "missing-field",
    "wrong-answer",
    "wrong-field",
    "wrong-name",
    "wrong-rating",
  ]);
});
