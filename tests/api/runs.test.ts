import { cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Hono } from "hono";
import { beforeAll, describe, expect, it } from "vitest";
import { run, runs } from "../../src/api/handlers/runs.ts";
import type { Services } from "../../src/api/route.ts";
import { RunDetails, Runs } from "../../src/contract/index.ts";
import type { AppError } from "../../src/model/errors.ts";
import { temporaryFolder } from "../support/processes/service.ts";

let folder: string;
const write = (path: string, content: unknown) => {
  mkdirSync(join(folder, path, ".."), { recursive: true });
  writeFileSync(join(folder, path), typeof content === "string" ? content : JSON.stringify(content));
};
const lines = (entries: readonly object[]) => `[\n${entries.map((entry) => JSON.stringify(entry)).join(",\n")}\n]\n`;
const change = (slug: string) => ({
  type: "course",
  slug,
  before: false,
  after: true,
  completed_at_before: null,
  completed_at_after: "2026-01-03T10:00:00.000Z",
  progress: { completed: 1, total: 1, needed: 1, short_by: 0 },
  flag_before: null,
  flag_after: { completed: true, decided_by: "somebody" },
});
const changes = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ contact_id: `l-${index}`, changes: [change("ruby")] }));
const time = (day: number) => `2026-02-0${day}T10:00:00.000Z`;

beforeAll(() => {
  folder = temporaryFolder();
  cpSync("verification-output/backfill/example", join(folder, "backfill/example"), { recursive: true });
  const summary = { run: "r", dry_run: false, start_time: time(1), end_time: time(2), answers: 3, entities: [1, 2] };
  write("regrade/2026-r/regrade-summary.json", summary);
  const grade = {
    event_id: "e-1",
    task_slug: "quiz",
    occurred_at: time(1),
    score_before: 50,
    score_after: 75,
    quiz_version_before: null,
    quiz_version_after: "v2",
  };
  write(
    "regrade/2026-r/regrade-changes.json",
    lines([{ contact_id: "123", grades: [grade], changes: [], marked: [] }]),
  );
  write("regrade/2026-r/rollback-summary.json", { mode: "write", undone: 1, start_time: time(4), end_time: time(4) });
  const left = { contact_id: "123", type: "course", slug: "ruby", reason: "it is no longer what the run made it" };
  write("regrade/2026-r/rollback-not-undone.json", lines([left]));
  write("import/2026-i/import-summary.json", {
    run: "i",
    dry_run: true,
    start_time: time(3),
    end_time: time(3),
    rows: 2,
  });
  const refused = {
    row: 2,
    line: 3,
    learner_id: null,
    entity: null,
    code: "NO_LEARNER",
    reason: "no id",
    next_step: "…",
  };
  write("import/2026-i/import-refused.json", lines([refused]));
  // One that was stopped: its changes are in parts, and the last line was cut off.
  write("backfill/2026-b/checkpoint.json", {
    run: "b",
    startTime: time(5),
    options: { dryRun: false },
    finished: false,
  });
  const part = changes(5)
    .map((entry) => JSON.stringify(entry))
    .join("\n");
  write("backfill/2026-b/parts/changes-0.ndjson", `${part}\n{"contact_id":"cut`);
  // What is no run.
  write("backfill/broken/backfill-summary.json", "{");
  write("secret.json", { dry_run: true });
  write("outside/elsewhere/backfill-summary.json", { start_time: time(9) });
  symlinkSync(join(folder, "outside/elsewhere"), join(folder, "backfill/link"));
});

const ask = async (path: string, ...given: (string | undefined)[]) => {
  const services = { runFolder: given.length > 0 ? given[0] : folder } as Services;
  const app = new Hono();
  app.get("/runs", (context) => runs(context, services));
  app.get("/runs/:run", (context) => run(context, services));
  app.onError((error, context) => context.json({ code: (error as AppError).code ?? String(error) }, 400));
  const response = await app.request(path);
  return response.json();
};

