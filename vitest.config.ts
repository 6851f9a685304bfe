import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    exclude: ["dist/**", "node_modules/**", "tests/trials/runtime/**"],
    globalSetup: ["tests/support/vitest/global-setup.ts"],
    reporters: ["default", "./tests/support/vitest/count-reporter.ts"],
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
