import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import type { Hono } from "hono";
import { expect, it, onTestFinished } from "vitest";
import { createApp } from "../../../src/api/app.ts";
import { ANYONE } from "../../../src/api/caller.ts";
import { noMetrics } from "../../../src/process/metrics.ts";
import { fixedCatalog } from "../../../src/service/catalog/catalog-source.ts";
import { createIngest } from "../../../src/service/ingest/ingest.ts";
import { Access } from "../../../src/store/sqlite/access.ts";
import { FILE_NAME } from "../../../src/store/sqlite/data-folder.ts";
import { GroupCommit } from "../../../src/store/sqlite/group-commit.ts";
import { LogFlush } from "../../../src/store/sqlite/log-flush.ts";
import { openFile } from "../../../src/store/sqlite/open-file.ts";
import { createStore } from "../../../src/store/sqlite/store.ts";
import { catalogOf } from "../../support/builders/catalogs.ts";
import { completedModule, temporaryFolder } from "../../support/processes/service.ts";

/** A log whose flushes last until the test ends them. */
function heldLog(path = join(temporaryFolder(), "log")) {
  writeFileSync(path, "", { flag: "a" });
  const underWay: PromiseWithResolvers<void>[] = [];
  const log = new LogFlush(path, () => {
    const flush = Promise.withResolvers<void>();
    underWay.push(flush);
    return flush.promise;
  });
  return { log, underWay };
}

/** Whether a promise has come to its end, once all that is ready has run. */
async function isOver(promise: Promise<unknown> | undefined): Promise<boolean> {
  let over = promise === undefined;
  void promise?.then(
    () => {
      over = true;
    },
    () => {
      over = true;
    },
  );
  await turn();
  return over;
}

it("what is committed while a flush is under way waits for the next one", async () => {
  const { log, underWay } = heldLog();
  expect(log.rest()).toBeUndefined();
  log.committed();
  const first = log.rest();
  log.committed();
  log.committed();
  const second = log.rest();
  expect([await isOver(first), await isOver(second), underWay.length]).toEqual([false, false, 1]);
  underWay[0]?.resolve();
  expect([await isOver(first), await isOver(second), underWay.length]).toEqual([true, false, 2]);
  underWay[1]?.resolve();
  expect([await isOver(second), log.rest()]).toEqual([true, undefined]);
});

it("after a flush that failed, nothing is said to be on the disk any more", async () => {
  const { log, underWay } = heldLog();
  log.committed();
  const first = log.rest();
  underWay[0]?.reject(new Error("EIO"));
  await expect(first).rejects.toMatchObject({ name: "FlushFailed", cause: { message: "EIO" } });
  await expect(log.rest()).rejects.toMatchObject({ name: "FlushFailed" });
});

/** A service on a store whose log is flushed when the test says so. */
async function service(folder = temporaryFolder()) {
  const file = await openFile(folder, { mustExist: false });
  onTestFinished(() => file.close());
  const { log, underWay } = heldLog(`${join(folder, FILE_NAME)}-wal`);
  const access = new Access(file, new GroupCommit(file, log), { patience: 1_000 });
  const silent = { debug() {}, info() {}, warn() {}, error() {} };
  const catalog = fixedCatalog(catalogOf({ "courses/ruby.json": { slug: "ruby", modules: ["strings", "hashes"] } }));
  const store = createStore(access);
  const unused = () => Promise.reject(new Error("Not asked for"));
  const app: Hono = createApp(
    { store, catalog, ingest: createIngest({ store, catalog, log: silent }), openApi: unused, client: unused },
    {
      ...{ log: silent, metrics: noMetrics, allowedOrigins: [], isOpen: true },
      authenticate: async () => ANYONE,
      durable: () => access.durable(),
    },
  );
  const send = async (event: object) =>
    app.request("http://127.0.0.1/events/track", {
      method: "POST",
      headers: { "Content-Type": "application/json", Host: "127.0.0.1" },
      body: JSON.stringify(event),
    });
  return { send, underWay };
}

/** Ends each flush, until there is an answer. */
async function answered(answer: Promise<Response>, { underWay }: { underWay: PromiseWithResolvers<void>[] }) {
  for (let ended = 0; !(await isOver(answer)); ) if (ended < underWay.length) underWay[ended++]?.resolve();
  expect((await answer).status).toBe(200);
}

it("an event is answered once it is flushed, and so is the same event beside it, which writes nothing", async () => {
  const { send, underWay } = await service();
  const event = completedModule("ada", "strings");
  const first = send(event);
  const again = send(event);
  while (underWay.length === 0) await turn();
  for (let turns = 0; turns < 50; turns++) await turn();
  expect([await isOver(first), await isOver(again)]).toEqual([false, false]);
  await Promise.all([answered(first, { underWay }), answered(again, { underWay })]);
});

it("an event that another process has committed, and not flushed yet, is flushed before it is answered again", async () => {
  const folder = temporaryFolder();
  const [one, other] = [await service(folder), await service(folder)];
  const event = completedModule("ada", "strings");
  const first = one.send(event);
  while (one.underWay.length === 0) await turn();
  const again = other.send(event);
  while (other.underWay.length === 0) await turn();
  for (let turns = 0; turns < 50; turns++) await turn();
  expect([await isOver(first), await isOver(again)]).toEqual([false, false]);
  await answered(again, other);
  expect(await isOver(first)).toBe(false);
  await answered(first, one);
});

it("an event that the disk did not take is answered 503, with what to do", async () => {
  const { send, underWay } = await service();
  const answer = send(completedModule("ada", "strings"));
  while (underWay.length === 0) await turn();
  underWay[0]?.reject(Object.assign(new Error("i/o"), { code: "EIO" }));
  const { status, headers } = await answer;
  expect([status, headers.get("retry-after")]).toEqual([503, "2"]);
  expect(await (await answer).json()).toMatchObject({
    code: "STORE_UNAVAILABLE",
    detail: expect.stringContaining("start the service again"),
  });
});
