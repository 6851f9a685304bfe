import { createHash } from "node:crypto";
import type { SentEvent } from "../oracle.ts";
import type { Receipt } from "./live.ts";

/** Events as short as tables need them, each with an id of its own where it says none. */
export type Short = { event: SentEvent; own?: boolean };

export const sent = (eventName: string, ts: string, fields: object, learner = "ada", id?: string): Short => ({
  event: {
    eventName: `learning_${eventName}`,
    eventId:
      id ??
      `${eventName}-${createHash("sha256")
        .update(JSON.stringify([learner, ts, fields]))
        .digest("hex")
        .slice(0, 12)}`,
    contactIdentifier: { contactId: learner },
    payload: { ...fields, ts },
  },
});
export const mark = (module_slug: string, ts: string, learner?: string, id?: string): Short =>
  sent("module_completed", ts, { module_slug }, learner, id);
export const score = (module_slug: string, value: number, ts: string, id?: string): Short =>
  sent("task_submitted", ts, { module_slug, task_slug: "quiz", score: value }, undefined, id);
const slugField = (key: string) => {
  const [kind, slug] = key.split("/");
  return { [`${kind}_slug`]: slug };
};
/** Under which id, and as which event, where that is not to be left to `sent`. */
type Under = { who?: string; id?: string | undefined };
export const reset = (key: string, ts: string, { who, id }: Under = {}): Short =>
  sent(`${key.split("/")[0]}_reset`, ts, { ...slugField(key), reason: "again" }, who, id);
export const waive = (key: string, ts: string, more: object = {}, { who, id }: Under = {}): Short =>
  sent(`${key.split("/")[0]}_waived`, ts, { ...slugField(key), reason: "known", ...more }, who, id);
export const voided = (event_id: string, ts: string, more: object = {}, { who }: Under = {}): Short =>
  sent("event_voided", ts, { event_id, reason: "mistake", ...more }, who);
export const grant = (module_slug: string, ts: string, count = 1, { who, id }: Under = {}): Short =>
  sent("attempts_granted", ts, { module_slug, task_slug: "quiz", count, reason: "trouble" }, who, id);
export const link = (alias: string, learner: string, ts: string, more: object = {}): Short =>
  sent("identity_linked", ts, { alias: { contactId: alias }, reason: "one person", ...more }, learner);
export const claim = (key: string, ts: string, who?: string): Short =>
  sent(`${key.split("/")[0]}_completed`, ts, slugField(key), who);

/** Received one after the other, all behind their times. */
export const received = (events: readonly Short[], receivedAt: string): Receipt[] =>
  events.map(({ event, own }) => ({ event, receivedAt, ...(own && { own }) }));
