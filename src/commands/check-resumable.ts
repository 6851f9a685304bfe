import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { rollbackFiles } from "../service/jobs/rollback-files.ts";
import { StartError } from "./start-error.ts";

type Begun = { finished: boolean; catalogVersion: string; target: string };

/** Holds a run that is to go on to where it began. @throws StartError where it cannot go on */
export function checkResumable(path: string, begun: Begun, now: { catalogVersion: string; target: string }): void {
  const name = basename(path);
  if (begun.finished) throw new StartError(`The run ${name} is finished; there is nothing to resume.`);
  if (existsSync(join(path, rollbackFiles("write").summary)))
    throw new StartError(`The run ${name} has been rolled back. Start a new run.`);
  if (begun.catalogVersion !== now.catalogVersion)
    throw new StartError(
      `The run began under catalog ${begun.catalogVersion}, and the catalog is ${now.catalogVersion} now. Start a new run.`,
    );
  if (begun.target !== now.target) throw new StartError(`The run began on ${begun.target}, and this is ${now.target}.`);
}
