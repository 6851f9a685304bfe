import { DeleteCommand } from "@aws-sdk/lib-dynamodb";
import { beforeEach, describe, expect, it } from "vitest";
import { AppError } from "../../../src/model/errors.ts";
import { digestOf } from "../../../src/model/learner.ts";
import { toTimestamp } from "../../../src/model/time.ts";
import { fixedCatalog } from "../../../src/service/catalog/catalog-source.ts";
import { deleteLearner } from "../../../src/service/deletion/delete-learner.ts";
import { Deletions } from "../../../src/service/deletion/deletions.ts";
import { createIngest } from "../../../src/service/ingest/ingest.ts";
import { tombstoneKey } from "../../../src/store/keys.ts";
import type { Store } from "../../../src/store/store.ts";
import { newLearner } from "../../store/raw-items.ts";
import { catalogOf } from "../../support/builders/catalogs.ts";
import { at } from "../../support/builders/times.ts";
import { putItems, remainsOf, tombstonesIn } from "../../support/oracles/remains.ts";
import { describeStores, type TestStore } from "../../support/processes/stores.ts";

const CATALOG = catalogOf({ "courses/ruby.json": { slug: "ruby", modules: ["strings"] } });
const NOON = Date.parse(at("12:00"));
const MINUTE = 60_000;
const silent = { debug() {}, info() {}, warn() {}, error() {} };

const started = (contactId: string, module_slug = "strings") => ({
  eventName: "learning_module_started",
  contactIdentifier: { contactId },
  payload: { module_slug, course_slug: "ruby", ts: at("10:00") },
});

