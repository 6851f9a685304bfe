import { pipeline } from "node:stream/promises";
import { LearnerId } from "../model/learner.ts";
import { exportLearner } from "../service/read/export-learner.ts";
import { openForCommand } from "./command.ts";
import { StartError } from "./start-error.ts";

/** Writes all that is stored of a learner to standard output, as one JSON document. @returns the exit code */
export async function runExportCommand({ learner }: { learner: string }): Promise<number> {
  const id = LearnerId.safeParse(learner);
  if (!id.success) throw new StartError("--learner is no learner's id: it has 1 to 256 characters, none for control.");
  // Standard output is the document's alone.
  const { opened } = await openForCommand((line) => console.error(line));
  try {
    const { store } = opened.connect("batch");
    await pipeline(exportLearner(store, id.data), process.stdout, { end: false });
    return 0;
  } finally {
    await opened.close();
  }
}
