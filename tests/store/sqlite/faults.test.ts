import { chmodSync, chownSync, cpSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it, onTestFinished } from "vitest";
import type { EntityRef } from "../../../src/model/entity.ts";
import type { OpenStore } from "../../../src/store/open-store.ts";
import { StoreFault } from "../../../src/store/open-store.ts";
import { Access } from "../../../src/store/sqlite/access.ts";
import { backUp } from "../../../src/store/sqlite/backup.ts";
import { checkStore } from "../../../src/store/sqlite/check.ts";
import { sqliteFaultOf } from "../../../src/store/sqlite/faults.ts";
import { GroupCommit } from "../../../src/store/sqlite/group-commit.ts";
import { openSqliteStore } from "../../../src/store/sqlite/open.ts";
import { faultOf, openFile } from "../../../src/store/sqlite/open-file.ts";
import { createStore } from "../../../src/store/sqlite/store.ts";
import { temporaryFolder } from "../../support/processes/service.ts";

const NOON = "2026-01-18T12:00:00.000Z";
const MODULE: EntityRef = { type: "module", slug: "strings" };
const OPTIONS = { mustExist: false } as const;

const opened = async (folder: string): Promise<OpenStore> => {
  const store = await openSqliteStore(folder, { durability: "process" });
  onTestFinished(() => store.close());
  return store;
};
const database = async (folder: string): Promise<DatabaseSync> => {
  const file = await openFile(folder, OPTIONS);
  onTestFinished(() => file.close());
  return file;
};
const fileIn = (folder: string) => join(folder, "waymark.db");

/** A folder whose store holds a learner or more, closed. */
async function filled(learners = 1): Promise<string> {
  const folder = temporaryFolder();
  const store = await openSqliteStore(folder, { durability: "process" });
  const { addFacts } = store.connect("page").store;
  await Promise.all(
    Array.from({ length: learners }, (_, each) => addFacts(`learner-${each}`, MODULE, { startedAt: NOON })),
  );
  await store.close();
  return folder;
}

function sql(folder: string, statements: string): void {
  const other = new DatabaseSync(fileIn(folder));
  other.exec(statements);
  other.close();
}

describe("What cannot be a store is named in one line, with its path and what to do", () => {
  it.each<[string, (folder: string) => unknown, RegExp]>([
    [
      "text in its place",
      (folder) => writeFileSync(fileIn(folder), "x".repeat(5_000)),
      /is no database, or its beginning/,
    ],
    ["a folder in its place", (folder) => mkdirSync(fileIn(folder)), /is a folder, and should be the store's file/],
    [
      "another program's database",
      (folder) => sql(folder, "CREATE TABLE notes (id)"),
      /the database of another program/,
    ],
    [
      "a database that says whose it is",
      (folder) => sql(folder, "PRAGMA application_id = 7; CREATE TABLE notes (id)"),
      /the database of another program\. Name another DATA_DIR/,
    ],
    ["an old store", (folder) => oldStore(join(folder, "dynamodb")), /dynamodb holds the store of an earlier Waymark/],
    ["an old store's own folder", (folder) => oldStore(folder), /holds the store of an earlier Waymark/],
    [
      "a folder of another user",
      (folder) => chownSync(folder, 4_321, 4_321),
      /belongs to another user \(4321; this is 0\)/,
    ],
  ])("%s", async (name, make, message) => {
    if (name === "a folder of another user" && process.getuid?.() !== 0) return;
    const folder = temporaryFolder();
    make(folder);
    const fault: unknown = await openFile(folder, OPTIONS).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(StoreFault);
    expect((fault as Error).message).toMatch(message);
    expect((fault as Error).message).toContain(folder);
    expect((fault as Error).message).not.toContain("\n");
  });

  it.each([
    ["a file", (file: string) => file, /is not a folder/],
    ["a folder below a file", (file: string) => join(file, "data"), /is a file, not a folder|cannot be reached/],
  ])("DATA_DIR that is %s", async (_, folderOf, message) => {
    const file = join(temporaryFolder(), "file");
    writeFileSync(file, "");
    await expect(openFile(folderOf(file), OPTIONS)).rejects.toThrow(message);
  });

  it("a newer schema, which is left as it is", async () => {
    const folder = await filled();
    sql(folder, "PRAGMA user_version = 99");
    await expect(openFile(folder, OPTIONS)).rejects.toThrow(/newer Waymark \(schema 99; this one knows \d+\)/);
    sql(folder, "PRAGMA user_version = 1");
    expect(checkStore(await database(folder)).findings).toEqual([]);
  });

  it("a folder that must have a store, and has none; none is made", async () => {
    const folder = join(temporaryFolder(), "nothing");
    await expect(openFile(folder, { ...OPTIONS, mustExist: true })).rejects.toThrow(/There are no data in/);
    expect(() => statSync(folder)).toThrow();
  });

  it.each([
    [5_386, "without locks"],
    [3_850, "without locks"],
    [14, "not to be opened"],
    [8, "read-only"],
    [13, "full"],
    [11, "damaged"],
    [266, "unreadable"],
  ])("SQLite's code %i as %s", (errcode, fault) => {
    const error = Object.assign(new Error("x"), { errcode });
    expect(sqliteFaultOf(error)).toBe(fault);
    expect(faultOf("/data/waymark.db", error)).toMatchObject({
      name: "StoreFault",
      message: /^\/data\/waymark\.db is .*\.$/,
    });
  });
});

function oldStore(folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "CURRENT"), "MANIFEST-000002\n");
}

