import { AppError } from "../../model/errors.ts";
import { EventBatch, isBatch } from "../../model/event-batch.ts";
import type { Timestamp } from "../../model/time.ts";

/** A queue's message. `receiveCount` is how many times it has been received, this time included. */
export type Message = { id: string; body: string; receiveCount: number; sentAt: Timestamp };

/** The events in a message, or why it has none. */
export type OpenedMessage =
  | { message: Message; events: unknown[]; fault?: undefined }
  | { message: Message; fault: AppError };

/** @param parse the JSON value in a body, by the rules that hold over HTTP */
export function openMessage(message: Message, parse: (text: string) => unknown): OpenedMessage {
  try {
    const body = parse(message.body);
    return { message, events: isBatch(body) ? eventsIn(body) : [body] };
  } catch (error) {
    if (error instanceof AppError) return { message, fault: error };
    throw error;
  }
}

function eventsIn(body: object): unknown[] {
  const batch = EventBatch.safeParse(body);
  if (batch.success) return batch.data.events;
  const errors = batch.error.issues.map(({ path, message }) => ({ path: path.join("."), message }));
  throw new AppError("SCHEMA_VALIDATION_FAILED", "The message does not have the expected form.", { errors });
}
