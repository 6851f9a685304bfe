import { defineConfig } from "vitest/config";

// Apart from `npm test`: AWS's runtime client is built from C++ before its first use.
export default defineConfig({
  test: {
    include: ["tests/trials/runtime/*.test.ts"],
    reporters: ["default", "./tests/support/vitest/count-reporter.ts"],
    testTimeout: 60_000,
    hookTimeout: 300_000,
  },
});
