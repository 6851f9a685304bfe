import type { DeadLetter } from "../../aws/dead-letters.ts";
import type { Fate } from "./fate.ts";
import type { Message } from "./message.ts";

/** A refused event of a message: which one, and why. */
export type Refused = { event: unknown; fate: Extract<Fate, { kind: "refused" }> };

/**
 * What goes to the dead-letter queue of a message, in one piece, so that it cannot be there in part: the body as it
 * came, or, where only some of its events are refused, those, in the form of a body that can be sent again.
 * @param total the number of events in the message
 */
export function deadLetterOf({ id, body }: Message, refused: readonly Refused[], total: number): DeadLetter {
  const codes = [...new Set(refused.map(({ fate }) => fate.code))];
  const isAll = refused.length >= total;
  return {
    body: isAll ? body : legal(JSON.stringify({ events: refused.map(({ event }) => event) })),
    code: codes.join(","),
    reason: refused
      .map(({ fate }, index) => (refused.length === 1 ? fate.reason : `events.${index}: ${fate.reason}`))
      .join(" "),
    messageId: id,
  };
}

// A message must not hold these two, which JSON.stringify does not escape.
const legal = (json: string): string =>
  json.replace(/[\uFFFE\uFFFF]/g, (character) => `\\u${character.charCodeAt(0).toString(16)}`);
