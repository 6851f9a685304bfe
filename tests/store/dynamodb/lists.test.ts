import { randomUUID } from "node:crypto";
import { ScanCommand } from "@aws-sdk/lib-dynamodb";
import { beforeAll, describe, expect, it } from "vitest";
import type { EntityRef } from "../../../src/model/entity.ts";
import { toTimestamp } from "../../../src/model/time.ts";
import { type ListingCheckpoint, listItems } from "../../../src/service/jobs/list-items.ts";
import type { CompletionCursor, CompletionStore } from "../../../src/store/completions.ts";
import { LIST, listOf, partsOf, SHARDS } from "../../../src/store/dynamodb/lists.ts";
import { createMissingTables } from "../../../src/store/dynamodb/provision.ts";
import { createStore } from "../../../src/store/dynamodb/store.ts";
import {
  ATTEMPTS_INDEX,
  COMPLETIONS_INDEX,
  FORMER_COMPLETIONS_INDEX,
  type TableNames,
  tableNames,
} from "../../../src/store/dynamodb/tables.ts";
import { createUnlisted } from "../../../src/store/dynamodb/unlisted.ts";
import type { RecordStore } from "../../../src/store/record-store.ts";
import { rawItemsAt } from "../../support/processes/raw-dynamodb-items.ts";
import { describeStores, type TestStore } from "../../support/processes/stores.ts";

const DAY = Date.UTC(2026, 0, 18);
const at = (milliseconds: number) => toTimestamp(DAY + milliseconds);
const STRINGS: EntityRef = { type: "module", slug: "strings" };
const learners = (count: number) => Array.from({ length: count }, (_, index) => `learner-${index}`);

describe("The parts of a list", () => {
  it("are of one entity each, and alike in size: with 10,000 completions a second none comes near 1,000 units", () => {
    const sizes = new Map(partsOf(STRINGS).map(({ list }) => [list, 0]));
    for (const learner of learners(10_000)) {
      const list = listOf(learner, STRINGS);
      sizes.set(list, (sizes.get(list) ?? 0) + 1);
    }
    expect([...sizes]).toHaveLength(SHARDS.length);
    expect(Math.max(...sizes.values())).toBeLessThan(750);
    const others = partsOf({ type: "course", slug: "strings" }).map(({ list }) => list);
    expect(others.filter((list) => sizes.has(list))).toEqual([]);
  });
});

/** Every page of a list, and what the dearest of them cost. */
async function allPages(store: CompletionStore, slug: string, limit: number, opened?: TestStore) {
  const told: string[] = [];
  const costs: { units: number; queries: number }[] = [];
  let after: CompletionCursor | undefined;
  do {
    if (opened) opened.calls.length = 0;
    const page = await store.completions({ type: "module", slugs: [slug] }, { limit, after });
    told.push(...page.completions.map(({ learnerId, completedAt }) => `${completedAt} ${learnerId}`));
    const calls = opened?.calls ?? [];
    costs.push({ units: calls.reduce((sum, { units }) => sum + units, 0), queries: calls.length });
    after = page.next;
  } while (after !== undefined);
  return {
    told,
    units: Math.max(...costs.map(({ units }) => units)),
    queries: Math.max(...costs.map((one) => one.queries)),
  };
}

async function allData(store: RecordStore, slug: string) {
  const found: unknown[] = [];
  for await (const page of store.completionData(slug, {})) found.push(...page);
  return found;
}

