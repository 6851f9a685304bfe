import pLimit from "p-limit";
import type { Store } from "../../store/store.ts";
import type { LearnerChanges } from "./change.ts";
import { type PlacedEntry, RollbackSegment } from "./rollback-segment.ts";
import {
  addRollbackTally,
  emptyRollbackTally,
  type NotUndone,
  type RollbackMode,
  type RollbackTally,
} from "./rollback-tally.ts";

/** Learners that are undone side by side. */
export const IN_HAND = 32;

type Options = {
  /** Told of each flag that cannot go back, with the reason. */
  onNotUndone: (entry: NotUndone) => void;
  /** Stops after the flags in hand. */
  signal: AbortSignal;
  /** The name of a regrade, whose grades go back, too. */
  regrade?: string | undefined;
};

/**
 * Gives every flag of a run its former attributes in this process, each only where it still is what the run made it.
 * @param entries the run's changes
 */
export async function runRollback(
  store: Store,
  entries: AsyncIterable<LearnerChanges>,
  mode: RollbackMode,
  { onNotUndone, signal, regrade }: Options,
): Promise<RollbackTally> {
  const total = emptyRollbackTally();
  const segment = new RollbackSegment(
    { store, mode, regrade, entries: () => placed(entries) },
    {
      segment: 0,
      position: null,
      intents: [],
      signal,
      limit: pLimit(IN_HAND),
      append(_, left) {
        for (const entry of left) onNotUndone(entry as NotUndone);
      },
      // Whoever is interrupted begins anew, and finds done what is done.
      announce() {},
      commit: ({ tally }) => addRollbackTally(total, tally),
    },
  );
  await segment.work();
  return total;
}

async function* placed(entries: AsyncIterable<LearnerChanges>): AsyncGenerator<PlacedEntry> {
  let offset = 0;
  for await (const entry of entries)
    yield { entry, at: { part: 0, offset }, next: { part: 0, offset: ++offset }, bytes: 0 };
}
