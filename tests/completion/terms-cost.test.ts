import { expect, it } from "vitest";
import { calculateCompletion } from "../../src/completion/calculate.ts";
import type { EntityState, Progress } from "../../src/model/progress.ts";
import { catalogOf } from "../support/builders/catalogs.ts";

class CountingMap extends Map<string, EntityState> {
  asked = 0;
  override get(slug: string): EntityState | undefined {
    this.asked++;
    return super.get(slug);
  }
}

const catalog = catalogOf({
  "courses/ruby.json": { slug: "ruby", modules: ["strings", "arrays"] },
  "pathways/full-stack.json": { slug: "full-stack", courses: ["ruby"] },
});

/** Begun anew each day, the course and its pathway. */
function lookupsWith(resets: number): number {
  const days = Array.from({ length: resets }, (_, day) => new Date(Date.UTC(2026, 0, 1 + day)).toISOString());
  const module = new CountingMap(["strings", "arrays"].map((slug) => [slug, { facts: {} }]));
  const state = { facts: {}, resets: days };
  const progress: Progress = {
    module,
    course: new Map([["ruby", state]]),
    pathway: new Map([["full-stack", state]]),
  };
  void calculateCompletion(catalog, { type: "pathway", slug: "full-stack" }, progress).progress;
  return module.asked;
}

it("a pathway asks for its courses' terms once, however often it was begun anew", () => {
  expect(lookupsWith(0)).toBeGreaterThan(0);
  expect(lookupsWith(200)).toBe(lookupsWith(0));
});
