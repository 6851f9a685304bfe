import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { TABLES } from "../../src/analytics/tables/index.ts";
import { inThreads } from "../../src/commands/segment-thread.ts";
import type { OpenStore } from "../../src/store/open-store.ts";
import { openSqliteStore } from "../../src/store/sqlite/open.ts";
import { openFile } from "../../src/store/sqlite/open-file.ts";
import { Table } from "../../src/store/sqlite/table.ts";
import { exported, KEY, rowsIn } from "../support/builders/analytics.ts";
import { catalogOf } from "../support/builders/catalogs.ts";

const COURSE = { slug: "ruby", modules: ["strings", "arrays"] };
const catalog = catalogOf({ "courses/ruby.json": COURSE });
const LEARNERS = 700;
const NOON = "2026-01-18T12:00:00.000Z";

const folder = mkdtempSync(join(tmpdir(), "waymark-threads-"));
const [dataDir, contentDir] = [join(folder, "data"), join(folder, "content")];
let opened: OpenStore;

beforeAll(async () => {
  mkdirSync(join(contentDir, "courses"), { recursive: true });
  writeFileSync(join(contentDir, "courses", "ruby.json"), JSON.stringify(COURSE));
  const file = await openFile(dataDir, { mustExist: false });
  const table = new Table(file, "progress");
  file.exec("BEGIN");
  for (let number = 0; number < LEARNERS; number++)
    table.put(`learner-${number}`, "MODULE#strings", { started_at: NOON });
  table.put("odd", "NOTHING#known", {});
  file.exec("COMMIT");
  file.close();
  opened = await openSqliteStore(dataDir, { mustExist: true });
  // Each thread reads for itself where the store and the content are, as the command does.
  const variables = { STORE: "embedded", DATA_DIR: dataDir, CONTENT_DIR: contentDir, ANALYTICS_KEY: KEY };
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await opened.close();
  rmSync(folder, { recursive: true });
});

const begun = { format: "ndjson", segments: 3, startTime: NOON } as const;
const exporting = (name: string, signal: AbortSignal | undefined, more: { resume?: string } = {}) => {
  const { store, scanner } = opened.connect("batch");
  const begin = signal && inThreads(signal, 2);
  return exported({ store, scanner }, catalog, { ...begun, ...more, outputDir: join(folder, name), begin });
};
const rowsOf = (path: string) => TABLES.map(({ name }) => [name, rowsIn(path, name)]);

it("in threads comes to the files that one thread comes to", async () => {
  const alone = await exporting("alone", undefined);
  const threaded = await exporting("threaded", new AbortController().signal);
  expect(rowsOf(threaded?.path ?? "")).toEqual(rowsOf(alone?.path ?? ""));
  const { as_of_end: _, run: __, ...told } = threaded?.manifest ?? ({} as never);
  expect(told).toMatchObject({ learners: LEARNERS + 1, learners_failed: 1, segments: 3 });
  expect(told.tables).toEqual(alone?.manifest.tables);
}, 60_000);

it("that is stopped goes on where its threads were", async () => {
  const stop = new AbortController();
  stop.abort();
  expect(await exporting("stopped", stop.signal)).toBeUndefined();
  const [name = ""] = readdirSync(join(folder, "stopped"));
  const resumed = await exporting("stopped", new AbortController().signal, { resume: name });
  expect(resumed?.manifest.learners).toBe(LEARNERS + 1);
}, 60_000);

it("ends by what ended a thread", async () => {
  writeFileSync(join(contentDir, "courses", "ruby.json"), JSON.stringify({ ...COURSE, title: "Anew" }));
  await expect(exporting("changed", new AbortController().signal)).rejects.toThrow(/The content was changed while/);
}, 60_000);
