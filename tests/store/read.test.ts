import { beforeEach, expect, it } from "vitest";
import { describeEachStore, type StoreUnderTest } from "../support/processes/stores.ts";
import { expectCommands, forgetCalls, newLearner, putRaw } from "./raw-items.ts";

const AT = "2026-01-18T10:00:00.000Z";
const FLAG = {
  completed: true,
  completed_at: AT,
  completion_source: "inferred",
  recorded_at: AT,
  catalog_version: "v1",
};

describeEachStore("read", (open, kind) => {
  let opened: StoreUnderTest;
  let learner: string;

  beforeEach(() => {
    opened = open();
    learner = newLearner();
    forgetCalls(opened);
  });

  it("finds nothing of a learner of whom nothing is known", async () => {
    const { progress, faults, items } = await opened.store.read(learner);
    expect([progress.module.size, progress.course.size, progress.pathway.size, items.size, faults]).toEqual([
      0,
      0,
      0,
      0,
      [],
    ]);
    expect(await opened.store.readItem(learner, { type: "module", slug: "strings" })).toBeUndefined();
  });

  it("gives facts and flags by slug, and the items as they were read", async () => {
    await putRaw(opened, learner, "MODULE#strings", { started_at: AT, completed_at: AT });
    await putRaw(opened, learner, "COURSE#ruby", {
      ...FLAG,
      claimed_at: AT,
      event_id: "e1",
      enrolled_at: AT,
      enrollment_source: null,
    });
    await putRaw(opened, learner, "PATHWAY#full-stack", { completed: false });
    await putRaw(opened, learner, "PROFILE", { viewed_at: AT, content_type: "page", slug: "a" });

    const { progress, faults, items } = await opened.store.read(learner);
    expect(faults).toEqual([]);
    expect(progress.module).toEqual(new Map([["strings", { facts: { startedAt: AT, completedAt: AT } }]]));
    expect(progress.course).toEqual(
      new Map([
        [
          "ruby",
          {
            facts: { enrolledAt: AT, enrollmentSource: null },
            flag: {
              completedAt: AT,
              completionSource: "inferred",
              claimedAt: AT,
              recordedAt: AT,
              catalogVersion: "v1",
              eventId: "e1",
            },
          },
        ],
      ]),
    );
    expect(progress.pathway).toEqual(new Map([["full-stack", { facts: {} }]]));
    expect([...items.keys()]).toEqual(["COURSE#ruby", "MODULE#strings", "PATHWAY#full-stack"]);
  });

  it.skipIf(kind === "SQLite")("reads strongly consistent, with one request", async () => {
    await opened.store.read(learner);
    await opened.store.readItem(learner, { type: "module", slug: "strings" });
    expect(opened.calls?.map(({ command, input }) => [command, input.ConsistentRead])).toEqual([
      ["Query", true],
      ["GetItem", true],
    ]);
  });

  it("sees nothing of another learner whose id begins the same", async () => {
    await putRaw(opened, `${learner}2`, "MODULE#strings", { completed_at: AT });
    expect((await opened.store.read(learner)).progress.module.size).toBe(0);
  });

  it.each<[string, string, Record<string, unknown>, RegExp]>([
    ["a word for a time", "MODULE#a", { completed_at: "yesterday" }, /^completed_at is "yesterday"$/],
    ["a number for a time", "MODULE#a", { started_at: 17 }, /^started_at is 17$/],
    ["a number too large for a double", "MODULE#a", { started_at: 2n ** 100n }, /^started_at is 1\.26\d+e\+30$/],
    ["bytes", "MODULE#a", { started_at: Buffer.from("abc") }, /^started_at is /],
    ["a long text, cut", "MODULE#a", { started_at: "x".repeat(5_000) }, /^started_at is "x{59}…$/],
    [
      "two faults of one item",
      "MODULE#a",
      { started_at: 1, recommended_at: 2 },
      /recommended_at is 2; started_at is 1/,
    ],
    [
      "an enrolment's source that is a number",
      "COURSE#a",
      { enrolled_at: AT, enrollment_source: 7 },
      /^enrollment_source is 7$/,
    ],
    ["a flag without its time", "COURSE#a", { ...FLAG, completed_at: undefined }, /^completed_at is missing$/],
    ["a flag that is the word true", "COURSE#a", { ...FLAG, completed: "true" }, /^completed is "true"$/],
    [
      "a flag of no known source",
      "PATHWAY#a",
      { ...FLAG, completion_source: "rumour" },
      /^completion_source is "rumour"$/,
    ],
    ["a flag's attributes without the flag", "PATHWAY#a", { ...FLAG, completed: false }, /^completed is false beside/],
    ["an entity of no known kind", "BADGE#a", { awarded_at: AT }, /^an entity of no known kind$/],
    ["a module without a slug", "MODULE#", { completed_at: AT }, /^an entity of no known kind$/],
    ["a kind in lower case", "module#a", { completed_at: AT }, /^an entity of no known kind$/],
  ])("lists %s as a fault, and takes it for nothing", async (_, entity, attributes, reason) => {
    await putRaw(opened, learner, entity, attributes);
    await putRaw(opened, learner, "MODULE#sound", { completed_at: AT });

    const { progress, faults } = await opened.store.read(learner);
    expect(faults).toEqual([{ entity, reason: expect.stringMatching(reason) }]);
    expect(progress.module.get("sound")).toEqual({ facts: { completedAt: AT } });
    for (const state of [...progress.course.values(), ...progress.pathway.values()]) expect(state.flag).toBeUndefined();
    expect(progress.module.get("a") ?? { facts: {} }).toEqual({ facts: {} });
  });

  it("believes the sound attributes of an item beside a faulty one", async () => {
    await putRaw(opened, learner, "COURSE#a", {
      ...FLAG,
      enrolled_at: "once",
      enrollment_source: "page",
      started_at: AT,
    });
    const { progress } = await opened.store.read(learner);
    expect(progress.course.get("a")).toMatchObject({
      facts: { startedAt: AT },
      flag: { completedAt: AT, completionSource: "inferred" },
    });
  });

  it("reads a partition of more than a megabyte to its end", async () => {
    const slugs = ["a", "b", "c", "d", "e", "f"];
    for (const slug of slugs)
      await putRaw(opened, learner, `MODULE#${slug}`, { completed_at: AT, note: "x".repeat(300 * 1024) });
    await putRaw(opened, learner, "PATHWAY#last", { ...FLAG });
    forgetCalls(opened);

    const { progress } = await opened.store.read(learner);
    expect([...progress.module.keys()]).toEqual(slugs);
    expect(progress.pathway.get("last")?.flag).toBeDefined();
    expectCommands(opened, ["Query", "Query"]);
  });
});
