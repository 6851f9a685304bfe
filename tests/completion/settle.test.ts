import { describe, expect, it } from "vitest";
import { type SettleOptions, type Stamp, settle } from "../../src/completion/settle.ts";
import type { EntityState, Flag, Progress } from "../../src/model/progress.ts";
import { catalogOf } from "../support/builders/catalogs.ts";
import { flagOf, progressOf } from "../support/builders/progress.ts";
import { at, plus } from "../support/builders/times.ts";

const catalog = catalogOf({
  "courses/ruby.json": { slug: "ruby", modules: ["a", "b"] },
  "courses/git.json": { slug: "git", modules: ["b", "c"] },
  "pathways/full-stack.json": { slug: "full-stack", courses: ["ruby", "git"] },
  "pathways/basics.json": { slug: "basics", modules: ["a"] },
});
const [nine, ten, eleven] = [at("09:00"), at("10:00"), at("11:00")];
const stamp: Stamp = { source: "inferred", recordedAt: at("12:00"), eventId: "event-2" };
const stored = (flag: Partial<Flag> = {}) =>
  flagOf({ completedAt: ten, catalogVersion: catalog.version, eventId: "event-1", ...flag });

/** Changes by slug: the flag that should be; undefined is "not complete". */
const settled = (progress: Progress, options: Partial<SettleOptions> = {}) =>
  Object.fromEntries(settle(catalog, progress, { stamp, ...options }).map(({ entity, after }) => [entity.slug, after]));

/** A learner who completed ruby's modules at nine and ten, in this state. */
const rubyist = (ruby: Partial<EntityState>, modules = { a: nine, b: ten }) =>
  progressOf({ modules, courses: { ruby }, pathways: { basics: { flag: stored({ completedAt: modules.a }) } } });

describe("a flag that is due", () => {
  it("is set at the inferred time, stamped with source, time of writing, catalog and event", () => {
    expect(settle(catalog, rubyist({}), { stamp })).toEqual([
      {
        entity: { type: "course", slug: "ruby" },
        before: undefined,
        after: {
          completedAt: ten,
          completionSource: "inferred",
          recordedAt: stamp.recordedAt,
          catalogVersion: catalog.version,
          definition: catalog.definitionOf({ type: "course", slug: "ruby" }),
          eventId: "event-2",
        },
        progress: { completed: 2, total: 2, needed: 2, shortBy: 0 },
      },
    ]);
  });

  it("set by a backfill names no event", () => {
    const { ruby } = settled(rubyist({}), { stamp: { source: "backfill", recordedAt: at("12:00") } });
    expect(ruby).toMatchObject({ completionSource: "backfill" });
    expect(ruby).not.toHaveProperty("eventId");
  });

  it("comes for courses before the pathways that hold them, all in one go", () => {
    const changes = settle(catalog, progressOf({ modules: { a: nine, b: ten, c: eleven } }), { stamp });
    const slugs = changes.map(({ entity }) => entity.slug);
    expect(slugs.slice(0, 2).sort()).toEqual(["git", "ruby"]);
    expect(slugs.slice(2).sort()).toEqual(["basics", "full-stack"]);
    expect(changes.find(({ entity }) => entity.slug === "full-stack")?.after?.completedAt).toBe(eleven);
  });

  it("comes for courses before pathways where the scope names them the other way round", () => {
    const progress = progressOf({
      modules: { a: nine, b: ten, c: eleven },
      courses: { git: { claimedAt: at("11:04") } },
    });
    const changes = settle(catalog, progress, {
      stamp,
      scope: [
        { type: "pathway", slug: "full-stack" },
        { type: "course", slug: "git" },
      ],
    });
    expect(changes.map(({ entity, after }) => [entity.slug, after?.completedAt])).toEqual([
      ["git", at("11:04")],
      ["full-stack", at("11:04")],
    ]);
  });

  it("is set for a pathway whose course keeps a flag that the facts no longer bear out", () => {
    const progress = progressOf({
      modules: { b: ten, c: ten },
      courses: { ruby: { flag: stored({ completedAt: eleven }) } },
    });
    expect(settled(progress)).toMatchObject({ git: { completedAt: ten }, "full-stack": { completedAt: eleven } });
  });
});

