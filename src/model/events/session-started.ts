import { Slug } from "../slug.ts";
import { Text } from "../text.ts";
import { defineEvent } from "./define-event.ts";
import { ClientId } from "./fields.ts";

export const sessionStarted = defineEvent({
  name: "learning_session_started",
  fields: {
    session_id: ClientId,
    session_type: Text(100),
    module_slug: Slug.optional(),
    source: Text(200).optional(),
    language: Text(100).optional(),
  },
  example: { session_id: "s1", session_type: "module" },
  settles: "never",
  followsOrder: false,
  sessionStart: ({ sessionId, sessionType, moduleSlug, source, language, at, receivedAt }) => ({
    sessionId,
    sessionType,
    ...(moduleSlug && { moduleSlug }),
    ...(source && { source }),
    ...(language && { language }),
    startedAt: at,
    receivedAt,
  }),
  lane: ({ sessionId }) => `session ${sessionId}`,
});
