import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Catalog } from "../../src/catalog/catalog.ts";
import { calculateModuleCompletion, moduleCompletedAt } from "../../src/completion/calculate.ts";
import { interpretEvent } from "../../src/completion/interpret-event.ts";
import { settle } from "../../src/completion/settle.ts";
import type { StandingClaim } from "../../src/completion/terms/claims.ts";
import type { LearningEvent } from "../../src/model/events/index.ts";
import { decodeMark, encodeMark, type Mark, mergeMarks } from "../../src/model/mark.ts";
import { type EntityState, emptyProgress, type Facts } from "../../src/model/progress.ts";
import { catalogOfModules, resultsOf } from "../support/builders/modules.ts";
import { flagOf } from "../support/builders/progress.ts";
import { at } from "../support/builders/times.ts";
import { holds } from "../support/vitest/property.ts";
import { RUNS } from "../support/vitest/runs.ts";

const [nine, ten, eleven, noon] = [at("09:00"), at("10:00"), at("11:00"), at("12:00")];
const quiz = { completion_tasks: [{ task_slug: "quiz", passing_score: 50 }] };
const plain = catalogOfModules({ m: {} });
const exam = catalogOfModules({ m: quiz });
/** The exam is asked for from ten on. */
const fromTen = catalogOfModules({ m: { ...quiz, from: ten } });

const mark = (more: Partial<Mark>): Mark => ({ at: nine, receivedAt: nine, known: true, own: false, ...more });
const passedAt = (moment: string): Facts => ({ tasks: resultsOf(["quiz", moment, 80]) });
const completed = (catalog: Catalog, facts: Facts, claim?: StandingClaim) =>
  calculateModuleCompletion(catalog.at(noon), "m", { facts, claim }).completedAt;

describe("a module that was marked", () => {
  it.each<[string, Catalog, Facts, string | undefined]>([
    ["is complete without conditions, whoever marked it", plain, { marks: [mark({ own: true })] }, nine],
    [
      "is complete without conditions, also where nobody knew it then",
      plain,
      { marks: [mark({ known: false })] },
      nine,
    ],
    ["is not complete once it has conditions", exam, { marks: [mark({})] }, undefined],
    ["is complete by its conditions then", exam, { marks: [mark({})], ...passedAt(eleven) }, eleven],
    ["is complete with from, when it was marked before", fromTen, { marks: [mark({})] }, nine],
    ["not when it was marked at that moment", fromTen, { marks: [mark({ at: ten })] }, undefined],
    ["but in the last millisecond before", fromTen, { marks: [mark({ at: at("09:59:59.999") })] }, at("09:59:59.999")],
    ["not when nobody knew it", fromTen, { marks: [mark({ known: false })] }, undefined],
    ["by a server, whenever it was received", fromTen, { marks: [mark({ receivedAt: eleven })] }, nine],
    ["not by the learner, received later", fromTen, { marks: [mark({ receivedAt: ten, own: true })] }, undefined],
    ["but received before", fromTen, { marks: [mark({ receivedAt: at("09:59:59.999"), own: true })] }, nine],
    ["as an earlier release stored it", fromTen, { completedAt: nine }, nine],
    ["as an earlier release stored it, without from", exam, { completedAt: nine }, undefined],
    ["with conditions that were met before from", fromTen, passedAt(nine), ten],
    ["with conditions that are met after it", fromTen, passedAt(eleven), eleven],
    ["with a mark and conditions, by what came first", fromTen, { marks: [mark({})], ...passedAt(eleven) }, nine],
  ])("%s", (_, catalog, facts, expected) => expect(completed(catalog, facts)).toBe(expected));

  it("before its conditions are in force is complete by a mark alone", () => {
    const before = (facts: Facts) => calculateModuleCompletion(fromTen.at(at("09:30")), "m", { facts });
    expect(before(passedAt(nine))).toMatchObject({ completed: false, missing: [{ type: "module", slug: "m" }] });
    expect(before({ marks: [mark({})] })).toMatchObject({ completed: true, completedAt: nine });
  });
});

describe("an accepted claim", () => {
  const claimed = (claimedAt: string, acceptedAt: string) => ({ at: claimedAt, acceptedAt });
  const beforeTen = at("09:59:59.999");
  it.each<[string, Catalog, StandingClaim, string | undefined]>([
    ["is a mark once the conditions are dropped", plain, claimed(ten, eleven), ten],
    ["completes no module with conditions", exam, claimed(ten, eleven), undefined],
    ["completes it where the conditions came with from, later", fromTen, claimed(nine, beforeTen), nine],
    ["not where it was accepted at from, whatever time it named", fromTen, claimed(nine, ten), undefined],
    ["not where it named from", fromTen, claimed(ten, beforeTen), undefined],
    ["not while it waits for its flag", fromTen, { at: nine }, undefined],
  ])("%s", (_, catalog, claim, expected) => expect(completed(catalog, {}, claim)).toBe(expected));
});

describe("a module's flag", () => {
  const state = (more: Partial<EntityState>): EntityState => ({ facts: {}, ...more });
  it.each<[string, Catalog, EntityState, string | undefined]>([
    ["of other conditions, not met today", exam, state({ flag: flagOf({ completedAt: ten }) }), undefined],
    [
      "of other conditions, met today: its time stands",
      exam,
      state({ facts: passedAt(nine), flag: flagOf({ completedAt: ten }) }),
      ten,
    ],
    ["without conditions today, never marked", plain, state({ flag: flagOf({ completedAt: ten }) }), undefined],
    [
      "without conditions today, claimed then",
      plain,
      state({ flag: flagOf({ completedAt: ten, claimedAt: eleven }) }),
      ten,
    ],
  ])("%s", (_, catalog, given, expected) => expect(moduleCompletedAt(catalog, "m", given)).toBe(expected));

  it("of a module that has no file any more stands", () => {
    expect(moduleCompletedAt(plain, "gone", state({ flag: flagOf({ completedAt: ten }) }))).toBe(ten);
  });
});

