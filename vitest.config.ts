import { globSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { LongestFirst } from "./tests/support/vitest/longest-first.ts";
import { isLong } from "./tests/support/vitest/runs.ts";
import { SURROUNDINGS } from "./tests/support/vitest/surroundings.ts";

const all = globSync("tests/**/*.test.ts", { exclude: ["tests/trials/**"] });
const uses = (text: RegExp) => (file: string) => text.test(readFileSync(file, "utf8"));

/** Tests of functions alone: of the store those that open none. */
const startsSomething = uses(/support\/processes\//);
const unit = [
  "tests/{model,catalog,completion,review,contract}/**/*.test.ts",
  ...all.filter((file) => file.startsWith("tests/store/") && !startsSomething(file)),
];
/** What a file puts in the place of a module would stay there for the files after it. */
const mocking = all.filter(uses(/vi\.mock\(/));

/** A test waits for no clock; this ends one that hangs, on whatever machine. */
const HANGS_AFTER_MS = isLong ? 0 : 600_000;

export default defineConfig({
  test: {
    reporters: ["default", "./tests/support/vitest/count-reporter.ts"],
    setupFiles: ["tests/support/vitest/setup-file.ts"],
    // One more than a small machine has processors: many tests wait for a browser, a process or a store's own pauses.
    maxWorkers: Math.max(3, availableParallelism()),
    env: SURROUNDINGS,
    // Properties make much that is soon forgotten: with room for it, it is gone before anything has to be moved.
    execArgv: ["--max-semi-space-size=64"],
    sequence: { sequencer: LongestFirst },
    testTimeout: HANGS_AFTER_MS,
    hookTimeout: HANGS_AFTER_MS,
    // A worker that goes on with the next file has the libraries already: aws-cdk-lib alone takes seconds to load.
    isolate: false,
    projects: [
      { extends: true, test: { name: "unit", include: unit } },
      ...(mocking.length > 0
        ? [{ extends: true as const, test: { name: "mocking", include: mocking, isolate: true } }]
        : []),
      {
        extends: true,
        test: {
          name: "whole",
          include: ["tests/**/*.test.ts"],
          exclude: ["tests/trials/**", ...unit, ...mocking],
          globalSetup: ["tests/support/vitest/global-setup.ts"],
        },
      },
    ],
  },
});
