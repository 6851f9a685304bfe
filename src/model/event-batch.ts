import * as z from "zod";

/** Several events as a client sends them, in a body or a message. */
export const EventBatch = z.object({ events: z.array(z.unknown()).min(1).max(100) });

/** Whether a JSON value is meant as a batch, and not as one event. */
export const isBatch = (body: unknown): body is { events: unknown } =>
  typeof body === "object" && body !== null && "events" in body;
