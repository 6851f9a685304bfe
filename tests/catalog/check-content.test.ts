import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Content } from "../support/builders/catalogs.ts";
import { contentFolder } from "../support/builders/content-folder.ts";
import { runHere } from "../support/processes/command-here.ts";

const SCRIPT = "scripts/check-content.ts";
const root = join(import.meta.dirname, "../..");
const check = async (folder: string) => {
  const { code: status, stdout, stderr } = await runHere(SCRIPT, [folder]);
  return { status, stdout, stderr };
};

const ruby = { slug: "ruby", modules: ["strings", "arrays"] };
const sound: Content = {
  "courses/ruby.json": ruby,
  "courses/git.json": { slug: "git", modules: ["commits", "strings"] },
  "pathways/p.json": { slug: "p", courses: ["ruby"], modules: ["welcome"] },
};

it("prints the counts and the version of sound content", async () => {
  const { status, stdout, stderr } = await check(contentFolder(sound));
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toMatch(/: 1 pathways, 2 courses, 4 modules, version [0-9a-f]{16}\n$/);
});

it("accepts the project's own content, as a process", () => {
  const { status, stdout } = spawnSync(process.execPath, [SCRIPT, "content"], { cwd: root, encoding: "utf8" });
  expect(status).toBe(0);
  expect(stdout).toMatch(/^content: \d+ pathways, \d+ courses, \d+ modules, version /);
});

it("prints every fault with file and path", async () => {
  const { status, stdout, stderr } = await check(
    contentFolder({
      ...sound,
      "courses/broken.json": "{",
      "courses/double.json": { slug: "double", modules: ["m", "m"] },
      "courses/second.json": ruby,
      "pathways/lost.json": { slug: "lost", courses: ["ruby", "rust"] },
    }),
  );
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  const lines = stderr.trim().split("\n");
  expect(lines).toHaveLength(5);
  expect(lines[0]).toMatch(/^courses\/broken\.json: Bad JSON: /);
  expect(lines[1]).toMatch(/^courses\/double\.json: modules\.1: /);
  expect(lines[2]).toMatch(/^courses\/second\.json: slug: /);
  expect(lines[3]).toMatch(/^pathways\/lost\.json: courses\.1: /);
  expect(lines[4]).toMatch(/: 4 faults$/);
});

it("warns of what nobody can complete and nothing waits for, and takes it", async () => {
  const extras = { slug: "extras", modules: [{ slug: "strings", optional: true }] };
  const { status, stdout, stderr } = await check(contentFolder({ ...sound, "courses/extras.json": extras }));
  expect(status).toBe(0);
  expect(stderr).toBe(
    "warning: courses/extras.json: modules: Nothing is required of the course extras, so nobody ever completes it\n",
  );
  expect(stdout).toMatch(/3 courses/);
});

it("tells its usage, and refuses what it does not know", async () => {
  expect((await check("--help")).stdout).toMatch(/^Usage: check-content \[options\] \[folder\]/);
  expect((await check("--nonsense")).status).toBe(2);
});

it.each([
  ["a missing folder", () => join(contentFolder({}), "missing")],
  ["an empty folder", () => contentFolder({})],
  ["bad JSON", () => contentFolder({ "courses/ruby.json": "{" })],
  ["a file in place of a folder", () => contentFolder({ courses: "a file" })],
])("refuses %s with one fault and no stack trace", async (_, folder) => {
  const { status, stdout, stderr } = await check(folder());
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  expect(stderr).toMatch(/: 1 fault\n$/);
  expect(stderr).not.toMatch(/^\s+at /m);
});
