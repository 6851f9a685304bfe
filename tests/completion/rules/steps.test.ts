import { describe, expect, it } from "vitest";
import { currentStep, steps } from "../../../src/completion/rules/steps.ts";
import { type Facts, mergeFacts } from "../../../src/model/progress.ts";
import { moduleOf, resultsOf } from "../../support/builders/modules.ts";
import { at } from "../../support/builders/times.ts";

const ORDER = ["one", "two", "three", "four"];
const definition = moduleOf({ steps: ORDER });

/** What a learner's steps come to, in the order in which they arrive. */
const factsOf = (...done: [step: string, clock: string][]): Facts =>
  done.reduce<Facts>((facts, [step, clock]) => mergeFacts(facts, { steps: resultsOf([step, at(clock)]) }), {});
const doneAt = (facts: Facts) =>
  Object.fromEntries(steps(definition, facts).flatMap(({ missing, metAt }) => (metAt ? [[missing.slug, metAt]] : [])));

describe("the steps of a module", () => {
  it("are asked for in the order of the file", () => {
    expect(steps(definition, {})).toEqual(
      ORDER.map((step) => ({ missing: { type: "step", slug: step }, metAt: undefined })),
    );
  });

  it.each([
    ["one after the other", factsOf(["one", "10:00"], ["two", "10:01"]), { one: at("10:00"), two: at("10:01") }],
    ["the last one first", factsOf(["four", "10:00"]), { four: at("10:00") }],
    ["late, in the wrong order", factsOf(["two", "10:01"], ["one", "10:00"]), { one: at("10:00"), two: at("10:01") }],
    ["twice: the first time counts", factsOf(["one", "10:00"], ["one", "11:00"]), { one: at("10:00") }],
    ["twice, the earlier time later", factsOf(["one", "11:00"], ["one", "10:00"]), { one: at("10:00") }],
    [
      "going back, which undoes nothing",
      factsOf(["one", "10:00"], ["two", "10:01"], ["one", "10:02"]),
      { one: at("10:00"), two: at("10:01") },
    ],
    ["one that the module does not have", factsOf(["five", "10:00"]), {}],
    ["one of another case", factsOf(["One", "10:00"]), {}],
  ])("done %s", (_, facts, expected) => {
    expect(doneAt(facts)).toEqual(expected);
  });

  it("are none where the module has none, whatever was done", () => {
    expect(steps(moduleOf({}), factsOf(["one", "10:00"]))).toEqual([]);
  });
});

describe("the current step", () => {
  it.each([
    ["is none at first", factsOf(), null],
    ["is the latest by time", factsOf(["one", "10:00"], ["two", "10:01"]), "two"],
    ["is the latest by time, whatever arrived last", factsOf(["two", "10:01"], ["one", "10:00"]), "two"],
    ["is the one gone back to", factsOf(["one", "10:00"], ["two", "10:01"], ["one", "10:02"]), "one"],
    [
      "is the one gone back to, whatever arrived last",
      factsOf(["one", "10:02"], ["one", "10:00"], ["two", "10:01"]),
      "one",
    ],
    [
      "is not one done again before the latest",
      factsOf(["one", "10:00"], ["one", "10:01"], ["three", "10:02"]),
      "three",
    ],
    ["of two at one moment is the later in the module", factsOf(["two", "10:00"], ["one", "10:00"]), "two"],
    ["of two at one moment, sorted otherwise, too", factsOf(["four", "10:00"], ["three", "10:00"]), "four"],
    ["of two at one moment is not a strange one", factsOf(["zero", "10:00"], ["one", "10:00"]), "one"],
    ["is a strange one that came last", factsOf(["one", "10:00"], ["zero", "10:01"]), "zero"],
  ])("%s", (_, facts, expected) => {
    expect(currentStep(ORDER, facts)).toBe(expected);
  });
});
