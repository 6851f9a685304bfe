import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { isProcessAlive } from "../../service/jobs/is-process-alive.ts";
import { makeFolder } from "../../store/make-folder.ts";
import { AnalyticsFault } from "../analytics-fault.ts";

const LOCK = ".lock";

/**
 * Lets one process at a time write into a folder of exports.
 * @returns gives the folder back
 * @throws AnalyticsFault while another process is alive that has it
 */
export function lockFolder(outputDir: string): () => void {
  makeFolder(outputDir);
  const path = join(outputDir, LOCK);
  const mine = JSON.stringify({ host: hostname(), pid: process.pid });
  if (!taken(path, mine)) {
    const holder = holderOf(path);
    if (holder !== undefined && isAlive(holder))
      throw new AnalyticsFault(
        `Another export is writing into ${outputDir}: process ${holder.pid} on ${holder.host}. Wait for it to end` +
          (holder.host === hostname() ? "." : `; if you are sure that it is dead, delete ${path}.`),
      );
    rmSync(path, { force: true });
    if (!taken(path, mine))
      throw new AnalyticsFault(`Another export is beginning in ${outputDir}. Wait for it to end.`);
  }
  return () => rmSync(path, { force: true });
}

function taken(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

type Holder = { host: string; pid: number };

function holderOf(path: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Holder;
  } catch {
    return undefined;
  }
}

/** Of a process elsewhere nobody here can tell. */
const isAlive = ({ host, pid }: Holder): boolean => host !== hostname() || isProcessAlive(pid);
