import { fileURLToPath } from "node:url";
import pLimit from "p-limit";
import { expect, it } from "vitest";
import { restartableService } from "../support/processes/restartable-service.ts";
import { temporaryFolder } from "../support/processes/service.ts";
import { contentDir } from "./content.ts";

const PRINT_HEAP = fileURLToPath(new URL("../bench/print-heap.ts", import.meta.url));
const READS = 3_000;
/** An iterator that is kept for each Query makes it 1.08. */
const MAX_GROWTH = 1.04;

it("A service with an embedded store keeps nothing of the requests that it has answered", async () => {
  const variables = { CONTENT_DIR: contentDir(), DATA_DIR: temporaryFolder(), LOG_LEVEL: "WARN" };
  const service = await restartableService(variables, ["--expose-gc", "--import", PRINT_HEAP]);
  await service.start();
  try {
    const limit = pLimit(32);
    const read = () => limit(async () => (await fetch(`${service.url}/learners/ada/progress`)).text());
    const heapAfter = async (reads: number) => {
      await Promise.all(Array.from({ length: reads }, read));
      return (await service.ask("SIGUSR2")).heap_mb as number;
    };
    const before = await heapAfter(READS / 3);
    expect((await heapAfter(READS)) / before).toBeLessThan(MAX_GROWTH);
  } finally {
    await service.kill("SIGKILL");
  }
});
