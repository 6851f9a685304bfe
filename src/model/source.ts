import { createHash } from "node:crypto";

/** Which event stated something, in short: twelve characters of a digest of its event_id. */
export type Source = string;

export const SOURCE_LENGTH = 12;

/**
 * The source of what an event states. It goes by what its sender calls the event, because so does whoever voids one; two
 * events of one name have one source.
 */
export const sourceOf = (eventId: string): Source =>
  createHash("sha256").update(eventId).digest("base64url").slice(0, SOURCE_LENGTH);

/** Whether a text can be a source. */
export const isSource = (text: string): boolean => /^[\w-]{12}$/.test(text);