describe("nothing changes", () => {
  it.each<[string, Progress, Partial<SettleOptions>]>([
    ["for a learner who did nothing", progressOf({}), {}],
    ["when the flag is right", rubyist({ flag: stored() }), {}],
    ["when the flag is right and a backfill looks", rubyist({ flag: stored() }), { revoke: true }],
    ["when the flag was set by another source", rubyist({ flag: stored({ completionSource: "backfill" }) }), {}],
    [
      "when a claim within the tolerance stands",
      rubyist({ flag: stored({ completedAt: at("10:04"), claimedAt: at("10:04") }) }),
      {},
    ],
    ["when a claim beyond the tolerance does not stand", rubyist({ flag: stored({ claimedAt: at("11:00") }) }), {}],
    [
      "when a second claim comes after the first",
      rubyist({ flag: stored({ claimedAt: ten }), claimedAt: at("10:02") }),
      {},
    ],
    [
      "when a flag of an older catalog keeps its time",
      rubyist({ flag: stored({ completedAt: eleven, catalogVersion: "old" }) }),
      {},
    ],
    [
      "when a backfill finds a flag of an older catalog borne out",
      rubyist({ flag: stored({ completedAt: eleven, catalogVersion: "old" }) }),
      { revoke: true },
    ],
    [
      "when a claim comes for a flag of an older catalog",
      rubyist({ flag: stored({ catalogVersion: "old" }), claimedAt: at("10:01") }),
      {},
    ],
    ["when the facts do not support a flag, without revoke", progressOf({ courses: { ruby: { flag: stored() } } }), {}],
    [
      "when they do not support one of an older catalog, without revoke",
      progressOf({ courses: { ruby: { flag: stored({ catalogVersion: "old" }) } } }),
      {},
    ],
    ["when a course is unknown, without revoke", progressOf({ courses: { gone: { flag: stored() } } }), {}],
    [
      "when a claim came before the facts",
      progressOf({ modules: { b: ten }, courses: { ruby: { claimedAt: nine } } }),
      {},
    ],
    ["outside the scope", progressOf({ modules: { a: nine, b: ten } }), { scope: [{ type: "course", slug: "git" }] }],
    ["in an empty scope", progressOf({ modules: { a: nine, b: ten } }), { scope: [] }],
  ])("%s", (_, progress, options) => expect(settled(progress, options)).toEqual({}));

  it("in what is given", () => {
    const progress = progressOf({ modules: { a: nine, b: ten, c: ten } });
    const before = structuredClone(progress);
    expect(settle(catalog, progress, { stamp })).toHaveLength(4);
    expect(progress).toEqual(before);
  });
});

describe("a fact that arrives late", () => {
  it("moves the flag earlier under the same catalog, and the flag keeps its event and source", () => {
    const progress = rubyist({ flag: stored({ completedAt: eleven, completionSource: "backfill" }) });
    expect(settled(progress).ruby).toEqual({
      completedAt: ten,
      completionSource: "backfill",
      recordedAt: stamp.recordedAt,
      catalogVersion: catalog.version,
      definition: catalog.definitionOf({ type: "course", slug: "ruby" }),
      eventId: "event-1",
    });
  });

  it("moves a pathway's flag with its course's", () => {
    const flag = stored({ completedAt: eleven });
    const progress = progressOf({
      modules: { a: nine, b: ten, c: nine },
      courses: { ruby: { flag }, git: { flag } },
      pathways: { "full-stack": { flag }, basics: { flag: stored({ completedAt: nine }) } },
    });
    expect(settled(progress)).toMatchObject({
      ruby: { completedAt: ten },
      git: { completedAt: ten },
      "full-stack": { completedAt: ten, eventId: "event-1" },
    });
  });

  it("takes a claim out of the tolerance, and the flag is inferred again", () => {
    const flag = stored({ completedAt: at("11:03"), claimedAt: at("11:03"), completionSource: "explicit" });
    expect(settled(rubyist({ flag })).ruby).toMatchObject({
      completedAt: ten,
      completionSource: "inferred",
      claimedAt: at("11:03"),
    });
  });

  it("brings a claim into the tolerance", () => {
    const flag = stored({ completedAt: eleven, claimedAt: at("10:03") });
    expect(settled(rubyist({ flag })).ruby).toMatchObject({ completedAt: at("10:03"), completionSource: "explicit" });
  });
});

