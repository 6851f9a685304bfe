import { afterEach, expect, it, vi } from "vitest";
import { progressDisplay } from "../../../src/commands/progress-display.ts";

afterEach(() => void vi.restoreAllMocks());

/** What a display writes where there is no terminal; `at` sets the clock, in seconds. */
function withoutTerminal(total: number) {
  let now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => now * 1_000);
  const written: string[] = [];
  const stream = { isTTY: false, write: (text: string) => written.push(text) } as unknown as NodeJS.WriteStream;
  const display = progressDisplay(total, stream);
  return {
    written,
    at(seconds: number, done: number, learners: number) {
      now = seconds;
      display.update(done, learners, seconds);
    },
  };
}

it("is a line every five seconds where there is no terminal", () => {
  const { written, at } = withoutTerminal(1_000);
  for (let second = 1; second <= 11; second++) at(second, second * 50, second * 10);
  expect(written).toEqual([
    "50 learners, 10 a second, 25 %, about 15 s left\n",
    "100 learners, 10 a second, 50 %, about 10 s left\n",
  ]);
});

it.each([
  ["nothing is known of the size of the table", 0, "70 learners, 10 a second, 0 %\n"],
  ["there is more than the store said", 10, "70 learners, 10 a second, 100 %, about 0 s left\n"],
])("says what it knows where %s", (_, total, line) => {
  const { written, at } = withoutTerminal(total);
  at(7, 350, 70);
  expect(written).toEqual([line]);
});
