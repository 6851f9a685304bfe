import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import type { ExportCheckpoint } from "../../src/analytics/export/checkpoint.ts";
import { forget } from "../../src/analytics/export/forget.ts";
import { lockFolder } from "../../src/analytics/export/lock.ts";
import type { Manifest } from "../../src/analytics/export/manifest.ts";
import { currentRuns, unfinishedPath } from "../../src/analytics/export/runs.ts";
import { ask } from "../../src/analytics/sql/answer.ts";
import { openRuns } from "../../src/analytics/sql/open-runs.ts";
import { TABLES } from "../../src/analytics/tables/index.ts";
import { StartError } from "../../src/commands/start-error.ts";
import { deleteLearner } from "../../src/service/deletion/delete-learner.ts";
import { RunFolder } from "../../src/service/jobs/run-folder.ts";
import { exported, KEY, pseudonyms, rowsIn } from "../support/builders/analytics.ts";
import { catalogOf } from "../support/builders/catalogs.ts";
import { ingestUnder } from "../support/builders/ingest.ts";
import { sqliteStore } from "../support/processes/sqlite-store.ts";
import { describeEachStore, type StoreUnderTest } from "../support/processes/stores.ts";

const CONTENT = {
  "courses/ruby.json": { slug: "ruby", title: "Ruby", modules: ["strings", "quizzed"] },
  "pathways/full.json": { slug: "full", courses: ["ruby"] },
  "modules/strings/completion.json": {
    completion_data: {
      type: "object",
      properties: { mood: { enum: ["calm", "tense"] }, note: { type: "string" }, minutes: { type: "number" } },
    },
    review_items: [{ id: "hola", front: "hola", back: "hello" }],
  },
  "modules/quizzed/completion.json": { completion_tasks: [{ task_slug: "quiz", task_type: "quiz" }] },
  "modules/quizzed/quiz.json": {
    passing_score: 50,
    questions: [
      { id: "one", type: "single", options: ["a", "b"], correct_answer: "a" },
      { id: "two", type: "single", options: ["a", "b"], correct_answer: "b" },
    ],
  },
};
const catalog = catalogOf(CONTENT);
/** Takes events, of which only the claim that comes too early is refused. */
const taking = (store: StoreUnderTest) => {
  const ingest = ingestUnder(store.store, catalog);
  return async (events: Parameters<typeof ingest>[0]) => {
    const errors = (await ingest(events)).flatMap(({ error }) => error ?? []);
    const refused = errors.filter(({ code }) => code !== "COMPLETION_NOT_REACHED");
    expect(refused.map(({ message, extras }) => [message, extras])).toEqual([]);
  };
};
const at = (clock: string) => `2026-01-18T${clock}:00.000Z`;

const sent = (learner: string, name: string, clock: string, fields: object) => ({
  eventName: `learning_${name}`,
  eventId: `${learner}-${name}-${clock}`,
  contactIdentifier: { contactId: learner },
  payload: { ...fields, ts: at(clock) },
});

/** A learner of whom every table has something. */
const whole = (learner: string) => [
  sent(learner, "course_enrolled", "08:00", { course_slug: "ruby", enrollment_source: "page" }),
  sent(learner, "module_started", "08:10", { module_slug: "strings", course_slug: "ruby" }),
  sent(learner, "module_completed", "09:00", {
    module_slug: "strings",
    completion_data: { mood: "calm", note: "Ada Lovelace", minutes: 12.5 },
  }),
  sent(learner, "course_completed", "09:05", { course_slug: "ruby" }),
  sent(learner, "task_submitted", "09:10", {
    module_slug: "quizzed",
    task_slug: "quiz",
    answers: { one: "b", two: "a" },
  }),
  sent(learner, "task_submitted", "09:20", {
    module_slug: "quizzed",
    task_slug: "quiz",
    answers: { one: "a", two: "a" },
  }),
  sent(learner, "session_started", "08:05", { session_id: `${learner}-s`, session_type: "study" }),
  sent(learner, "session_ended", "08:35", { session_id: `${learner}-s`, session_type: "study" }),
  sent(learner, "item_reviewed", "09:30", { module_slug: "strings", item_id: "hola", rating: "good" }),
  sent(learner, "attempts_granted", "09:40", {
    module_slug: "quizzed",
    task_slug: "quiz",
    count: 1,
    reason: "for Ada",
  }),
];

