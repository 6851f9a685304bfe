import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    exclude: ["dist/**", "node_modules/**", "tests/runtime/**"],
    globalSetup: ["tests/support/global-setup.ts"],
    reporters: ["default", "./tests/support/count-reporter.ts"],
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
