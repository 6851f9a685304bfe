import { Text } from "../text.ts";
import { defineEvent } from "./define-event.ts";
import { ClientId, Count } from "./fields.ts";

export const sessionEnded = defineEvent({
  name: "learning_session_ended",
  fields: {
    session_id: ClientId,
    session_type: Text(100),
    items_studied: Count.optional(),
    items_correct: Count.optional(),
  },
  example: { session_id: "s1", session_type: "module" },
  settles: "never",
  followsOrder: false,
  sessionEnd: ({ sessionId, sessionType, itemsStudied, itemsCorrect, at, receivedAt }) => ({
    sessionId,
    sessionType,
    ...(itemsStudied !== undefined && { itemsStudied }),
    ...(itemsCorrect !== undefined && { itemsCorrect }),
    endedAt: at,
    receivedAt,
  }),
  lane: ({ sessionId }) => `session ${sessionId}`,
});
