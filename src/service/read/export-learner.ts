import { pipeline, Readable } from "node:stream";
import { createGzip } from "node:zlib";
import { AppError } from "../../model/errors.ts";
import type { LearnerId } from "../../model/learner.ts";
import { type Timestamp, toTimestamp } from "../../model/time.ts";
import type { Item } from "../../store/items.ts";
import type { ItemKey, LearnerItems, TableOf } from "../../store/learner-items.ts";
import { findGroup } from "../identity/find-group.ts";
import { carriedBytes, MAX_ANSWER_BYTES } from "./answer-size.ts";

type Store = Pick<LearnerItems, "itemsPage" | "identity">;

/**
 * All that is stored of a learner, under all ids that links join, as one JSON text in pieces: `{learner_id, exported_at, progress, records}`, the items
 * of both tables as they are stored, in order of their keys, sets as sorted arrays. Memory does not grow with it.
 * @throws AppError STORE_UNAVAILABLE when the store fails
 */
export async function* exportLearner(
  store: Store,
  learnerId: LearnerId,
  exportedAt: Timestamp = toTimestamp(Date.now()),
): AsyncGenerator<string> {
  const { learnerId: named, ids } = await findGroup(store, learnerId);
  yield `{"learner_id":${JSON.stringify(named)},"exported_at":"${exportedAt}"`;
  for (const table of ["progress", "records"] as const) {
    yield `,"${table}":[`;
    let first = true;
    for (const id of ids)
      for await (const items of pagesOf(store, id, table)) {
        if (items.length === 0) continue;
        yield (first ? "\n" : ",\n") + items.map((item) => JSON.stringify(item, shown)).join(",\n");
        first = false;
      }
    yield "]";
  }
  yield "}\n";
}

/** Items of one of a learner's ids, as many at a time as come in one answer. */
export async function* pagesOf(
  store: Pick<Store, "itemsPage">,
  learnerId: LearnerId,
  table: TableOf,
): AsyncGenerator<Item[]> {
  let from: ItemKey | undefined;
  do {
    const { items, next } = await store.itemsPage(learnerId, table, from);
    yield items;
    from = next;
  } while (from);
}

/** JSON knows neither sets nor bytes. We write no bytes, but all that is stored is exported, whoever wrote it. */
const shown = (_: string, value: unknown): unknown => {
  if (value instanceof Set) return [...value].sort();
  return value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value;
};

/**
 * The export as the body of one answer.
 * @param compressed with gzip, for who accepts it
 * @throws AppError PAYLOAD_TOO_LARGE for one that does not fit
 */
export async function exportAnswer(
  store: Store,
  learnerId: LearnerId,
  { compressed, maxBytes = MAX_ANSWER_BYTES }: { compressed: boolean; maxBytes?: number },
): Promise<Buffer> {
  const pieces = exportLearner(store, learnerId);
  const parts: Buffer[] = [];
  let carried = 0;
  const body: AsyncIterable<string | Buffer> = compressed
    ? // What goes wrong comes out where it is read.
      pipeline(Readable.from(pieces), createGzip(), () => {})
    : pieces;
  for await (const part of body) {
    parts.push(Buffer.from(part));
    carried += carriedBytes(part);
    if (carried > maxBytes)
      throw new AppError(
        "PAYLOAD_TOO_LARGE",
        "What is stored of this learner does not fit into one answer. " +
          (compressed
            ? "An operator exports it with: npm run export -- --learner=<id>."
            : "Ask again with Accept-Encoding: gzip (curl --compressed)."),
      );
  }
  return Buffer.concat(parts);
}
