import * as z from "zod";
import { contentHash } from "../model/canonical-json.ts";
import { Text } from "../model/text.ts";
import { refuse } from "./refuse.ts";

/** Which list a page is of: its kind, and whose it is. */
export type List = readonly [kind: string, of: string];

/** Where a page ended: what its order goes by, and what tells entries apart that are alike in it. */
export type Position = { at: string; id: string };

/** As much as a table takes for a key. */
const KeyText = (bytes: number) => Text(bytes).refine((text) => Buffer.byteLength(text) <= bytes);

// Where a page ended, whatever stands there: a page may end at a time or a learner that we would not have written.
const NO_CURSOR = "Not a cursor of ours; send the next_cursor of an answer as it is, or none for the list's beginning";

const Place = z.tuple([KeyText(1_024), KeyText(2_048), z.string()], { error: NO_CURSOR });
const Encoded = z.codec(z.base64url({ error: NO_CURSOR }), Place, {
  decode: (text) => {
    try {
      return JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
    } catch {
      return [];
    }
  },
  encode: (value) => Buffer.from(JSON.stringify(value)).toString("base64url"),
});

export const Cursor = Encoded.transform(([at, id, list]) => ({ at, id, list }));

/** In a cursor, what tells one list from another. */
export const tagOf = (list: List): string => contentHash(list, 8);

/** The cursor behind a page, for an answer. */
export const cursorAfter = (list: List, position: Position | undefined): string | null =>
  position ? Encoded.encode([position.at, position.id, tagOf(list)]) : null;

/** Where a page begins. @throws AppError SCHEMA_VALIDATION_FAILED for a cursor of another list */
export function positionIn(list: List, cursor: (Position & { list: string }) | undefined): Position | undefined {
  if (cursor && cursor.list !== tagOf(list))
    refuse([
      { path: "cursor", message: "Of another list; send the next_cursor of this one, or none for its beginning" },
    ]);
  return cursor;
}
