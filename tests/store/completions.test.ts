import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { EntityRef } from "../../src/model/entity.ts";
import type { CompletionCursor, CompletionsQuery } from "../../src/store/completions.ts";
import { describeEachStore, type StoreUnderTest } from "../support/processes/stores.ts";
import { expectCommands, forgetCalls, putRaw } from "./raw-items.ts";

const RUBY: EntityRef = { type: "course", slug: "ruby" };
const LISTED = { type: "course", slugs: ["ruby"] } as const;

const at = (minute: number) => `2026-01-18T10:0${minute}:00.000Z`;
const LEARNERS = [
  ["dora", at(1)],
  ["cleo", at(2)],
  ["anna", at(2)],
  ["bert", at(3)],
  ["emil", at(5)],
] as const;

describeEachStore("completions", (open, kind) => {
  let opened: StoreUnderTest;
  /** A part of the list, as the store calls it. */
  const list = kind === "SQLite" ? "ruby" : "ruby/0";
  const queries = Array.from({ length: 16 }, () => "Query");
  const learners = async (query: Partial<CompletionsQuery>) =>
    (await opened.store.completions(LISTED, { limit: 100, ...query })).completions.map(({ learnerId }) => learnerId);

  beforeAll(async () => {
    opened = open();
    for (const [learner, completedAt] of LEARNERS)
      await opened.store.setFlag(
        learner,
        RUBY,
        { completedAt, completionSource: "inferred", recordedAt: at(9), catalogVersion: "v1", eventId: "e" },
        undefined,
      );
    // Not complete, of another kind, or another course: none of them belongs to the list.
    await opened.store.addFacts("fred", RUBY, { enrolledAt: at(1), enrollmentSource: null });
    await opened.store.addFacts("gina", { type: "module", slug: "ruby" }, { completedAt: at(1) });
    await putRaw(opened, "ivan", "COURSE#ruby", { completed: true, completed_at: "yesterday" });
    await putRaw(opened, "hans", "COURSE#ruby-2", { completed: true, completed_at: at(1) });
  });
  beforeEach(() => {
    forgetCalls(opened);
  });

  it("come in order of time, with what the flag says", async () => {
    const { completions, next } = await opened.store.completions(LISTED, { limit: 100 });
    expect(completions.map(({ completedAt }) => completedAt)).toEqual(LEARNERS.map(([, time]) => time));
    expect(completions[0]).toEqual({
      learnerId: "dora",
      slug: "ruby",
      completedAt: at(1),
      expiresAt: null,
      recordedAt: at(9),
      completionSource: "inferred",
      catalogVersion: "v1",
    });
    expect(next).toBeUndefined();
    expectCommands(opened, queries);
  });

  it("are none of a course that nobody completed", async () => {
    expect(await opened.store.completions({ type: "course", slugs: ["go"] }, { limit: 100 })).toEqual({
      completions: [],
      next: undefined,
    });
  });

  it("are told of a module as well", async () => {
    const { completions } = await opened.store.completions({ type: "module", slugs: ["ruby"] }, { limit: 100 });
    expect(completions).toEqual([
      {
        learnerId: "gina",
        slug: "ruby",
        completedAt: at(1),
        expiresAt: null,
        recordedAt: null,
        completionSource: null,
        catalogVersion: null,
      },
    ]);
  });

  it.each<[string, Partial<CompletionsQuery>, string[]]>([
    ["since a completion includes it", { since: at(3) }, ["bert", "emil"]],
    ["since a millisecond later does not", { since: "2026-01-18T10:03:00.001Z" }, ["emil"]],
    ["until a completion excludes it", { until: at(2) }, ["dora"]],
    ["until a millisecond later does not", { until: "2026-01-18T10:01:00.001Z" }, ["dora"]],
    ["ranges that meet share nothing", { since: at(3), until: at(5) }, ["bert"]],
    ["a range between two completions is empty", { since: at(4), until: at(5) }, []],
    ["a range of one millisecond", { since: at(5), until: "2026-01-18T10:05:00.001Z" }, ["emil"]],
    ["until the beginning of time is empty", { until: "0000-01-01T00:00:00.000Z" }, []],
    ["since the end of time is empty", { since: "9999-12-31T23:59:59.999Z" }, []],
  ])("%s", async (_, query, expected) => expect(await learners(query)).toEqual(expected));

  describe("in pages", () => {
    it.each([1, 2, 3, 4, 5, 100])("of %i are all there, each once, in the same order", async (limit) => {
      const all = await learners({});
      const seen: string[] = [];
      let after: CompletionCursor | undefined;
      for (let page = 0; page < 10; page++) {
        const { completions, next } = await opened.store.completions(LISTED, { limit, after });
        expect(completions.length).toBeLessThanOrEqual(limit);
        seen.push(...completions.map(({ learnerId }) => learnerId));
        after = next;
        if (after === undefined) break;
      }
      expect(seen).toEqual(all);
      expect(after).toBeUndefined();
    });

    it("keep to the range", async () => {
      const range = { since: at(2), until: at(5) };
      const first = await opened.store.completions(LISTED, { ...range, limit: 2 });
      const second = await opened.store.completions(LISTED, { ...range, limit: 2, after: first.next });
      expect([...first.completions, ...second.completions].map(({ completedAt }) => completedAt)).toEqual([
        at(2),
        at(2),
        at(3),
      ]);
      expect(second.next).toBeUndefined();
    });

    it.each<[string, Omit<CompletionCursor, "list">, string[]]>([
      ["before the range begin at its beginning", { completedAt: at(1), learnerId: "dora" }, ["cleo", "anna", "bert"]],
      ["behind the range are empty", { completedAt: at(5), learnerId: "emil" }, []],
    ])("that would begin %s", async (_, after, expected) => {
      const found = await learners({ since: at(2), until: at(5), after: { ...after, list } });
      expect(found.toSorted()).toEqual(expected.toSorted());
    });

    it("go on behind a completion that is gone", async () => {
      expect(await learners({ after: { completedAt: at(4), learnerId: "gone", list } })).toEqual(["emil"]);
    });

    it("refuse to go on from a list that they do not have", async () => {
      const after = { completedAt: at(4), learnerId: "gone", list: "of another release" };
      await expect(learners({ after })).rejects.toMatchObject({
        code: "SCHEMA_VALIDATION_FAILED",
        extras: { errors: [{ path: "cursor", message: expect.stringContaining("another order") }] },
      });
      await expect(learners({ after, until: "0000-01-01T00:00:00.000Z" })).rejects.toThrow();
    });
  });
});
