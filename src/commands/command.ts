import { Option } from "commander";
import { type Catalog, countsOf } from "../catalog/catalog.ts";
import { type Environment, EnvironmentError, readEnvironment } from "../process/environment.ts";
import { leaseTable, RunRefused } from "../service/jobs/lease-table.ts";
import type { OpenStore } from "../store/open-store.ts";
import { text, whole } from "./arguments.ts";
import { endedOnAws } from "./execution-ended.ts";
import { handOver } from "./hand-over.ts";
import { readCatalog } from "./open-catalog.ts";
import { openStore } from "./open-store.ts";
import { cannotOpen, StartError } from "./start-error.ts";

/** What an operator's command works on; it has been seen to be there. */
export type CommandContext = { environment: Environment; catalog: Catalog; opened: OpenStore; itemCount: number };

/** Reads the catalog alone for a command that needs no store, and says which it is. @throws StartError, EnvironmentError */
export async function catalogForCommand(print: (line: string) => void): Promise<Pick<CommandContext, "catalog">> {
  const environment = readEnvironment();
  const { catalog, description } = await readCatalog(environment);
  printCatalog(print, environment, catalog, description);
  return { catalog };
}

/**
 * Opens catalog and store for a command, and says which they are, before anything is touched.
 * @param mustExist whether an embedded store must be there already
 * @throws StartError, EnvironmentError
 */
export async function openForCommand(
  print: (line: string) => void,
  { mustExist = true } = {},
): Promise<CommandContext> {
  const environment = readEnvironment();
  const { catalog, description } = await readCatalog(environment);

  const opened = await openStore(environment, { mustExist }).catch(cannotOpen);
  try {
    const itemCount = await opened.connect("page").scanner().approximateItemCount().catch(cannotOpen);
    print(`store    ${opened.description}`);
    printCatalog(print, environment, catalog, description);
    return { environment, catalog, opened, itemCount };
  } catch (error) {
    await opened.close();
    throw error;
  }
}

function printCatalog(
  print: (line: string) => void,
  { contentDir }: Environment,
  catalog: Catalog,
  description: string,
): void {
  const { pathways, courses, modules } = countsOf(catalog);
  const from = description === contentDir ? "" : `, from ${description}`;
  print(`catalog  ${catalog.version}: ${pathways} pathways, ${courses} courses, ${modules} modules${from}`);
}

/**
 * Leases the table for a command that writes; a run that has lost it says so, and is stopped.
 * @returns gives it back
 * @throws StartError while another run is alive
 */
export async function leaseForCommand(
  { opened, environment }: Pick<CommandContext, "opened" | "environment">,
  lease: Parameters<typeof leaseTable>[1],
  force: boolean,
  stop: AbortController,
): Promise<() => Promise<void>> {
  const onLost = () => {
    console.error("Another run has taken this table over; stopping.");
    stop.abort();
  };
  const hasEnded = endedOnAws(environment);
  return leaseTable(opened.connect("page").leases, lease, { force, onLost, hasEnded }).catch((error: unknown) => {
    throw error instanceof RunRefused ? new StartError(error.message) : error;
  });
}

/** `--force`, of the commands that lease the table. */
export const forceOption = (): Option =>
  new Option("--force", "take over from a run that is dead but still claims the table").default(false);

/** Of the commands whose job the deployment can do. */
export const awsOptions = (): Option[] => [
  new Option("--on <where>", "work the run in this process, or have the deployment work it")
    .choices(["here", "aws"])
    .default("here"),
  new Option("--segments-at-once <n>", "on AWS: segments that are worked at the same time (default: 40)").argParser(
    whole(1, 1_000),
  ),
  new Option("--follow <run>", "on AWS: follow a run that goes on").argParser(text).conflicts(["resume", "stop"]),
  new Option("--stop <run>", "on AWS: stop a run, which can be gone on with").argParser(text).conflicts("resume"),
];

/** Runs a command to its exit code; what cannot start is one clear message and exit code 2. */
export async function runCommand(command: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = (await handOver()) ?? (await command());
  } catch (error) {
    if (error instanceof StartError || error instanceof EnvironmentError) process.exitCode = 2;
    else process.exitCode = 1;
    console.error(`error: ${(error as Error).message}`);
  }
}
