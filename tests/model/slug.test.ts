import { expect, it } from "vitest";
import { Slug } from "../../src/model/slug.ts";

it.each([
  ["one letter", "a", true],
  ["one digit", "7", true],
  ["words and hyphens", "ruby-strings", true],
  ["dots, underscores and tildes", "v1.2_a~b", true],
  ["capitals", "Ruby", true],
  ["the name of a property of all objects", "constructor", true],
  ["200 characters", "a".repeat(200), true],
  ["201 characters", "a".repeat(201), false],
  ["nothing in it", "", false],
  ["a separator of keys", "ruby#strings", false],
  ["a slash", "ruby/strings", false],
  ["a blank", "ruby strings", false],
  ["a blank before it", " ruby", false],
  ["a line break after it", "ruby\n", false],
  ["a hyphen at the beginning", "-ruby", false],
  ["two dots", "..", false],
  ["an underscore at the beginning", "__proto__", false],
  ["letters outside ASCII", "größe", false],
  ["a percent sign", "a%2Fb", false],
  ["a control character", "a\u0000b", false],
  ["a lone surrogate", "a\uD800", false],
  ["a number for a text", 7, false],
  ["a list for a text", ["ruby"], false],
])("a slug with %s (%j) is accepted: %s", (_, slug, accepted) => {
  expect(Slug.safeParse(slug).success).toBe(accepted);
});