const folder = mkdtempSync(join(tmpdir(), "waymark-exports-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let number = 0;
const newFolder = () => join(folder, String(number++));

const filesUnder = (path: string): string[] =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => join(file.parentPath, file.name));

describeEachStore("An export", (open) => {
  let store: StoreUnderTest;
  let run: string;
  beforeAll(async () => {
    store = open();
    await taking(store)([
      ...whole("ada"),
      sent("bob", "session_started", "10:00", { session_id: "s", session_type: "study" }),
    ]);
    run = (await exported(store, catalog, { outputDir: newFolder(), format: "ndjson" }))?.path as string;
  });
  const rows = (table: string) => rowsIn(run, table);
  const ada = pseudonyms.learner("ada");

  it("tells how a learner stands as the learner's own page does", () => {
    expect(rows("fact_completion")).toMatchObject([
      {
        learner: ada,
        holder_type: "course",
        holder: "ruby",
        enrolled_at: at("08:00"),
        enrollment_received_at: expect.any(String),
        enrollment_source: "page",
        started_at: at("08:10"),
        status: "completed",
        completed: true,
        completed_at: at("09:20"),
        term: 1,
        completion_source: "inferred",
        catalog_version: catalog.version,
        done: 2,
        needed: 2,
        total: 2,
        short_by: 0,
        is_settled: true,
        audit: "ok",
      },
      {
        learner: ada,
        holder_type: "pathway",
        holder: "full",
        status: "completed",
        enrolled_at: null,
        enrollment_received_at: null,
      },
    ]);
    expect(
      rows("fact_module_progress")
        .map(({ module, completed_at }) => [module, completed_at])
        .sort(),
    ).toEqual([
      ["quizzed", at("09:20")],
      ["strings", at("09:00")],
    ]);
  });

  it("tells of attempts, which questions were right, refused claims and decisions", () => {
    const attempts = rows("fact_attempt").filter(({ kind }) => kind === "task");
    expect(attempts.map(({ score, is_passed, questions_right }) => [score, is_passed, questions_right]).sort()).toEqual(
      [
        [0, false, 0],
        [50, true, 1],
      ],
    );
    expect(
      rows("fact_question_answer")
        .filter(({ is_right }) => is_right)
        .map(({ question }) => question),
    ).toEqual(["one"]);
    expect(rows("fact_claim_refused")).toMatchObject([
      { entity_type: "course", entity: "ruby", code: "COMPLETION_NOT_REACHED" },
    ]);
    expect(rows("fact_decision")).toMatchObject([
      { kind: "grant", entity: "quizzed", task: "quiz", count: 1, reason: null },
    ]);
  });

  it("tells of sessions, ours and theirs, of cards and reviews", () => {
    const own = rows("fact_session").filter(({ learner }) => learner === ada);
    expect(
      own
        .map(({ is_automatic, duration_seconds, received_at }) => [
          is_automatic,
          duration_seconds,
          received_at !== null,
        ])
        .sort(),
    ).toEqual([
      [false, 1_800, true],
      [true, 3_000, false],
    ]);
    expect(rows("fact_review")).toMatchObject([
      { item: "hola", rating: "good", reviewed_at: at("09:30"), received_at: expect.any(String) },
    ]);
    expect(rows("fact_review_card")).toMatchObject([{ item: "hola", reviews: 1, created_at: at("09:00") }]);
  });

  it("has who has a history and no progress, once", () => {
    const learners = rows("dim_learner")
      .map(({ learner }) => learner)
      .sort();
    expect(learners).toEqual([ada, pseudonyms.learner("bob")].sort());
  });

  it("tells text where the schema lists it alone, and nowhere an id", () => {
    const data = rows("fact_completion_data")
      .map(({ field, number, text }) => [field, number, text])
      .sort();
    expect(data).toEqual([
      ["minutes", 12.5, null],
      ["mood", null, "calm"],
    ]);
    for (const file of filesUnder(run)) expect(readFileSync(file, "utf8")).not.toMatch(/\bada\b|Ada|\bbob\b/);
  });

  it("has every table, and says in its manifest what is in it", async () => {
    const manifest = JSON.parse(readFileSync(join(run, "manifest.json"), "utf8"));
    for (const { name, isIdentified, columns } of TABLES.filter((table) => !table.isIdentified)) {
      expect(isIdentified).toBeUndefined();
      expect(manifest.tables[name].rows, name).toBe(rowsIn(run, name).length);
      for (const row of rowsIn(run, name)) expect(Object.keys(row), name).toEqual(Object.keys(columns));
    }
    expect(existsSync(join(run, "learner_identity"))).toBe(false);
  });
});

describe("An export", () => {
  const open = sqliteStore();
  let store: StoreUnderTest;
  let ingest: ReturnType<typeof taking>;
  beforeAll(async () => {
    store = open();
    ingest = taking(store);
    await ingest(["ada", "bob", "eve", "dan"].flatMap(whole));
  });
  const learnersIn = (run: string) =>
    rowsIn(run, "dim_learner")
      .map(({ learner }) => learner)
      .sort();
  const named = (...ids: string[]) => ids.map((id) => pseudonyms.learner(id)).sort();

  it("with ids and text has both, in a table apart", async () => {
    const wishes = { outputDir: newFolder(), format: "ndjson", identified: true, withText: true } as const;
    const { path = "" } = (await exported(store, catalog, wishes)) ?? {};
    expect(rowsIn(path, "learner_identity")).toContainEqual({
      learner: pseudonyms.learner("ada"),
      learner_id: "ada",
      is_alias: false,
    });
    expect(rowsIn(path, "fact_completion_data").filter(({ text }) => text === "Ada Lovelace")).toHaveLength(4);
    expect(rowsIn(path, "fact_decision")[0]?.reason).toBe("for Ada");
    expect(rowsIn(path, "fact_question_answer")[0]?.answer).toMatch(/^"[ab]"$/);
  });

  it.each(["csv", "parquet", "duckdb"] as const)("as %s says the same as NDJSON", async (format) => {
    const ndjson = await exported(store, catalog, { outputDir: newFolder(), format: "ndjson" });
    const other = await exported(store, catalog, { outputDir: newFolder(), format });
    const counts = (manifest: object | undefined) =>
      Object.entries((manifest as { tables: Record<string, { rows: number }> }).tables).map(([name, { rows }]) => [
        name,
        rows,
      ]);
    expect(counts(other?.manifest)).toEqual(counts(ndjson?.manifest));
    const expected = rowsIn(ndjson?.path ?? "", "fact_attempt");
    if (format === "csv") {
      const files = readdirSync(join(other?.path ?? "", "fact_attempt"));
      const lines = files.flatMap((file) =>
        readFileSync(join(other?.path ?? "", "fact_attempt", file), "utf8")
          .trimEnd()
          .split("\r\n")
          .slice(1),
      );
      expect(lines.sort()).toEqual(
        expected
          .map((row) =>
            Object.values(row)
              .map((value) => value ?? "")
              .join(","),
          )
          .sort(),
      );
      return;
    }
    const { connection, close } = await openRuns(other?.path ?? "");
    const { columns, rows } = await ask(connection, "SELECT * FROM fact_attempt");
    close();
    const asObjects = rows.map((row) => Object.fromEntries(columns.map((name, index) => [name, row[index]])));
    const byAttempt = (a: Record<string, unknown>, b: Record<string, unknown>) =>
      String(a.attempt) < String(b.attempt) ? -1 : 1;
    expect(asObjects.sort(byAttempt)).toEqual(expected.sort(byAttempt));
  });

  it("of what changed has those alone, and tables of all runs together are those of a whole one", async () => {
    const outputDir = newFolder();
    await exported(store, catalog, { outputDir, format: "parquet" });
    const nothing = await exported(store, catalog, { outputDir, incremental: true });
    expect(nothing?.manifest).toMatchObject({ kind: "incremental", learners: 4, learners_written: 0 });
    await ingest([
      sent("eve", "module_progressed", "11:00", { module_slug: "strings", step: "more" }),
      ...whole("new"),
    ]);
    await deleteLearner(store.store, "dan");
    const some = await exported(store, catalog, { outputDir, incremental: true });
    expect(some?.manifest).toMatchObject({ learners: 4, learners_written: 2 });

    const together = await openRuns(outputDir);
    const { rows } = await ask(together.connection, "SELECT learner FROM dim_learner ORDER BY 1");
    const { rows: module } = await ask(
      together.connection,
      `SELECT count(*) FROM fact_module_progress WHERE learner = '${pseudonyms.learner("eve")}'`,
    );
    together.close();
    expect(rows.flat()).toEqual(named("ada", "bob", "eve", "new"));
    expect(module).toEqual([[2]]);
  });

  it.each(["ndjson", "csv", "parquet", "duckdb"] as const)(
    "in %s forgets who was deleted, in every run",
    async (format) => {
      const outputDir = newFolder();
      const id = `gone-${format}`;
      await ingest(whole(id));
      const old = await exported(store, catalog, { outputDir, format });
      await deleteLearner(store.store, id);
      await exported(store, catalog, { outputDir, format });
      const gone = pseudonyms.learner(id);
      const forgotten = await forget(outputDir);
      expect(forgotten).toMatchObject({ runs: 1, strangers: [] });
      expect(forgotten.rows).toBeGreaterThan(15);
      if (format === "ndjson" || format === "csv")
        for (const file of filesUnder(old?.path ?? ""))
          expect(readFileSync(file, "latin1").includes(gone), file).toBe(false);
      else {
        const { connection, close } = await openRuns(old?.path ?? "");
        for (const { name } of TABLES.filter(({ kind, isIdentified }) => kind === "learner" && !isIdentified))
          expect((await ask(connection, `SELECT count(*) FROM ${name} WHERE learner = '${gone}'`)).rows, name).toEqual([
            [0],
          ]);
        close();
      }
      expect(await forget(outputDir)).toMatchObject({ rows: 0 });
    },
  );

  it("calls who was linked by one name, and names the other one's rows as gone", async () => {
    const outputDir = newFolder();
    await ingest(whole("other"));
    await ingest([sent("ada", "identity_linked", "12:00", { alias: { contactId: "other" }, reason: "one person" })]);
    const { path = "" } = (await exported(store, catalog, { outputDir, format: "ndjson" })) ?? {};
    expect(learnersIn(path)).not.toContain(pseudonyms.learner("other"));
    expect(rowsIn(path, "deleted_learners")).toContainEqual({
      learner: pseudonyms.learner("other"),
      deleted_at: at("12:00"),
      reason: "linked",
    });
    const own = rowsIn(path, "fact_attempt").filter(
      ({ learner, kind }) => learner === pseudonyms.learner("ada") && kind === "task",
    );
    expect(own).toHaveLength(4);
  });

  it("reads a learner again who is between fact and flag, and marks what still differs", async () => {
    await store.raw.put("torn", "MODULE#strings", {
      marks: new Set([`${at("09:00")}#${at("09:00")}#known#trusted`]),
      completed_at: at("09:00"),
    });
    await store.raw.put("torn", "MODULE#quizzed", { tasks: new Set([`${at("09:00")}#100#quiz`]) });
    let [strong, histories] = [0, 0];
    const watched: StoreUnderTest = {
      ...store,
      store: Object.create(store.store, {
        itemsPage: {
          value: (...asked: Parameters<typeof store.store.itemsPage>) => {
            if (asked[0] === "torn" && asked[1] === "progress") strong++;
            if (asked[0] === "torn" && asked[1] === "records") histories++;
            return store.store.itemsPage(...asked);
          },
        },
      }),
    };
    const { path = "" } = (await exported(watched, catalog, { outputDir: newFolder(), format: "ndjson" })) ?? {};
    const torn = rowsIn(path, "fact_completion").filter(({ learner }) => learner === pseudonyms.learner("torn"));
    expect([strong, histories]).toEqual([1, 1]);
    expect(torn.find(({ holder }) => holder === "ruby")).toMatchObject({
      is_settled: false,
      audit: "facts_without_flag",
      completed: false,
    });
  });

  it("that is none is said to be none", () => {
    expect(() => currentRuns("nowhere")).toThrow("There is no folder nowhere. Make an export with: ");
    expect(() => currentRuns("package.json")).toThrow("package.json is a file, and no export. Give the folder of");
    expect(() => currentRuns("docs")).toThrow("is no export: no folder in it has a manifest.json.");
  });

  it("that was stopped goes on where it was, and is whole then", async () => {
    const outputDir = newFolder();
    const ids = Array.from({ length: 300 }, (_, index) => `many-${index}`);
    await store.raw.putAll(
      "progress",
      ids.map((learner_id) => ({ learner_id, entity: "MODULE#strings", started_at: at("08:00") })),
    );
    const stop = new AbortController();
    const stopping: StoreUnderTest = {
      ...store,
      scanner: () => ({
        ...store.scanner(),
        async *segment(...asked) {
          for await (const page of store.scanner().segment(...asked)) {
            yield page;
            stop.abort();
          }
        },
      }),
    };
    const wishes = { outputDir, format: "ndjson", segments: 2 } as const;
    expect(await exported(stopping, catalog, { ...wishes, signal: stop.signal })).toBeUndefined();
    expect(() => currentRuns(outputDir)).toThrow(/was cut off\. Go on with: .* --resume=/);
    const [name = ""] = readdirSync(outputDir).filter((file) => file.startsWith("."));
    const resumed = await exported(store, catalog, { outputDir, resume: name });
    const straight = await exported(store, catalog, { outputDir: newFolder(), format: "ndjson", segments: 2 });
    expect(learnersIn(resumed?.path ?? "")).toEqual(learnersIn(straight?.path ?? ""));
    expect(learnersIn(resumed?.path ?? "").length).toBeGreaterThan(300);
  });

  it("whose files could not be made goes on with its rows, and tells of what failed as before", async () => {
    const outputDir = newFolder();
    await store.raw.putAll("progress", [{ learner_id: "odd", entity: "NOTHING#known" }]);
    const full = async () => {
      throw new Error("no room");
    };
    const breaking = { ...store, store: Object.create(store.store, { catalogVersions: { value: full } }) };
    await expect(exported(breaking, catalog, { outputDir, format: "parquet" })).rejects.toThrow("no room");
    const [name = ""] = readdirSync(outputDir);
    const failures = readFileSync(join(outputDir, name, "export-failures.json"), "utf8");
    const resumed = await exported(store, catalog, { outputDir, resume: name });
    expect(readFileSync(join(resumed?.path ?? "", "export-failures.json"), "utf8")).toBe(failures);
    expect(JSON.parse(failures)).toMatchObject([{ learner: pseudonyms.learner("odd"), entity: "NOTHING#known" }]);
    const straight = await exported(store, catalog, { outputDir: newFolder(), format: "parquet" });
    const countsOf = ({ learners = 0, learners_failed = 0, tables = {} }: Partial<Manifest> = {}) => ({
      learners,
      learners_failed,
      rows: Object.entries(tables).map(([table, { rows }]) => [table, rows]),
    });
    expect(countsOf(resumed?.manifest)).toEqual(countsOf(straight?.manifest));
    expect(resumed?.manifest.learners_failed).toBe(1);
  });

  it("that was cut off before its last commit has each learner once when it goes on", async () => {
    const outputDir = newFolder();
    // Every commit is written down, as of pages that take their time.
    let clock = 0;
    onTestFinished(() => void vi.restoreAllMocks());
    vi.spyOn(performance, "now").mockImplementation(() => (clock += 2_000));
    const { saveCheckpoint } = RunFolder.prototype;
    vi.spyOn(RunFolder.prototype, "saveCheckpoint").mockImplementation(function (this: RunFolder, checkpoint) {
      if ((checkpoint as ExportCheckpoint).segments[0]?.done) throw new Error("cut off");
      saveCheckpoint.call(this, checkpoint);
    });
    await ingest([sent("only-history", "session_started", "10:00", { session_id: "s", session_type: "study" })]);
    const wishes = { outputDir, format: "ndjson", segments: 1 } as const;
    await expect(exported(store, catalog, wishes)).rejects.toThrow("cut off");
    vi.restoreAllMocks();
    const [name = ""] = readdirSync(outputDir);
    const learners = learnersIn((await exported(store, catalog, { outputDir, resume: name }))?.path ?? "");
    expect(learners).toContain(pseudonyms.learner("only-history"));
    expect(learners).toEqual([...new Set(learners)]);
  });

  it.each([
    ["another key", { incremental: true, key: "quite another key of somebody" }, /was made under another key/],
    [
      "some tables alone",
      { incremental: true, tables: ["dim_learner"] },
      /--incremental and --tables exclude each other/,
    ],
    ["another format", { incremental: true, format: "csv" as const }, /was made with --format=parquet/],
    ["a table that is none", { tables: ["fact_nothing"] }, /There is no table fact_nothing/],
    ["no run to go on with", { resume: "2020-01-01" }, /There is no run 2020-01-01/],
  ])("is refused with %s", async (_, wishes, message) => {
    const outputDir = newFolder();
    await exported(store, catalog, { outputDir, format: "parquet", tables: ["dim_learner"] }).catch(() => {});
    rmSync(outputDir, { recursive: true });
    await exported(store, catalog, { outputDir, format: "parquet" });
    await expect(exported(store, catalog, { outputDir, ...wishes })).rejects.toThrow(message);
  });

  it.each([
    ["cut off", '{"run": "2026'],
    ["of something else", "{}"],
  ])("does not go on by a checkpoint that is %s", async (_, text) => {
    const outputDir = newFolder();
    const path = unfinishedPath(outputDir, "2026");
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, "checkpoint.json"), text);
    await expect(exported(store, catalog, { outputDir, resume: "2026" })).rejects.toThrow(
      new StartError(
        `The run 2026 cannot be gone on with: its checkpoint.json was altered, or cut off. Delete ${path}, and export anew.`,
      ),
    );
  });

  it.each(["", "-- nothing"])("is asked something: %j is refused", async (sql) => {
    const { path = "" } = (await exported(store, catalog, { outputDir: newFolder(), format: "duckdb" })) ?? {};
    const { connection, close } = await openRuns(path);
    await expect(ask(connection, sql)).rejects.toThrow(/The SQL asks nothing/);
    close();
  });

  it("is let into a folder where no other one writes", () => {
    const outputDir = newFolder();
    const release = lockFolder(outputDir);
    expect(() => lockFolder(outputDir)).toThrow(/Another export is writing into/);
    release();
    lockFolder(outputDir)();
    expect(KEY.length).toBeGreaterThanOrEqual(16);
  });
});
