import { appendFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { changesOfRun } from "../../../src/service/jobs/run-changes.ts";
import type { Scanner } from "../../../src/store/scanner.ts";
import type { Store } from "../../../src/store/store.ts";
import {
  backfill,
  backfillToEnd,
  countsOf,
  dumpOf,
  dynaliteForFile,
  type Row,
  type RunSetup,
  resetRows,
  rollback,
  runsFolder,
  tableWith,
  writesIn,
} from "../../support/processes/backfill.ts";
import { sqliteStore } from "../../support/processes/sqlite-store.ts";
import { dynaliteStore, type StoreUnderTest } from "../../support/processes/stores.ts";
import { badData, CATALOG, missing, missingAll, right, unsupported, wrongTime } from "./learners.ts";

const ROWS: Row[] = [
  ...missing("ada"),
  ...missingAll("bob"),
  ...unsupported("cyd"),
  ...right("dan"),
  ...wrongTime("eve"),
  ...badData("fay"),
];

type Moment = "before" | "after";

/** A store, its tables, and how many flags were written there. */
type Opened = Pick<StoreUnderTest, "store" | "scanner" | "raw" | "calls"> & { writes: number };

function counted({ store, scanner, raw, calls }: StoreUnderTest): Opened {
  const opened: Opened = {
    ...{ scanner, raw, calls },
    store: {
      ...store,
      setFlag(...given) {
        opened.writes++;
        return store.setFlag(...given);
      },
    },
    writes: 0,
  };
  return opened;
}

async function reset(opened: Opened): Promise<void> {
  await resetRows(opened as unknown as StoreUnderTest, ROWS);
  opened.writes = 0;
}

/**
 * A process that dies at its n-th call of the store, before the store does it or after; then nothing happens any more,
 * but that the store does what had been asked of it before.
 */
function mortal({ store, scanner: newScanner }: Opened, killAt: number, moment: Moment) {
  const never = new Promise<never>(() => {});
  const underWay = new Set<Promise<unknown>>();
  let calls = 0;
  let isDead = false;
  let die = () => {};
  const death = new Promise<void>((done) => {
    die = () => {
      isDead = true;
      done();
    };
  });
  const living = async <T>(action: () => Promise<T>): Promise<T> => {
    if (isDead) return never;
    const isLast = ++calls === killAt;
    if (isLast && moment === "before") {
      die();
      return never;
    }
    const doing = action();
    underWay.add(doing);
    const result = await doing.finally(() => underWay.delete(doing));
    if (isLast) die();
    return isDead ? never : result;
  };
  const wrapped = Object.fromEntries(
    (Object.entries(store) as [string, (...given: never[]) => Promise<unknown>][]).map(([name, method]) => [
      name,
      (...given: never[]) => living(() => method(...given)),
    ]),
  ) as unknown as Store;
  const scanner = newScanner();
  const mortalScanner: Scanner = {
    ...scanner,
    async *segment(...given) {
      const pages = scanner.segment(...given);
      for (let page = await living(() => pages.next()); !page.done; page = await living(() => pages.next()))
        yield page.value;
    },
  };
  /** Waits for what was under way, and for what the process did at the moment of its death. */
  const buried = async () => {
    await Promise.allSettled(underWay);
    await new Promise((done) => setImmediate(done));
  };
  return { store: wrapped, scanner: mortalScanner, death, buried, isDead: () => isDead };
}

/** Runs until the n-th call. @returns whether the run was killed before its end */
async function runAndKill(opened: Opened, setup: RunSetup, killAt: number, moment: Moment): Promise<boolean> {
  const { store, scanner, death, buried, isDead } = mortal(opened, killAt, moment);
  const ended = backfill(opened, CATALOG, { ...setup, store, scanner });
  await Promise.race([death, ended]);
  await buried();
  return isDead();
}

afterEach(() => void vi.restoreAllMocks());

/** As if seconds went by between any two looks at the clock. */
const hurry = () => {
  let now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => {
    now += 10_000;
    return now;
  });
};

const endpoint = dynaliteForFile();
const SETUP = { batchSize: 1, segments: 2, concurrency: 2 };

/** What an uninterrupted run makes of the same table. */
async function uninterrupted(store: StoreUnderTest) {
  const opened = counted(store);
  await reset(opened);
  const original = await dumpOf(opened);
  const files = await backfillToEnd(opened, CATALOG, SETUP);
  expect(files.changes).toHaveLength(4);
  return { opened, original, files, writes: opened.writes, dump: await dumpOf(opened) };
}

type Control = Awaited<ReturnType<typeof uninterrupted>>;

async function expectAsUninterrupted({ opened, files, writes, dump }: Control, folder: string, step: number) {
  const { changes, failures, summary } = await backfillToEnd(opened, CATALOG, { folder });
  expect({ step, changes, failures }).toEqual({ step, changes: files.changes, failures: files.failures });
  expect(countsOf(summary)).toEqual(countsOf(files.summary));
  expect(await dumpOf(opened)).toEqual(dump);
  expect(opened.writes).toBe(writes);
  expect(readdirSync(folder)).not.toContain("parts");
}

