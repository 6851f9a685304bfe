import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { catalogSource } from "../../src/service/catalog-source.ts";
import { createIngest, type Ingest } from "../../src/service/ingest.ts";
import { catalogOf } from "../support/catalogs.ts";
import { describeStores, type TestStore } from "../support/stores.ts";

const CATALOG = catalogOf({
  "courses/ruby.json": { slug: "ruby", modules: ["strings", "arrays"] },
  // Two courses of one module, and two pathways that each need one of them.
  "courses/git.json": { slug: "git", modules: ["commits"] },
  "courses/github.json": { slug: "github", modules: ["commits"] },
  "pathways/tools.json": { slug: "tools", courses: ["git"] },
  "pathways/teamwork.json": { slug: "teamwork", courses: ["github"] },
  // A course of one module that no pathway holds.
  "courses/welcome.json": { slug: "welcome", modules: ["hello"] },
});

type Fields = Record<string, string>;
const event = (name: string, fields: Fields, ts = "2026-01-18T10:00:00Z") => ({
  eventName: `learning_${name}`,
  payload: { ...fields, ts },
});
const completed = (module_slug: string, ts?: string) => event("module_completed", { module_slug }, ts);
const started = (fields: Fields, ts?: string) => event("module_started", { module_slug: "strings", ...fields }, ts);

/** What one request costs. A round trip is a set of requests side by side; units are what the store itself counted. */
type Cost = {
  writes: number;
  queries: number;
  roundTrips: number;
  units: Record<"dynalite" | "DynamoDB Local", number>;
};
// dynalite does not count what an index costs; DynamoDB does: a write for an item that comes in, two for one that moves.
const cost = (writes: number, queries: number, roundTrips: number, dynalite: number, local: number): Cost => ({
  writes,
  queries,
  roundTrips,
  units: { dynalite, "DynamoDB Local": local },
});

type Row = [name: string, before: object[], sent: object[], cost: Cost];

