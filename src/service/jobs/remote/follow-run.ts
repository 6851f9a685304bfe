import type { RunProgress } from "../run-session.ts";
import { names, type RemoteRun, type SegmentRecord } from "./remote-run.ts";

type Done = Pick<RunProgress, "learners" | "itemsRead">;

/** Follows a run by what its segments save: of all their records, those alone are read that are new. */
export class RunFollower {
  readonly #run: RemoteRun;
  readonly #seen = new Map<string, { etag: string; done: Done }>();

  constructor(run: RemoteRun) {
    this.#run = run;
  }

  async progress(): Promise<Done> {
    const { bucket, folder } = this.#run;
    for await (const { key, etag } of bucket.list(folder + names.segments)) {
      if (this.#seen.get(key)?.etag === etag) continue;
      const found = await bucket.read(key);
      if (found !== undefined) this.#seen.set(key, { etag, done: doneIn(JSON.parse(found.text)) });
    }
    const total: Done = { learners: 0, itemsRead: 0 };
    for (const { done } of this.#seen.values()) {
      total.learners += done.learners;
      total.itemsRead += done.itemsRead;
    }
    return total;
  }
}

function doneIn({ tally }: SegmentRecord): Done {
  const { processed, failed, itemsRead } = tally as { processed: number; failed: number; itemsRead: number };
  return { learners: processed + failed, itemsRead };
}