it("a file that others may read is closed to them", async () => {
  const folder = await filled();
  chmodSync(fileIn(folder), 0o644);
  await opened(folder);
  expect(statSync(fileIn(folder)).mode & 0o777).toBe(0o600);
});

it("a full disk refuses writes with 503, keeps what was acknowledged, and takes writes again when there is room", async () => {
  const folder = temporaryFolder();
  const file = await database(folder);
  const store = createStore(new Access(file, new GroupCommit(file), { patience: 1_000 }));
  await store.addFacts("ada", MODULE, { startedAt: NOON });
  const { page_count } = file.prepare("PRAGMA page_count").get() as { page_count: number };
  file.exec(`PRAGMA max_page_count = ${page_count + 2}`);

  const many = (from: number) =>
    Promise.allSettled(
      Array.from({ length: 200 }, (_, each) => store.addFacts(`learner-${from + each}`, MODULE, { startedAt: NOON })),
    );
  const outcomes = await many(0);
  const refused = outcomes.filter((outcome) => outcome.status === "rejected");
  expect(refused.length).toBeGreaterThan(0);
  for (const { reason } of refused)
    expect(reason).toMatchObject({ code: "STORE_UNAVAILABLE", message: expect.stringContaining("is full. Make room") });
  expect((await store.read("ada")).progress.module.size).toBe(1);

  file.exec("PRAGMA max_page_count = 100000");
  expect((await many(0)).filter(({ status }) => status === "rejected")).toEqual([]);
  expect(checkStore(file)).toMatchObject({ items: { progress: 201 }, findings: [] });
});