describe("an accepted claim", () => {
  it.each([
    ["5:00.000 early", -300_000, true],
    ["at the inferred time", 0, true],
    ["5:00.000 late", 300_000, true],
    ["5:00.001 early", -300_001, false],
    ["5:00.001 late", 300_001, false],
  ])("%s (%i ms) sets the flag's time: %s", (_, offset, used) => {
    const claimedAt = plus(ten, offset);
    for (const state of [{ claimedAt }, { claimedAt, flag: stored() }])
      expect(settled(rubyist(state)).ruby).toMatchObject({
        completedAt: used ? claimedAt : ten,
        completionSource: used ? "explicit" : "inferred",
        claimedAt,
      });
  });

  it("does not hand an earlier event's flag to the event that claims", () => {
    expect(settled(rubyist({ claimedAt: ten, flag: stored() })).ruby?.eventId).toBe("event-1");
  });
});

describe("with revoke", () => {
  const revoke = true;
  it.each([
    ["is unsupported", stored()],
    ["is of an older catalog", stored({ catalogVersion: "old" })],
    ["was claimed", stored({ claimedAt: ten, completionSource: "explicit" })],
  ])("a flag is cleared that %s", (_, flag) => {
    const progress = progressOf({
      modules: { a: nine },
      courses: { ruby: { flag } },
      pathways: { basics: { flag: stored({ completedAt: nine }) } },
    });
    expect(settle(catalog, progress, { stamp, revoke })).toEqual([
      {
        entity: { type: "course", slug: "ruby" },
        before: flag,
        after: undefined,
        progress: { completed: 1, total: 2, needed: 2, shortBy: 1 },
      },
    ]);
  });

  it("a pathway's flag goes with that of its course", () => {
    const flag = stored();
    const progress = progressOf({
      modules: { b: ten, c: ten },
      courses: { ruby: { flag }, git: { flag } },
      pathways: { "full-stack": { flag } },
    });
    expect(settled(progress, { revoke })).toEqual({ ruby: undefined, "full-stack": undefined });
  });

  it("flags of what the catalog no longer has are cleared", () => {
    const progress = progressOf({ courses: { gone: { flag: stored() } }, pathways: { lost: { flag: stored() } } });
    const cleared = settled(progress, {
      revoke,
      scope: [
        { type: "course", slug: "gone" },
        { type: "pathway", slug: "lost" },
      ],
    });
    expect(cleared).toEqual({ gone: undefined, lost: undefined });
    expect(settled(progress, { revoke })).toEqual(cleared);
  });
});

it("what is settled once stays settled", () => {
  const progress = progressOf({
    modules: { a: nine, b: ten, c: eleven },
    courses: { ruby: { claimedAt: at("10:01") } },
  });
  for (const { entity, after } of settle(catalog, progress, { stamp }))
    progress[entity.type].set(entity.slug, { facts: {}, ...(after && { flag: after }) });
  expect(progress.pathway.size).toBe(2);
  expect(settle(catalog, progress, { stamp, revoke: true })).toEqual([]);
});
