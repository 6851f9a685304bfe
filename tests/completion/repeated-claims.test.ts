import { describe, expect, it } from "vitest";
import type { Catalog } from "../../src/catalog/catalog.ts";
import { applyEvents } from "../../src/completion/apply-events.ts";
import { type InterpretedEvent, interpretEvent } from "../../src/completion/interpret-event.ts";
import { recordedBatch } from "../../src/completion/recorded-batch.ts";
import { settle, withFlag } from "../../src/completion/settle.ts";
import type { Progress } from "../../src/model/progress.ts";
import { catalogOf } from "../support/builders/catalogs.ts";
import { eventOf, RECEIVED_AT, rawEvent } from "../support/builders/events.ts";
import { progressOf } from "../support/builders/progress.ts";
import { at } from "../support/builders/times.ts";

const MODULES = Array.from({ length: 200 }, (_, index) => `m${index}`);
const catalog = catalogOf({
  "courses/long.json": { slug: "long", modules: MODULES },
  "courses/short.json": { slug: "short", modules: ["m0"] },
  "courses/yearly.json": { slug: "yearly", modules: MODULES, valid_for: "P1Y" },
  "pathways/all.json": { slug: "all", courses: ["long", "short"] },
}).at(RECEIVED_AT);

class CountingMap<T> extends Map<string, T> {
  asked = 0;
  override get(slug: string): T | undefined {
    this.asked++;
    return super.get(slug);
  }
}

/** The catalog, and how often something was looked up in it. */
function counted(): { counting: Catalog; lookups: () => number } {
  const [module, course] = [new CountingMap(catalog.module), new CountingMap(catalog.course)];
  return { counting: { ...catalog, module, course }, lookups: () => module.asked + course.asked };
}

const claim = (course_slug: string, index: number, ts = at("10:00")) =>
  rawEvent("learning_course_completed", { course_slug, ts }, { eventId: `claim-${index}` });
const completed = (module_slug: string, ts: string) => rawEvent("learning_module_completed", { module_slug, ts });

/** What a batch comes to beside what is stored. */
function applied(raws: readonly object[], stored: Progress) {
  const { counting, lookups } = counted();
  const events = raws.map((raw) => interpretEvent(counting, eventOf(raw)) as InterpretedEvent);
  const batch = recordedBatch(counting, new Map(), events);
  const before = lookups();
  return { ...applyEvents(counting, stored, batch, RECEIVED_AT), lookups: lookups() - before };
}

/** These modules done at 10:00, and the flags that follow. */
function done(...modules: string[]): Progress {
  const progress = progressOf({ modules: Object.fromEntries(modules.map((slug) => [slug, at("10:00")])) });
  const stamp = { source: "inferred", recordedAt: RECEIVED_AT, eventId: "before" } as const;
  for (const { entity, after } of settle(catalog, progress, { stamp }))
    progress[entity.type].set(entity.slug, withFlag(progress[entity.type].get(entity.slug) ?? { facts: {} }, after));
  return progress;
}

const repeated = (course: string, count: number) =>
  Array.from({ length: count }, (_, index) => claim(course, index, at(`10:${String(index % 5).padStart(2, "0")}`)));

/** Of a claim that repeats another one, whatever the course: what the claim itself, and who holds the course, is asked. */
const LOOKUPS_PER_REPETITION = 20;

describe("A course that a batch claims 100 times", () => {
  it.each([
    ["that is not complete", "long", done(...MODULES.slice(1))],
    ["that is complete", "long", done(...MODULES)],
    ["that expires and is not complete", "yearly", done(...MODULES.slice(1))],
  ])("%s, is looked at once", (_, course, stored) => {
    const few = applied(repeated(course, 3), stored).lookups;
    expect(few).toBeGreaterThan(MODULES.length);
    expect(applied(repeated(course, 100), stored).lookups).toBeLessThan(few + 97 * LOOKUPS_PER_REPETITION);
  });

  it("and that is not complete, is refused with one list of what is missing", () => {
    const { outcomes } = applied(repeated("long", 100), done(...MODULES.slice(20)));
    expect(outcomes[0]).toMatchObject({
      accepted: false,
      code: "COMPLETION_NOT_REACHED",
      progress: { completed: 180 },
      missing: MODULES.slice(0, 20).map((slug) => ({ type: "module", slug })),
    });
    expect(new Set(outcomes.map((outcome) => (outcome as { missing?: unknown }).missing)).size).toBe(1);
  });

  it("and that is complete, is accepted each time, and flagged by the first claim's time", () => {
    const { outcomes, changes } = applied(repeated("long", 100), done(...MODULES));
    expect(outcomes.every(({ accepted }) => accepted)).toBe(true);
    expect(changes).toMatchObject([
      { entity: { type: "course", slug: "long" }, after: { claimedAt: at("10:00"), completionSource: "explicit" } },
    ]);
  });

  it("is judged anew once its batch has completed it", () => {
    const sent = [claim("long", 1, at("10:01")), completed("m0", at("10:02")), claim("long", 2, at("10:03"))];
    const { outcomes } = applied([...sent, claim("long", 3, at("10:04"))], done(...MODULES.slice(1)));
    expect(outcomes.map(({ accepted }) => accepted)).toEqual([false, true, true, true]);
    expect(outcomes[1]).toMatchObject({ flagged: expect.arrayContaining([expect.objectContaining({ slug: "long" })]) });
  });

  it("beside claims of another course, is judged by itself", () => {
    const { outcomes } = applied(
      [claim("long", 1), claim("short", 2), claim("long", 3), claim("short", 4)],
      done(...MODULES.slice(0, 100)),
    );
    expect(outcomes.map(({ accepted }) => accepted)).toEqual([false, true, false, true]);
  });

  it("and that has expired, is refused after its end and accepted for the time before", () => {
    const asked = catalog.at(at("12:00").replace(/^\d{4}/, (year) => String(Number(year) + 2)));
    const inTime = { ...claim("yearly", 1), payload: { course_slug: "yearly", ts: at("10:00") } };
    const late = (index: number) => ({
      ...claim("yearly", index),
      payload: { course_slug: "yearly", ts: at("10:00").replace(/^\d{4}/, (year) => String(Number(year) + 1)) },
    });
    const events = [late(2), inTime, late(3)].map(
      (raw) => interpretEvent(asked, eventOf(raw, asked.asOf)) as InterpretedEvent,
    );
    const { outcomes } = applyEvents(asked, done(...MODULES), recordedBatch(asked, new Map(), events), asked.asOf);
    expect(outcomes.map(({ accepted }) => accepted)).toEqual([false, true, false]);
  });
});
