import { isIdentity } from "../keys.ts";
import { LearnersOfPages, type Scanner } from "../scanner.ts";
import type { Access } from "./access.ts";
import { BUCKETS, bucketOf } from "./bucket.ts";
import type { Row } from "./table.ts";

/** Each page is a read of its own, a few milliseconds long, so that the log can be emptied between two of them. */
const PAGE = 500;

export function createScanner(access: Access): Scanner {
  const select = access.database.prepare(
    "SELECT bucket, learner_id, entity AS key, item, sum FROM progress" +
      " WHERE (bucket, learner_id, entity) > (?, ?, ?) AND bucket < ? ORDER BY bucket, learner_id, entity LIMIT ?",
  );
  const count = access.database.prepare("SELECT count(*) AS items FROM progress");

  return {
    async *segment(segment, segments, from) {
      const bounds = [segment, segment + 1].map((bound) => Math.floor((bound * BUCKETS) / segments));
      const [first = 0, end = BUCKETS] = bounds;
      let after: readonly [number, string, string] = from
        ? [bucketOf(from.learner_id), from.learner_id, from.entity]
        : [first, "", ""];
      const byLearner = new LearnersOfPages();
      let rows: (Row & { bucket: number })[];
      do {
        rows = await access.read(() => select.all(...after, end, PAGE) as typeof rows);
        const last = rows.at(-1);
        if (last) after = [last.bucket, last.learner_id, last.key];
        // What was written since of the learner that the scan went on from lies behind it, and is not another learner.
        const found = rows.filter(({ learner_id }) => learner_id !== from?.learner_id);
        const items = await access.read(() => found.map((row) => access.progress.itemOf(row)));
        const identities = items.filter(isIdentity);
        yield { learners: byLearner.page(items, rows.length < PAGE), itemCount: items.length, identities };
      } while (rows.length === PAGE);
    },

    approximateItemCount: () => access.read(() => Number(count.get()?.items)),
  };
}
