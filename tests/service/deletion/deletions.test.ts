import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { beforeEach, describe, expect, it } from "vitest";
import { AppError } from "../../../src/model/errors.ts";
import { toTimestamp } from "../../../src/model/time.ts";
import { fixedCatalog } from "../../../src/service/catalog/catalog-source.ts";
import { deleteLearner } from "../../../src/service/deletion/delete-learner.ts";
import { createIngest } from "../../../src/service/ingest/ingest.ts";
import { identityKey } from "../../../src/store/keys.ts";
import type { Store } from "../../../src/store/store.ts";
import { newLearner } from "../../store/raw-items.ts";
import { catalogOf } from "../../support/builders/catalogs.ts";
import { at } from "../../support/builders/times.ts";
import { remainsOf, tombstonesIn } from "../../support/oracles/remains.ts";
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

describeStores("Who has been deleted", (open, kind) => {
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
    const catalog = fixedCatalog(CATALOG);
    const ingest = createIngest({ store, catalog, log: silent, now });
    return {
      clock,
      ingest,
      send: async (...events: object[]) => (await ingest(events)).map(({ error }) => error?.code ?? "accepted"),
      remove: (id = learner) => deleteLearner(store, id, now),
    };
  };
  const commands = () => opened.calls.map(({ command }) => command);
  const left = () => remainsOf(opened, learner);

  it("takes no event of a deleted learner, whichever process deleted, and leaves nothing of it", async () => {
    const [one, other] = [startProcess(), startProcess()];
    expect(await one.send(started(learner))).toEqual(["accepted"]);
    await other.remove();
    expect(await one.send(started(learner))).toEqual(["LEARNER_DELETED"]);
    expect(await other.send(started(learner))).toEqual(["LEARNER_DELETED"]);
    expect(await left()).toEqual([]);
  });

  it.each([
    ["three hours behind", -180 * MINUTE],
    ["years ahead", 20 * 365 * 24 * 60 * MINUTE],
  ])("is known to a process whose clock is %s", async (_, offset) => {
    await startProcess().remove();
    const process = startProcess();
    process.clock.now += offset;
    expect(await process.send(started(learner))).toEqual(["LEARNER_DELETED"]);
    expect(await left()).toEqual([]);
  });

  it("is told with a next step, and only of that learner's events", async () => {
    const process = startProcess();
    await process.remove();
    const other = newLearner();
    const [first, refused, last] = await process.ingest([started(other), started(learner), started(other, "arrays")]);
    expect(refused?.error).toMatchObject({ code: "LEARNER_DELETED" });
    expect(refused?.error?.message).toMatch(/has been deleted.*Do not send the event again\..*operator/s);
    expect([first?.error, last?.error]).toEqual([undefined, undefined]);
    expect(await left()).toEqual([]);
  });

  it.each([0, 2_000])(
    "costs an event one read of one item, after its writes, where %i others have been deleted",
    async (others) => {
      const items = Array.from({ length: others }, (_, index) => ({
        ...identityKey(`gone-${index}`),
        deleted_at: at("09:00"),
      }));
      await opened.raw.putAll("progress", items);
      opened.calls.length = 0;
      await startProcess().send(started(learner));
      expect(commands()).toEqual(["UpdateItem", "UpdateItem", "GetItem"]);
      expect(opened.calls.at(-1)?.input).toMatchObject({ Key: identityKey(learner), ConsistentRead: true });
      expect(opened.calls.at(-1)?.units).toBe(1);
    },
  );

  it.each([
    ["the event wrote all it had to write", async () => "accepted"],
    [
      "another process deletes the learner meanwhile",
      async () => {
        await startProcess().remove();
        return "LEARNER_DELETED";
      },
    ],
  ])("an event is answered 503 where that cannot be told, and sending it again is safe: %s", async (_, meanwhile) => {
    let fails = true;
    const identity: Store["identity"] = async (id) => {
      if (fails) throw new AppError("STORE_UNAVAILABLE", "The store is away");
      return opened.store.identity(id);
    };
    const process = startProcess({ ...opened.store, identity });
    await expect(process.send(started(learner))).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    const code = await meanwhile();
    fails = false;
    expect(await process.send(started(learner))).toEqual([code]);
    expect(await left()).toHaveLength(code === "accepted" ? 2 : 0);
  });

  it("what one write of an event left when another failed is taken away, and the event is to be sent again", async () => {
    await startProcess().remove();
    const arrival = Promise.withResolvers<void>();
    let fails = true;
    const addFacts: Store["addFacts"] = async (...given) => {
      if (fails && given[1].type === "course") throw new AppError("STORE_UNAVAILABLE", "The connection broke");
      if (fails) await arrival.promise;
      return opened.store.addFacts(...given);
    };
    const process = startProcess({ ...opened.store, addFacts });
    const answer = process.send(started(learner));
    setImmediate(arrival.resolve);
    await expect(answer).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    expect(await left()).toEqual([]);
    fails = false;
    expect(await process.send(started(learner))).toEqual(["LEARNER_DELETED"]);
    expect(await left()).toEqual([]);
  });

  it("what a dead process left is taken away by the event that is sent again, or by a second deletion", async () => {
    const dead = { learner_id: learner, entity: "MODULE#strings", started_at: at("10:00") };
    for (const mend of [() => startProcess().send(started(learner)), () => startProcess().remove()]) {
      await startProcess().remove();
      await opened.raw.putAll("progress", [dead]);
      await mend();
      expect(await left()).toEqual([]);
    }
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
      const { learner_id } = identityKey(learner);
      const mine = (await tombstonesIn(opened)).filter((item) => item.learner_id === learner_id);
      expect(mine).toHaveLength(1);
      expect(Object.keys(mine[0] ?? {}).sort()).toEqual(["deleted_at", "entity", "learner_id"]);
      expect(JSON.stringify(mine)).not.toContain(learner);
    });

    it("takes many modules and records, and the learner beside it keeps everything", async () => {
      // Where a write takes long, fewer and larger items make as many pages.
      const [moduleCount, recordCount, times] = kind === "dynalite" ? [5_000, 3_000, 1] : [500, 300, 10];
      const beside = `${learner}0`;
      const modules = (id: string, count: number) =>
        Array.from({ length: count }, (_, index) => ({
          learner_id: id,
          entity: `MODULE#module-${index}`,
          // More than a megabyte altogether: several pages.
          steps: new Set([`${at("10:00")}#true#${"x".repeat(300 * times)}`]),
        }));
      const records = (id: string, count: number) =>
        Array.from({ length: count }, (_, index) => ({
          learner_id: id,
          record: `ATTEMPT#${toTimestamp(NOON + index)}#e`,
          module_slug: "m",
          occurred_at: toTimestamp(NOON + index),
          answers: "y".repeat(500 * times),
        }));
      await opened.raw.putAll("progress", [...modules(learner, moduleCount), ...modules(beside, 30)]);
      await opened.raw.putAll("records", [...records(learner, recordCount), ...records(beside, 30)]);
      const { deletedItems } = await startProcess().remove();
      expect(deletedItems).toEqual({ progress: moduleCount, records: recordCount });
      expect(await left()).toEqual([]);
      expect(await remainsOf(opened, beside)).toHaveLength(60);
    });

    it("goes on with what the store left undone", async () => {
      const items = Array.from({ length: 40 }, (_, index) => ({ learner_id: learner, entity: `MODULE#m${index}` }));
      await opened.raw.putAll("progress", items);
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
      expect(await one.send(started(learner))).toEqual(["LEARNER_DELETED"]);
      // As docs/operations.md has it.
      await opened.client.send(
        new UpdateCommand({
          TableName: opened.tables.progress,
          Key: identityKey(learner),
          UpdateExpression: "REMOVE deleted_at",
        }),
      );
      expect(await other.send(started(learner))).toEqual(["accepted"]);
      expect(await one.send(started(learner))).toEqual(["accepted"]);
      expect(await left()).toHaveLength(2);

      // And may be made once more.
      other.clock.now += 3 * MINUTE;
      expect(await other.remove()).toMatchObject({ deletedAt: at("12:03"), deletedItems: { progress: 2 } });
    });

    it("keeps what else is known of the id", async () => {
      await opened.raw.putAll("progress", [{ ...identityKey(learner), linked_to: "x" }]);
      await startProcess().remove();
      const [item] = (await tombstonesIn(opened)).filter((one) => one.learner_id === identityKey(learner).learner_id);
      expect(item).toMatchObject({ linked_to: "x", deleted_at: at("12:00") });
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
