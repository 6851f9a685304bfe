import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { judgeClaim } from "../../src/completion/judge-claim.ts";
import { KnownCompletions } from "../../src/completion/known-completions.ts";
import { type SettleOptions, settle } from "../../src/completion/settle.ts";
import type { EntityRef } from "../../src/model/entity.ts";
import type { Progress } from "../../src/model/progress.ts";
import { type Content, catalogOf } from "../support/builders/catalogs.ts";
import { progressOf } from "../support/builders/progress.ts";
import { at } from "../support/builders/times.ts";
import { holds } from "../support/vitest/property.ts";
import { RUNS } from "../support/vitest/runs.ts";

const content: Content = {
  "courses/ruby.json": { slug: "ruby", title: "Rubi", modules: ["a", "b"] },
  "courses/git.json": { slug: "git", modules: ["c"] },
  "pathways/full.json": { slug: "full", courses: ["ruby", "git"] },
};
const ruby: EntityRef = { type: "course", slug: "ruby" };
/** What is no part of ruby's definition. */
const elsewhere: [string, Content][] = [
  ["a title is corrected", { "courses/ruby.json": { slug: "ruby", title: "Ruby", modules: ["a", "b"] } }],
  ["entries are listed in another order", { "courses/ruby.json": { slug: "ruby", modules: ["b", "a"] } }],
  ["another course asks for more", { "courses/git.json": { slug: "git", modules: ["c", "d"] } }],
  ["a course is added", { "courses/new.json": { slug: "new", modules: ["a"] } }],
];
const stamp: SettleOptions["stamp"] = { source: "inferred", recordedAt: at("12:00"), eventId: "e" };

/** ruby as it was flagged under the first content, at ten. */
const flagged = (): Progress => {
  const progress = progressOf({ modules: { a: at("09:00"), b: at("10:00") } });
  for (const { entity, after } of settle(catalogOf(content), progress, { stamp }))
    progress[entity.type].set(entity.slug, { facts: {}, ...(after && { flag: after }) });
  return progress;
};

describe("after a change to what a course does not rest on", () => {
  it.each(elsewhere)("its time still moves with late facts: %s", (_, change) => {
    const progress = flagged();
    progress.module.set("b", { facts: { completedAt: at("09:30") } });
    const changes = settle(catalogOf({ ...content, ...change }), progress, { stamp });
    expect(changes.find(({ entity }) => entity.slug === "ruby")?.after?.completedAt).toBe(at("09:30"));
  });

  it.each(elsewhere)("a claim still gives its time: %s", (_, change) => {
    const progress = flagged();
    const verdict = judgeClaim(
      catalogOf({ ...content, ...change }),
      progress,
      {
        claimed: ruby,
        claimedAt: at("10:03"),
      },
      { stored: progress, known: new KnownCompletions() },
    );
    expect(verdict).toMatchObject({ accepted: true, warnings: [] });
    expect(progress.course.get("ruby")).toMatchObject({ claimedAt: at("10:03") });
  });

  const moment = fc.integer({ min: 0, max: 59 }).map((minute) => at(`10:${String(minute).padStart(2, "0")}`));
  const facts = fc.dictionary(fc.constantFrom("a", "b", "c", "d"), moment);
  it("every answer about it is the same", async () => {
    await holds(
      fc.property(facts, facts, fc.constantFrom(...elsewhere), fc.boolean(), (early, late, [, change], revoke) => {
        const after = (catalog: ReturnType<typeof catalogOf>) => {
          const progress = progressOf({ modules: early });
          for (const { entity, after: flag } of settle(catalogOf(content), progress, { stamp }))
            progress[entity.type].set(entity.slug, { facts: {}, ...(flag && { flag }) });
          for (const [slug, completedAt] of Object.entries(late)) progress.module.set(slug, { facts: { completedAt } });
          const changes = settle(catalog, progress, { stamp, revoke }).filter(({ entity }) => entity.slug === "ruby");
          return changes.map(({ after: flag, ...rest }) => ({
            ...rest,
            after: flag && { ...flag, catalogVersion: "" },
          }));
        };
        expect(after(catalogOf({ ...content, ...change }))).toEqual(after(catalogOf(content)));
      }),
      RUNS.pure,
    );
  });
});

describe("a flag that was earned under an older definition", () => {
  const harder = catalogOf({ ...content, "courses/ruby.json": { slug: "ruby", modules: ["a", "b", "d"] } });
  it("keeps its time once the facts meet the new one", () => {
    const progress = flagged();
    progress.module.set("d", { facts: { completedAt: at("11:00") } });
    expect(settle(harder, progress, { stamp, revoke: true, scope: [ruby] })).toEqual([]);
  });

  it("stands against a claim, which changes nothing", () => {
    const beside = { stored: flagged(), known: new KnownCompletions() };
    expect(judgeClaim(harder, flagged(), { claimed: ruby, claimedAt: at("10:03") }, beside)).toMatchObject({
      accepted: true,
    });
  });

  it("is told by its catalog where an earlier release wrote it", () => {
    const progress = progressOf({ modules: { a: at("09:00"), b: at("10:00") } });
    const { definition: _, ...flag } = flagged().course.get("ruby")?.flag ?? expect.fail("no flag");
    progress.course.set("ruby", { facts: {}, flag: { ...flag, completedAt: at("11:00") } });
    const times = (catalog: ReturnType<typeof catalogOf>) =>
      settle(catalog, progress, { stamp, scope: [ruby] }).map(({ after }) => after?.completedAt);
    expect(times(catalogOf(content))).toEqual([at("10:00")]);
    expect(times(harder)).toEqual([]);
  });
});