describeStores("What an event costs", (open, kind) => {
  let opened: TestStore;
  let ingest: Ingest;
  let roundTrips = 0;

  beforeAll(() => {
    opened = open();
    const silent = () => {};
    ingest = createIngest({
      store: opened.store,
      catalog: catalogSource(CATALOG, () => ({ ok: true, catalog: CATALOG })),
      log: { debug: silent, info: silent, warn: silent, error: silent },
    });
    let inFlight = 0;
    opened.client.middlewareStack.add(
      (next) => async (args) => {
        if (inFlight++ === 0) roundTrips++;
        return next(args).finally(() => inFlight--);
      },
      { step: "initialize", priority: "high" },
    );
  });

  const send = async (learner: string, events: object[]) => {
    const results = await ingest(events.map((one) => ({ contactIdentifier: { contactId: learner }, ...one })));
    return results.map(({ error }) => error?.code);
  };

  const measure = async (learner: string, events: object[]) => {
    opened.calls.length = 0;
    roundTrips = 0;
    const codes = await send(learner, events);
    const count = (command: string) => opened.calls.filter((call) => call.command === command).length;
    expect(opened.calls).toHaveLength(count("UpdateItem") + count("Query"));
    const units = opened.calls.reduce((sum, call) => sum + call.units, 0);
    return { codes, writes: count("UpdateItem"), queries: count("Query"), roundTrips, units };
  };

  const costs = (rows: Row[]) =>
    it.each(rows)("%s", async (_, before, sent, { units, ...counts }) => {
      const learner = randomUUID();
      for (const one of before) await send(learner, [one]);
      expect(await measure(learner, sent)).toEqual({
        codes: sent.map(() => undefined),
        ...counts,
        units: units[kind],
      });
    });

  describe("one write", () => {
    costs([
      ["recommended", [], [event("module_recommended", { module_slug: "strings" })], cost(1, 0, 1, 1, 1)],
      ["started", [], [started({})], cost(1, 0, 1, 1, 1)],
      ["started again", [started({})], [started({})], cost(1, 0, 1, 1, 1)],
      ["started again, later", [started({})], [started({}, "2026-01-18T11:00:00Z")], cost(1, 0, 1, 1, 1)],
      ["a module that the catalog does not know", [], [started({ module_slug: "new" })], cost(1, 0, 1, 1, 1)],
      ["page viewed", [], [event("page_viewed", { content_type: "module", slug: "strings" })], cost(1, 0, 1, 1, 1)],
    ]);
  });

  describe("one write per entity that is named, side by side", () => {
    costs([
      ["started in a course", [], [started({ course_slug: "ruby" })], cost(2, 0, 1, 2, 2)],
      [
        "started in a course and a pathway",
        [],
        [started({ course_slug: "git", pathway_slug: "tools" })],
        cost(3, 0, 1, 3, 3),
      ],
    ]);
  });

  describe("one more write for a time that is earlier than the stored one", () => {
    costs([
      ["started", [started({})], [started({}, "2026-01-18T09:00:00Z")], cost(2, 0, 2, 2, 2)],
      ["completed", [completed("strings")], [completed("strings", "2026-01-18T09:00:00Z")], cost(2, 1, 3, 3, 5)],
    ]);
  });

  describe("one write and one Query", () => {
    costs([
      ["completed", [], [completed("strings")], cost(1, 1, 2, 2, 3)],
      [
        "completed a second time, later",
        [completed("strings")],
        [completed("strings", "2026-01-18T11:00:00Z")],
        cost(1, 1, 2, 2, 2),
      ],
      ["completed, of no course", [], [completed("new")], cost(1, 1, 2, 2, 3)],
      ["enrolled", [], [event("course_enrolled", { course_slug: "ruby" })], cost(1, 1, 2, 2, 2)],
    ]);
  });

  describe("one more round trip of writes for courses, and one for pathways", () => {
    costs([
      ["completing a course", [completed("strings")], [completed("arrays")], cost(2, 1, 3, 3, 5)],
      ["completing a course of one module", [], [completed("hello")], cost(2, 1, 3, 3, 5)],
      ["completing two courses and two pathways, side by side", [], [completed("commits")], cost(5, 1, 4, 6, 11)],
    ]);
  });

  describe("no flag where nothing changes", () => {
    costs([
      ["the event that completed a course", [completed("hello")], [completed("hello")], cost(1, 1, 2, 2, 2)],
      ["the event that completed two pathways", [completed("commits")], [completed("commits")], cost(1, 1, 2, 2, 2)],
      [
        "a claim of what is flagged and claimed",
        [completed("hello"), event("course_completed", { course_slug: "welcome" })],
        [event("course_completed", { course_slug: "welcome" })],
        cost(0, 1, 1, 1, 1),
      ],
    ]);

    it("a claim that the facts do not bear out", async () => {
      const learner = randomUUID();
      await send(learner, [completed("strings")]);
      expect(await measure(learner, [event("course_completed", { course_slug: "ruby" })])).toEqual({
        codes: ["COMPLETION_NOT_REACHED"],
        writes: 0,
        queries: 1,
        roundTrips: 1,
        units: 1,
      });
    });

    it("an event that cannot be read costs nothing", async () => {
      expect(await measure(randomUUID(), [event("module_completed", { module_slug: "#" })])).toMatchObject({
        codes: ["SCHEMA_VALIDATION_FAILED"],
        writes: 0,
        queries: 0,
      });
    });
  });

  describe("a batch of one learner: one write per entity, side by side, and one Query", () => {
    const modules = Array.from({ length: 20 }, (_, index) => `m${index}`);
    costs([
      ["20 starts", [], modules.map((module_slug) => started({ module_slug })), cost(20, 0, 1, 20, 20)],
      ["20 completions", [], modules.map((slug) => completed(slug)), cost(20, 1, 2, 21, 41)],
      [
        "one module, 20 times",
        [],
        modules.map((_, minute) => completed("strings", `2026-01-18T10:${minute + 10}:00Z`)),
        cost(1, 1, 2, 2, 3),
      ],
      [
        "start and completion of both modules of a course",
        [],
        ["strings", "arrays"].flatMap((module_slug) => [
          started({ module_slug }, "2026-01-18T09:00:00Z"),
          completed(module_slug),
        ]),
        cost(3, 1, 3, 4, 7),
      ],
      [
        "the same batch again",
        [completed("strings"), completed("arrays")],
        [completed("strings"), completed("arrays")],
        cost(2, 1, 2, 3, 3),
      ],
    ]);
  });

  it("a batch of several learners: as many Queries as learners, side by side", async () => {
    const learners = Array.from({ length: 5 }, () => randomUUID());
    const sent = learners.map((contactId) => ({ ...completed("strings"), contactIdentifier: { contactId } }));
    expect(await measure("nobody", sent)).toMatchObject({ writes: 5, queries: 5 });
    expect(roundTrips).toBeLessThanOrEqual(2);
  });
});
