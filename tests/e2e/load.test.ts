import { expect, it } from "vitest";
import { temporaryFolder } from "../support/processes/service.ts";
import { runLoad } from "../trials/load/run-load.ts";

// The long one is `npm run bench -- load`; this is the same, for long enough to see two kills.
it("Under mixed traffic and kill -9, everything acknowledged is there, and is what the oracle makes of it", async () => {
  const result = await runLoad({
    seconds: 8,
    secondsBetweenKills: 3,
    leastKills: 2,
    leastEvents: 400,
    learnersAtOnce: 10,
    seed: 1,
    folder: temporaryFolder(),
  });
  expect(result.violations).toEqual([]);
  // Otherwise it says nothing.
  expect(result.restarts).toBeGreaterThanOrEqual(2);
  expect(result.retries.brokenConnections).toBeGreaterThan(0);
  expect(result.events.accepted).toBeGreaterThan(100);
  expect(result.events.refused).toBeGreaterThan(5);
  expect(result.compared.transitions).toBeGreaterThan(10);
});
