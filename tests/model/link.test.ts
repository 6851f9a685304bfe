import { describe, expect, it } from "vitest";
import { decodeLink, encodeLink, joinedIds, type Link, learnerAmong, standingLinks } from "../../src/model/link.ts";
import { at } from "../support/builders/times.ts";

const link = (learner: string, alias: string, clock = "10:00", withdrawn = false): Link => ({
  learner,
  alias,
  at: at(clock),
  withdrawn,
});

describe("of an id, its links make one learner", () => {
  it.each<[string, Link[], string, string[], string]>([
    ["nobody else without a link", [], "a", ["a"], "a"],
    ["both ids, who goes by the one that is no alias", [link("b", "a")], "a", ["a", "b"], "b"],
    ["a chain, by its end", [link("b", "a"), link("c", "b")], "a", ["a", "b", "c"], "c"],
    ["of two that are no alias, by the first", [link("c", "a"), link("b", "a")], "a", ["a", "b", "c"], "b"],
    ["a ring, by the first of all", [link("b", "c"), link("c", "a"), link("a", "b")], "c", ["a", "b", "c"], "a"],
    ["in code-unit order", [link("Z", "x"), link("a", "x")], "x", ["Z", "a", "x"], "Z"],
    ["itself alone, where it is linked with itself", [link("a", "a")], "a", ["a"], "a"],
    ["not who is linked elsewhere", [link("c", "d")], "a", ["a"], "a"],
    ["what was withdrawn no more", [link("b", "a"), link("b", "a", "10:01", true)], "a", ["a"], "a"],
    ["what was linked again", [link("b", "a", "10:01", true), link("b", "a", "10:02")], "a", ["a", "b"], "b"],
    ["of one moment the withdrawal", [link("b", "a", "10:00", true), link("b", "a")], "a", ["a"], "a"],
    ["the other direction for itself", [link("a", "b"), link("b", "a", "10:01", true)], "a", ["a", "b"], "a"],
  ])("%s", (_, links, id, ids, learner) => {
    for (const said of [links, links.toReversed()]) {
      const standing = standingLinks(said);
      expect(joinedIds(id, standing)).toEqual(ids);
      expect(learnerAmong(ids, standing)).toBe(learner);
    }
  });
});

it.each([link("a", 'b"#,é'), link("a", "b", "10:00", true)])("a link is kept as it was said: %o", (said) => {
  expect(decodeLink(encodeLink(said))).toEqual(said);
});

it.each(["", "{}", "[1,2,3]", '["a","b","noon"]', "[", 7, undefined])("%o is no link", (text) => {
  expect(decodeLink(text)).toBeUndefined();
});
