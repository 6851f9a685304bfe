import { describe, expect, expectTypeOf, it } from "vitest";
import type { EventFields } from "../../src/client/types.ts";
import { EVENT_NAMES, type LearningEvent } from "../../src/model/events/index.ts";
import { parseEvent } from "../../src/model/parse-event.ts";

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