describeStores("Lists in the indexes", (open) => {
  let opened: TestStore;
  beforeAll(() => {
    opened = open();
  });

  /** The items of an index as they are there. */
  const inIndex = async (table: string, IndexName: string) => {
    const { Items = [] } = await opened.client.send(new ScanCommand({ TableName: table, IndexName }));
    return Items;
  };

  it("have an item while it is complete, and no other", async () => {
    const course: EntityRef = { type: "course", slug: "listed" };
    const listed = async () =>
      (await inIndex(opened.tables.progress, COMPLETIONS_INDEX)).filter(({ entity }) => entity === "COURSE#listed");
    const [first, later] = [at(1), at(2)].map((completedAt) => ({
      completedAt,
      completionSource: "inferred" as const,
      recordedAt: at(3),
      catalogVersion: "v1",
      eventId: "e",
    }));
    const learner = randomUUID();
    await opened.store.addFacts(learner, course, { enrolledAt: at(0), enrollmentSource: null });
    expect(await listed()).toEqual([]);
    for (const flag of [later, first, undefined, later]) {
      await opened.store.setFlag(learner, course, flag, await opened.store.readItem(learner, course));
      expect((await listed()).map(({ completed_at }) => completed_at)).toEqual(flag ? [flag.completedAt] : []);
      const item = await opened.store.readItem(learner, course);
      expect(item?.[LIST]).toBe(flag && listOf(learner, course));
    }
  });

  it("have of attempts those with completion data, and nothing of what a learner wrote", async () => {
    const [learner, secret] = [randomUUID(), "what only this learner wrote"];
    const attempt = { eventId: "e", moduleSlug: "diary", receivedAt: at(0) };
    const kept = { kind: "completion", ...attempt, identity: "with", occurredAt: at(1) } as const;
    await opened.store.addAttempt(learner, { ...kept, completionData: { secret } });
    await opened.store.addAttempt(learner, { ...kept, identity: "without", occurredAt: at(2) });
    const refused = { ...kept, identity: "refused", occurredAt: at(3), refused: true as const };
    await opened.store.addAttempt(learner, { ...refused, completionData: { secret } });

    const listed = await inIndex(opened.tables.records, ATTEMPTS_INDEX);
    expect(listed.filter(({ learner_id }) => learner_id === learner)).toEqual([
      {
        learner_id: learner,
        record: `ATTEMPT#${at(1)}#with`,
        occurred_at: at(1),
        [LIST]: listOf(learner, { type: "module", slug: "diary" }),
      },
    ]);
    expect(JSON.stringify(listed)).not.toContain(secret);
    const data = { learnerId: learner, occurredAt: at(1), identity: "with", data: { secret } };
    expect(await allData(opened.store, "diary")).toEqual([data]);
    // What was refused is listed once it is accepted.
    await opened.store.addAttempt(learner, { ...refused, refused: undefined, completionData: { secret: 2 } } as never);
    expect(await allData(opened.store, "diary")).toEqual([
      data,
      { learnerId: learner, occurredAt: at(3), identity: "refused", data: { secret: 2 } },
    ]);
  });

  describe("of a thousand and two hundred", () => {
    const COUNT = 1_200;
    let expected: string[];
    beforeAll(async () => {
      const items = learners(COUNT).map((learner_id, index) => ({
        learner_id,
        entity: "MODULE#busy",
        // A third of them at one and the same time.
        completed_at: at(index % 3 === 0 ? 0 : index),
        marks: new Set(["x".repeat(300)]),
      }));
      await opened.raw.putAll("progress", items);
      expected = items.map(({ learner_id, completed_at }) => `${completed_at} ${learner_id}`).sort();
    });

    // docs/limits.md has these figures.
    it.each([
      [1_000, 32, 32],
      [100, 16, 32],
    ])(
      "are told once each, in order of time, in pages of %i, of which none costs more than %i units",
      async (limit, units, queries) => {
        const pages = await allPages(opened.store, "busy", limit, opened);
        expect(pages.told.toSorted()).toEqual(expected);
        expect(pages.told.map((row) => row.split(" ")[0])).toEqual(expected.map((row) => row.split(" ")[0]));
        expect(pages.units).toBeLessThanOrEqual(units);
        expect(pages.queries).toBeLessThanOrEqual(queries);
      },
    );

    it("cost no more than a page where hardly one of them is asked for", async () => {
      opened.calls.length = 0;
      const { completions, next } = await opened.store.completions(
        { type: "module", slugs: ["busy"] },
        { limit: 10, expiringBefore: at(0) },
      );
      expect({ completions, next }).toEqual({ completions: [], next: undefined });
      expect(opened.calls.reduce((sum, call) => sum + call.units, 0)).toBeLessThanOrEqual(50);
    });
  });

  describe("of a deployment that had none", () => {
    const names: TableNames = tableNames(`older-${randomUUID()}`);
    const COUNT = 60;
    const former = () => createStore(opened.client, names, "former");
    const now = () => createStore(opened.client, names);
    const attempt = (index: number) => ({
      learner_id: `learner-${index}`,
      record: `ATTEMPT#${at(index)}#${index}`,
      kind: "completion",
      module_slug: "older",
      occurred_at: at(index),
      ...(index % 2 === 0 && { completion_data: JSON.stringify({ index }) }),
    });
    const run = async (dryRun: boolean, stopAfter = Number.POSITIVE_INFINITY, from?: ListingCheckpoint) => {
      const none = () => ({ seen: 0, unlisted: 0, written: 0 });
      const checkpoint: ListingCheckpoint = from ?? {
        kind: "migrate-indexes",
        run: "r",
        target: "t",
        options: { dryRun, segments: 3, concurrency: 8 },
        positions: {},
        tables: { progress: none(), records: none() },
        finished: false,
      };
      const stop = new AbortController();
      let pages = 0;
      const onPage = () => void (++pages >= stopAfter && stop.abort());
      const unlisted = createUnlisted(opened.client, names);
      await listItems({ unlisted, checkpoint, save: () => {}, signal: stop.signal, onPage });
      return checkpoint;
    };

    beforeAll(async () => {
      await createMissingTables(opened.client, names, true);
      // As an earlier release wrote them: putAll would put them into their lists.
      const older = rawItemsAt(opened.client, names);
      await older.putAll(
        "progress",
        learners(COUNT).map((learner_id, index) => ({ learner_id, entity: "PROFILE", index })),
      );
      const { PutCommand } = await import("@aws-sdk/lib-dynamodb");
      for (const [index, learner_id] of learners(COUNT).entries()) {
        const progress = { learner_id, entity: "MODULE#older", completed_at: at(index % 7) };
        await opened.client.send(new PutCommand({ TableName: names.progress, Item: progress }));
        await opened.client.send(new PutCommand({ TableName: names.records, Item: attempt(index) }));
      }
    });

    it("has readers miss nothing before, while and after items come to their lists, beside a service that writes", async () => {
      const before = (await allPages(former(), "older", 7)).told.toSorted();
      expect(before).toHaveLength(COUNT);
      const data = await allData(former(), "older");
      expect(data).toHaveLength(COUNT / 2);
      expect((await allPages(now(), "older", 7)).told).toEqual([]);

      const dry = await run(true);
      expect(dry.tables).toEqual({
        progress: { seen: 2 * COUNT, unlisted: COUNT, written: 0 },
        records: { seen: COUNT, unlisted: COUNT / 2, written: 0 },
      });
      expect((await allPages(now(), "older", 7)).told).toEqual([]);

      // It is stopped in the midst, and the service takes an event: its writers are in their lists whatever index is read.
      const stopped = await run(false, 2);
      expect(stopped.finished).toBe(false);
      await former().addFacts("new", { type: "module", slug: "older" }, { completedAt: at(3) });
      await former().addFacts("learner-0", { type: "module", slug: "older" }, { completedAt: at(9) });
      const during = [...before, `${at(3)} new`].sort();
      expect((await allPages(former(), "older", 7)).told.toSorted()).toEqual(during);

      const done = await run(false, undefined, stopped);
      expect(done.finished).toBe(true);
      expect((await allPages(now(), "older", 7)).told.toSorted()).toEqual(during);
      expect(await allData(now(), "older")).toEqual(data);
      expect((await allPages(former(), "older", 7)).told.toSorted()).toEqual(during);

      const again = await run(false);
      expect([again.tables.progress.unlisted, again.tables.records.unlisted]).toEqual([0, 0]);
    });

    it("leaves alone what was cleared since it was seen", async () => {
      const unlisted = createUnlisted(opened.client, names);
      const item = { key: { learner_id: "nobody", entity: "MODULE#older" }, list: listOf("nobody", STRINGS) };
      expect(await unlisted.list("progress", item)).toBe("gone");
      expect(await now().readItem("nobody", { type: "module", slug: "older" })).toBeUndefined();
    });

    it("keeps the former index up to date, so that an earlier release can be put back", async () => {
      const { Items = [] } = await opened.client.send(
        new ScanCommand({ TableName: names.progress, IndexName: FORMER_COMPLETIONS_INDEX }),
      );
      expect(Items.map(({ learner_id }) => learner_id)).toContain("new");
    });
  });
});