describeStores("Who has been deleted", (open) => {
  let opened: TestStore;
  let learner: string;
  beforeEach(() => {
    opened = open();
    learner = newLearner();
    opened.calls.length = 0;
  });

  /** A process of the service, and its clock. */
  const startProcess = (store: Store = opened.store) => {
    const clock = { now: NOON };
    const now = () => clock.now;
    const deletions = new Deletions({ store, log: silent, now });
    const catalog = fixedCatalog(CATALOG);
    const ingest = createIngest({ store, catalog, deletions, log: silent, now });
    return {
      clock,
      deletions,
      ingest,
      send: async (...events: object[]) => (await ingest(events)).map(({ error }) => error?.code ?? "accepted"),
      remove: (id = learner) => deleteLearner(store, deletions, id),
    };
  };
  const commands = () => opened.calls.map(({ command }) => command);
  const left = () => remainsOf(opened, learner);

  it.each([
    ["takes an event just before the minute is over", 59_999, "accepted", 2],
    ["takes none once it is, and leaves nothing of it", 60_000, "LEARNER_DELETED", 0],
    ["takes none where its clock went back", -1, "LEARNER_DELETED", 0],
  ])("a process that looked before the deletion %s", async (_, later, code, items) => {
    const [one, other] = [startProcess(), startProcess()];
    await one.send(started(learner));
    await other.remove();
    one.clock.now += later;
    expect(await one.send(started(learner))).toEqual([code]);
    expect(await left()).toHaveLength(items);
    // The next look takes away what was taken in that minute, whosever event it is.
    one.clock.now = NOON + 2 * MINUTE;
    expect(await one.send(started(newLearner()))).toEqual(["accepted"]);
    expect(await left()).toEqual([]);
  });

  it("a process that has just started takes no event of a deleted learner, and leaves nothing of it", async () => {
    await startProcess().remove();
    const fresh = startProcess();
    fresh.deletions.start();
    expect(await fresh.send(started(learner))).toEqual(["LEARNER_DELETED"]);
    expect(await left()).toEqual([]);
  });

  it("is told with a next step, and only of that learner's events", async () => {
    const process = startProcess();
    await process.remove();
    const other = newLearner();
    const [first, refused, last] = await process.ingest([started(other), started(learner), started(other, "arrays")]);
    expect(refused?.error).toMatchObject({ code: "LEARNER_DELETED", status: 410 });
    expect(refused?.error?.message).toMatch(/has been deleted.*Do not send the event again\..*operator/s);
    expect([first?.error, last?.error]).toEqual([undefined, undefined]);
    expect(await left()).toEqual([]);
  });

  it("costs an event nothing but one Query a minute, beside its own writes", async () => {
    const process = startProcess();
    await process.send(started(learner));
    expect(commands().sort()).toEqual(["Query", "UpdateItem", "UpdateItem"]);
    opened.calls.length = 0;
    process.clock.now += MINUTE - 1;
    await process.send(started(learner));
    expect(commands()).toEqual(["UpdateItem", "UpdateItem"]);
    opened.calls.length = 0;
    process.clock.now += 1;
    await Promise.all([process.send(started(newLearner())), process.send(started(newLearner()))]);
    expect(commands().sort()).toEqual(["Query", ...Array(4).fill("UpdateItem")]);
  });

  it("is asked of the store as little as it can be", async () => {
    const [one, other] = [startProcess(), startProcess()];
    const later = toTimestamp(NOON + MINUTE);
    await one.remove();
    await one.deletions.look();
    opened.calls.length = 0;
    await one.deletions.look();
    const since = (opened.calls[0]?.input.ExpressionAttributeValues as Record<string, string> | undefined)?.[":since"];
    // A tombstone that was written an hour ago, by its writer's clock, may only now have come in.
    expect(since).toBe(at("11:00"));
    const late = { deletedAt: toTimestamp(NOON - 59 * MINUTE), digest: digestOf(learner) };
    await opened.store.addTombstone(late);
    await one.deletions.look();
    expect(await one.deletions.deletedAt(learner)).toBe(late.deletedAt);

    // A clock years ahead does not hide who is deleted after it.
    await opened.store.addTombstone({ deletedAt: "2099-01-01T00:00:00.000Z", digest: digestOf("from the future") });
    await one.deletions.look();
    const next = newLearner();
    await opened.store.addTombstone({ deletedAt: later, digest: digestOf(next) });
    await one.deletions.look();
    expect(await one.deletions.deletedAt(next)).toBe(later);
    expect(await other.deletions.deletedAt(next)).toBeUndefined();
  });

  it("is looked at anew by who asks while an earlier look is under way", async () => {
    const release = Promise.withResolvers<void>();
    let looks = 0;
    const tombstones: Store["tombstones"] = async (since) => {
      const found = await opened.store.tombstones(since);
      if (looks++ === 0) await release.promise;
      return found;
    };
    const process = startProcess({ ...opened.store, tombstones });
    const early = process.deletions.look();
    await opened.store.tombstones();
    await startProcess().remove();
    const late = process.deletions.look();
    release.resolve();
    await Promise.all([early, late]);
    expect(process.deletions.looksDeleted(learner)).toBe(true);
  });

  it("an event is answered 503 where that cannot be told, and sending it again is safe", async () => {
    let fails = true;
    const tombstones: Store["tombstones"] = async (since) => {
      if (fails) throw new AppError("STORE_UNAVAILABLE", "The store is away");
      return opened.store.tombstones(since);
    };
    const process = startProcess({ ...opened.store, tombstones });
    await expect(process.send(started(learner))).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    // Who was written for meanwhile is not forgotten.
    await startProcess().remove();
    await expect(process.send(started(learner))).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    fails = false;
    expect(await process.send(started(newLearner()))).toEqual(["accepted"]);
    expect(await left()).toEqual([]);
  });

  it("what was written before a look that fails is looked after by the next that does not", async () => {
    let fails = false;
    const tombstones: Store["tombstones"] = async (since) => {
      if (fails) throw new AppError("STORE_UNAVAILABLE", "The store is away");
      return opened.store.tombstones(since);
    };
    const process = startProcess({ ...opened.store, tombstones });
    await process.send(started(learner));
    await startProcess().remove();
    await opened.store.record(learner, { type: "module", slug: "strings" }, { startedAt: at("10:00") });
    fails = true;
    await expect(process.deletions.look()).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    fails = false;
    await process.deletions.look();
    expect(await left()).toEqual([]);
  });

  it("a write that a failed request left on its way is taken away too", async () => {
    const arrival = Promise.withResolvers<void>();
    const landed: Promise<unknown>[] = [];
    const record: Store["record"] = async (...given) => {
      if (given[1].type === "course") throw new AppError("STORE_UNAVAILABLE", "The connection broke");
      const landing = arrival.promise.then(() => opened.store.record(...given));
      landed.push(landing);
      return landing;
    };
    const process = startProcess({ ...opened.store, record });
    await expect(process.send(started(learner))).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    await process.deletions.look();
    await startProcess().remove();
    arrival.resolve();
    await Promise.all(landed);
    expect(await left()).toEqual(["progress MODULE#strings"]);
    await process.deletions.look();
    expect(await left()).toEqual([]);
  });

  describe("A deletion", () => {
    it("of a learner of whom nothing is stored is a deletion", async () => {
      expect(await startProcess().remove()).toEqual({
        learnerId: learner,
        deletedAt: at("12:00"),
        deletedItems: { progress: 0, records: 0 },
      });
      expect(await startProcess().send(started(learner))).toEqual(["LEARNER_DELETED"]);
    });

    it("that is sent again has the time of the first, and leaves one tombstone", async () => {
      const [one, other] = [startProcess(), startProcess()];
      await one.remove();
      other.clock.now += 5 * MINUTE;
      expect(await other.remove()).toMatchObject({ deletedAt: at("12:00"), deletedItems: { progress: 0, records: 0 } });
      one.clock.now += 9 * MINUTE;
      expect(await one.remove()).toMatchObject({ deletedAt: at("12:00") });
      const mine = (await tombstonesIn(opened)).filter(({ entity }) => String(entity).includes(digestOf(learner)));
      expect(mine).toHaveLength(1);
      expect(Object.keys(mine[0] ?? {}).sort()).toEqual(["entity", "learner_id"]);
      expect(JSON.stringify(mine)).not.toContain(learner);
    });

    it("takes 5,000 modules and 3,000 records, and the learner beside it keeps everything", async () => {
      const beside = `${learner}0`;
      const modules = (id: string, count: number) =>
        Array.from({ length: count }, (_, index) => ({
          learner_id: id,
          entity: `MODULE#module-${index}`,
          // More than a megabyte altogether: several pages.
          steps: new Set([`${at("10:00")}#true#${"x".repeat(300)}`]),
        }));
      const records = (id: string, count: number) =>
        Array.from({ length: count }, (_, index) => ({
          learner_id: id,
          record: `ATTEMPT#${toTimestamp(NOON + index)}#e`,
          module_slug: "m",
          occurred_at: toTimestamp(NOON + index),
          answers: "y".repeat(500),
        }));
      await putItems(opened, "progress", [...modules(learner, 5_000), ...modules(beside, 30)]);
      await putItems(opened, "records", [...records(learner, 3_000), ...records(beside, 30)]);
      const { deletedItems } = await startProcess().remove();
      expect(deletedItems).toEqual({ progress: 5_000, records: 3_000 });
      expect(await left()).toEqual([]);
      expect(await remainsOf(opened, beside)).toHaveLength(60);
    });

    it("goes on with what the store left undone", async () => {
      const items = Array.from({ length: 40 }, (_, index) => ({ learner_id: learner, entity: `MODULE#m${index}` }));
      await putItems(opened, "progress", items);
      let left = 3;
      opened.client.middlewareStack.add(
        (next, context) => async (args) => {
          const { RequestItems: asked } = args.input as { RequestItems?: Record<string, object[]> };
          if (context.commandName !== "BatchWriteItemCommand" || asked === undefined || left-- <= 0) return next(args);
          // As a table that is short of capacity: it does one, and says so.
          const [table, requests] = Object.entries(asked)[0] as [string, object[]];
          const result = await next({
            ...args,
            input: { ...args.input, RequestItems: { [table]: requests.slice(0, 1) } },
          });
          return { ...result, output: { ...result.output, UnprocessedItems: { [table]: requests.slice(1) } } };
        },
        { step: "initialize", name: "shortOfCapacity" },
      );
      try {
        expect((await startProcess().remove()).deletedItems).toEqual({ progress: 40, records: 0 });
      } finally {
        opened.client.middlewareStack.remove("shortOfCapacity");
      }
      expect(await remainsOf(opened, learner)).toEqual([]);
    });

    it("may be taken back by who takes the tombstone away: every process lets the learner in, and keeps what comes", async () => {
      const [one, other] = [startProcess(), startProcess()];
      await one.send(started(learner));
      await other.remove();
      one.clock.now += MINUTE;
      expect(await one.send(started(learner))).toEqual(["LEARNER_DELETED"]);
      const key = tombstoneKey({ deletedAt: at("12:00"), digest: digestOf(learner) });
      await opened.client.send(new DeleteCommand({ TableName: opened.tables.progress, Key: key }));
      expect(await other.send(started(learner))).toEqual(["accepted"]);
      // The one still remembers that it wrote, and the tombstone.
      await one.deletions.look();
      expect(await left()).toHaveLength(2);
      expect(await one.send(started(learner))).toEqual(["accepted"]);

      // And may be made once more.
      other.clock.now += 3 * MINUTE;
      expect(await other.remove()).toMatchObject({ deletedAt: at("12:03"), deletedItems: { progress: 2 } });
    });

    it("shows in reads as somebody of whom nothing is known", async () => {
      const process = startProcess();
      await process.send(started(learner));
      await process.remove();
      expect((await opened.store.read(learner)).items.size).toBe(0);
      expect((await opened.store.attempts(learner, { limit: 10 })).attempts).toEqual([]);
      expect(await opened.store.sessions(learner)).toEqual([]);
    });
  });
});
