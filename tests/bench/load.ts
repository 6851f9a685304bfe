import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadReport } from "../trials/load/load-report.ts";
import { runLoad } from "../trials/load/run-load.ts";
import { machine } from "./report.ts";
import { withTemporaryFolder } from "./temporary-folder.ts";

const LEARNERS_AT_ONCE = 50;

/** Minutes of mixed traffic on a service that is killed every so many seconds. @returns whether all was well */
export async function load(
  output: string,
  { minutes, killEvery, seed, store }: { minutes: number; killEvery: number; seed: number; store?: string | undefined },
): Promise<boolean> {
  const result = await withTemporaryFolder((folder) =>
    runLoad({
      seconds: minutes * 60,
      secondsBetweenKills: killEvery,
      leastKills: Math.min(2, Math.floor((minutes * 60) / killEvery)),
      learnersAtOnce: LEARNERS_AT_ONCE,
      seed,
      store,
      folder,
      onProgress: console.error,
    }),
  );
  const report = loadReport(machine(), result);
  mkdirSync(output, { recursive: true });
  writeFileSync(
    join(output, "report.json"),
    `${JSON.stringify({ measured_at: new Date().toISOString(), machine: machine(), ...result }, null, 2)}\n`,
  );
  writeFileSync(join(output, "report.md"), report);
  console.log(report);
  return result.violation_count === 0;
}
