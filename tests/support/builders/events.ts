import type { LearningEvent } from "../../../src/model/event.ts";
import { parseEvent } from "../../../src/model/event.ts";
import type { Timestamp } from "../../../src/model/time.ts";
import { at } from "./times.ts";

export const RECEIVED_AT = at("12:00");

/** An event as a page sends it, with its fields in `payload`. */
export const rawEvent = (eventName: string, payload: object = {}, top: object = {}) => ({
  eventName,
  contactIdentifier: { contactId: "123" },
  payload,
  ...top,
});

/** The event in what a page sent. @throws where it is refused */
export function eventOf(raw: unknown, receivedAt: Timestamp = RECEIVED_AT): LearningEvent {
  const parsed = parseEvent(raw, receivedAt);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed));
  return parsed.event;
}

/** Where an event is faulty; undefined where it is accepted. */
export function faultyPaths(raw: unknown): string[] | undefined {
  const parsed = parseEvent(raw, RECEIVED_AT);
  return parsed.ok || parsed.isForeign ? undefined : parsed.errors.map(({ path }) => path);
}

/** Each event with the least that it needs, by name: the compiler asks for a new event's row. */
export const NEEDED_FIELDS: Record<LearningEvent["name"], Record<string, unknown>> = {
  learning_pathway_enrolled: { pathway_slug: "full-stack" },
  learning_course_enrolled: { course_slug: "ruby" },
  learning_module_recommended: { module_slug: "strings" },
  learning_module_started: { module_slug: "strings" },
  learning_module_completed: { module_slug: "strings" },
  learning_module_progressed: { module_slug: "strings", step: "read" },
  // A score, or in its place attested or answers.
  learning_task_submitted: { module_slug: "strings", task_slug: "quiz-1", score: 80 },
  learning_module_scored: { module_slug: "strings", scores: { quiz: 80 } },
  learning_course_completed: { course_slug: "ruby" },
  learning_pathway_completed: { pathway_slug: "full-stack" },
  learning_page_viewed: { content_type: "module", slug: "strings" },
  learning_session_started: { session_id: "s1", session_type: "module" },
  learning_session_ended: { session_id: "s1", session_type: "module" },
  learning_item_reviewed: { module_slug: "strings", item_id: "hola", rating: "good" },
};
