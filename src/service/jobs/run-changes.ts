import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { intendedBefore, type LearnerChanges } from "./change.ts";
import { readEntries } from "./run-folder.ts";

/**
 * What the run in a folder changed; of one that did not finish, also what it was about to change.
 * @param file what the changes of a finished run are called
 */
export async function* changesOfRun(
  path: string,
  finished: boolean,
  file = "backfill-changes.json",
): AsyncGenerator<LearnerChanges> {
  if (finished) {
    yield* readEntries<LearnerChanges>(join(path, file));
    return;
  }
  const parts = join(path, "parts");
  const names = existsSync(parts) ? readdirSync(parts).sort() : [];
  const entriesIn = async function* (kind: "changes" | "intents") {
    for (const name of names.filter((part) => part.startsWith(`${kind}-`)))
      yield* readEntries<LearnerChanges>(join(parts, name));
  };
  // No more of them than between two checkpoints.
  const intents: LearnerChanges[] = [];
  for await (const intent of entriesIn("intents")) intents.push(intent);
  const intended = intendedBefore(intents);
  for await (const entry of entriesIn("changes")) {
    intended.delete(entry.contact_id);
    yield entry;
  }
  for (const [contact_id, changes] of intended) yield { contact_id, changes: [...changes.values()] };
}