describe("GET /runs", () => {
  it("has every run, the newest first, with the numbers of its summary alone", async () => {
    const { runs: found, next_cursor } = Runs.parse(await ask("/runs"));
    expect(found.map(({ id, kind, dry_run, ended_at }) => [id, kind, dry_run, ended_at !== null])).toEqual([
      ["backfill-example", "backfill", true, true],
      ["backfill-2026-b", "backfill", false, false],
      ["rollback-regrade-2026-r", "rollback", false, true],
      ["import-2026-i", "import", true, true],
      ["regrade-2026-r", "regrade", false, true],
    ]);
    expect(found[4]).toEqual({
      id: "regrade-2026-r",
      kind: "regrade",
      dry_run: false,
      started_at: time(1),
      ended_at: time(2),
      answers: 3,
    });
    expect(next_cursor).toBeNull();
  });

  it("comes page by page", async () => {
    const ids: string[] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const page = Runs.parse(await ask(`/runs?limit=2${cursor && `&cursor=${cursor}`}`));
      ids.push(...page.runs.map(({ id }) => id));
      cursor = page.next_cursor;
    }
    expect([ids.length, new Set(ids).size]).toEqual([5, 5]);
  });

  it("is empty where there is no folder", async () => {
    const none = { runs: [], next_cursor: null };
    expect([await ask("/runs", undefined), await ask("/runs", join(folder, "nowhere"))]).toEqual([none, none]);
    expect(await ask("/runs/backfill-example", join(folder, "nowhere"))).toEqual({ code: "NOT_FOUND" });
  });
});

describe("GET /runs/:run", () => {
  const details = async (path: string) => RunDetails.parse(await ask(`/runs/${path}`));

  it("has the whole summary, and flags without what the store keeps of them", async () => {
    const told = await details("backfill-example");
    expect(told).toMatchObject({ total_contacts: 99, dry_run: true });
    expect(told.changes).toHaveLength(4);
    expect(told.failures).toHaveLength(1);
    expect(JSON.stringify(told)).not.toContain("flag_after");
  });

  it.each([
    ["regrade-2026-r", { changes: [{ learner_id: "123", grades: [{ score_before: 50, score_after: 75 }] }] }],
    ["rollback-regrade-2026-r", { undone: 1, changes: [], failures: [{ learner_id: "123", entity: "course ruby" }] }],
    ["import-2026-i", { rows: 2, changes: [], failures: [{ row: 2, code: "NO_LEARNER", learner_id: null }] }],
  ])("tells of %s what that job keeps", async (id, expected) => expect(await details(id)).toMatchObject(expected));

  it("reads the changes of a run that was stopped page by page", async () => {
    const first = await details("backfill-2026-b?limit=3");
    const second = await details(`backfill-2026-b?limit=3&cursor=${first.next_cursor}`);
    expect([...first.changes, ...second.changes].map(({ learner_id }) => learner_id)).toEqual(
      changes(5).map(({ contact_id }) => contact_id),
    );
    expect(second.next_cursor).toBeNull();
  });

  it("loses no learner where a page is larger than an answer may be", async () => {
    const learners = Array.from({ length: 40 }, (_, index) => ({
      contact_id: `l-${index}`,
      changes: Array.from({ length: 1_000 }, (_, course) => change(`course-${course}`)),
    }));
    write("backfill/2026-l/backfill-summary.json", { dry_run: false, start_time: time(6), end_time: time(6) });
    write("backfill/2026-l/backfill-changes.json", lines(learners));
    const found: string[] = [];
    let pages = 0;
    for (let cursor: string | null = ""; cursor !== null; pages++) {
      const page = await details(`backfill-2026-l?limit=40${cursor && `&cursor=${cursor}`}`);
      expect(page).not.toHaveProperty("changes_more");
      found.push(...page.changes.map(({ learner_id }) => learner_id));
      cursor = page.next_cursor;
    }
    expect(found).toEqual(learners.map(({ contact_id }) => contact_id));
    expect(pages).toBeGreaterThan(1);
  });

  it.each([
    "backfill-broken",
    "backfill-link",
    "backfill-nothing",
    "backfill-..",
    "outside-elsewhere",
    "backfill-example/..",
    "../secret.json",
    "backfill-../outside/elsewhere",
    "/etc/passwd",
    "backfill-\0",
    "__proto__",
  ])("knows no run %j", async (id) =>
    expect(await ask(`/runs/${encodeURIComponent(id)}`)).toEqual({ code: "NOT_FOUND" }),
  );

  it("refuses another list's cursor", async () => {
    const { next_cursor } = await details("backfill-2026-b?limit=3");
    expect(await ask(`/runs/backfill-example?cursor=${next_cursor}`)).toEqual({ code: "SCHEMA_VALIDATION_FAILED" });
  });
});
