import { TestRunner } from "vitest";

declare module "vitest" {
  interface TaskMeta {
    /** How many cases the test tried. */
    cases?: number;
  }
}

/** Counts cases of the test that is running; the suite's last lines tell how many each test tried. */
export function countCases(cases: number): void {
  const test = TestRunner.getCurrentTest();
  if (!test) throw new Error("Cases belong to a test that is running");
  test.meta.cases = (test.meta.cases ?? 0) + cases;
}
