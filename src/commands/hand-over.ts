import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire, isBuiltin } from "node:module";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { readEnvironment } from "../process/environment.ts";
import { StartError } from "./start-error.ts";

/** The first whose SQLite has all that we use. */
const FIRST_WITH_SQLITE = 24;
const hasSqlite = () => Number(process.versions.node.split(".")[0]) >= FIRST_WITH_SQLITE && isBuiltin("node:sqlite");

/**
 * Runs this same program with the project's own Node, where the store needs SQLite and the Node that runs has none.
 * @returns the exit code of that one; undefined where there is no need
 * @throws StartError where the project's own Node is not installed
 */
export async function handOver(): Promise<number | undefined> {
  if (readEnvironment().store.kind !== "embedded" || hasSqlite()) return undefined;
  const node = projectNode();
  if (node === undefined)
    throw new StartError(
      `The embedded store needs Node ${FIRST_WITH_SQLITE}, and this is ${process.versions.node}. Run npm ci, which ` +
        "brings one along, or install it.",
    );
  const child = spawn(node, [...process.execArgv, ...process.argv.slice(1)], { stdio: "inherit" });
  const pass = (signal: NodeJS.Signals) => child.kill(signal);
  process.on("SIGINT", pass).on("SIGTERM", pass);
  return new Promise((done, failed) => {
    child.once("error", failed);
    child.once("exit", (code, signal) => done(code ?? 128 + constants.signals[signal as NodeJS.Signals]));
  });
}

/** The Node among the project's packages. */
function projectNode(): string | undefined {
  try {
    const node = join(dirname(createRequire(import.meta.url).resolve("node/package.json")), "bin", "node");
    return existsSync(node) ? node : undefined;
  } catch {
    return undefined;
  }
}
