import { EVENTS, type EventName, type LearningEvent } from "../../../src/model/events/index.ts";
import { parseEvent } from "../../../src/model/parse-event.ts";
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

/** Each event with the least that it needs, by name; of a task, a score in place of attested or answers. */
export const NEEDED_FIELDS = Object.fromEntries(
  Object.values(EVENTS).map(({ name, example }) => [name, example]),
) as Record<EventName, Record<string, unknown>>;
