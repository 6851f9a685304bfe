import { expect, it } from "vitest";
import { faultsOf, placesOf } from "../support/builders/catalogs.ts";

const course = (more: object) => ({ slug: "safety", modules: ["rules"], ...more });

it.each<[string, object, string[]]>([
  ["a duration", { valid_for: "P1Y" }, []],
  ["a renewal that is shorter", { valid_for: "P1Y", renew_from: "P30D" }, []],
  ["a duration of nothing", { valid_for: "P0D" }, ["valid_for"]],
  ["a negative duration", { valid_for: "-P1Y" }, ["valid_for"]],
  ["no duration", { valid_for: "a year" }, ["valid_for"]],
  ["a renewal that is as long", { valid_for: "P1Y", renew_from: "P12M" }, ["renew_from"]],
  ["a renewal of what never ends", { renew_from: "P30D" }, ["renew_from"]],
])("a course with %s", (_, more, paths) => {
  const faults = faultsOf({ "courses/safety.json": course(more) });
  expect(placesOf(faults)).toEqual(paths.map((path) => `courses/safety.json: ${path}`));
});

it.each<[string, (object | string)[], string[]]>([
  ["requires a course that holds for good", ["safety"], ["courses.0"]],
  ["may do without it", [{ slug: "safety", optional: true }, "yearly"], []],
])("a pathway that expires and %s", (_, courses, paths) => {
  const faults = faultsOf({
    "courses/safety.json": course({}),
    "courses/yearly.json": { slug: "yearly", modules: ["rules"], valid_for: "P1Y" },
    "pathways/site.json": { slug: "site", courses, valid_for: "P1Y" },
  });
  expect(placesOf(faults)).toEqual(paths.map((path) => `pathways/site.json: ${path}`));
});
