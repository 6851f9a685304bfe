import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import { AppError } from "../../../../src/model/errors.ts";
import { toTimestamp } from "../../../../src/model/time.ts";
import { type Taken, takenOf } from "../../../../src/service/jobs/import/judge.ts";
import { Mapping } from "../../../../src/service/jobs/import/mapping.ts";
import { rowReader } from "../../../../src/service/jobs/import/row-reader.ts";
import type { Row } from "../../../../src/service/jobs/import/rows.ts";
import {
  type ImportCheckpoint,
  newImportCheckpoint,
  runImport,
} from "../../../../src/service/jobs/import/run-import.ts";
import { RunFolder } from "../../../../src/service/jobs/run-folder.ts";
import { NOW } from "../../../support/builders/arbitraries.ts";
import { ingestUnder } from "../../../support/builders/ingest.ts";
import { catalogOfModules } from "../../../support/builders/modules.ts";
import { readJson, runsFolder } from "../../../support/processes/backfill.ts";
import { sqliteStore } from "../../../support/processes/sqlite-store.ts";
import { holds } from "../../../support/vitest/property.ts";
import { RUNS } from "../../../support/vitest/runs.ts";

const sqlite = sqliteStore();
const catalog = catalogOfModules({
  a: {},
  b: {},
  quiz: { completion_tasks: [{ task_slug: "t", task_type: "quiz", required: true, passing_score: 50 }] },
});
const FILES = { summary: "import-summary.json", failures: "import-refused.json" };
const COLUMNS = ["User", "What", "Done", "Grade"];
const mapping = Mapping.parse({
  learner: { column: "User" },
  entity: {
    column: "What",
    values: { A: { module: "a" }, B: { module: "b" }, Q: { module: "quiz", task: "t" }, C: { course: "c" } },
  },
  completed_at: { column: "Done" },
  score: { column: "Grade" },
});

const anyRow = fc.tuple(
  fc.constantFrom("u1", "u2", ""),
  fc.constantFrom("A", "B", "Q", "C", "?"),
  fc.constantFrom("2026-01-10", "2026-01-11", "2026-01-12", "soon", ""),
  fc.constantFrom("", "40", "60"),
);
type Cells = [user: string, what: string, done: string, grade: string];

/** Imports rows until it comes to its end; at each of these calls of the ingest it breaks off, before or after the write. */
async function importRows(
  learners: string,
  cells: readonly Cells[],
  rowsAtOnce: number,
  breaks: readonly { call: number; after: boolean }[] = [],
) {
  const ingest = ingestUnder(sqlite().store, catalog);
  const folder = runsFolder();
  const read = rowReader(mapping, { format: "csv", columns: COLUMNS }, toTimestamp(NOW));
  let call = 0;
  const take = async (events: readonly object[]): Promise<Taken[]> => {
    const broken = breaks.find((one) => one.call === call);
    call++;
    if (broken && !broken.after) throw new AppError("STORE_UNAVAILABLE", "gone");
    const taken = (await ingest(events)).map(takenOf);
    if (broken) throw new AppError("STORE_UNAVAILABLE", "gone");
    return taken;
  };
  for (let attempt = 0; attempt <= breaks.length; attempt++) {
    const run = new RunFolder(folder, FILES);
    const fresh = {
      run: "run",
      file: "f",
      mapping: "m",
      format: "csv" as const,
      digests: { file: "", mapping: "" },
      dryRun: false,
    };
    const begun = { ...fresh, catalogVersion: catalog.version, target: "t", startTime: toTimestamp(NOW) };
    const checkpoint = run.exists ? (run.loadCheckpoint() as ImportCheckpoint) : newImportCheckpoint(begun);
    const rows = (async function* (): AsyncGenerator<Row> {
      for (const [index, [user, ...rest]] of cells.entries())
        yield { number: index + 1, line: index + 2, bytes: 0, cells: [user && `${user}-${learners}`, ...rest] };
    })();
    const how = { meter: { rcu: 0, wcu: 0 }, signal: new AbortController().signal, now: () => NOW, rowsAtOnce };
    const summary = await runImport({ rows, read, take, catalog, folder: run, checkpoint, ...how }, () => {}).catch(
      (error: AppError) => {
        expect(error.code).toBe("STORE_UNAVAILABLE");
      },
    );
    run.close();
    if (summary) break;
  }
  const { duration_seconds: _, ...summary } = readJson(folder, "import-summary.json");
  const without = (value: unknown) =>
    JSON.parse(
      JSON.stringify(value)
        .replaceAll(learners, "")
        .replace(/import-[0-9a-f]{32}/g, ""),
    );
  return { summary, refused: without(readJson(folder, "import-refused.json")) };
}

