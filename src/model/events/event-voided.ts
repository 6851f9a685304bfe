import { defineEvent } from "./define-event.ts";
import { ClientId, Reason, Withdrawn } from "./fields.ts";

/** What the events of an id stated counts no longer; they stay in the history, marked. */
export const eventVoided = defineEvent({
  name: "learning_event_voided",
  fields: { event_id: ClientId, reason: Reason, withdrawn: Withdrawn },
  example: { event_id: "0199f2b4-6f0e-7c3a-9d6e-2f1f7a1c9b10", reason: "Typed for the wrong learner" },
  needs: "write",
  settles: "always",
  followsOrder: false,
  decision: ({ eventId, reason, withdrawn }) => ({ kind: "void", voids: eventId, reason, withdrawn }),
});
