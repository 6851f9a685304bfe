import { beforeEach, describe, expect, it } from "vitest";
import type { EntityRef } from "../../src/model/entity.ts";
import type { Flag } from "../../src/model/progress.ts";
import { describeEachStore, type StoreUnderTest } from "../support/processes/stores.ts";
import { expectCommands, forgetCalls, newLearner, putRaw, rawItem } from "./raw-items.ts";

const RUBY: EntityRef = { type: "course", slug: "ruby" };
const KEY = "COURSE#ruby";

const FLAG: Flag = {
  completedAt: "2026-01-18T10:00:00.000Z",
  completionSource: "inferred",
  recordedAt: "2026-01-18T10:00:01.000Z",
  catalogVersion: "v1",
  eventId: "event-1",
};
const STORED = {
  completed: true,
  completed_at: FLAG.completedAt,
  completion_source: "inferred",
  recorded_at: FLAG.recordedAt,
  catalog_version: "v1",
  event_id: "event-1",
};

describeEachStore("setFlag", (open) => {
  let opened: StoreUnderTest;
  let learner: string;
  const asRead = async () => (await opened.store.read(learner)).items.get(KEY);
  const stored = () => rawItem(opened, learner, KEY);

  beforeEach(() => {
    opened = open();
    learner = newLearner();
  });

  it("sets a flag where there is no item, with one write", async () => {
    forgetCalls(opened);
    expect(await opened.store.setFlag(learner, RUBY, FLAG, undefined)).toBe("written");
    expectCommands(opened, ["UpdateItem"]);
    expect(await stored()).toEqual(STORED);
    expect((await opened.store.read(learner)).progress.course.get("ruby")).toEqual({ facts: {}, flag: FLAG });
  });

  it("sets a flag beside an enrolment that came after the read", async () => {
    await opened.store.addFacts(learner, RUBY, { enrolledAt: FLAG.completedAt, enrollmentSource: "page" });
    expect(await opened.store.setFlag(learner, RUBY, FLAG, undefined)).toBe("written");
    expect(await stored()).toEqual({ ...STORED, enrolled_at: FLAG.completedAt, enrollment_source: "page" });
  });

  it("drops what the new flag does not have", async () => {
    await opened.store.setFlag(learner, RUBY, { ...FLAG, claimedAt: FLAG.completedAt }, undefined);
    const { eventId: _, ...without } = FLAG;
    expect(await opened.store.setFlag(learner, RUBY, { ...without, catalogVersion: "v2" }, await asRead())).toBe(
      "written",
    );
    const { event_id: __, ...expected } = STORED;
    expect(await stored()).toEqual({ ...expected, catalog_version: "v2" });
  });

  it("keeps an accepted claim beside the flag, once, also when the flag goes", async () => {
    const claimed = { ...FLAG, claimedAt: FLAG.completedAt, claimSource: "k3Jd92Lx_-aB" };
    await opened.store.setFlag(learner, RUBY, claimed, undefined);
    await opened.store.setFlag(learner, RUBY, { ...claimed, recordedAt: "2026-01-18T10:09:00.000Z" }, await asRead());
    await opened.store.setFlag(learner, RUBY, undefined, await asRead());
    const claims = new Set([`${FLAG.completedAt}#${FLAG.recordedAt}#k3Jd92Lx_-aB`]);
    expect(await stored()).toEqual({ completed: false, claims });
    expect((await opened.store.read(learner)).progress.course.get("ruby")?.claims).toEqual([
      { at: FLAG.completedAt, acceptedAt: FLAG.recordedAt, source: "k3Jd92Lx_-aB" },
    ]);
  });

  it("writes no flag by what was read before a decision was noted", async () => {
    await opened.store.setFlag(learner, RUBY, FLAG, undefined);
    const before = await asRead();
    await opened.store.markDecided(learner, RUBY, "i-1");
    expect(await opened.store.setFlag(learner, RUBY, undefined, before)).toBe("lost");
    expect(await opened.store.setFlag(learner, RUBY, undefined, await asRead())).toBe("written");
    expect(await stored()).toEqual({ completed: false, decided_by: "i-1" });
  });

  it("clears a flag, and leaves the enrolment", async () => {
    await opened.store.addFacts(learner, RUBY, { enrolledAt: FLAG.completedAt, enrollmentSource: null });
    await opened.store.setFlag(learner, RUBY, FLAG, await asRead());
    expect(await opened.store.setFlag(learner, RUBY, undefined, await asRead())).toBe("written");
    expect(await stored()).toEqual({ completed: false, enrolled_at: FLAG.completedAt, enrollment_source: null });
    expect(await opened.store.completions({ type: RUBY.type, slugs: [RUBY.slug] }, { limit: 1_000 })).toMatchObject({
      completions: expect.not.arrayContaining([expect.objectContaining({ learnerId: learner })]),
    });
  });

  it("sets a flag again that was cleared", async () => {
    await opened.store.setFlag(learner, RUBY, FLAG, undefined);
    await opened.store.setFlag(learner, RUBY, undefined, await asRead());
    expect(await opened.store.setFlag(learner, RUBY, FLAG, await asRead())).toBe("written");
    expect(await stored()).toEqual(STORED);
  });

  describe("loses, and changes nothing, when since the read another", () => {
    it.each<[string, Flag | undefined, Flag | undefined]>([
      ["set the flag", undefined, FLAG],
      ["cleared it", FLAG, undefined],
      ["moved it", FLAG, { ...FLAG, completedAt: "2026-01-18T09:00:00.000Z" }],
      ["accepted a claim", FLAG, { ...FLAG, claimedAt: FLAG.completedAt }],
      ["set it for another event", FLAG, { ...FLAG, eventId: "event-2" }],
      ["wrote the same under another catalog", FLAG, { ...FLAG, catalogVersion: "v2" }],
      ["wrote the same anew", FLAG, { ...FLAG, recordedAt: "2026-01-18T11:00:00.000Z" }],
    ])("%s", async (_, atRead, meanwhile) => {
      if (atRead) await opened.store.setFlag(learner, RUBY, atRead, undefined);
      const was = await asRead();
      await opened.store.setFlag(learner, RUBY, meanwhile, was);
      const before = await stored();

      const mine = { ...FLAG, eventId: "mine" };
      expect(await opened.store.setFlag(learner, RUBY, mine, was)).toBe("lost");
      expect(await stored()).toEqual(before);
    });
  });

  it("lets one of many writers win that read the same", async () => {
    const was = await asRead();
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        opened.store.setFlag(learner, RUBY, { ...FLAG, eventId: `e${index}` }, was),
      ),
    );
    expect(outcomes.filter((outcome) => outcome === "written")).toHaveLength(1);
    expect(await stored()).toMatchObject({ event_id: `e${outcomes.indexOf("written")}` });
  });

  it.each<[string, Record<string, unknown>]>([
    ["a word for a flag", { completed: "yes" }],
    ["a number for a time of recording", { completed: true, recorded_at: 12 }],
    ["a number too large for a double", { completed: true, recorded_at: 2n ** 100n }],
    ["a list of versions", { completed: true, catalog_version: ["v1", "v2"] }],
    ["nulls", { completed: null, recorded_at: null, event_id: null }],
  ])("overwrites %s", async (_, faulty) => {
    await putRaw(opened, learner, KEY, faulty);
    expect(await opened.store.setFlag(learner, RUBY, FLAG, await asRead())).toBe("written");
    expect(await stored()).toEqual(STORED);
  });
});