/** All that is stored of the learners. */
async function stored(learners: string) {
  const { store } = sqlite();
  return Promise.all(
    ["u1", "u2"].map(async (user) => {
      const { progress } = await store.read(`${user}-${learners}`);
      const { attempts } = await store.attempts(`${user}-${learners}`, { limit: 1_000 });
      const plain = (value: unknown): string =>
        JSON.stringify(value, (key, inner) => {
          if (["eventId", "identity", "source", "claimSource", "decidedBy"].includes(key)) return undefined;
          return inner instanceof Map ? [...inner] : inner;
        }).replaceAll(learners, "");
      const { decisions = [], ...facts } = progress;
      // What happened at one moment stands in order of its id, which is made of the learner's.
      return [plain(facts), decisions.map(plain).sort(), attempts.map(plain).sort()];
    }),
  );
}

it("Wherever an import breaks off, it goes on to what it would have come to", async () => {
  const someBreaks = fc.array(fc.record({ call: fc.nat({ max: 6 }), after: fc.boolean() }), { maxLength: 3 });
  await holds(
    fc.asyncProperty(
      fc.array(anyRow, { maxLength: 14 }),
      fc.integer({ min: 1, max: 5 }),
      someBreaks,
      async (cells, atOnce, breaks) => {
        const [whole, broken] = [randomUUID(), randomUUID()];
        const expected = await importRows(whole, cells, atOnce);
        expect(await importRows(broken, cells, atOnce, breaks)).toEqual(expected);
        expect(await stored(broken)).toEqual(await stored(whole));
      },
    ),
    RUNS.sqlite.closeCall,
  );
});

it("A second import adds nothing, in whatever order its rows stand", async () => {
  const rows = fc
    .array(anyRow, { maxLength: 12 })
    .chain((cells) => fc.tuple(fc.constant(cells), fc.shuffledSubarray(cells, { minLength: cells.length })));
  await holds(
    fc.asyncProperty(rows, async ([cells, shuffled]) => {
      const learners = randomUUID();
      await importRows(learners, cells, 4);
      // A claim that came before its result is taken the second time.
      await importRows(learners, cells, 4);
      const before = await stored(learners);
      await importRows(learners, shuffled, 3);
      expect(await stored(learners)).toEqual(before);
    }),
    RUNS.sqlite.closeCall,
  );
});

it("A summary counts rows once, and events by course", async () => {
  const { summary, refused } = await importRows(
    randomUUID(),
    [
      ["u1", "A", "2026-01-10", ""],
      ["u1", "Q", "2026-01-11", "60"],
      ["u1", "B", "2026-01-12", ""],
      ["u2", "Q", "2026-01-11", "40"],
      ["u2", "C", "2026-01-11", ""],
      ["u2", "?", "2026-01-11", ""],
      ["u2", "A", "", ""],
    ],
    500,
  );
  expect(summary).toMatchObject({
    rows: 7,
    imported: 4,
    skipped: 1,
    refused: 2,
    taken: { completion: 3, score: 2, waiver: 1 },
    skipped_for: { no_date: 1 },
    refused_for: { COMPLETION_NOT_REACHED: 1, UNKNOWN_VALUE: 1 },
    courses: [{ slug: "c", modules_completed: 3, scores: 2, imported_completions: 1, refused: 1 }],
  });
  expect(summary.courses[0].completed_by_import).toBeGreaterThan(0);
  expect(refused.map(({ row, code }: { row: number; code: string }) => [row, code])).toEqual([
    [4, "COMPLETION_NOT_REACHED"],
    [6, "UNKNOWN_VALUE"],
  ]);
});