it("a write that fails undoes nothing of the others in its group", async () => {
  const file = await database(temporaryFolder());
  const group = new GroupCommit(file);
  const access = new Access(file, group, { patience: 1_000 });
  const store = createStore(access);
  const outcomes = await Promise.allSettled([
    store.addFacts("ada", MODULE, { startedAt: NOON }),
    access.write(() => {
      throw new Error("no");
    }),
    store.addFacts("bob", MODULE, { startedAt: NOON }),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  for (const learner of ["ada", "bob"]) expect((await store.read(learner)).progress.module.size).toBe(1);
});

describe("A damaged file", () => {
  it("with a turned byte in an item answers 503 for that learner alone, and is found by the check", async () => {
    const folder = await filled(2);
    const bytes = readFileSync(fileIn(folder));
    const place = bytes.indexOf("2026-01-18T12");
    bytes[place + 3] = "5".charCodeAt(0);
    writeFileSync(fileIn(folder), bytes);

    const { store } = (await opened(folder)).connect("page");
    const reads = await Promise.allSettled(["learner-0", "learner-1"].map((learner) => store.read(learner)));
    expect(reads.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(reads.find(({ status }) => status === "rejected")).toMatchObject({
      reason: { code: "STORE_UNAVAILABLE", message: expect.stringContaining("npm run check-store") },
    });
    const { findings } = checkStore(await database(folder));
    expect(findings).toEqual([
      expect.stringMatching(/^progress: learner learner-\d, MODULE#strings: it is not what was/),
    ]);
  });

  it("with pages of nonsense never throws anything but 503, and is found by the check", async () => {
    const folder = await filled(2_000);
    const bytes = readFileSync(fileIn(folder));
    bytes.fill(0xa5, 4_096 * 3, 4_096 * 12);
    writeFileSync(fileIn(folder), bytes);

    const { store } = (await opened(folder)).connect("page");
    const reads = await Promise.allSettled(Array.from({ length: 2_000 }, (_, each) => store.read(`learner-${each}`)));
    const failed = reads.filter((outcome) => outcome.status === "rejected");
    expect(failed.length).toBeGreaterThan(0);
    for (const { reason } of failed) expect(reason).toMatchObject({ code: "STORE_UNAVAILABLE" });
    expect(checkStore(await database(folder)).findings.length).toBeGreaterThan(0);
  });
});

describe("A backup", () => {
  it("is a whole store, as it was at one moment, and is not written over another", async () => {
    const folder = await filled(100);
    const copies = temporaryFolder();
    const copy = fileIn(copies);
    const { store } = (await opened(folder)).connect("page");
    const writes = Array.from({ length: 50 }, (_, each) => store.addFacts(`new-${each}`, MODULE, { startedAt: NOON }));
    const file = await database(folder);
    backUp(file, copy);
    await Promise.all(writes);
    expect(() => backUp(file, copy)).toThrow(/is there already, and is not overwritten/);
    expect(() => backUp(file, join(copies, "none", "copy.db"))).toThrow(StoreFault);

    expect(statSync(copy).mode & 0o777).toBe(0o600);
    expect(checkStore(await database(dirname(copy)))).toMatchObject({ items: { progress: 100 }, findings: [] });
  });

  it("can be taken while the log is long", async () => {
    const folder = temporaryFolder();
    const { store } = (await opened(folder)).connect("page");
    await Promise.all(
      Array.from({ length: 3_000 }, (_, each) => store.addFacts(`learner-${each}`, MODULE, { startedAt: NOON })),
    );
    const copies = temporaryFolder();
    backUp(await database(folder), fileIn(copies));
    expect(checkStore(await database(copies)).items.progress).toBe(3_000);
  });
});

it("what was acknowledged outlives a log whose end is cut or garbled behind the last flush", async () => {
  const folder = temporaryFolder();
  const { store } = (await opened(folder)).connect("page");
  for (let each = 0; each < 5; each++) await store.addFacts(`learner-${each}`, MODULE, { startedAt: NOON });
  const flushed = statSync(`${fileIn(folder)}-wal`).size;
  for (let each = 5; each < 8; each++) await store.addFacts(`learner-${each}`, MODULE, { startedAt: NOON });
  const log = readFileSync(`${fileIn(folder)}-wal`);
  expect(log.length).toBeGreaterThan(flushed);

  // As a machine that loses its power leaves them: the log up to the last flush, and of the rest anything.
  const step = Math.ceil((log.length - flushed) / 150);
  for (let end = flushed; end <= log.length; end += step)
    for (const tail of [Buffer.alloc(0), Buffer.alloc(log.length - end, 0xa5)]) {
      const copy = temporaryFolder();
      cpSync(fileIn(folder), fileIn(copy));
      writeFileSync(`${fileIn(copy)}-wal`, Buffer.concat([log.subarray(0, end), tail]));
      const left = await openFile(copy, OPTIONS);
      const { items, findings } = checkStore(left);
      left.close();
      expect(findings).toEqual([]);
      expect(items.progress).toBeGreaterThanOrEqual(5);
    }
});