describe("a backfill", () => {
  const stamp = { source: "backfill", recordedAt: noon } as const;
  const mended = (catalog: Catalog, state: EntityState) => {
    const progress = emptyProgress();
    progress.module.set("m", state);
    const scope = [{ type: "module", slug: "m" } as const];
    return settle(catalog.at(noon), progress, { stamp, scope, revoke: true }).map(({ before, after }) => [
      before?.completedAt,
      after?.completedAt,
    ]);
  };
  it.each<[string, Catalog, EntityState, unknown[]]>([
    ["leaves a mark as it is listed", plain, { facts: { completedAt: nine, marks: [mark({})] } }, []],
    ["lists what lost its conditions", plain, { facts: { marks: [mark({})] } }, [[undefined, nine]]],
    [
      "takes off the list what gained conditions",
      exam,
      { facts: { completedAt: nine, marks: [mark({})] } },
      [[nine, undefined]],
    ],
    ["lists by conditions what gained them", exam, { facts: { completedAt: nine, ...passedAt(ten) } }, [[nine, ten]]],
    ["leaves who was done before from", fromTen, { facts: { completedAt: nine, marks: [mark({})] } }, []],
    ["clears a flag that no mark supports", plain, { facts: {}, flag: flagOf({}) }, [[ten, undefined]]],
    ["keeps one that was claimed", plain, { facts: {}, flag: flagOf({ claimedAt: ten }) }, []],
  ])("%s", (_, catalog, state, expected) => expect(mended(catalog, state)).toEqual(expected));
});

describe("a completion that is sent", () => {
  const sent = (moment: string) =>
    ({ name: "learning_module_completed", id: "e", learnerId: "ada", at: moment, moduleSlug: "m" }) as LearningEvent;
  const kind = (catalog: Catalog, moment: string, receivedAt: string, isTrusted: boolean) => {
    const said = interpretEvent(catalog.at(receivedAt), sent(moment), isTrusted, receivedAt);
    if ("accepted" in said) throw new Error(said.reason);
    return said.claim ? "claim" : "mark";
  };
  it.each([
    ["to a plain module", plain, nine, eleven, false, "mark"],
    ["to an exam", exam, nine, eleven, true, "claim"],
    ["of a server, made before from", fromTen, nine, eleven, true, "mark"],
    ["of a server, made at from", fromTen, ten, eleven, true, "claim"],
    ["of the learner, made before from and received after it", fromTen, nine, ten, false, "claim"],
    ["of the learner, received before from", fromTen, nine, at("09:59:59.999"), false, "mark"],
  ] as const)("%s is told", (_, catalog, moment, receivedAt, isTrusted, expected) => {
    expect(kind(catalog, moment, receivedAt, isTrusted)).toBe(expected);
  });

  it("is listed at once, but for where conditions decide by now", () => {
    const facts = (catalog: Catalog) => {
      const said = interpretEvent(catalog.at(eleven), sent(nine), true, eleven);
      return "accepted" in said ? undefined : said.facts[0]?.facts;
    };
    expect(facts(plain)).toMatchObject({ completedAt: nine, marks: [{ at: nine }] });
    expect(facts(fromTen)).not.toHaveProperty("completedAt");
  });
});

describe("merged marks", () => {
  const moment = fc.integer({ min: 0, max: 20 }).map((minute) => at(`10:${String(minute).padStart(2, "0")}`));
  const anyMark = fc.record({ at: moment, receivedAt: moment, known: fc.boolean(), own: fc.boolean() });
  const marks = fc.array(anyMark, { maxLength: 12 });

  it("are the same in any order and grouping, however often each is stated", async () => {
    await holds(
      fc.property(marks, marks, (a, b) => {
        const both = mergeMarks(a, b);
        expect(mergeMarks(b, a)).toEqual(both);
        expect(mergeMarks(mergeMarks(a, []), mergeMarks(b, both))).toEqual(both);
      }),
      RUNS.pure,
    );
  });

  it("say all that single ones say, whenever conditions come", async () => {
    await holds(
      fc.property(marks, moment, (all, from) => {
        const catalog = catalogFrom(from);
        const kept = mergeMarks(all, []);
        expect(completed(catalog, { marks: kept })).toBe(completed(catalog, { marks: all }));
        const latest = (some: readonly Mark[]) =>
          some
            .map((one) => one.at)
            .sort()
            .at(-1);
        expect(latest(kept)).toBe(latest(all));
      }),
      RUNS.pure,
    );
  });

  it("can be read back from their texts, and nothing else can", async () => {
    await holds(
      fc.property(anyMark, (one) => {
        expect(decodeMark(encodeMark(one))).toEqual(one);
      }),
      RUNS.pure,
    );
    for (const text of ["", nine, `${nine}#${nine}`, `${nine}#${nine}#known#me`, `${nine}#${nine}#known#own#x`])
      expect(decodeMark(text)).toBeUndefined();
  });
});

const catalogsFrom = new Map<string, Catalog>();
function catalogFrom(from: string): Catalog {
  const catalog = catalogsFrom.get(from) ?? catalogOfModules({ m: { ...quiz, from } });
  catalogsFrom.set(from, catalog);
  return catalog;
}
