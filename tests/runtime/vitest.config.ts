import { defineConfig } from "vitest/config";

// Apart from `npm test`: AWS's runtime client is built from C++ before its first use.
export default defineConfig({
  test: {
    include: ["tests/runtime/*.test.ts"],
    reporters: ["default", "./tests/support/count-reporter.ts"],
    testTimeout: 60_000,
    hookTimeout: 300_000,
  },
});