/** As a kill may leave the files of a run: the last line cut off. */
function cutOff(folder: string): void {
  const parts = join(folder, "parts");
  for (const name of readdirSync(parts))
    appendFileSync(join(parts, name), '{"contact_id":"ada","changes":[{"progress":{}');
}

const NO_CHECKPOINT = "no checkpoint but the first";
const CHECKPOINTS = "a checkpoint after every batch";
const [sqlite, dynalite] = [sqliteStore(), dynaliteStore()];

// A run knows a store by its calls alone, so that each of them is tried on the store that is quick.
describe.each([
  [NO_CHECKPOINT, "SQLite", () => {}, sqlite, 3],
  [CHECKPOINTS, "SQLite", hurry, sqlite, 1],
  [NO_CHECKPOINT, "dynalite", () => {}, dynalite, 11],
  [CHECKPOINTS, "dynalite", hurry, dynalite, 9],
])("A run with %s on %s", (_, __, before, open, step) => {
  const moments = ["before", "after"] as const;

  it.each(moments)("goes on to the same files when it is killed %s any call of the store", async (moment) => {
    before();
    const control = await uninterrupted(open());
    for (let killAt = 1; ; killAt += step) {
      await reset(control.opened);
      const folder = runsFolder();
      if (!(await runAndKill(control.opened, { ...SETUP, folder }, killAt, moment))) break;
      cutOff(folder);
      await expectAsUninterrupted(control, folder, killAt);
    }
  });

  it.each(moments)("is rolled back to the byte when it is killed %s any call of the store", async (moment) => {
    before();
    const { opened, original } = await uninterrupted(open());
    for (let killAt = 1; ; killAt += step) {
      await reset(opened);
      const folder = runsFolder();
      if (!(await runAndKill(opened, { ...SETUP, folder }, killAt, moment))) break;
      cutOff(folder);
      const { kept } = await rollback(opened.store, changesOfRun(folder, false));
      expect({ killAt, kept, dump: await dumpOf(opened) }).toEqual({ killAt, kept: [], dump: original });
    }
  });

  it("goes on to the same files when it is stopped at any call of the store", async () => {
    before();
    const control = await uninterrupted(open());
    const { store } = control.opened;
    for (let stopAt = 1; ; stopAt += step) {
      await reset(control.opened);
      const stop = new AbortController();
      let calls = 0;
      const counted = Object.fromEntries(
        (Object.entries(store) as [string, (...given: never[]) => Promise<unknown>][]).map(([name, method]) => [
          name,
          (...given: never[]) => {
            if (++calls === stopAt) stop.abort();
            return method(...given);
          },
        ]),
      ) as unknown as Store;
      const folder = runsFolder();
      const { summary } = await backfill(control.opened, CATALOG, {
        ...SETUP,
        folder,
        store: counted,
        signal: stop.signal,
      });
      if (summary === undefined) await expectAsUninterrupted(control, folder, stopAt);
      if (calls < stopAt) break;
    }
  });
});

it("that was killed twice has all in its files, and is rolled back to the byte, wherever either was", async () => {
  const { opened, original, ...control } = await uninterrupted(sqlite());
  let tried = 0;
  for (let first = 4; ; first += 7) {
    for (let second = 1; ; second += 2) {
      await reset(opened);
      const setup = { ...SETUP, folder: runsFolder() };
      // The first is far ahead of its checkpoint, and the second commits learner by learner.
      if (!(await runAndKill(opened, setup, first, "after"))) {
        expect(tried).toBeGreaterThan(40);
        return;
      }
      hurry();
      const isKilled = await runAndKill(opened, setup, second, "before");
      vi.restoreAllMocks();
      if (!isKilled) break;
      tried++;
      if (second % 4 === 1) await expectAsUninterrupted({ opened, original, ...control }, setup.folder, first);
      else {
        const { kept } = await rollback(opened.store, changesOfRun(setup.folder, false));
        expect({ first, second, kept, dump: await dumpOf(opened) }).toEqual({
          first,
          second,
          kept: [],
          dump: original,
        });
      }
    }
  }
});

it("that is stopped ends the learners in hand, and begins no other", async () => {
  const rows = Array.from({ length: 40 }, (_, index) => missing(`learner-${index}`)).flat();
  const opened = await tableWith(endpoint(), rows);
  const stop = new AbortController();
  const begun = new Set<string>();
  const store: Store = {
    ...opened.store,
    setFlag(learner, ...flag) {
      if (begun.add(learner).size === 10) stop.abort();
      return opened.store.setFlag(learner, ...flag);
    },
  };
  const folder = runsFolder();
  const setup = { segments: 1, concurrency: 4, store, folder, signal: stop.signal };
  expect((await backfill(opened, CATALOG, setup)).summary).toBeUndefined();
  // Those beside the tenth are in hand.
  expect(begun.size).toBeLessThanOrEqual(10 + 3);
  expect(writesIn(opened)).toHaveLength(begun.size);
  const { summary } = await backfillToEnd(opened, CATALOG, { folder });
  expect(summary).toMatchObject({ total_contacts: 40, updated: 40 });
  expect(writesIn(opened)).toHaveLength(40);
});
