import { describe, expect, it } from "vitest";
import { calculateCompletion } from "../../src/completion/calculate.ts";
import { validateCompletionTimestamp, validateExplicitCompletion } from "../../src/completion/claim.ts";
import type { EntityType } from "../../src/model/entity.ts";
import type { Timestamp } from "../../src/model/time.ts";
import { catalogOf } from "../support/builders/catalogs.ts";
import { progressOf } from "../support/builders/progress.ts";
import { at, plus } from "../support/builders/times.ts";

const inferredAt = at("10:00");
const offsets: [string, number, boolean][] = [
  ["at the inferred time", 0, true],
  ["1 ms early", -1, true],
  ["1 ms late", 1, true],
  ["5:00.000 early", -300_000, true],
  ["5:00.000 late", 300_000, true],
  ["5:00.001 early", -300_001, false],
  ["5:00.001 late", 300_001, false],
  ["a year early", -365 * 86_400_000, false],
  ["a year late", 365 * 86_400_000, false],
];

describe("a claimed time", () => {
  it.each(offsets)("%s (%i ms) is inside the tolerance: %s", (_, offset, withinTolerance) => {
    const claimedAt = plus(inferredAt, offset);
    expect(validateCompletionTimestamp(claimedAt, inferredAt)).toEqual({
      withinTolerance,
      completedAt: withinTolerance ? claimedAt : inferredAt,
    });
  });
});

const catalog = catalogOf({
  "courses/ruby.json": { slug: "ruby", modules: ["a", "b", "c", "d", { slug: "extra", optional: true }] },
  "courses/git.json": { slug: "git", modules: ["a", "b", "c"], completion: { rule: "at-least", count: 2 } },
  "courses/empty.json": { slug: "empty", modules: [] },
  "courses/one.json": { slug: "one", modules: ["a"] },
  "pathways/courses.json": { slug: "courses", courses: ["ruby", "one"] },
  "pathways/modules.json": { slug: "modules", modules: ["a", "x", "y"] },
  "pathways/mixed.json": { slug: "mixed", courses: ["ruby", "one"], modules: ["x"] },
});
const claim = (type: EntityType, slug: string, modules: Record<string, Timestamp>, claimedAt = inferredAt) => {
  const completion = calculateCompletion(catalog, { type, slug }, progressOf({ modules }));
  return validateExplicitCompletion(catalog, { type, slug }, completion, claimedAt);
};

describe("a claim that the facts do not bear out", () => {
  it.each([
    ["course", "ruby", { a: inferredAt, b: inferredAt }, "Course not actually complete: 2/4 modules completed"],
    ["course", "ruby", { extra: inferredAt }, "Course not actually complete: 0/4 modules completed"],
    ["course", "one", {}, "Course not actually complete: 0/1 modules completed"],
    ["course", "git", { c: inferredAt }, "Course not actually complete: 1/3 modules completed, 2 needed"],
    ["course", "empty", {}, "Course not actually complete: 0/0 modules completed"],
    ["course", "unknown", {}, "Course not actually complete: 0/0 modules completed"],
    ["pathway", "courses", { a: inferredAt }, "Pathway not actually complete: 1/2 courses completed"],
    ["pathway", "modules", { a: inferredAt }, "Pathway not actually complete: 1/3 modules completed"],
    ["pathway", "mixed", { x: inferredAt }, "Pathway not actually complete: 1/3 courses and modules completed"],
  ] as const)("%s %s with %j is refused", (type, slug, modules, reason) => {
    expect(claim(type, slug, modules)).toMatchObject({ accepted: false, reason });
  });

  it("is told the ratio and what is missing", () => {
    expect(claim("course", "ruby", { a: inferredAt, c: inferredAt })).toMatchObject({
      progress: { completed: 2, total: 4, needed: 4, shortBy: 2 },
      missing: [
        { type: "module", slug: "b" },
        { type: "module", slug: "d" },
      ],
    });
  });
});

describe("a claim that the facts bear out", () => {
  it.each(offsets)("%s (%i ms) is accepted, and its time used: %s", (_, offset, used) => {
    const claimedAt = plus(inferredAt, offset);
    expect(claim("course", "one", { a: inferredAt }, claimedAt)).toEqual({
      accepted: true,
      completedAt: used ? claimedAt : inferredAt,
      warnings: used ? [] : [{ code: "TIMESTAMP_OUTSIDE_TOLERANCE", message: expect.stringContaining(inferredAt) }],
    });
  });

  it("of a pathway is measured against the latest of its entries", () => {
    const modules = { a: at("09:00"), x: at("08:00"), y: at("10:00") };
    expect(claim("pathway", "modules", modules, at("10:04"))).toMatchObject({
      accepted: true,
      completedAt: at("10:04"),
    });
    expect(claim("pathway", "modules", modules, at("09:00"))).toMatchObject({
      accepted: true,
      completedAt: at("10:00"),
    });
  });
});
