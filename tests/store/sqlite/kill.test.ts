import { join } from "node:path";
import { expect, it } from "vitest";
import { checkStore } from "../../../src/store/sqlite/check.ts";
import { openSqliteStore } from "../../../src/store/sqlite/open.ts";
import { openFile } from "../../../src/store/sqlite/open-file.ts";
import { eventually, run, temporaryFolder } from "../../support/processes/service.ts";

/** More of them: KILLS=50 npx vitest run tests/store/sqlite/kill.test.ts */
const KILLS = Number(process.env.KILLS ?? 5);
const LEAST_WRITES = 50;

it(`loses nothing that it acknowledged in ${KILLS} kills, two writers at a time`, async () => {
  const folder = temporaryFolder();
  const acknowledged: string[] = [];
  for (let kill = 0; kill < KILLS; kill++) {
    const writers = ["a", "b"].map((name) =>
      run([join(import.meta.dirname, "acknowledging-writer.ts"), folder, `${name}${kill}`]),
    );
    await eventually(() => {
      for (const { output } of writers) expect(output().length).toBeGreaterThan(LEAST_WRITES * 5);
    }, 20_000);
    for (const { child } of writers) child.kill("SIGKILL");
    for (const { output, exited } of writers) {
      expect((await exited).signal).toBe("SIGKILL");
      acknowledged.push(...output().split("\n").slice(0, -1));
    }
  }
  expect(acknowledged.length).toBeGreaterThan(KILLS * LEAST_WRITES);

  const opened = await openSqliteStore(folder, { mustExist: true });
  const { store } = opened.connect("batch");
  const lost: string[] = [];
  for (const learner of acknowledged) {
    const { progress } = await store.read(learner);
    const { attempts } = await store.attempts(learner, { limit: 2 });
    if (!progress.module.has("strings") || attempts.length !== 1) lost.push(learner);
  }
  expect(lost).toEqual([]);
  await opened.close();
  const file = await openFile(folder, { mustExist: true });
  expect(checkStore(file).findings).toEqual([]);
  file.close();
});
