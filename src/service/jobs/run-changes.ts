import { join } from "node:path";
import type { LearnerId } from "../../model/learner.ts";
import { intendedBefore, type LearnerChanges } from "./change.ts";
import { readEntries, readParts } from "./read-entries.ts";
import { BACKFILL_FILES } from "./run-folder.ts";

/**
 * What the run in a folder changed; of one that did not finish, also what it was about to change.
 * @param file what the changes of a finished run are called
 */
export async function* changesOfRun(
  path: string,
  finished: boolean,
  file: string = BACKFILL_FILES.changes,
): AsyncGenerator<LearnerChanges> {
  if (finished) {
    yield* readEntries<LearnerChanges>(join(path, file));
    return;
  }
  // No more of them than between two checkpoints.
  const intents: LearnerChanges[] = [];
  for await (const intent of readParts<LearnerChanges>(path, "intents")) intents.push(intent);
  const announced = new AnnouncedChanges(intents);
  for await (const entry of readParts<LearnerChanges>(path, "changes")) {
    announced.done(entry.contact_id);
    yield entry;
  }
  yield* announced.left();
}

/** What a run that did not finish was about to change, of which some may be done. */
export class AnnouncedChanges {
  readonly #changes: ReturnType<typeof intendedBefore>;
  readonly #intents: Map<LearnerId, LearnerChanges[]>;

  constructor(intents: readonly LearnerChanges[]) {
    this.#changes = intendedBefore(intents);
    this.#intents = Map.groupBy(intents, ({ contact_id }) => contact_id);
  }

  /** The learner stands among those who are done. */
  done(learnerId: LearnerId): void {
    this.#changes.delete(learnerId);
  }

  *left(): Generator<LearnerChanges> {
    for (const [contact_id, changes] of this.#changes) {
      // Grades go back under all of a learner's ids. An intent from before the others were found names none.
      const ids = [...new Set(this.#intents.get(contact_id)?.flatMap(({ ids: some = [] }) => some))];
      yield { contact_id, ...(ids.length > 0 && { ids }), changes: [...changes.values()] };
    }
  }
}
