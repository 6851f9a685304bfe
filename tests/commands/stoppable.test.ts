import { expect, it, onTestFinished, vi } from "vitest";
import { AnalyticsFault } from "../../src/analytics/analytics-fault.ts";
import { StartError } from "../../src/commands/start-error.ts";
import { runStoppable } from "../../src/commands/stoppable.ts";

const failing = (error: Error) =>
  runStoppable({
    stop: new AbortController(),
    display: { stop() {} },
    inHand: "learners",
    work: () => Promise.reject(error),
    conclude: async () => 0,
    done: () => "2 learners",
    goOn: "npm run it -- --resume=run",
  });

it("what is to be made anew is not told to go on", async () => {
  await expect(failing(new AnalyticsFault("The folder was altered. Export anew."))).rejects.toEqual(
    new StartError("The folder was altered. Export anew."),
  );
});

it("what has only stopped is told how to go on", async () => {
  onTestFinished(() => void vi.restoreAllMocks());
  const said = vi.spyOn(console, "error").mockImplementation(() => {});
  expect(await failing(new Error("no space left on device"))).toBe(1);
  expect(said.mock.calls.flat().join("\n")).toMatch(/error: no space left on device\n.*Go on with: npm run it/);
});
