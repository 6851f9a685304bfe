import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { file, folder } from "../../src/commands/arguments.ts";
import { temporaryFolder } from "../support/processes/service.ts";

const here = temporaryFolder();
const path = (...names: string[]) => join(here, ...names);
mkdirSync(path("runs"));
writeFileSync(path("note"), "a note");

it.each([
  ["a folder", path("runs")],
  ["one that can be made", path("new")],
  ["one that can be made with those above it", path("new", "and", "more")],
])("takes as a place for a run's files %s", (_, value) => {
  expect(folder(value)).toBe(value);
});

it.each([
  ["a file", path("note"), "note is not a folder. Name a folder, or one that can be made."],
  ["one below a file", path("note", "runs"), "note is not a folder. Name a folder, or one that can be made."],
  ["nothing", "", "Expected a value."],
])("takes as a place for a run's files not %s", (_, value, message) => {
  expect(() => folder(value)).toThrow(message);
});

it.each([
  ["a new one", path("page.html")],
  ["one that is there", path("note")],
])("takes as a file to write %s", (_, value) => {
  expect(file(value)).toBe(value);
});

it.each([
  ["a folder", path("runs"), "runs is a folder. Name a file in it."],
  ["one in no folder", path("none", "page.html"), "none. Make it, or name another."],
  ["one below a file", path("note", "page.html"), "note is not a folder. Name a file in a folder."],
  ["nothing", " ", "Expected a value."],
])("takes as a file to write not %s", (_, value, message) => {
  expect(() => file(value)).toThrow(message);
});

// Whoever is root may write anywhere.
it.skipIf(process.getuid?.() === 0)("says of a folder that it may not be written", () => {
  chmodSync(path("runs"), 0o500);
  expect(() => folder(path("runs"))).toThrow("may not be written by this user");
  expect(() => file(path("runs", "page.html"))).toThrow("may not be written by this user");
});
